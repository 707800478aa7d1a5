"""The text of EVTX records: BinXML to the nested object that `evtx` calls JSON, by two independent libraries.

Each chunk is handed to the libraries as a small file of its own, with a sound header, its records' headers written anew (their
numbers are their places in our list) and the gaps between them closed by dummy records. So one bad byte costs one record, a
result is always assigned to the right offset, and memory stays at one chunk. `evtx` (Rust) reads first; what it refuses is
tried with the chunk's string and template tables emptied, then by libevtx.
"""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.windows import chunks as evtx_chunks
from kyumei.readers.windows.event_xml import event_of_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.readers.windows.chunks import Chunk, Slot

_DUMMY: Final = 0x7FFF_FFFF
"""Number of a dummy record; higher than any place in the list of a chunk."""
_DATA: Final = b"\x04\0D\0a\0t\0a\0\0\0"
_HEADER: Final = struct.Struct("<8sQQQIHHHH")
_CHUNK_HEADER: Final = struct.Struct("<8sQQQQIII")


def rendered(chunk: Chunk, slots: Sequence[Slot], codec: str) -> dict[int, tuple[str, str]]:
    """Return place in `slots` → (JSON of the event, note on how it was got) for each record that could be read.

    Args:
        chunk: the block the records lie in.
        slots: some of its records, by offset.
        codec: for texts that are not Unicode: a WHATWG label such as `shift_jis`.
    """
    data = _standalone(chunk, slots)
    found = {place: (text, "") for place, text in _by_evtx(data, codec)}
    if _has_unnamed_data(chunk.data):
        found |= {
            place: (text, "") for place, text in _with_unnamed_data(data, codec) if '"Data":' not in found.get(place, ("",))[0]
        }
    if len(found) == len(slots):
        return found
    bare = data[: evtx_chunks.FILE_HEADER + 128] + bytes(384) + data[evtx_chunks.FILE_HEADER + evtx_chunks.FIRST :]
    for place, text in _by_evtx(bare, codec):
        found.setdefault(place, (text, ""))
    if len(found) < len(slots):
        for place, text in _by_libevtx(_with_checksums(data), set(range(len(slots))) - set(found)):
            found.setdefault(place, (text, "read by libevtx only"))
    return {place: found[place] for place in sorted(found) if place < len(slots)}


def template_is_there(chunk: Chunk, slot: Slot) -> bool:
    """Return whether the template a record names still lies where the record says.

    Records in slack name templates by offsets of the chunk they once were in; a foreign template there would give them
    wrong field names. The template's identifier is the first part of its GUID.
    """
    at = slot.at + evtx_chunks.HEAD + len(evtx_chunks.BINXML)
    if at + 10 > evtx_chunks.CHUNK or chunk.data[at] != 0x0C:
        return False
    identifier, offset = struct.unpack_from("<II", chunk.data, at + 2)
    if not evtx_chunks.FIRST <= offset <= evtx_chunks.CHUNK - 24:
        return False
    return bool(struct.unpack_from("<I", chunk.data, offset + 4)[0] == identifier)


def _standalone(chunk: Chunk, slots: Sequence[Slot]) -> bytes:
    """Return a file of one chunk in which these records form one unbroken chain."""
    body = bytearray(chunk.data)
    at = evtx_chunks.FIRST
    before = -1
    for place, slot in enumerate(slots):
        if slot.at > at:
            _close_gap(body, at, slot.at, before)
        evtx_chunks.RECORD.pack_into(body, slot.at, 0x2A2A, slot.size, place, slot.written)
        evtx_chunks.SIZE.pack_into(body, slot.at + slot.size - 4, slot.size)
        at, before = slot.at + slot.size, slot.at
    count = len(slots)
    _CHUNK_HEADER.pack_into(body, 0, evtx_chunks.CHUNK_MARK, 1, count, 1, count, 128, max(before, evtx_chunks.FIRST), at)
    header = bytearray(evtx_chunks.FILE_HEADER)
    _HEADER.pack_into(header, 0, evtx_chunks.FILE_MARK, 0, 0, count + 1, 128, 1, 3, evtx_chunks.FILE_HEADER, 1)
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    return bytes(header + body)


