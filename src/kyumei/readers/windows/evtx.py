r"""Windows event logs: `C:\Windows\System32\winevt\Logs\*.evtx`, Windows Vista and later, and chunks cut out of disks.

`rec` is the byte offset of the record in the file (where `2A 2A 00 00` stands or stood). The record number is the native
field `System_EventRecordID`. `ts` is System/TimeCreated (100 ns, stored in microseconds, UTC), never the time in the
record's header, which is often 1601 or some milliseconds off; null where TimeCreated is missing or 1601.

`origin`: `live` for records in the unbroken chain of a chunk with a signature; `carved` for records behind a broken
place, of chunks without signature, with rebuilt headers, or hidden inside other records; `slack` for what lies behind a
chunk's last record. What is found carved or in slack and is the same as a record already given (number, header time and
text) is not given a second time; with other content it is, and says so. Where a record's template is gone, its values are
given without names (`Remains`), as carved or slack. `System_Integrity` says what is wrong with the chunk or the record,
and is null where nothing is: read it before relying on such a record.

Faults: one for each record that is known to have been there and could not be read (the chunk's header names first and last
number), one for each other stretch of bytes that is no record. Left out: all-zero space, headers, and remains in slack that
are no whole record. Tested against `evtx` 0.14, libevtx 20260705 and logs of Windows 7 to 11 and Server 2008 to 2022.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.registry import reader
from kyumei.readers.windows import chunks as evtx_chunks
from kyumei.readers.windows.fields import parse
from kyumei.readers.windows.mapping import add_event
from kyumei.readers.windows.remains import remains
from kyumei.readers.windows.render import rendered, template_is_there

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.readers.windows.chunks import Chunk, Slot
    from kyumei.store.rows import Rows

_SPEC: Final = "https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc"
_CHUNKS_A_BATCH: Final = 512
"""So many chunks (32 MiB) are handed on at once at the latest: records may have 64 KiB each."""
_CODECS: Final = {"Asia/Tokyo": "shift_jis"}
"""Zone of the evidence → codec of texts that are not Unicode (rare: old providers); else windows-1252."""


def accepts(source: Source) -> int:
    """Return CERTAIN where the signature of a file or of a chunk stands in its place."""
    head = source.head
    marked = head.startswith((evtx_chunks.FILE_MARK, evtx_chunks.CHUNK_MARK))
    return CERTAIN if marked or head[evtx_chunks.FILE_HEADER :].startswith(evtx_chunks.CHUNK_MARK) else 0


@reader("windows.evtx", accepts=accepts, title="Windows event log", spec=_SPEC)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record, live ones in the order of the file, then slack and carved ones."""
    known = _Known()
    survey = _survey(source)
    _read_live(source, rows, survey, known)
    _read_rest(source, rows, survey, known)


@dataclass(slots=True)
class _Survey:
    """Where records other than live ones lie: offsets of their chunks, and their numbers."""

    chunks: list[int] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    end: int = 0


@dataclass(slots=True)
class _Known:
    """Digests of records already given, by number and header time, kept only for numbers that also occur elsewhere."""

    digests: dict[tuple[int, int], set[bytes]] = field(default_factory=dict)

    def add(self, slot: Slot, text: str) -> None:
        self.digests.setdefault((slot.number, slot.written), set()).add(_digest(text))

    def has(self, slot: Slot, text: str | None) -> bool:
        """Return whether that record was given already; for one without text its header's time must speak."""
        given = self.digests.get((slot.number, slot.written))
        if given is None:
            return slot.written == 0 and text is not None and self._has_text(slot.number, _digest(text))
        return bool(slot.written) if text is None else _digest(text) in given

    def differs(self, slot: Slot) -> bool:
        """Return whether a record of that number and header time, but of other content, was given already."""
        return bool(slot.written) and (slot.number, slot.written) in self.digests

    def _has_text(self, number: int, digest: bytes) -> bool:
        return any(digest in given for key, given in self.digests.items() if key[0] == number)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _survey(source: Source) -> _Survey:
    survey = _Survey()
    with source.open() as stream:
        for chunk in evtx_chunks.chunks(stream):
            others = [s.number for s in chunk.slots if s.origin != "live"]
            if others:
                survey.chunks.append(chunk.offset)
                survey.numbers.update(others)
            survey.end = chunk.offset + evtx_chunks.CHUNK
    return survey


