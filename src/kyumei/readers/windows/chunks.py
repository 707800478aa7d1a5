"""The structure of an EVTX file without its XML: blocks of 64 KiB, and the record headers found in each.

A chunk is 512 bytes of header, then records one behind the other. A record is `2A 2A 00 00`, its size, its number, the
time it was written (FILETIME), BinXML, and its size once more. Whoever reads only along this chain loses everything behind
one bad byte; so a broken chain is taken up again at the next sound header, headers that were overwritten are rebuilt from the
sizes behind the records, and what lies behind the chain (slack) or inside another record (a log doctored with
`eventlogedit`) is found as well. Specification: libyal, "Windows XML Event Log (EVTX) format".
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_HEADER: Final = 4096
CHUNK: Final = 65_536
FIRST: Final = 512
"""Where a chunk's records begin."""
FILE_MARK: Final = b"ElfFile\0"
CHUNK_MARK: Final = b"ElfChnk\0"
RECORD_MARK: Final = b"**\0\0"
BINXML: Final = b"\x0f\x01\x01\x00"
"""How a record's BinXML begins."""
HEAD: Final = 24
_LEAST: Final = HEAD + len(BINXML) + 4
_USUAL: Final = 128
"""No Windows record is smaller; bounds how many records can be missing in a gap."""
_NO_CRC: Final = 4  # flag of the file header

RECORD: Final = struct.Struct("<IIQQ")
SIZE: Final = struct.Struct("<I")
_NUMBERS: Final = struct.Struct("<QQ")
_WHOLE: Final = "the chunk's header names it, no sound record is there"


@dataclass(frozen=True, slots=True)
class Slot:
    """One record as its header (or what is left of it) says.

    Attributes:
        at: offset in the chunk. size: whole length in bytes. number: the record's number.
        written: FILETIME of the header, 0 where there is none; not the time of the event.
        origin: `live`, `slack` or `carved`.
        note: what is unusual about it, empty for a sound record of the chain.
    """

    at: int
    size: int
    number: int
    written: int
    origin: str = "live"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes between records that are none, and how many records are missing there (at least 1)."""

    at: int
    size: int
    records: int
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """One block of the file.

    Attributes:
        offset: where it begins in the file. data: its bytes, filled up with zeros to 64 KiB.
        note: what is wrong with it as a whole, empty if nothing is.
        slots: its records by offset. gaps: unreadable places by offset.
    """

    offset: int
    data: bytes
    note: str = ""
    slots: list[Slot] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What the file header says; all zero where there is none."""

    chunks: int = 0
    next_number: int = 0
    dirty: bool = True
    has_crc: bool = True


def file_header(head: bytes) -> FileHeader:
    """Return the facts of the file header that are used."""
    if len(head) < 128 or not head.startswith(FILE_MARK):
        return FileHeader()
    next_number, chunks, flags = (
        struct.unpack_from("<Q", head, 24)[0],
        struct.unpack_from("<H", head, 42)[0],
        struct.unpack_from("<I", head, 120)[0],
    )
    return FileHeader(chunks, next_number, bool(flags & 1), not flags & _NO_CRC)


def chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Yield the file's blocks in order, one in memory at a time; all-zero blocks (space kept ready) are left out."""
    header = stream.read(FILE_HEADER)
    has_crc = file_header(header).has_crc
    offset = 0 if header.startswith(CHUNK_MARK) else FILE_HEADER
    while True:
        stream.seek(offset)
        data = stream.read(CHUNK)
        if not data:
            return
        if not data.startswith(CHUNK_MARK) and (further := data.find(CHUNK_MARK, 1)) > 0:
            data = data[:further]  # the grid of chunks begins anew there
        if data.count(0) < len(data):
            yield examine(offset, data, has_crc=has_crc)
        offset += len(data)


def chunk_at(stream: BinaryIO, offset: int, *, has_crc: bool) -> Chunk:
    """Return the block that begins at this offset, as `chunks` gave it."""
    stream.seek(offset)
    data = stream.read(CHUNK)
    if not data.startswith(CHUNK_MARK) and (further := data.find(CHUNK_MARK, 1)) > 0:
        data = data[:further]
    return examine(offset, data, has_crc=has_crc)


