from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import recognise
from tests.conftest import members
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path

READER = READERS.get("windows.event_jsonl")
EVENT: dict[str, Any] = {
    "EventID": 4624,
    "Channel": "Security",
    "Hostname": "PC1",
    "SourceName": "Microsoft-Windows-Security-Auditing",
}


def read(data: bytes) -> list[dict[str, Any]]:
    rows, tables = strict_run(READER, Source.memory(data))
    assert rows.faults == []
    return [row for table in tables for row in table.to_pylist()]


def one(**fields: Any) -> dict[str, Any]:
    (event,) = read(json.dumps(EVENT | fields).encode())
    return event


@pytest.mark.slow
def test_every_line_of_the_attack_sets_is_an_event_or_a_fault(shared_data: Path) -> None:
    total = 0
    for path, packed in members(shared_data / "otrf.tar.xz"):
        if "/windows/" not in path or not path.endswith(".zip"):
            continue
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            for name in archive.namelist():
                if not name.endswith(".json") or "__MACOSX" in name:
                    continue
                source = Source.memory(archive.read(name), "x")
                assert recognise(source)[0] is READER, name
                rows, _ = strict_run(READER, source)
                lines = sum(1 for line in source.read().splitlines() if line.strip())
                assert (rows.read, len(rows.faults)) == (lines, 0), name
                total += lines
    assert total == 55_928


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_array_is_read_object_by_object(indent: int | None, encoding: str) -> None:
    records = [EVENT | {"Serial": n, "Nested": {"a": [1, {"b": "名"}]}} for n in range(3)]
    data = json.dumps(records, ensure_ascii=False, indent=indent).encode(encoding)
    events = read(data)
    assert [e["Serial"] for e in events] == ["0", "1", "2"]
    codec = "utf-16-le" if encoding == "utf-16" else "utf-8"
    assert all(data[e["rec"] :].startswith("{".encode(codec)) for e in events)


def test_a_broken_object_in_an_array_costs_that_object() -> None:
    good = json.dumps(EVENT)
    rows, _ = strict_run(READER, Source.memory(f'[{good},\n{{"EventID": broken}},\n{good}]'.encode()))
    assert (rows.read, len(rows.faults)) == (2, 1)


def test_a_name_that_comes_twice_loses_no_value() -> None:
    (event,) = read(json.dumps(EVENT).replace("}", ', "X": "a", "X": "b"}').encode())
    assert (event["X"], event["X#1"]) == ("a", "b")


def test_numbers_keep_every_digit() -> None:
    event = one(Big=18446744073709551615, Exact=0.10)
    assert (event["Big"], event["Exact"]) == ("18446744073709551615", "0.1")


def test_a_local_time_takes_its_offset_from_the_two_stamps_of_receipt() -> None:
    stamps = {"EventReceivedTime": "2024-05-15 20:05:05", "@timestamp": "2024-05-16T00:05:06.162Z"}
    event = one(EventTime="2024-05-15 20:05:03", **stamps)
    assert (event["ts"], event["zone_assumed"]) == (datetime(2024, 5, 16, 0, 5, 3, tzinfo=UTC), True)


def test_a_local_time_alone_is_taken_in_the_zone_of_the_source() -> None:
    event = one(EventTime="2024-05-16 09:05:03")
    assert (event["ts"], event["zone_assumed"]) == (datetime(2024, 5, 16, 0, 5, 3, tzinfo=UTC), True)


def test_a_time_with_a_zone_is_preferred_and_not_assumed() -> None:
    event = one(EventTime="2024-05-16 01:00:00", TimeCreated="2024-05-16T00:05:03.5Z")
    assert (event["ts"], event["zone_assumed"]) == (datetime(2024, 5, 16, 0, 5, 3, 500_000, tzinfo=UTC), False)


def test_velociraptors_shape_is_read() -> None:
    record = {
        "System": {
            "Provider": {"Name": "Microsoft-Windows-Security-Auditing", "Guid": "x"},
            "EventID": {"Value": 4625},
            "TimeCreated": {"SystemTime": 1715817903.25},
            "Channel": "Security",
            "Computer": "PC1",
        },
        "EventData": {"TargetUserName": "tanaka", "IpAddress": "192.0.2.1"},
    }
    (event,) = read(json.dumps(record).encode())
    assert (event["action"], event["account"], event["src_ip"]) == ("login.failed", "tanaka", "192.0.2.1")
    assert event["ts"] == datetime(2024, 5, 16, 0, 5, 3, 250_000, tzinfo=UTC)


def test_xml_turned_json_with_at_signs_is_read() -> None:
    record = {
        "Event": {
            "System": {
                "Provider": {"@Name": "EventLog"},
                "EventID": {"#text": "6005"},
                "TimeCreated": {"@SystemTime": "2024-05-16T00:05:03Z"},
            },
            "EventData": {"Data": [{"@Name": "A", "#text": "1"}, {"@Name": "B", "#text": "2"}, "loose"]},
        }
    }
    (event,) = read(json.dumps(record).encode())
    assert (event["action"], event["A"], event["B"], event["Data"]) == ("log.started", "1", "2", "loose")
    assert event["ts"] is not None


def test_json_of_other_products_is_not_taken() -> None:
    trail = {"eventID": "1", "eventName": "GetObject", "eventSource": "s3.example", "@timestamp": "2024-05-16T00:05:03Z"}
    assert READER.accepts(Source.memory(json.dumps(trail).encode())) == 0
    assert READER.accepts(Source.memory(b'{"id": 1, "message": "x"}\n')) == 0
