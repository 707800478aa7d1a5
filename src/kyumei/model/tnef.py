"""`winmail.dat`: the attachments and the body that Outlook packs into one part (TNEF, application/ms-tnef).

A stream of attributes (MS-OXTNEF): level, identifier, length, data, checksum. Attachments begin with their rendering data;
names, types and enclosed messages stand in MAPI properties. A body in compressed RTF is expanded (MS-OXRTFCP). Damage costs
the attribute that has it and, where its length is gone, what lies behind.

Specifications: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef and …/ms-oxrtfcp
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.model.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_BEGINS, _TITLE, _DATA, _ATTACHMENT, _MODIFIED = 0x9002, 0x8010, 0x800F, 0x9005, 0x8013
_PROPERTIES, _BODY, _CODEPAGE = 0x9003, 0x800C, 0x9007
_TEXT, _RTF, _HTML, _LONG_NAME, _NAME, _TYPE, _OBJECT = 0x1000, 0x1009, 0x1013, 0x3707, 0x3704, 0x370E, 0x3701
_FIXED: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_UNICODE, _STRING, _BINARY, _PT_OBJECT = 0x1F, 0x1E, 0x102, 0x0D
_MANY: Final = 0x1000
_CODECS: Final = {932: "cp932", 65001: "utf-8", 51932: "euc_jp", 50220: "iso2022_jp", 1252: "cp1252"}
_START: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_RING: Final = 4096
_MOST: Final = 1 << 28
"""Bytes of a body: compressed RTF grows by nine at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file within: its name, its bytes, where they stand, its type if told, and microseconds UTC of its change."""

    name: str
    data: bytes
    start: int
    kind: str = ""
    modified: int | None = None


@dataclass(slots=True)
class Package:
    """What a TNEF stream holds: attachments in order, bodies, and what could not be read."""

    attachments: list[Part] = field(default_factory=list[Part])
    bodies: list[Part] = field(default_factory=list[Part])
    faults: list[Fault] = field(default_factory=list[Fault])


def is_tnef(head: bytes) -> bool:
    """Return whether bytes begin a TNEF stream: signature, key, and an attribute of the message."""
    return head.startswith(SIGNATURE) and len(head) > 6 and head[6] in (1, 2)


def parse(data: bytes) -> Package:
    """Return the parts of a stream; never raises on any bytes."""
    found, codec = Package(), "cp932"
    open_: dict[int, tuple[int, bytes]] | None = None
    for identifier, at, value in _attributes(data, found):
        if identifier == _CODEPAGE and len(value) >= 4:
            codec = _CODECS.get(struct.unpack_from("<I", value)[0], codec)
        elif identifier == _BEGINS:
            _close(open_, codec, found)
            open_ = {}
        elif identifier in (_TITLE, _DATA, _ATTACHMENT, _MODIFIED) and open_ is not None:
            open_[identifier] = at, value
        elif identifier == _BODY and value.rstrip(b"\0"):
            found.bodies.append(Part("body.txt", value.rstrip(b"\0"), at, "text/plain"))
        elif identifier == _PROPERTIES:
            _bodies(at, value, found)
    _close(open_, codec, found)
    return found


def _attributes(data: bytes, found: Package) -> Iterator[tuple[int, int, bytes]]:
    """Yield identifier, offset of the data and data of each attribute; a cut one is a fault and is given as far as it goes."""
    at = 6
    while at + 9 <= len(data):
        level, identifier, _, length = struct.unpack_from("<BHHI", data, at)
        if level not in (1, 2):
            found.faults.append(Fault(at, "no attribute", len(data) - at))
            return
        start = at + 9
        if start + length > len(data):
            found.faults.append(Fault(at, "attribute is cut short", len(data) - at))
            yield identifier, start, data[start:]
            return
        value = data[start : start + length]
        told = int.from_bytes(data[start + length : start + length + 2], "little")
        if told != sum(value) & 0xFFFF:
            found.faults.append(Fault(start, "checksum of an attribute does not match", 0))
        yield identifier, start, value
        at = start + length + 2
    if at < len(data) and data[at:].strip(b"\0\r\n"):
        found.faults.append(Fault(at, "no attribute", len(data) - at))


def _close(open_: dict[int, tuple[int, bytes]] | None, codec: str, found: Package) -> None:
    if open_ is None:
        return
    at, value = open_.get(_ATTACHMENT, (0, b""))
    told = dict(_properties(at, value, found))
    title = open_.get(_TITLE, (0, b""))[1].split(b"\0")[0]
    name = _string(told.get(_LONG_NAME)) or _text(title, codec) or _string(told.get(_NAME))
    kind, modified = _string(told.get(_TYPE)), _date(open_.get(_MODIFIED, (0, b""))[1])
    number = len(found.attachments) + 1
    if _OBJECT in told and SIGNATURE in told[_OBJECT][1][:32]:
        inner = told[_OBJECT][1]
        inner = inner[inner.index(SIGNATURE) :]
        found.attachments.append(Part(name or f"message {number}.dat", inner, at, "application/ms-tnef", modified))
    elif _DATA in open_ or _OBJECT in told:
        start, content = open_.get(_DATA, (at, told.get(_OBJECT, (0, b""))[1]))
        found.attachments.append(Part(name or f"attachment {number}", content, start, kind, modified))
    else:
        found.faults.append(Fault(at, f"attachment {number} has no content", 0))


def _bodies(at: int, value: bytes, found: Package) -> None:
    told = dict(_properties(at, value, found))
    if _HTML in told:
        found.bodies.append(Part("body.html", _encoded(told[_HTML]), at, "text/html"))
    if _TEXT in told:
        found.bodies.append(Part("body.txt", _encoded(told[_TEXT]), at, "text/plain"))
    if _RTF in told:
        try:
            found.bodies.append(Part("body.rtf", expanded(told[_RTF][1]), at, "application/rtf"))
        except ValueError as wrong:
            found.faults.append(Fault(at, f"compressed body: {wrong}", 0))


def _properties(at: int, data: bytes, found: Package) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield identifier, type and value of MAPI properties."""
    try:
        place = 4
        for _ in range(min(struct.unpack_from("<I", data)[0], 1 << 16) if data else 0):
            kind, identifier = struct.unpack_from("<HH", data, place)
            place = _named(data, place + 4) if identifier >= 0x8000 else place + 4
            base = kind & ~_MANY
            count = 1
            if kind & _MANY or base in (_UNICODE, _STRING, _BINARY, _PT_OBJECT):
                (count,) = struct.unpack_from("<I", data, place)
                place += 4
            for _ in range(min(count, 1 << 16)):
                value, place = _value(data, place, base)
                yield identifier, (base, value)
    except (struct.error, ValueError):
        found.faults.append(Fault(at, "properties cannot be read to their end", 0))


