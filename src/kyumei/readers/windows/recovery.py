"""Records of EVTX chunks one by one, by the libraries behind `render`: what is damaged, unusual, in slack or carved.

A record that was given already is not given a second time: by number, header time and text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.readers.windows import chunks as evtx_chunks
from kyumei.readers.windows.fields import parse
from kyumei.readers.windows.remains import remains
from kyumei.readers.windows.render import rendered, template_is_there

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.model.source import Source
    from kyumei.readers.windows.chunks import Chunk, Slot
    from kyumei.readers.windows.fields import WindowsEvent

_CODECS: Final = {"Asia/Tokyo": "shift_jis"}
"""Zone of the evidence → codec of texts that are not Unicode (rare: old providers); else windows-1252."""


@dataclass(frozen=True, slots=True)
class Found:
    """One record: place in the file, `live`, `slack` or `carved`, and what it says."""

    rec: int
    origin: str
    event: WindowsEvent


@dataclass(slots=True)
class Recovered:
    """Records and faults, in the order in which they came up."""

    found: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Known:
    """Digests of records already given, by number and header time, kept only for numbers that also occur elsewhere."""

    digests: dict[tuple[int, int], set[bytes]] = field(default_factory=dict)

    def add(self, slot: Slot, text: str) -> None:
        """Note a record that was given."""
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


def codec(source: Source) -> str:
    """Return the codec of the source's ANSI texts, as the Rust library calls it."""
    return _CODECS.get(source.zone, "windows-1252")


def live(chunk: Chunk, codec: str, only: set[int] | None = None) -> Recovered:
    """Return a chunk's live records, and faults for unreadable ones.

    Args:
        chunk: the block.
        codec: of ANSI texts.
        only: offsets in the chunk of the records that are wanted; all where it is None.
    """
    got = Recovered()
    slots = [s for s in chunk.slots if s.origin == "live" and (only is None or s.at in only)]
    texts = rendered(chunk, slots, codec) if slots else {}
    for place, slot in enumerate(slots):
        text, how = texts.get(place, ("", ""))
        if one := _found(chunk, slot, text, how):
            got.found.append(one)
        else:
            got.faults.append(Fault(chunk.offset + slot.at, "record not readable", slot.size))
    return got


def gaps(chunk: Chunk) -> list[Fault]:
    """Return one fault for each record that the chunk lost."""
    return [Fault(chunk.offset + gap.at, gap.reason, 0 if n else gap.size) for gap in chunk.gaps for n in range(gap.records)]


def missing_chunks(size: int, count: int) -> list[Fault]:
    """Note chunks that the file header counts and that lie beyond the end of the file."""
    missing = evtx_chunks.FILE_HEADER + count * evtx_chunks.CHUNK - size
    return [Fault(size, "file ends before the chunks its header counts", missing)] if missing >= evtx_chunks.CHUNK else []


def others(chunk: Chunk) -> list[Slot]:
    """Return the records of a chunk that are not live."""
    return [s for s in chunk.slots if s.origin != "live"]


def note_live(chunk: Chunk, numbers: set[int], codec: str, known: Known) -> None:
    """Note the live records of a chunk whose numbers occur elsewhere as well."""
    slots = [s for s in chunk.slots if s.origin == "live" and s.number in numbers]
    texts = rendered(chunk, slots, codec) if slots else {}
    for place, slot in enumerate(slots):
        text, how = texts.get(place, ("", ""))
        if _found(chunk, slot, text, how):
            known.add(slot, text)


def rest(chunk: Chunk, codec: str, known: Known) -> Recovered:
    """Return the slack and carved records of a chunk that were not given yet."""
    got = Recovered()
    for slot, text, how in _overlapping(chunk, others(chunk), codec):
        if known.has(slot, text or None):
            continue
        other = "other content than the record of the same number and time" if known.differs(slot) else ""
        if one := _found(chunk, slot, text, f"{how}; {other}".strip("; ")):
            got.found.append(one)
            known.add(slot, text)
        else:
            got.faults.append(Fault(chunk.offset + slot.at, f"{slot.origin} record not readable", slot.size))
    return got


def plain(source: Source) -> Iterator[Recovered]:
    """Yield all records of a file without the columnar decoder: chunk by chunk the live ones, then all others."""
    name, known = codec(source), Known()
    header = evtx_chunks.file_header(source.head)
    left: list[int] = []
    numbers: set[int] = set()
    with source.open() as stream:
        for chunk in evtx_chunks.chunks(stream):
            got = live(chunk, name)
            got.faults += gaps(chunk)
            yield got
            if found := others(chunk):
                left.append(chunk.offset)
                numbers.update(s.number for s in found)
    yield Recovered(faults=missing_chunks(source.size, header.chunks))
    if left:
        with source.open() as stream:
            for chunk in evtx_chunks.chunks(stream):
                note_live(chunk, numbers, name, known)
            for offset in left:
                yield rest(evtx_chunks.chunk_at(stream, offset, has_crc=header.has_crc), name, known)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _overlapping(chunk: Chunk, slots: Sequence[Slot], codec: str) -> list[tuple[Slot, str, str]]:
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


def _found(chunk: Chunk, slot: Slot, text: str, how: str) -> Found | None:
    """Return the record, or the values that are left of it; None where there is nothing to give."""
    event, origin = parse(text) if text else None, slot.origin
    if event is None:
        event, how = remains(chunk, slot), "template unreadable: values without names"
        origin = "carved" if origin == "live" else origin
    if event is None:
        return None
    note = "; ".join(part for part in (chunk.note, slot.note, how) if part)
    if note:
        event.fields["System_Integrity"] = note
    return Found(chunk.offset + slot.at, origin, event)