def _read_live(source: Source, rows: Rows, survey: _Survey, known: _Known) -> None:
    codec = _CODECS.get(source.zone, "windows-1252")
    with source.open() as stream:
        header = evtx_chunks.file_header(source.head)
        for n, chunk in enumerate(evtx_chunks.chunks(stream), 1):
            slots = [s for s in chunk.slots if s.origin == "live"]
            texts = rendered(chunk, slots, codec)
            for place, slot in enumerate(slots):
                text, how = texts.get(place, ("", ""))
                if not _add(rows, chunk, slot, text, how):
                    rows.fault(chunk.offset + slot.at, "record not readable", slot.size)
                elif slot.number in survey.numbers:
                    known.add(slot, text)
            _add_gaps(rows, chunk)
            if n % _CHUNKS_A_BATCH == 0:
                rows.flush()
        _add_missing_chunks(rows, source.size, header.chunks)


def _read_rest(source: Source, rows: Rows, survey: _Survey, known: _Known) -> None:
    codec = _CODECS.get(source.zone, "windows-1252")
    has_crc = evtx_chunks.file_header(source.head).has_crc
    with source.open() as stream:
        for n, offset in enumerate(survey.chunks, 1):
            chunk = evtx_chunks.chunk_at(stream, offset, has_crc=has_crc)
            slots = [s for s in chunk.slots if s.origin != "live"]
            for slot, text, how in _read_overlapping(chunk, slots, codec):
                if known.has(slot, text or None):
                    continue
                other = "other content than the record of the same number and time" if known.differs(slot) else ""
                if _add(rows, chunk, slot, text, f"{how}; {other}".strip("; ")):
                    known.add(slot, text)
                else:
                    rows.fault(chunk.offset + slot.at, f"{slot.origin} record not readable", slot.size)
            if n % _CHUNKS_A_BATCH == 0:
                rows.flush()


def _read_overlapping(chunk: Chunk, slots: list[Slot], codec: str) -> list[tuple[Slot, str, str]]:
    """Return each record with its text (empty where unreadable) and how it was got, by offset; some lie inside others."""
    found = [(slot, "", "") for slot in slots if slot.origin == "slack" and not template_is_there(chunk, slot)]
    without = {slot for slot, _, _ in found}
    slots = [slot for slot in slots if slot not in without]
    while slots:
        layer: list[Slot] = []
        later: list[Slot] = []
        for slot in slots:
            free = not layer or slot.at >= layer[-1].at + layer[-1].size
            (layer if free else later).append(slot)
        texts = rendered(chunk, layer, codec)
        found += [(slot, *texts.get(place, ("", ""))) for place, slot in enumerate(layer)]
        slots = later
    return sorted(found, key=lambda f: (f[0].at, f[0].size))


def _add(rows: Rows, chunk: Chunk, slot: Slot, text: str, how: str) -> bool:
    """Add the record, or the values that are left of it; return whether there was anything to add."""
    event, origin = parse(text) if text else None, slot.origin
    if event is None:
        event, how = remains(chunk, slot), "template unreadable: values without names"
        origin = "carved" if origin == "live" else origin
    if event is None:
        return False
    note = "; ".join(part for part in (chunk.note, slot.note, how) if part)
    if note:
        event.fields["System_Integrity"] = note
    add_event(rows, event, rec=chunk.offset + slot.at, origin=origin)
    return True


def _add_gaps(rows: Rows, chunk: Chunk) -> None:
    for gap in chunk.gaps:
        for n in range(gap.records):
            rows.fault(chunk.offset + gap.at, gap.reason, 0 if n else gap.size)


def _add_missing_chunks(rows: Rows, size: int, count: int) -> None:
    """Note chunks that the file header counts and that lie beyond the end of the file."""
    missing = evtx_chunks.FILE_HEADER + count * evtx_chunks.CHUNK - size
    if missing >= evtx_chunks.CHUNK:
        rows.fault(size, "file ends before the chunks its header counts", missing)
