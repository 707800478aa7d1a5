"""A small writer of Windows event logs for tests; the same events give the same bytes. Names and hosts are invented.

One BinXml template per 64 KiB chunk and shape of event; System's values are typed, EventData's and UserData's are text.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHUNK: Final = 65_536
SUCCESS, FAILURE = 0x8020_0000_0000_0000, 0x8010_0000_0000_0000
SECURITY: Final = "Microsoft-Windows-Security-Auditing"
_TEXT, _U8, _U16, _U32, _U64, _TIME, _HEX64 = 1, 4, 6, 8, 10, 17, 21


@dataclass(frozen=True)
class Record:
    """What one record says. `wrapper` is the element in UserData; without it the fields are EventData.

    A field is a text, or a BinXml value type and the bytes of such a value.
    """

    time: datetime | None
    event_id: int
    fields: Mapping[str, str | tuple[int, bytes]]
    provider: str = SECURITY
    channel: str = "Security"
    computer: str = "FS01.corp.example"
    keywords: int = SUCCESS
    wrapper: str = ""


@dataclass
class _Chunk:
    data: bytearray = field(default_factory=lambda: bytearray(512))
    names: dict[str, int] = field(default_factory=dict)
    templates: dict[tuple[object, ...], int] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    last_at: int = 0


def evtx(records: Iterable[Record]) -> bytes:
    """Return the file. Record numbers count from 1."""
    chunks, chunk, number = [], _Chunk(), 0
    for number, record in enumerate(records, 1):
        names, templates = dict(chunk.names), dict(chunk.templates)
        written = _record(chunk, number, record)
        if len(chunk.data) + len(written) > CHUNK:
            chunk.names, chunk.templates = names, templates
            chunks.append(_sealed(chunk))
            chunk = _Chunk()
            written = _record(chunk, number, record)
        chunk.last_at = len(chunk.data)
        chunk.data += written
        chunk.first, chunk.last = chunk.first or number, number
    chunks.append(_sealed(chunk))
    header = bytearray(4096)
    struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, len(chunks) - 1, number + 1, 128, 1, 3, 4096, len(chunks))
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    return bytes(header) + b"".join(chunks)


def seal(chunk: bytearray) -> None:
    """Set a chunk's checksums right after a change."""
    free = struct.unpack_from("<I", chunk, 48)[0]
    struct.pack_into("<I", chunk, 52, zlib.crc32(chunk[512:free]))
    struct.pack_into("<I", chunk, 124, zlib.crc32(chunk[:120] + chunk[128:512]))


def _sealed(chunk: _Chunk) -> bytes:
    free = len(chunk.data)
    data = chunk.data + bytearray(CHUNK - free)
    numbers = (chunk.first, chunk.last, chunk.first, chunk.last)
    struct.pack_into("<8sQQQQIII", data, 0, b"ElfChnk\0", *numbers, 128, chunk.last_at, free)
    seal(data)
    return bytes(data)


def _record(chunk: _Chunk, number: int, record: Record) -> bytes:
    key = (record.provider, record.channel, record.wrapper, tuple(record.fields))
    guid = hashlib.md5(repr(key).encode(), usedforsecurity=False).digest()
    out = bytearray(b"\x0f\x01\x01\x00\x0c\x01") + guid[:4]
    at = chunk.templates.get(key)
    if at is None:
        at = len(chunk.data) + 24 + len(out) + 4
        chunk.templates[key] = at
        template = _template(chunk, at + 24, record)
        out += struct.pack("<II", at, 0) + guid + struct.pack("<I", len(template)) + template
    else:
        out += struct.pack("<I", at)
    stamp = _filetime(record.time)
    values = [
        (_U16, struct.pack("<H", record.event_id)),
        (_U8, b"\0"),
        (_U8, b"\0"),
        (_U16, struct.pack("<H", 0)),
        (_U8, b"\0"),
        (_HEX64, struct.pack("<Q", record.keywords)),
        (_TIME if record.time else 0, struct.pack("<Q", stamp) if record.time else b""),
        (_U64, struct.pack("<Q", number)),
        (_U32, struct.pack("<I", 700)),
        (_TEXT, record.computer.encode("utf-16-le")),
        *(v if isinstance(v, tuple) else (_TEXT, v.encode("utf-16-le", "surrogatepass")) for v in record.fields.values()),
    ]
    out += struct.pack("<I", len(values)) + b"".join(struct.pack("<HBB", len(v), t, 0) for t, v in values)
    out += b"".join(v for _, v in values) + b"\0"
    out += bytes(-(len(out) + 28) % 8)
    size = len(out) + 28
    return struct.pack("<IIQQ", 0x2A2A, size, number, stamp) + out + struct.pack("<I", size)


