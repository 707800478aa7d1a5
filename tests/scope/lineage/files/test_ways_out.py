"""Ways by which files left, followed to the people in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.files.trace import traced
from tests.scope.lineage.files.house import House, rows

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.scope.lineage.files.trace import Files

FOLDER = {"a.csv": range(100, 160), "b.csv": range(140, 200), "sub/c.csv": range(300, 330)}
ALL = len({n for people in FOLDER.values() for n in people})


def housed(folder: Path) -> House:
    house = House(folder)
    for name, people in FOLDER.items():
        house.put(f"fs01/data/clients/{name}", rows(people), "2025-01-10T09:00:00")
    house.put("fs01/data/other/z.csv", rows(range(900, 950)), "2025-02-10T09:00:00")
    return house


def found_in(house: House, *accounts: str) -> Files:
    store = house.store()
    try:
        return traced(store, Wanted(accounts=frozenset(accounts)), "Asia/Tokyo")
    finally:
        store.close()


def exact(found: Files, reach: str) -> int:
    count = found.people[reach]
    assert count.is_exact
    return count.best


def test_a_folder_copied_to_a_removable_drive_takes_all_people_in_it(tmp_path: Path) -> None:
    house = housed(tmp_path)
    house.say("2025-05-12T09:00:00", "suzuki", "コピー", r"D:\data\clients", r"E:\clients", drive="リムーバブル")
    house.say("2025-05-12T10:00:00", "ito", "ファイル参照", r"D:\data\other\z.csv")
    found = found_in(house, "suzuki")
    assert exact(found, "taken") == ALL


def test_a_copy_under_another_name_is_followed_when_it_leaves(tmp_path: Path) -> None:
    house = housed(tmp_path)
    house.say("2025-05-12T09:00:00", "suzuki", "コピー", r"D:\data\clients\a.csv", r"C:\Users\suzuki\memo1.csv")
    house.say("2025-05-12T09:10:00", "suzuki", "名前変更", r"C:\Users\suzuki\memo1.csv", r"C:\Users\suzuki\holiday.csv")
    house.say("2025-05-12T09:30:00", "suzuki", "コピー", r"C:\Users\suzuki\holiday.csv", r"E:\holiday.csv", drive="USB")
    found = found_in(house)
    assert exact(found, "taken") == 60
    assert exact(found, "accessed") == 60


def test_an_archive_of_a_folder_is_followed_to_an_upload_of_its_size(tmp_path: Path) -> None:
    house = housed(tmp_path)
    house.say("2025-05-12T09:30:00", "suzuki", "ファイル作成", r"C:\temp\x.7z", size="48213")
    house.put("linux/.zsh_history", ": 1747009700:3;7z a C:\\temp\\x.7z D:\\data\\clients\n", "2025-05-13T00:00:00")
    house.put(
        "cloud/events.json",
        json.dumps(
            {
                "event_type": "UPLOAD",
                "created_at": "2025-05-12T09:41:00+09:00",
                "created_by": {"type": "user", "login": "suzuki@example.com"},
                "source": {"type": "file", "item_name": "summer.bin", "size": 48213, "parent": {"name": "mine"}},
                "ip_address": "192.0.2.7",
            }
        )
        + "\n",
        "2025-05-13T00:00:00",
    )
    found = found_in(house)
    assert found.people["taken"].best == ALL
    assert found.people["taken"].low <= ALL <= found.people["taken"].high


def test_an_upload_of_unknown_content_is_named_with_its_size_and_counts_nobody(tmp_path: Path) -> None:
    house = housed(tmp_path)
    house.say("2025-05-12T09:30:00", "suzuki", "アップロード", r"C:\temp\secret.dat", size="991234")
    found = found_in(house)
    assert exact(found, "taken") == 0
    assert [(u["said"], u["bytes"]) for u in found.unknown] == [(r"C:\temp\secret.dat", 991234)]
