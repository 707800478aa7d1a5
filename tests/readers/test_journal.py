"""systemd journals: what damage costs, and that all forms of the same entries say the same."""

from __future__ import annotations

from typing import Any

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.readers.make_journal_samples import LZ4, ORDINARY, XZ, ZSTD, as_json, exported, journal
from tests.readers.samples import strict_run


def rows_of(data: bytes, reader: str = "linux.journal") -> tuple[list[dict[str, Any]], Any]:
    rows, tables = strict_run(READERS.get(reader), Source.memory(data))
    return [row for table in tables for row in table.to_pylist()], rows


def told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        tuple(row.get(name) for name in ("ts", "action", "account", "src_ip", "host", "provider", "message")) for row in rows
    ]


def test_packed_compact_and_exported_journals_say_the_same() -> None:
    plain = told(rows_of(journal(ORDINARY)[0])[0])
    assert len(plain) == len(ORDINARY)
    for how in (XZ, LZ4, ZSTD):
        assert told(rows_of(journal(ORDINARY, how, compact=how == LZ4)[0])[0]) == plain
    assert told(rows_of(as_json(ORDINARY), "linux.journal_export")[0]) == plain
    assert told(rows_of(exported(ORDINARY), "linux.journal_export")[0]) == plain


def test_unused_space_at_the_end_is_no_fault() -> None:
    assert rows_of(journal(ORDINARY)[0] + bytes(5_000_000))[1].faults == []


def test_an_overwritten_entry_costs_only_itself() -> None:
    data, writer = journal(ORDINARY)
    third = writer.entries[2]
    rows, found = rows_of(data[:third] + b"\xee" * 40 + data[third + 40 :])
    assert [row["rec"] for row in rows] == [place for place in writer.entries if place != third]
    assert [fault.offset for fault in found.faults] == [third, 152]


def test_every_cut_of_a_journal_gives_the_whole_entries_before_it() -> None:
    data, writer = journal(ORDINARY[:3])
    for length in range(264, len(data), 40):
        rows, _ = rows_of(data[:length])
        assert [row["rec"] for row in rows] == [p for p in writer.entries if p + 64 + 16 * 4 <= length][: len(rows)]
