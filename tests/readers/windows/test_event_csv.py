from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.windows.message_text import fields_of
from kyumei.readers.windows.times import absolute, utc, wall
from tests.conftest import members
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path

READER = READERS.get("windows.event_csv")
HEAD = "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\n"


def read(data: bytes) -> list[dict[str, Any]]:
    rows, tables = strict_run(READER, Source.memory(data))
    assert rows.faults == []
    return [row for table in tables for row in table.to_pylist()]


def test_real_exports_give_one_event_a_row_and_the_times_of_japan(shared_data: Path) -> None:
    seen = {}
    for path, data in members(shared_data / "jpcert_handson2.tar.xz"):
        if path.endswith(".csv"):
            expected = [r for r in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if r][1:]
            events = read(data)
            assert [str(e["event_id"]) for e in events] == [r[3] for r in expected]
            assert events[0]["ts"] == datetime.strptime(expected[0][1] + "+0900", "%Y/%m/%d %H:%M:%S%z")
            assert all(data[e["rec"] :].startswith("情報,".encode()) for e in events)
            seen[path.rsplit("/", 1)[-1]] = events
    assert {name: len(events) for name, events in seen.items()} == {"Security.csv": 12, "TaskScheduler.csv": 64}
    logons = [e for e in seen["Security.csv"] if e["src_ip"]]
    assert {(e["account"], e["src_ip"]) for e in logons} == {
        ("EXAMPLE\\sysg.admin", "192.168.16.101"),
        ("EXAMPLE\\chiyoda.tokyo", "192.168.16.101"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_every_encoding_gives_the_same(encoding: str) -> None:
    text = HEAD + '情報,2024/05/16 9:05:03,EventLog,6005,なし,"一行目\n二行目 ""引用"""\n'
    (event,) = read(text.encode(encoding))
    assert event["Message#native"] == '一行目\n二行目 "引用"'
    assert event["ts"] == datetime(2024, 5, 16, 0, 5, 3, tzinfo=UTC)
    assert event["zone_assumed"]


def test_the_zone_is_that_of_the_source() -> None:
    data = (HEAD + "情報,2024/05/16 9:05:03,EventLog,6005,なし,x\n").encode()
    _, (table,) = strict_run(READER, Source.memory(data, zone="America/New_York"))
    assert table["ts"].to_pylist() == [datetime(2024, 5, 16, 13, 5, 3, tzinfo=UTC)]


def test_tab_separated_exports_and_further_columns_are_read() -> None:
    head = "Level\tDate and Time\tSource\tEvent ID\tTask Category\tLog\tComputer\n"
    (event,) = read((head + "Information\t16/05/2024 09:05:03\tEventLog\t6005\tNone\tSystem\tPC1\tstarted\n").encode())
    assert (event["host"], event["channel"], event["ts"]) == ("PC1", "System", datetime(2024, 5, 16, 0, 5, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024/05/16 9:05:03", "2024-05-16T09:05:03"),
        ("2024/05/16 午後 9:05:03", "2024-05-16T21:05:03"),
        ("5/16/2024 9:05:03 AM", "2024-05-16T09:05:03"),
        ("5/16/2024 12:05:03 AM", "2024-05-16T00:05:03"),
        ("5/16/2024 12:05:03 PM", "2024-05-16T12:05:03"),
        ("2024-05-16 09:05:03.1234567", "2024-05-16T09:05:03.123456"),
        ("2024/02/30 9:05:03", None),
        ("昨日", None),
    ],
)
def test_a_wall_clock_is_read_in_the_orders_windows_writes(text: str, expected: str | None) -> None:
    clock = wall(text)
    assert (clock and clock.isoformat()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-16T00:05:03Z",
        "2024-05-16T09:05:03.0000000+09:00",
        "2024-05-16 00:05:03 UTC",
        "/Date(1715817903000)/",
        "1715817903.0",
    ],
)
def test_a_time_with_a_zone_is_absolute(text: str) -> None:
    assert absolute(text) == 1_715_817_903_000_000


def test_a_wall_clock_becomes_an_instant_in_its_zone() -> None:
    clock = wall("2024/05/16 9:05:03")
    assert clock is not None
    assert utc(clock, "Asia/Tokyo") == 1_715_817_903_000_000


def test_sections_tell_whose_name_it_is_in_both_languages() -> None:
    japanese = "x\n\nサブジェクト:\n\tアカウント名:\tPC$\n\n新しいログオン:\n\tアカウント名:\t山田\n"
    english = "x\n\nSubject:\n\tAccount Name:\tPC$\n\nNew Logon:\n\tAccount Name:\t山田\n"
    assert fields_of(japanese, 4624) == fields_of(english, 4624) == {"SubjectUserName": "PC$", "TargetUserName": "山田"}


def test_labels_nobody_knows_are_left_in_the_message() -> None:
    assert fields_of("Error:\n\tSomething: x\nhttp://example.org/a\n", 1000) == {}
