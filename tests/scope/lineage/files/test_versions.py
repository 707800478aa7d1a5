"""Which people a file held when it was opened, told from copies made at other times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.files.trace import traced
from tests.scope.lineage.files.house import House, rows

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.model.count import Count

MARCH = range(100, 220)
APRIL = [*range(130, 220), *range(400, 455)]
JUNE = [*range(140, 220), *range(400, 470)]
NAME = "share/members/list.csv"


def opened(folder: Path, at: str, *, without: str = "", changed: str = "2025-03-20T10:00:00") -> Count:
    house = House(folder)
    for place, people, time in (
        ("backup/2025-03-01/", MARCH, "2025-02-20T09:00:00"),
        ("backup/2025-04-01/", APRIL, changed),
        ("fs01/", JUNE, "2025-05-20T18:00:00"),
    ):
        if not without or without not in place:
            house.put(place + NAME, rows(people), time)
    house.put("fs01/share/readme.txt", "nothing\n", "2024-01-01T00:00:00")
    house.say(at, "tanaka", "ファイル参照", r"\\fs01\share\members\list.csv")
    store = house.store()
    try:
        return traced(store, Wanted(), "Asia/Tokyo").people["accessed"]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("at", "people"),
    [
        ("2025-02-25T12:00:00", MARCH),  # last changed on 20 February, still so in the backup of 1 March
        ("2025-03-25T12:00:00", APRIL),  # after it, before the backup of 1 April
        ("2025-06-01T12:00:00", JUNE),  # the live file is unchanged since
    ],
)
def test_the_version_at_the_time_of_the_event_is_counted(tmp_path: Path, at: str, people: list[int]) -> None:
    found = opened(tmp_path, at)
    assert (found.low, found.best, found.high) == (len(people),) * 3


def test_between_a_backup_and_a_later_change_the_older_copy_is_the_best_and_both_copies_bound_it(tmp_path: Path) -> None:
    found = opened(tmp_path, "2025-03-10T12:00:00")
    assert (found.low, found.best, found.high) == (len({*MARCH} & {*APRIL}), len(MARCH), len({*MARCH} | {*APRIL}))


@pytest.mark.parametrize(
    ("at", "people", "without"),
    [
        ("2025-03-10T12:00:00", MARCH, "2025-03-01"),
        ("2025-03-25T12:00:00", APRIL, "2025-04-01"),
    ],
)
def test_without_the_backup_the_truth_lies_inside_the_interval(
    tmp_path: Path, at: str, people: list[int], without: str
) -> None:
    found = opened(tmp_path, at, without=without)
    assert found.low <= len(people) <= found.high
