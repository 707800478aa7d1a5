"""Logs of several channels: which rows are handed on and written together, and that nothing of them is lost or changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.windows.columnar import families
from kyumei.store import write
from kyumei.store.rows import Rows
from kyumei.store.schema import FAMILY
from tests.readers.evtx_writer import Record, evtx
from tests.readers.windows.columnar.test_common import EVENTS, by_rec

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

START = datetime(2024, 5, 16, tzinfo=UTC)
CHANNELS = ("Security", "System", "Security", "Application", "Security", "System")


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "LEAST", 10)
    monkeypatch.setattr(write, "FAMILY_ROWS", 10)


def log() -> Source:
    """Return a log of 60 events: 30 of Security, 20 of System and 10 of Application, of all kinds of content."""
    given = [
        Record(START + timedelta(seconds=n), *EVENTS[n % len(EVENTS)], channel=CHANNELS[n % len(CHANNELS)]) for n in range(60)
    ]
    return Source.memory(evtx(given), "mixed.evtx")


def tables(source: Source) -> list[pa.Table]:
    found: list[pa.Table] = []
    rows = Rows(source, "windows.evtx", found.append)
    READERS.get("windows.evtx").read(source, rows)
    rows.flush()
    return found


def names(found: list[pa.Table]) -> list[bytes]:
    return [(table.schema.metadata or {}).get(FAMILY, b"") for table in found]


def test_channels_with_many_rows_are_handed_on_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "LEAST", 15)
    found = tables(log())
    assert names(found) == [b"", b"Security", b"System"]
    assert [set(t["channel"].to_pylist()) for t in found] == [{"Application"}, {"Security"}, {"System"}]


def test_the_parts_say_what_the_batch_says_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    source = log()
    parts = by_rec(tables(source))
    monkeypatch.setattr(families, "LEAST", 1000)
    assert len(whole := tables(source)) == 1
    assert parts == by_rec(whole)
    assert len(parts) == 60


def test_records_that_the_libraries_read_stay_with_their_channel() -> None:
    given = [Record(START, 1, {"A": str(n)}, channel="System" if n % 2 else "Security") for n in range(40)]
    given[7] = Record(START, 2, {"A": (0x81, "a\0b".encode("utf-16-le"))}, channel="System")
    given[8] = Record(START, 2, {"A": (0x81, "c\0d".encode("utf-16-le"))}, channel="Security")
    found = tables(Source.memory(evtx(given), "odd.evtx"))
    assert names(found) == [b"Security", b"System"]
    assert [set(t["channel"].to_pylist()) for t in found] == [{"Security"}, {"System"}]
    assert len(by_rec(found)) == 40
    assert {row["event_id"] for row in by_rec(found).values()} == {1, 2}


def test_what_is_read_back_from_the_files_is_what_was_handed_on(tmp_path: Path) -> None:
    source = log()
    part = write.Part(tmp_path, "x")
    given = tables(source)
    for table in given:
        part.add(table)
    files = part.close()
    assert len(files) == 3
    assert by_rec([pq.read_table(path) for path in files]) == by_rec(given)


def test_small_families_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "FAMILY_ROWS", 15)
    part = write.Part(tmp_path, "x")
    for table in [*tables(log()), *tables(log())]:
        part.add(table.slice(0, 6) if "Application" in table["channel"].to_pylist() else table)
    files = part.close()
    assert [pq.read_metadata(path).num_rows for path in files] == [60, 40, 12]


def test_a_part_that_is_full_lets_go_of_its_largest_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "PART_BYTES", 1)
    part = write.Part(tmp_path, "x")
    for table in tables(log()):
        part.add(table)
    assert len(part.files) == 3
    assert part.close() == part.files
