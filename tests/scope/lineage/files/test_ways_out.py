"""Ways by which files left, followed to the people in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.files.person import of_person
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


def test_an_export_on_the_web_is_told_by_its_size_and_only_when_it_was_answered(tmp_path: Path) -> None:
    house = housed(tmp_path)
    export, other = rows(range(2000, 2190)), rows(range(3000, 3200))
    house.put("web01/var/tmp/members_export.csv", export, "2025-05-12T08:00:00")
    house.put("web01/var/tmp/orders_export.csv", other, "2025-05-12T08:00:00")
    said = (
        f'203.0.113.9 - - [12/May/2025:08:01:00 +0900] "GET /export.php?kind=1 HTTP/1.1" 200 {len(export.encode())} "-" "x"\n'
        f'203.0.113.9 - - [12/May/2025:08:02:00 +0900] "GET /export.php?kind=2 HTTP/1.1" 403 {len(other.encode())} "-" "x"\n'
        '203.0.113.9 - - [12/May/2025:08:03:00 +0900] "GET /admin/ HTTP/1.1" 200 7777 "-" "x"\n'
    )
    house.put("web01/logs/access.log", said, "2025-05-13T00:00:00")
    found = found_in(house)
    assert exact(found, "taken") == 190
    assert found.touched[0].why == ("told by the size alone",)


def test_a_dump_fetched_from_a_bucket_is_told_by_its_name_and_size(tmp_path: Path) -> None:
    house = housed(tmp_path)
    dump = "CREATE TABLE members (id int, name varchar(60), email varchar(80), phone varchar(20));\n" + "".join(
        f"INSERT INTO members VALUES ({n}, '佐藤 花子{n}', 'm{n}@example.jp', '090-2222-{n:04d}');\n" for n in range(210)
    )
    house.put("backup/db/members.sql", dump, "2025-05-01T03:00:00")
    size = len(dump.encode())
    line = (
        f"{'a' * 64} corp-backup [12/May/2025:02:10:00 +0000] 198.51.100.4 arn:aws:iam::1:user/x 3E57427F3E REST.GET.OBJECT"
        f' db/members.sql "GET /corp-backup/db/members.sql HTTP/1.1" 200 - {size} {size} 70 10 "-" "aws-cli" -\n'
    )
    house.put("cloud/s3.log", line, "2025-05-13T00:00:00")
    found = found_in(house)
    assert exact(found, "taken") == 210
    assert found.touched[0].group["way"] == "cloud"


def test_one_persons_data_is_traced_back_to_the_acts_that_touched_it(tmp_path: Path) -> None:
    house = housed(tmp_path)
    house.say("2025-05-12T09:00:00", "suzuki", "コピー", r"D:\data\clients\a.csv", r"E:\x.csv", drive="USB")
    house.say("2025-05-12T10:00:00", "ito", "ファイル参照", r"D:\data\other\z.csv")
    store = house.store()
    try:
        sql = (
            "select max(rec) from people join tables using (table_id) join sources using (file_id)"
            " where path = 'fs01/data/clients/a.csv' and rec < ?"
        )
        ((rec,),) = store.rows(sql, len(rows(range(100, 151)).encode()))
        # number 150 is in a.csv and in b.csv
        found = of_person(store, f"fs01/data/clients/a.csv:{rec}", "Asia/Tokyo")
    finally:
        store.close()
    assert len(found.records) == 2
    assert [(t.group["account"], sure) for t, sure in found.touched] == [("suzuki", True)]
