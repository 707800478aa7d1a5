"""Writes Windows event logs (`.evtx`): any channel and provider, typed values, valid checksums, name and template tables.

Format: https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc and
[MS-EVEN6] 2.2.12 for the binary XML. A file is a 4 KiB header and chunks of 64 KiB; the shape of an event (its element
names) is written once in each chunk as a template, and a record holds the template's offset and the values.
Record ids count from 1. The template GUIDs are derived from the shape and are not Microsoft's.

Limits: no UserData, no arrays, at most 65,536 chunks, names in the Basic Multilingual Plane only. A record that does not
fit into one chunk is a ValueError.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CHUNK: Final = 65_536
_ROOM: Final = _CHUNK - 8  # libevtx 20260705 passes over the last record of a chunk that is full to its last byte
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_NAMESPACE: Final = "http://schemas.microsoft.com/win/2004/08/events/event"
_TEXT, _U8, _U16, _U32, _U64, _GUID, _TIME, _SID, _HEX32, _HEX64 = 0x01, 0x04, 0x06, 0x08, 0x0A, 0x0F, 0x11, 0x13, 0x14, 0x15
SUCCESS: Final = 0x8020000000000000
FAILURE: Final = 0x8010000000000000
"""Keywords of audit events: audit success, audit failure."""


class Typed(NamedTuple):
    """A value with its type number in binary XML."""

    kind: int
    data: bytes


Value = str | Typed


@dataclass(frozen=True, slots=True)
class Channel:
    """What all events of one file share."""

    name: str
    provider: str
    provider_guid: str
    computer: str


@dataclass(frozen=True, slots=True)
class Record:
    """One event. `time` is aware; `data` becomes `EventData/Data[@Name]` in its order."""

    time: datetime
    event_id: int
    data: Mapping[str, Value]
    version: int = 0
    level: int = 0
    task: int = 0
    keywords: int = SUCCESS
    process: int = 716
    thread: int = 788


def number(value: int) -> Typed:
    """Return an unsigned 32-bit number, shown in decimal."""
    return Typed(_U32, struct.pack("<I", value))


def hex32(value: int) -> Typed:
    """Return an unsigned 32-bit number, shown as `0x…`."""
    return Typed(_HEX32, struct.pack("<I", value))


def hex64(value: int) -> Typed:
    """Return an unsigned 64-bit number, shown as `0x…`."""
    return Typed(_HEX64, struct.pack("<Q", value))


def guid(text: str) -> Typed:
    """Return a GUID."""
    return Typed(_GUID, UUID(text).bytes_le)


@lru_cache(maxsize=4096)
def sid(text: str) -> Typed:
    """Return a security identifier from `S-1-5-…` ([MS-DTYP] 2.4.2.2)."""
    _, revision, authority, *rest = text.split("-")
    subs = struct.pack(f"<{len(rest)}I", *map(int, rest))
    return Typed(_SID, bytes((int(revision), len(rest))) + int(authority).to_bytes(6, "big") + subs)


def evtx(channel: Channel, records: Iterable[Record]) -> bytes:
    """Return the file; the records get ids in the order given.

    Raises:
        ValueError: no record, or one that does not fit into a chunk.
    """
    chunks: list[bytes] = []
    chunk, last = _Chunk(), 0
    for last, record in enumerate(records, 1):
        if not chunk.add(last, channel, record):
            chunks.append(chunk.sealed())
            chunk = _Chunk()
            if not chunk.add(last, channel, record):
                msg = f"record {last} (event {record.event_id}) is larger than a chunk"
                raise ValueError(msg)
    if not last:
        msg = "a log without records is not written"
        raise ValueError(msg)
    chunks.append(chunk.sealed())
    return _file_header(len(chunks), last) + b"".join(chunks)


@dataclass(slots=True)
class _Chunk:
    """One chunk as it grows; offsets are counted from its first byte, the 512 bytes of header included."""

    body: bytearray = field(default_factory=lambda: bytearray(512))
    names: dict[str, int] = field(default_factory=dict[str, int])
    templates: dict[tuple[str, ...], int] = field(default_factory=dict[tuple[str, ...], int])
    name_table: list[int] = field(default_factory=lambda: [0] * 64)
    template_table: list[int] = field(default_factory=lambda: [0] * 32)
    first: int = 0
    last: int = 0
    last_offset: int = 0

    def add(self, record_id: int, channel: Channel, record: Record) -> bool:
        """Add a record, or leave the chunk as it was and return false where it does not fit."""
        before = (dict(self.names), dict(self.templates), list(self.name_table), list(self.template_table))
        size = len(self.body)
        data = _record(self, record_id, channel, record)
        if size + len(data) > _ROOM:
            self.names, self.templates, self.name_table, self.template_table = before
            return False
        self.body += data
        self.first, self.last, self.last_offset = self.first or record_id, record_id, size
        return True

    def sealed(self) -> bytes:
        """Return the chunk's 64 KiB with tables and checksums."""
        free = len(self.body)
        out = self.body + bytearray(_CHUNK - free)
        ids = (self.first, self.last, self.first, self.last)
        struct.pack_into("<8s4Q4I", out, 0, b"ElfChnk\0", *ids, 128, self.last_offset, free, zlib.crc32(out[512:free]))
        struct.pack_into("<96I", out, 128, *self.name_table, *self.template_table)
        struct.pack_into("<I", out, 124, zlib.crc32(bytes(out[:120] + out[128:512])))
        return bytes(out)


