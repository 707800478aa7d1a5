from __future__ import annotations

import hashlib
import itertools
import json
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.conftest import lines, members
from tests.readers.evtx_writer import CHUNK, Record, evtx
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from typing import Any

    from kyumei.store.rows import Rows

START = datetime(2024, 5, 16, tzinfo=UTC)
KNOWN = {
    "2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx": 1910,
    "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx": 1774,
    "sample_with_a_bad_chunk_magic.evtx": 270,
}
COUNT = 3561


def read(data: bytes) -> tuple[Rows, list[dict[str, Any]]]:
    rows, tables = strict_run(READERS.get("windows.evtx"), Source.memory(data, "x"))
    names = {name: None for table in tables for name in table.column_names}  # a column that a batch lacks is null there
    return rows, [names | row for table in tables for row in table.to_pylist()]


def total(rows: Rows) -> int:
    return rows.read + rows.carved + len(rows.faults)


@pytest.fixture(scope="module")
def log() -> bytes:
    """Return a log of 3,561 failed logons in some twelve chunks."""
    fields = [{"TargetUserName": f"user{n % 2}", "IpAddress": "192.0.2.7", "Serial": str(n)} for n in range(COUNT)]
    return evtx(Record(START + timedelta(seconds=n), 4625, f) for n, f in enumerate(fields))


def test_a_sound_log_is_read_whole(log: bytes) -> None:
    rows, events = read(log)
    assert (rows.read, rows.carved, rows.faults) == (COUNT, 0, [])
    assert [e["Serial"] for e in events] == [str(n) for n in range(COUNT)]


def test_rec_is_where_the_record_stands(log: bytes) -> None:
    _, events = read(log)
    for event in events[::50]:
        mark, _, number = struct.unpack_from("<IIQ", log, event["rec"])
        assert (mark, str(number)) == (0x2A2A, event["System_EventRecordID"])


def test_a_stale_header_loses_nothing(log: bytes) -> None:
    stale = bytearray(log)
    struct.pack_into("<QQ", stale, 16, 3, 900)
    struct.pack_into("<H", stale, 42, 4)
    struct.pack_into("<I", stale, 120, 1)
    assert read(bytes(stale))[0].read == COUNT


def test_a_wiped_chunk_signature_loses_nothing_and_the_records_are_called_carved(log: bytes) -> None:
    wiped = bytearray(log)
    wiped[4096 + 2 * CHUNK : 4096 + 2 * CHUNK + 8] = bytes(8)
    wiped[4096 + 3 * CHUNK - 9 : 4096 + 3 * CHUNK] = b"leftovers"
    rows, events = read(bytes(wiped))
    assert rows.read + rows.carved == COUNT
    assert len({e["Serial"] for e in events}) == COUNT
    assert {e["origin"] for e in events if "signature" in (e["System_Integrity"] or "")} == {"carved"}


def test_bytes_put_in_before_a_chunk_do_not_lose_the_rest(log: bytes) -> None:
    at = 4096 + 3 * CHUNK
    rows, _ = read(log[:at] + b"\xee" * 1000 + log[at:])
    assert rows.read == COUNT
    assert [(f.offset, f.skipped) for f in rows.faults] == [(at + 512, 488)]


