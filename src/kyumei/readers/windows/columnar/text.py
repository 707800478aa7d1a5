"""Kernel: raw BinXML values to UTF-8, spelt as the Rust library `evtx` spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.readers.windows.columnar.encode import BINARY, BOOL, FILETIME, SID, SIZE_T, SYSTEMTIME, TEXT
from kyumei.readers.windows.columnar.jit import inlined, jit, put64, u16, u32, u64, whole

if TYPE_CHECKING:
    from kyumei.readers.windows.columnar.encode import Values

SLACK: Final = 40
"""Most bytes a value's text has beyond three times its raw size."""
READY: Final = 255
"""Type of a value that is UTF-8 already."""
_HEX: Final = np.frombuffer(b"0123456789abcdef0123456789ABCDEF", np.uint8)
_TRUE: Final = np.frombuffer(b"true", np.uint8)
_FALSE: Final = np.frombuffer(b"false", np.uint8)
_GUID: Final = np.array([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], np.int64)
_NOT_ASCII: Final = np.uint64(0xFF80FF80FF80FF80)
_PAIRS: Final = np.uint64(0x0000FFFF0000FFFF)
_LOW: Final = np.uint64(0x00000000FFFFFFFF)


@inlined
def _decimal(number: np.uint64, out: np.ndarray, to: int, width: int) -> int:
    """Write a number, with zeros before it up to a width."""
    digits = 1
    rest = number // np.uint64(10)
    while rest != np.uint64(0):
        digits += 1
        rest //= np.uint64(10)
    digits = max(digits, width)
    for i in range(digits - 1, -1, -1):
        out[to + i] = np.uint8(48 + number % np.uint64(10))
        number //= np.uint64(10)
    return to + digits


@inlined
def _signed(number: np.int64, out: np.ndarray, to: int) -> int:
    if number >= 0:
        return _decimal(np.uint64(number), out, to, 1)
    out[to] = 45
    return _decimal(np.uint64(0) - np.uint64(number), out, to + 1, 1)


@inlined
def _hex_number(number: np.uint64, out: np.ndarray, to: int) -> int:
    out[to] = 48
    out[to + 1] = 120
    to += 2
    shift = 60
    while shift > 0 and number >> np.uint64(shift) == np.uint64(0):
        shift -= 4
    while shift >= 0:
        out[to] = _HEX[np.int64(number >> np.uint64(shift)) & 15]
        to += 1
        shift -= 4
    return to


@inlined
def _hex_byte(value: int, out: np.ndarray, to: int) -> int:
    out[to] = _HEX[16 + (value >> 4)]
    out[to + 1] = _HEX[16 + (value & 15)]
    return to + 2


@inlined
def _guid(data: np.ndarray, at: int, out: np.ndarray, to: int) -> int:
    for i in range(16):
        if i in (4, 6, 8, 10):
            out[to] = 45
            to += 1
        to = _hex_byte(data[at + _GUID[i]], out, to)
    return to


@jit
def _sid(data: np.ndarray, at: int, out: np.ndarray, to: int) -> int:
    out[to] = 83
    out[to + 1] = 45
    to = _decimal(np.uint64(data[at]), out, to + 2, 1)
    authority = np.uint64(0)
    for i in range(2, 8):
        authority = authority << np.uint64(8) | np.uint64(data[at + i])
    out[to] = 45
    to = _decimal(authority, out, to + 1, 1)
    for i in range(data[at + 1]):
        out[to] = 45
        to = _decimal(np.uint64(u32(data, at + 8 + 4 * i)), out, to + 1, 1)
    return to


@jit
def _clock(parts: tuple[int, int, int, int, int, int, int], out: np.ndarray, to: int) -> int:
    """Write year, month, day, hour, minute, second and microsecond."""
    year, month, day, hour, minute, second, micro = parts
    to = _decimal(np.uint64(year), out, to, 4)
    out[to] = 45
    to = _decimal(np.uint64(month), out, to + 1, 2)
    out[to] = 45
    to = _decimal(np.uint64(day), out, to + 1, 2)
    out[to] = 84
    to = _decimal(np.uint64(hour), out, to + 1, 2)
    out[to] = 58
    to = _decimal(np.uint64(minute), out, to + 1, 2)
    out[to] = 58
    to = _decimal(np.uint64(second), out, to + 1, 2)
    out[to] = 46
    to = _decimal(np.uint64(micro), out, to + 1, 6)
    out[to] = 90
    return to + 1