def examine(offset: int, data: bytes, *, has_crc: bool) -> Chunk:
    """Return the block with its records and gaps."""
    signed = data.startswith(CHUNK_MARK)
    length = len(data)
    data = data.ljust(CHUNK, b"\0")
    chunk = Chunk(offset, data, _note(data, length, signed=signed, has_crc=has_crc))
    free = SIZE.unpack_from(data, 48)[0]
    known = signed or _is_header(data)
    end = free if known and FIRST <= free <= CHUNK else length
    _chain(chunk, min(end, length), signed=signed)
    if not known and chunk.slots and chunk.gaps and chunk.gaps[-1].at > chunk.slots[-1].at:
        chunk.gaps.pop()  # nothing says how far the records went: what follows the last one is slack
    if end > length:
        _missing_end(chunk, length)
    _rebuild(chunk)
    _behind(chunk, min(end, length), length)
    _inside(chunk)
    chunk.slots.sort(key=lambda s: (s.at, s.size))
    return chunk


def _is_header(data: bytes) -> bool:
    """Return whether this is a chunk's header by its checksum, were the signature there."""
    checksum: int = SIZE.unpack_from(data, 124)[0]
    return zlib.crc32(data[128:FIRST], zlib.crc32(CHUNK_MARK + data[8:120])) == checksum


def _note(data: bytes, length: int, *, signed: bool, has_crc: bool) -> str:
    if not signed:
        return "chunk signature missing"
    notes = ["chunk cut by the end of the file"] if length < CHUNK else []
    free = SIZE.unpack_from(data, 48)[0]
    if has_crc and zlib.crc32(data[128:FIRST], zlib.crc32(data[:120])) != SIZE.unpack_from(data, 124)[0]:
        notes.append("chunk header checksum wrong")
    if has_crc and FIRST <= free <= CHUNK and zlib.crc32(data[FIRST:free]) != SIZE.unpack_from(data, 52)[0]:
        notes.append("chunk data checksum wrong")
    return "; ".join(notes)


def _chain(chunk: Chunk, end: int, *, signed: bool) -> None:
    """Fill in the records up to `end`, taking the chain up again where it is broken."""
    origin = "live" if signed else "carved"
    first, last = _NUMBERS.unpack_from(chunk.data, 24) if signed else (0, 0)
    at, before, note = FIRST, first - 1, ""
    while at < end:
        slot = _sound(chunk.data, at, end, origin) or _torn(chunk.data, at, end, before + 1, origin)
        if slot is None:
            slot = _next_sound(chunk.data, at + 1, end, origin)
            there = slot.at if slot else end
            missing = (slot.number if slot else last + 1) - before - 1
            _add_gap(chunk, at, there, missing if signed or before > 0 else 0)
            if slot is None:
                return
            origin, note = "carved", "behind a broken place in the chunk"
        chunk.slots.append(replace(slot, origin=origin, note=f"{slot.note}; {note}".strip("; ")) if note else slot)
        at, before = slot.at + slot.size, slot.number


def _sound(data: bytes, at: int, end: int, origin: str, note: str = "") -> Slot | None:
    """Return the record at this place if its size stands before and behind it."""
    if at + _LEAST > end:
        return None
    mark, size, number, written = RECORD.unpack_from(data, at)
    if mark != 0x2A2A or not _LEAST <= size <= end - at or SIZE.unpack_from(data, at + size - 4)[0] != size:
        return None
    return Slot(at, size, number, written, origin, note)


def _torn(data: bytes, at: int, end: int, expected: int, origin: str) -> Slot | None:
    """Return the record at this place if all but its end speaks for it (a sector behind it was lost)."""
    if at + _LEAST > end or data[at + HEAD : at + HEAD + 4] != BINXML:
        return None
    mark, size, number, written = RECORD.unpack_from(data, at)
    if mark != 0x2A2A or not _LEAST <= size <= end - at or number != expected:
        return None
    inner = data.find(RECORD_MARK, at + 4, at + size)
    if inner > 0 and _sound(data, inner, end, origin):
        return None
    return Slot(at, size, number, written, origin, "record end damaged")


