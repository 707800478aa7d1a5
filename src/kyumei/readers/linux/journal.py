"""Journal files of systemd, offline: system.journal, user-1000.journal, rotated ones and those left open (`.journal~`).

Found under /var/log/journal/<machine id>/ and /run/log/journal. Read are regular and compact files, with and without keyed
hashes, with fields packed by XZ, LZ4 and Zstandard. No library of systemd is needed. Tested with files of systemd 252.

Format: https://systemd.io/JOURNAL_FILE_FORMAT/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.linux.systemd.entries import BATCH, Entry, add, is_name, known, put, value
from kyumei.readers.linux.systemd.objects import ENTRY, SIGNATURE, Journal, Pages
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_HELD: Final = 100_000
_HELD_CHARACTERS: Final = 32 * 1024 * 1024
_MOST: Final = 4096
"""Fields of one entry; systemd allows 1024."""


def accepts(source: Source) -> int:
    """Return whether the file has a journal's signature."""
    return CERTAIN if source.head.startswith(SIGNATURE) else 0


@reader(
    "linux.journal",
    accepts=accepts,
    title="systemd journal file",
    spec="https://systemd.io/JOURNAL_FILE_FORMAT/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each entry; `rec` is the byte offset of the entry. Times are UTC in microseconds.

    Fields keep their names; those with several values have them joined. `__SEQNUM`, `__BOOT_ID` and
    `__MONOTONIC_TIMESTAMP` are the entry's own. An entry some of whose fields cannot be read is an event and a fault. Where the
    header counts more entries than were found, that is a fault at the header's count. Unused space at the end is none.
    """
    if not source.head.startswith(SIGNATURE):
        rows.fault(0, "no journal file", source.size)
        return
    with source.open() as stream:
        journal = Journal(Pages(stream, source.size))
        values = _Values(journal)
        batch: list[Entry] = []
        count = 0
        for at, kind, size in journal.objects(rows):
            if kind != ENTRY:
                continue
            count += 1
            batch.append(_entry(journal, values, (at, size), rows))
            if len(batch) >= BATCH:
                add(batch, rows)
                batch = []
        add(batch, rows)
    if count < journal.counted <= source.size // 64:
        rows.fault(152, f"{journal.counted - count} of {journal.counted} entries that the header counts are not there")


def _entry(journal: Journal, values: _Values, where: tuple[int, int], rows: Rows) -> Entry:
    (seqnum, real, monotonic, boot), places = journal.entry(*where)
    fields: dict[str, str] = {}
    bad = max(len(places) - _MOST, 0)
    for place in places[:_MOST]:
        name, text = values.get(place)
        if name:
            put(fields, name, text)
        else:
            bad += 1
    if bad:
        rows.fault(where[0], f"{bad} of {len(places)} fields of the entry cannot be read")
    fields |= {"__SEQNUM": str(seqnum), "__MONOTONIC_TIMESTAMP": str(monotonic), "__BOOT_ID": boot.hex()}
    return Entry(where[0], known(real), fields)


class _Values:
    """Names and values of data objects; the same data serves many entries."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._held: dict[int, tuple[str, str]] = {}
        self._characters = 0

    def get(self, place: int) -> tuple[str, str]:
        """Return name and value of the data there; an empty name where there is none."""
        found = self._held.get(place)
        if found is None:
            found = self._read(place)
            self._characters += len(found[1])
            if len(self._held) >= _HELD or self._characters > _HELD_CHARACTERS:
                self._held, self._characters = {}, len(found[1])
            self._held[place] = found
        return found

    def _read(self, place: int) -> tuple[str, str]:
        data = self._journal.payload(place)
        name, equals, rest = (data or b"").partition(b"=")
        text = name.decode("ascii", "replace")
        return (text, value(rest)) if equals and is_name(text) else ("", "")