@jit
def _filetime(ticks: int, out: np.ndarray, to: int) -> int:
    micros = ticks // 10
    days = micros // 86_400_000_000
    rest = micros - days * 86_400_000_000
    z = days + 584_694  # days from 0000-03-01 to 1601-01-01; Howard Hinnant, "chrono-compatible low-level date algorithms"
    era = z // 146_097
    doe = z - era * 146_097
    yoe = (doe - doe // 1460 + doe // 36_524 - doe // 146_096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (month <= 2)
    second = rest // 1_000_000
    return _clock(
        (
            year,
            month,
            doy - (153 * mp + 2) // 5 + 1,
            second // 3600,
            second // 60 % 60,
            second % 60,
            rest - second * 1_000_000,
        ),
        out,
        to,
    )


@jit
def _systemtime(data: np.ndarray, at: int, out: np.ndarray, to: int) -> int:
    if u16(data, at) == 0:
        return _filetime(0, out, to)
    day = (u16(data, at), u16(data, at + 2), u16(data, at + 6))
    time = (u16(data, at + 8), u16(data, at + 10), u16(data, at + 12), u16(data, at + 14) * 1000)
    return _clock(day + time, out, to)


@inlined
def _rune(rune: int, out: np.ndarray, to: int) -> int:
    if rune < 0x80:
        out[to] = rune
        return to + 1
    if rune < 0x800:
        out[to] = 0xC0 | rune >> 6
        out[to + 1] = 0x80 | rune & 63
        return to + 2
    if rune < 0x10000:
        out[to] = 0xE0 | rune >> 12
        out[to + 1] = 0x80 | rune >> 6 & 63
        out[to + 2] = 0x80 | rune & 63
        return to + 3
    out[to] = 0xF0 | rune >> 18
    out[to + 1] = 0x80 | rune >> 12 & 63
    out[to + 2] = 0x80 | rune >> 6 & 63
    out[to + 3] = 0x80 | rune & 63
    return to + 4


@inlined
def _narrow(word: Any) -> Any:
    """Return four ASCII letters of 16 bits as four bytes."""
    word = (word | word >> np.uint64(8)) & _PAIRS
    return (word | word >> np.uint64(16)) & _LOW


@inlined
def _utf16(data: np.ndarray, at: int, size: int, out: np.ndarray, to: int) -> int:
    end = at + size
    while at < end:
        while at + 16 <= end and (u64(data, at) | u64(data, at + 8)) & _NOT_ASCII == np.uint64(0):
            put64(out, to, _narrow(u64(data, at)) | _narrow(u64(data, at + 8)) << np.uint64(32))
            at += 16
            to += 8
        if at + 8 <= end and u64(data, at) & _NOT_ASCII == np.uint64(0):
            put64(out, to, _narrow(u64(data, at)))  # four bytes behind them are written over
            at += 8
            to += 4
        if at == end:
            break
        rune = u16(data, at)
        at += 2
        if 0xD800 <= rune < 0xE000:
            low = u16(data, at) if rune < 0xDC00 and at < end else 0
            if 0xDC00 <= low < 0xE000:
                at += 2
                rune = 0x10000 + ((rune - 0xD800) << 10) + low - 0xDC00
            else:
                rune = 0xFFFD  # half of a pair
        to = _rune(rune, out, to)
    return to


@inlined
def _copied(data: np.ndarray, at: int, size: int, out: np.ndarray, to: int) -> int:
    for i in range(size):
        out[to + i] = data[at + i]
    return to + size


@inlined
def _integer(data: np.ndarray, at: int, size: int, kind: int) -> np.uint64:
    """Return a little-endian integer, with its sign carried on where the type is signed."""
    value = np.uint64(0)
    for i in range(size - 1, -1, -1):
        value = value << np.uint64(8) | np.uint64(data[at + i])
    if kind in (3, 5, 7) and data[at + size - 1] & 0x80:
        value |= ~np.uint64(0) << np.uint64(8 * size)
    return value


@inlined
def _number(data: np.ndarray, at: int, size: int, kind: int, out: np.ndarray, to: int) -> int:
    value = _integer(data, at, size, kind)
    if kind in (SIZE_T, 20, 21):
        return _hex_number(value, out, to)
    if kind == BOOL:
        return _copied(_FALSE, 0, 5, out, to) if value == np.uint64(0) else _copied(_TRUE, 0, 4, out, to)
    return _signed(np.int64(value), out, to) if kind & 1 else _decimal(value, out, to, 1)


@jit
def written(data: np.ndarray, at: int, size: int, kind: int, out: np.ndarray, to: int) -> int:
    """Write one value as UTF-8 and return the place behind it; there is room for 3 bytes a byte, and 40 more."""
    if kind == TEXT:
        return _utf16(data, at, size, out, to)
    if kind == READY:
        return _copied(data, at, size, out, to)
    if kind == BINARY:
        for i in range(size):
            to = _hex_byte(data[at + i], out, to)
        return to
    if kind == 15:
        return _guid(data, at, out, to)
    if kind == SID:
        return _sid(data, at, out, to)
    if kind == FILETIME:
        return _filetime(whole(u64(data, at)), out, to)
    if kind == SYSTEMTIME:
        return _systemtime(data, at, out, to)
    return _number(data, at, size, kind, out, to)


@jit
def spell(raw: Values, order: np.ndarray, first: int, out: np.ndarray, ends: np.ndarray) -> int:
    """Write values one behind the other until `out` may be full; return the place in `order` behind the last.

    Args:
        raw: the values.
        order: int64, their ordinals.
        first: place in `order` to begin with.
        out: is written from its beginning; has room for the longest value.
        ends: int32, is filled with the place behind each value.
    """
    to = 0
    for i in range(first, len(order)):
        n = order[i]
        size = whole(raw.size[n])
        if to + 3 * size + SLACK > len(out):
            return i
        to = written(raw.arena, raw.at[n], size, whole(raw.kind[n]), out, to)
        ends[i] = to
    return len(order)