def _next_sound(data: bytes, at: int, end: int, origin: str, note: str = "") -> Slot | None:
    while (at := data.find(RECORD_MARK, at, end)) >= 0:
        slot = _sound(data, at, end, origin, note)
        if slot is not None and slot.number > 0:
            return slot
        at += 4
    return None


def _add_gap(chunk: Chunk, at: int, end: int, missing: int) -> None:
    """Note unreadable bytes; record numbers tell how many records they were, never more than could fit."""
    records = min(missing, max(1, (end - at) // _USUAL)) if end > at else 0
    if records > 0:
        chunk.gaps.append(Gap(at, end - at, records, f"record lost: {_WHOLE}"))
    elif chunk.data.count(0, at, end) < end - at:
        reason = "no records in a block without chunk signature" if end - at > CHUNK - 2 * FIRST else "no record header"
        chunk.gaps.append(Gap(at, end - at, 1, reason))


def _missing_end(chunk: Chunk, length: int) -> None:
    """Note the records that the end of the file cut off: the chunk's header says how far they went."""
    last = _NUMBERS.unpack_from(chunk.data, 24)[1]
    known = chunk.slots[-1].number if chunk.slots else _NUMBERS.unpack_from(chunk.data, 24)[0] - 1
    at = chunk.slots[-1].at + chunk.slots[-1].size if chunk.slots else FIRST
    if chunk.gaps and chunk.gaps[-1].at >= at:
        at = chunk.gaps.pop().at
    records = max(1, min(last - known, (CHUNK - at) // _USUAL))
    chunk.gaps.append(Gap(at, max(0, length - at), records, "record cut off by the end of the file"))


def _rebuild(chunk: Chunk) -> None:
    """Find records whose header was overwritten: from the end of a gap backwards, by the size behind each record."""
    left: list[Gap] = []
    for gap in chunk.gaps:
        end = gap.at + gap.size
        following = next((s.number for s in chunk.slots if s.at == end), 0)
        records = gap.records
        while end - gap.at >= _LEAST and following > 1 and (size := _size_behind(chunk.data, gap.at, end)):
            following -= 1
            end -= size
            records -= 1
            chunk.slots.append(Slot(end, size, following, 0, "carved", "record header rebuilt"))
        if end > gap.at and (records > 0 or gap.records == 0):
            left.append(Gap(gap.at, end - gap.at, records, gap.reason))
        elif records > 0:
            left.append(Gap(gap.at, 0, records, gap.reason))
    chunk.gaps[:] = left
    chunk.slots.sort(key=lambda s: s.at)


def _size_behind(data: bytes, start: int, end: int) -> int:
    size: int = SIZE.unpack_from(data, end - 4)[0]
    at = end - size
    return size if size >= _LEAST and at >= start and data[at + HEAD : at + HEAD + 4] == BINXML else 0


def _behind(chunk: Chunk, at: int, length: int) -> None:
    """Find records behind the chain: what earlier use of the same memory or disk left there."""
    while slot := _next_sound(chunk.data, at, length, "slack", "behind the chunk's last record"):
        chunk.slots.append(slot)
        at = slot.at + slot.size


def _inside(chunk: Chunk) -> None:
    """Find record headers inside records: one way to hide a record is to stretch the one before over it."""
    if chunk.data.count(RECORD_MARK) <= sum(chunk.data.startswith(RECORD_MARK, s.at) for s in chunk.slots):
        return
    for slot in list(chunk.slots):
        at, end = slot.at + 4, slot.at + slot.size
        while (at := chunk.data.find(RECORD_MARK, at, end - _LEAST)) >= 0:
            _, size, number, written = RECORD.unpack_from(chunk.data, at)
            if number > 0 and at + size == end and chunk.data[at + HEAD : at + HEAD + 4] == BINXML:
                note = f"hidden inside record {slot.number}"
                chunk.slots.append(Slot(at, size, number, written, "carved", note))
            at += 4