def _filetime(time: datetime | None) -> int:
    return (time - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10 if time else 0


class _Xml:
    def __init__(self, chunk: _Chunk, at: int) -> None:
        self.chunk, self.at, self.out = chunk, at, bytearray(b"\x0f\x01\x01\x00")

    def name(self, text: str) -> None:
        here = self.at + len(self.out) + 4
        known = self.chunk.names.get(text)
        if known is not None:
            self.out += struct.pack("<I", known)
            return
        self.chunk.names[text] = here
        value = 0
        for ch in text:
            value = (value * 65599 + ord(ch)) & 0xFFFF_FFFF
        self.out += struct.pack("<IIHH", here, 0, value & 0xFFFF, len(text)) + text.encode("utf-16-le") + b"\0\0"

    def open(self, name: str, attributes: Mapping[str, str | tuple[int, int]] = {}) -> int:
        self.out += (b"\x41" if attributes else b"\x01") + b"\xff\xff"
        start = len(self.out)
        self.out += bytes(4)
        self.name(name)
        if attributes:
            length_at = len(self.out)
            self.out += bytes(4)
            for n, (key, value) in enumerate(attributes.items(), 1):
                self.out += b"\x06" if n == len(attributes) else b"\x46"
                self.name(key)
                self.value(value)
            struct.pack_into("<I", self.out, length_at, len(self.out) - length_at - 4)
        return start

    def value(self, value: str | tuple[int, int]) -> None:
        if isinstance(value, str):
            self.out += b"\x05\x01" + struct.pack("<H", len(value)) + value.encode("utf-16-le")
        else:
            self.out += b"\x0e" + struct.pack("<HB", *value)

    def close(self, start: int, *, empty: bool = False) -> None:
        self.out += b"\x03" if empty else b"\x04"
        struct.pack_into("<I", self.out, start, len(self.out) - start - 4)

    def leaf(self, name: str, value: str | tuple[int, int], attributes: Mapping[str, str] = {}) -> None:
        start = self.open(name, attributes)
        self.out += b"\x02"
        self.value(value)
        self.close(start)

    def empty(self, name: str, attributes: Mapping[str, str | tuple[int, int]]) -> None:
        self.close(self.open(name, attributes), empty=True)


def _template(chunk: _Chunk, at: int, record: Record) -> bytes:
    xml = _Xml(chunk, at)
    event = xml.open("Event", {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"})
    xml.out += b"\x02"
    system = xml.open("System")
    xml.out += b"\x02"
    xml.empty("Provider", {"Name": record.provider})
    for n, (name, kind) in enumerate({"EventID": _U16, "Version": _U8, "Level": _U8, "Task": _U16, "Opcode": _U8}.items()):
        xml.leaf(name, (n, kind))
    xml.leaf("Keywords", (5, _HEX64))
    xml.empty("TimeCreated", {"SystemTime": (6, _TIME)})
    xml.leaf("EventRecordID", (7, _U64))
    xml.empty("Execution", {"ProcessID": (8, _U32)})
    xml.leaf("Channel", record.channel)
    xml.leaf("Computer", (9, _TEXT))
    xml.close(system)
    outer = xml.open("UserData" if record.wrapper else "EventData")
    xml.out += b"\x02"
    inner = xml.open(record.wrapper) if record.wrapper else -1
    xml.out += b"\x02" if record.wrapper else b""
    for n, name in enumerate(record.fields, 10):
        if record.wrapper:
            xml.leaf(name, (n, _TEXT))
        else:
            xml.leaf("Data", (n, _TEXT), {"Name": name} if not name.startswith("Data") else {})
    if record.wrapper:
        xml.close(inner)
    xml.close(outer)
    xml.close(event)
    return bytes(xml.out) + b"\0"