def _named(data: bytes, place: int) -> int:
    """Return the place behind the name of a property."""
    (kind,) = struct.unpack_from("<I", data, place + 16)
    if kind == 0:
        return place + 24
    length = int.from_bytes(data[place + 20 : place + 24], "little")
    return place + 24 + -(-length // 4) * 4


def _value(data: bytes, place: int, kind: int) -> tuple[bytes, int]:
    if kind in _FIXED:
        length = _FIXED[kind]
        if place + length > len(data):
            raise ValueError
        return data[place : place + length], place + length
    (length,) = struct.unpack_from("<I", data, place)
    if place + 4 + length > len(data) or kind not in (_UNICODE, _STRING, _BINARY, _PT_OBJECT):
        raise ValueError
    return data[place + 4 : place + 4 + length], place + 4 + -(-length // 4) * 4


def _string(value: tuple[int, bytes] | None) -> str:
    if value is None:
        return ""
    kind, raw = value
    return raw.decode("utf-16-le", "replace").rstrip("\0") if kind == _UNICODE else _text(raw.split(b"\0")[0], "cp932")


def _encoded(value: tuple[int, bytes]) -> bytes:
    """Return a body as bytes: Unicode as UTF-8, others as they are."""
    return _string(value).encode("utf-8", "replace") if value[0] == _UNICODE else value[1].rstrip(b"\0")


def _text(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return decode(raw).text


def _date(raw: bytes) -> int | None:
    """Return an attribute's date (MS-OXTNEF 2.1.3.2: year, month, day, hour, minute, second) as microseconds UTC."""
    try:
        year, month, day, hour, minute, second = struct.unpack_from("<6H", raw)
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) * 1_000_000
    except (struct.error, ValueError):
        return None


def expanded(data: bytes) -> bytes:
    """Return the RTF of a compressed body (MS-OXRTFCP); what is cut is given as far as it goes.

    Raises:
        ValueError: it is neither compressed RTF nor stored RTF.
    """
    if len(data) < 16:
        raise ValueError("cut short")
    size, kind = struct.unpack_from("<I4s", data, 4)
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu":
        raise ValueError("unknown compression")
    return _unpacked(data, min(size, _MOST))


def _unpacked(data: bytes, most: int) -> bytes:
    """Return what LZFu tokens say: literal bytes, and runs of two to seventeen bytes from a ring of the last 4,096."""
    ring, out, head = bytearray(_START.ljust(_RING, b" ")), bytearray(), len(_START)
    for is_run, token in _tokens(data):
        place, length = token >> 4, (token & 15) + 2
        if is_run and place == head:
            break
        for step in range(length if is_run else 1):
            letter = ring[(place + step) % _RING] if is_run else token
            ring[head] = letter
            head = (head + 1) % _RING
            out.append(letter)
        if len(out) >= most:
            break
    return bytes(out[:most])


def _tokens(data: bytes) -> Iterator[tuple[bool, int]]:
    """Yield whether it is a run, and the token; those of a cut end are left out."""
    at = 16
    while at < len(data):
        control = data[at]
        at += 1
        for bit in range(8):
            width = 2 if control >> bit & 1 else 1
            if at + width > len(data):
                return
            yield width == 2, int.from_bytes(data[at : at + width], "big")
            at += width