def _close_gap(body: bytearray, at: int, end: int, before: int) -> None:
    """Put a dummy record over the gap; one too small for that goes to the record before it."""
    size = end - at
    if size >= evtx_chunks.HEAD + 4:
        evtx_chunks.RECORD.pack_into(body, at, 0x2A2A, size, _DUMMY, 0)
        evtx_chunks.SIZE.pack_into(body, end - 4, size)
    elif before >= 0:
        longer = evtx_chunks.SIZE.unpack_from(body, before + 4)[0] + size
        evtx_chunks.SIZE.pack_into(body, before + 4, longer)
        evtx_chunks.SIZE.pack_into(body, end - 4, longer)


def _with_checksums(data: bytes) -> bytes:
    """Return the file with its chunk's checksums set right (libevtx looks at them)."""
    body = bytearray(data[evtx_chunks.FILE_HEADER :])
    free = evtx_chunks.SIZE.unpack_from(body, 48)[0]
    struct.pack_into("<I", body, 52, zlib.crc32(body[evtx_chunks.FIRST : free]))
    struct.pack_into("<I", body, 120, 0)
    struct.pack_into("<I", body, 124, zlib.crc32(body[128 : evtx_chunks.FIRST], zlib.crc32(body[:120])))
    return data[: evtx_chunks.FILE_HEADER] + bytes(body)


def _by_evtx(data: bytes, codec: str, form: str = "records_json") -> Iterator[tuple[int, str]]:
    """Yield number and JSON (or XML) of each record; after an error the iterator is asked again, as no `for` loop does."""
    import evtx

    try:
        records = getattr(evtx.PyEvtxParser(io.BytesIO(data), 1, codec), form)()
    except (RuntimeError, ValueError, OSError):
        return
    while True:
        try:
            record: Any = next(records)  # the library's stub says it may be None; it is not
        except StopIteration:
            return
        except (RuntimeError, ValueError, OSError):
            continue
        if record["event_record_id"] != _DUMMY:
            yield record["event_record_id"], record["data"]


def _has_unnamed_data(data: bytes) -> bool:
    """Return whether an element `Data` without attributes is defined in the chunk."""
    at = -1
    while (at := data.find(_DATA, at + 1)) >= 0:
        name = struct.pack("<I", at - 6)  # before the name: offset of the next name, hash, length
        use = -1
        while (use := data.find(name, use + 1)) >= 0:
            if use >= 7 and data[use - 7] == 0x01:  # open start element, then dependency (2) and size (4)
                return True
    return False


def _with_unnamed_data(data: bytes, codec: str) -> Iterator[tuple[int, str]]:
    """Yield number and JSON, made of the XML, of records with such elements: `records_json` drops them beside named ones."""
    for place, text in _by_evtx(data, codec, "records"):
        if "<Data>" in text:
            with contextlib.suppress(ValueError):
                yield place, json.dumps(event_of_xml(text), ensure_ascii=False)


def _by_libevtx(data: bytes, wanted: set[int]) -> Iterator[tuple[int, str]]:
    """Yield number and JSON of each wanted record that libevtx can read."""
    import pyevtx

    file = pyevtx.file()
    try:
        file.open_file_object(io.BytesIO(data))
    except (OSError, RuntimeError, ValueError):
        return
    for index in range(_count(file)):
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            record = file.get_record(index)
            if record.identifier in wanted:
                yield record.identifier, json.dumps(event_of_xml(record.xml_string), ensure_ascii=False)
    file.close()


def _count(file: Any) -> int:
    try:
        return int(file.number_of_records)
    except (OSError, RuntimeError, ValueError):
        return 0