def test_twenty_wounds_cost_twenty_places_and_every_record_is_accounted_for(log: bytes) -> None:
    wounded = bytearray(log)
    for n in range(20):
        noise = hashlib.sha256(b"wound %d" % n).digest()
        chunk, place = noise[0] % ((len(log) - 4096) // CHUNK - 1), 6000 + int.from_bytes(noise[1:4]) % 54_000
        at = 4096 + chunk * CHUNK + place
        wounded[at : at + 16] = noise[16:]
    rows, events = read(bytes(wounded))
    assert total(rows) == COUNT
    assert rows.read + rows.carved >= COUNT - 20
    assert len({e["rec"] for e in events}) == len(events)


def test_a_cut_copy_says_how_much_is_missing(log: bytes) -> None:
    cut = 4096 + 5 * CHUNK + 30_000
    rows, _ = read(log[:cut])
    first, last = struct.unpack_from("<QQ", log, 4096 + 5 * CHUNK + 24)
    assert rows.read + sum(f.reason.startswith("record cut") for f in rows.faults) == last
    assert rows.read > first
    assert rows.faults[-1].skipped == len(log) - cut


def test_a_copy_of_a_record_in_slack_is_not_counted_again() -> None:
    data = bytearray(evtx(Record(START + timedelta(seconds=n), 4625, {"Serial": str(n)}) for n in range(20)))
    size = struct.unpack_from("<I", data, 4608 + 4)[0]
    free = 4096 + struct.unpack_from("<I", data, 4096 + 48)[0]
    again = 4608 + size
    again_size = struct.unpack_from("<I", data, again + 4)[0]
    data[free : free + again_size] = data[again : again + again_size]
    rows, _ = read(bytes(data))
    assert (rows.read, rows.carved, rows.faults) == (20, 0, [])


def test_a_copy_in_slack_with_other_content_says_so() -> None:
    data = bytearray(evtx(Record(START + timedelta(seconds=n), 4625, {"Serial": f"{n:04}"}) for n in range(20)))
    at = 4608 + struct.unpack_from("<I", data, 4608 + 4)[0]
    size = struct.unpack_from("<I", data, at + 4)[0]
    free = 4096 + struct.unpack_from("<I", data, 4096 + 48)[0]
    data[free : free + size] = data[at : at + size].replace("0001".encode("utf-16-le"), "9999".encode("utf-16-le"))
    _, events = read(bytes(data))
    assert [(e["Serial"], e["System_Integrity"]) for e in events if e["origin"] == "slack"] == [
        ("9999", "behind the chunk's last record; other content than the record of the same number and time")
    ]


def test_a_record_without_time_has_none() -> None:
    _, (event,) = read(evtx([Record(None, 1, {"A": "1"})]))
    assert (event["ts"], event["ts_kind"]) == (None, None)


def test_the_time_is_that_of_the_event_and_not_of_the_header() -> None:
    data = bytearray(evtx([Record(START, 1, {"A": "1"})]))
    struct.pack_into("<Q", data, 4608 + 16, 0)
    assert read(bytes(data))[1][0]["ts"] == START


def test_figures_of_the_parsers_own_samples_are_reached(shared_data: Path) -> None:
    for path, data in members(shared_data / "evtx_parser.tar.xz"):
        name = Path(path).name
        if name in KNOWN:
            rows, events = read(data)
            assert rows.read == KNOWN[name]
            assert rows.carved > 0
            identities = Counter((e["System_EventRecordID"], e["ts"], e["message"]) for e in events)
            assert max(identities.values()) == 1


@pytest.mark.slow
def test_every_attack_log_gives_as_many_records_as_known(shared_data: Path) -> None:
    truth = {r["path"]: r["records"] for r in map(json.loads, lines(shared_data / "truth" / "evtx_attack.jsonl.xz"))}
    seen = 0
    for archive in ("evtx_cc0.tar.xz", "evtx_gpl3.tar.xz"):
        for path, data in members(shared_data / archive):
            if path.endswith(".evtx"):
                assert read(data)[0].read == truth[path], path
                seen += 1
    assert seen == len(truth) == 333


def test_data_without_name_beside_named_data_is_not_lost() -> None:
    _, (event,) = read(evtx([Record(START, 1, {"A": "1", "Data": "loose", "B": "2"})]))
    assert (event["A"], event["B"], event["Data"]) == ("1", "2", "loose")


def test_values_are_given_without_names_where_the_template_is_gone() -> None:
    data = bytearray(evtx(Record(START + timedelta(seconds=n), 4625, {"TargetUserName": f"佐藤{n}"}) for n in range(3)))
    size = struct.unpack_from("<I", data, 4608 + 4)[0]
    data[4608 + 24 + 14 : 4608 + size - 200] = b"\xf7" * (size - 238)  # all of the template's definition
    rows, events = read(bytes(data))
    assert [(e["origin"], "佐藤1" in (e["Remains"] or "")) for e in events if e["System_EventRecordID"] == "2"] == [
        ("carved", True)
    ]
    assert total(rows) == 3


@given(wounds=st.lists(st.tuples(st.integers(0, 60_000), st.binary(min_size=1, max_size=40)), min_size=1, max_size=6))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_whatever_is_overwritten_no_record_is_given_twice(wounds: list[tuple[int, bytes]]) -> None:
    data = bytearray(evtx(Record(START + timedelta(seconds=n), 4625, {"Serial": str(n)}) for n in range(200)))
    for at, noise in wounds:
        data[4096 + 512 + at : 4096 + 512 + at + len(noise)] = noise
    rows, events = read(bytes(data))
    assert len({e["rec"] for e in events}) == len(events) == rows.read + rows.carved
    spans = sorted((e["rec"], struct.unpack_from("<I", data, e["rec"] + 4)[0]) for e in events if e["origin"] == "live")
    assert all(a + size <= b for (a, size), (b, _) in itertools.pairwise(spans))
    assert rows.read + rows.carved <= 200