@dataclass(slots=True)
class _Xml:
    """Binary XML at a place in a chunk; element names are written where they are first used and referred to after."""

    chunk: _Chunk
    base: int
    out: bytearray = field(default_factory=bytearray)

    def open(self, name: str, attributes: Sequence[tuple[str, str | tuple[int, int]]] = ()) -> int:
        """Begin an element (close its tag with `inside` or `close`); return the place of its size."""
        self.out += struct.pack("<BH", 0x41 if attributes else 0x01, 0xFFFF)
        size_at = len(self.out)
        self.out += bytes(4)
        self._name(name)
        if attributes:
            list_at = len(self.out)
            self.out += bytes(4)
            for place, (key, value) in enumerate(attributes, 1):
                self.out += b"\x06" if place == len(attributes) else b"\x46"
                self._name(key)
                self.value(value)
            struct.pack_into("<I", self.out, list_at, len(self.out) - list_at - 4)
        return size_at

    def inside(self) -> None:
        """End the start tag: content follows."""
        self.out += b"\x02"

    def close(self, size_at: int, *, empty: bool = False) -> None:
        """End the element."""
        self.out += b"\x03" if empty else b"\x04"
        struct.pack_into("<I", self.out, size_at, len(self.out) - size_at - 4)

    def value(self, value: str | tuple[int, int]) -> None:
        """Write a text, or the place of a substitution as (number, type)."""
        if isinstance(value, str):
            self.out += struct.pack("<BBH", 0x05, _TEXT, len(value)) + value.encode("utf-16-le")
        else:
            self.out += struct.pack("<BHB", 0x0E, *value)

    def leaf(self, name: str, value: str | tuple[int, int], attributes: Sequence[tuple[str, str]] = ()) -> None:
        """Write an element that holds one value."""
        size_at = self.open(name, attributes)
        self.inside()
        self.value(value)
        self.close(size_at)

    def hollow(self, name: str, attributes: Sequence[tuple[str, str | tuple[int, int]]] = ()) -> None:
        """Write an element without content."""
        self.close(self.open(name, attributes), empty=True)

    def _name(self, name: str) -> None:
        known = self.chunk.names.get(name)
        if known is not None:
            self.out += struct.pack("<I", known)
            return
        at = self.base + len(self.out) + 4
        digest = _name_hash(name)
        before = self.chunk.name_table[digest % 64]
        self.chunk.name_table[digest % 64] = self.chunk.names[name] = at
        self.out += struct.pack("<IIHH", at, before, digest, len(name)) + name.encode("utf-16-le") + b"\0\0"


_SYSTEM: Final = (
    ("EventID", _U16), ("Version", _U8), ("Level", _U8), ("Task", _U16), ("Opcode", _U8), ("Keywords", _HEX64),
)  # fmt: skip
_FIXED: Final = 11  # substitutions of the System element; those of EventData follow


