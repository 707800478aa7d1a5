"""What is left of an EVTX record whose template was overwritten: its values, in order and without names.

A record holds values only; names and structure stand in a template elsewhere in the chunk. In slack the template is mostly
gone, yet the values (accounts, addresses, paths) are whole. Windows' own templates begin with the same System values, so
event id, time and record number are known by their places; that is believed only where the record number there is the one in
the record's header. Value types: libyal, "Windows XML Event Log (EVTX) format", section 4.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from kyumei.readers.windows.chunks import BINXML, HEAD
from kyumei.readers.windows.fields import WindowsEvent, micros

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.readers.windows.chunks import Chunk, Slot

_MOST_VALUES: Final = 512
_UINT16, _UINT64, _FILETIME, _BINXML = 6, 10, 17, 0x21
_EVENT_ID_AT, _TIME_AT, _NUMBER_AT = 3, 6, 10
_PROVIDER_AND_CHANNEL: Final = (14, 16)
_DEPTH: Final = 4
_BEGIN: Final = datetime(1601, 1, 1)  # noqa: DTZ001  # FILETIME counts from here, in UTC

Value = tuple[int, bytes]


def remains(chunk: Chunk, slot: Slot) -> WindowsEvent | None:
    """Return number, time and values of the record, None where not even the values are whole.

    The values are the native field `Remains`, joined with ` | `; empty ones are left out.
    """
    values = _values(chunk.data, slot.at + HEAD, slot.at + slot.size - 4)
    if not values:
        return None
    event = WindowsEvent(fields={"System_EventRecordID": str(slot.number)})
    texts = [text for text in _texts(values, 0) if text]
    event.fields["Remains"] = " | ".join(texts)
    if _is_windows_own(values, slot.number):
        event.event_id = struct.unpack("<H", values[_EVENT_ID_AT][1])[0]
        event.ts = micros(_text(*values[_TIME_AT]))
        event.provider, event.channel = (_text(*values[n]) or None if len(values) > n else None for n in _PROVIDER_AND_CHANNEL)
    return event if texts else None


def _values(data: bytes, at: int, end: int) -> list[Value]:
    """Return the values of the template instance that begins there, none where it is not sound."""
    if data[at : at + len(BINXML)] == BINXML:
        at += len(BINXML)
    if at + 14 > end or data[at] != 0x0C:
        return []
    identifier = data[at + 2 : at + 6]
    at += 10
    if data[at + 4 : at + 8] == identifier:  # the template itself stands here
        at += 24 + struct.unpack_from("<I", data, at + 20)[0]
    if at + 4 > end:
        return []
    count = struct.unpack_from("<I", data, at)[0]
    at += 4
    start = at + 4 * count
    if not 0 < count <= _MOST_VALUES or start > end:
        return []
    found: list[Value] = []
    for n in range(count):
        size, kind = struct.unpack_from("<HB", data, at + 4 * n)
        if start + size > end:
            return []
        found.append((kind, data[start : start + size]))
        start += size
    return found


def _is_windows_own(values: list[Value], number: int) -> bool:
    kinds = [kind for kind, _ in values[: _NUMBER_AT + 1]]
    return (
        len(kinds) > _NUMBER_AT
        and (kinds[_EVENT_ID_AT], kinds[_TIME_AT], kinds[_NUMBER_AT]) == (_UINT16, _FILETIME, _UINT64)
        and [len(values[n][1]) for n in (_EVENT_ID_AT, _TIME_AT, _NUMBER_AT)] == [2, 8, 8]
        and values[_NUMBER_AT][1] == struct.pack("<Q", number)
    )


def _texts(values: list[Value], depth: int) -> list[str]:
    found: list[str] = []
    for kind, raw in values:
        if kind == _BINXML and depth < _DEPTH:
            found += _texts(_values(raw, 0, len(raw)), depth + 1)
        else:
            found.append(_text(kind, raw))
    return found


def _text(kind: int, raw: bytes) -> str:
    """Return a value as text, as hexadecimal digits where its type is not known or its size is wrong for the type."""
    try:
        return _SPELT[kind](raw) if kind in _SPELT else raw.hex()
    except (struct.error, ValueError, OverflowError):
        return raw.hex()


def _wide(raw: bytes) -> str:
    return " ".join(raw.decode("utf-16-le", "backslashreplace").replace("\0", " ").split())


def _filetime(raw: bytes) -> str:
    ticks: int = struct.unpack("<Q", raw)[0]
    return f"{(_BEGIN + timedelta(microseconds=ticks // 10)).isoformat()}Z"


def _sid(raw: bytes) -> str:
    parts = struct.unpack(f"<BB6s{(len(raw) - 8) // 4}I", raw)
    return "-".join(("S", str(parts[0]), str(int.from_bytes(parts[2])), *map(str, parts[3:])))


def _integer(layout: str) -> Callable[[bytes], str]:
    return lambda raw: str(struct.unpack(layout, raw)[0])


_SPELT: Final[dict[int, Callable[[bytes], str]]] = {
    0: lambda _raw: "",
    1: _wide,
    2: lambda raw: raw.decode("cp932", "backslashreplace").rstrip("\0"),
    **{kind: _integer(layout) for kind, layout in enumerate(("<b", "<B", "<h", "<H", "<i", "<I", "<q", "<Q"), 3)},
    13: _integer("<I"),
    15: lambda raw: f"{{{UUID(bytes_le=raw)}}}",
    _FILETIME: _filetime,
    19: _sid,
    20: lambda raw: hex(int.from_bytes(raw, "little")),
    21: lambda raw: hex(int.from_bytes(raw, "little")),
    0x81: _wide,
}
"""Type of value → how it is written."""