def _template(xml: _Xml, channel: Channel, fields: Sequence[str], kinds: Sequence[int]) -> None:
    xml.out += b"\x0f\x01\x01\x00"
    event = xml.open("Event", [("xmlns", _NAMESPACE)])
    xml.inside()
    system = xml.open("System")
    xml.inside()
    xml.hollow("Provider", [("Name", channel.provider), ("Guid", channel.provider_guid)])
    for place, (name, kind) in enumerate(_SYSTEM):
        xml.leaf(name, (place, kind))
    xml.hollow("TimeCreated", [("SystemTime", (6, _TIME))])
    xml.leaf("EventRecordID", (7, _U64))
    xml.hollow("Correlation")
    xml.hollow("Execution", [("ProcessID", (8, _U32)), ("ThreadID", (9, _U32))])
    xml.leaf("Channel", channel.name)
    xml.leaf("Computer", (10, _TEXT))
    xml.hollow("Security")
    xml.close(system)
    data = xml.open("EventData")
    xml.inside()
    for place, (name, kind) in enumerate(zip(fields, kinds, strict=True), _FIXED):
        xml.leaf("Data", (place, kind), [("Name", name)])
    xml.close(data)
    xml.close(event)
    xml.out += b"\0"


def _record(chunk: _Chunk, record_id: int, channel: Channel, record: Record) -> bytes:
    start, ticks = len(chunk.body), _ticks(record.time)
    values = _system_values(record, record_id, ticks, channel) + [_typed(value) for value in record.data.values()]
    out = bytearray(b"\x0f\x01\x01\x00\x0c\x01")
    kinds = [value.kind for value in values[_FIXED:]]
    out += _template_instance(chunk, start + 24 + len(out), channel, (list(record.data), kinds))
    out += struct.pack("<I", len(values))
    out += b"".join(struct.pack("<HBB", len(value.data), value.kind, 0) for value in values)
    out += b"".join(value.data for value in values) + b"\0"
    out += bytes(-(len(out) + 28) % 8)
    size = len(out) + 28
    return struct.pack("<IIQQ", 0x2A2A, size, record_id, ticks) + bytes(out) + struct.pack("<I", size)


def _template_instance(chunk: _Chunk, at: int, channel: Channel, shape: tuple[list[str], list[int]]) -> bytes:
    """Return template id and offset, and the definition itself where this chunk has not seen the shape."""
    fields, kinds = shape
    key = (channel.provider, channel.name, *fields, *map(str, kinds))
    digest = hashlib.sha256("\0".join(key).encode()).digest()[:16]
    known = chunk.templates.get(key)
    if known is not None:
        return digest[:4] + struct.pack("<I", known)
    place = at + 8
    bucket = int.from_bytes(digest[:4], "little") % 32
    before, chunk.template_table[bucket] = chunk.template_table[bucket], place
    chunk.templates[key] = place
    xml = _Xml(chunk, place + 24)
    _template(xml, channel, fields, kinds)
    return digest[:4] + struct.pack("<II", place, before) + digest + struct.pack("<I", len(xml.out)) + bytes(xml.out)


def _system_values(record: Record, record_id: int, ticks: int, channel: Channel) -> list[Typed]:
    return [
        Typed(_U16, struct.pack("<H", record.event_id)),
        Typed(_U8, bytes((record.version,))),
        Typed(_U8, bytes((record.level,))),
        Typed(_U16, struct.pack("<H", record.task)),
        Typed(_U8, b"\0"),
        Typed(_HEX64, struct.pack("<Q", record.keywords)),
        Typed(_TIME, struct.pack("<Q", ticks)),
        Typed(_U64, struct.pack("<Q", record_id)),
        Typed(_U32, struct.pack("<I", record.process)),
        Typed(_U32, struct.pack("<I", record.thread)),
        _typed(channel.computer),
    ]


def _typed(value: Value) -> Typed:
    return value if isinstance(value, Typed) else _text(value)


@lru_cache(maxsize=65_536)
def _text(value: str) -> Typed:
    return Typed(_TEXT, value.encode("utf-16-le"))


def _ticks(instant: datetime) -> int:
    """Return 100-nanosecond steps since 1601-01-01 UTC."""
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 10_000_000 + passed.microseconds * 10


@lru_cache(maxsize=4096)
def _name_hash(name: str) -> int:
    value = 0
    for letter in name:
        value = (value * 65_599 + ord(letter)) & 0xFFFFFFFF
    return value & 0xFFFF


def _file_header(chunks: int, last: int) -> bytes:
    out = bytearray(4096)
    struct.pack_into("<8s3QIHHHH", out, 0, b"ElfFile\0", 0, chunks - 1, last + 1, 128, 1, 3, 4096, chunks & 0xFFFF)
    struct.pack_into("<I", out, 124, zlib.crc32(out[:120]))
    return bytes(out)
