"""Values of changed rows in a binary log, written as SQL writes them.

Format: https://dev.mysql.com/doc/dev/mysql-server/latest/classbinary__log_1_1Rows__event.html and
https://dev.mysql.com/doc/dev/mysql-server/latest/classbinary__log_1_1Table__map__event.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.text import decode
from kyumei.readers.database.binlog.records import packed_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_META: Final = {
    4: 1,
    5: 1,
    15: 2,
    16: 2,
    17: 1,
    18: 1,
    19: 1,
    242: 1,
    245: 1,
    246: 2,
    247: 2,
    248: 2,
    252: 1,
    253: 2,
    254: 2,
    255: 1,
    249: 1,
    250: 1,
    251: 1,
}
"""Column type → bytes of metadata."""
_NUMERIC: Final = (1, 2, 3, 4, 5, 8, 9, 246)
_WHOLE: Final = {1: 1, 2: 2, 9: 3, 3: 4, 8: 8}
_DIGITS: Final = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BINARY: Final = 63
NULL: Final = "NULL"


class Unreadable(Exception):
    """The bytes are no rows of that table."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a table map says; `names` is empty where the server does not log them.

    Attributes:
        types, meta: a column's type and its metadata.
        unsigned: of each column.
        names: the columns'.
        words: of each ENUM and SET column what its numbers stand for, where the server logs it.
    """

    database: str
    name: str
    types: tuple[int, ...]
    meta: tuple[int, ...]
    unsigned: tuple[bool, ...]
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    @property
    def full(self) -> str:
        """Return database and table."""
        return f"{self.database}.{self.name}" if self.database else self.name


def table_map(body: bytes) -> tuple[int, Table] | None:
    """Return the number under which rows refer to a table, and the table; None where the bytes are no table map."""
    try:
        return _table_map(body)
    except (IndexError, struct.error):
        return None


def _table_map(body: bytes) -> tuple[int, Table]:
    number, at = int.from_bytes(body[:6], "little"), 8
    words = []
    for _ in range(2):
        size = body[at]
        words.append(decode(body[at + 1 : at + 1 + size]).text)
        at += size + 2
    count, at = packed_integer(body, at)
    types = tuple(body[at : at + count])
    if len(types) != count or count > 4096:
        raise IndexError
    length, at = packed_integer(body, at + count)
    meta = _metadata(types, body[at : at + length])
    optional = _optional(body[at + length + (count + 7) // 8 :])
    signs = iter(_bits(optional.get(1, b""), sum(each in _NUMERIC for each in types), high_first=True))
    unsigned = tuple(next(signs) if each in _NUMERIC else False for each in types)
    names = _names(optional.get(4, b""))
    chosen = {248: _lists(optional.get(5, b"")), 247: _lists(optional.get(6, b""))}
    choices = tuple(
        next(chosen[real], ()) if (real := _real(*each)) in chosen else () for each in zip(types, meta, strict=True)
    )
    return number, Table(words[0], words[1], types, meta, unsigned, names if len(names) == count else (), choices)


def _real(kind: int, meta: int) -> int:
    """Return the type of a column; ENUM and SET are written as texts."""
    return meta >> 8 if kind == 254 and meta >> 8 in {247, 248} else kind


def _lists(data: bytes) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(data):
        count, at = packed_integer(data, at)
        found = []
        for _ in range(min(count, len(data))):
            size, at = packed_integer(data, at)
            found.append(decode(data[at : at + size]).text)
            at += size
        yield tuple(found)


def _metadata(types: tuple[int, ...], data: bytes) -> tuple[int, ...]:
    found, at = [], 0
    for kind in types:
        size = _META.get(kind, 0)
        high_first = kind in {246, 247, 248, 254}
        found.append(int.from_bytes(data[at : at + size], "big" if high_first else "little"))
        at += size
    return tuple(found)


def _optional(data: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 2 <= len(data):
        size, begin = packed_integer(data, at + 1)
        found[data[at]] = data[begin : begin + size]
        at = begin + size
    return found


def _names(data: bytes) -> tuple[str, ...]:
    found, at = [], 0
    while at < len(data):
        size, at = packed_integer(data, at)
        found.append(decode(data[at : at + size]).text)
        at += size
    return tuple(found)


def _bits(data: bytes, count: int, *, high_first: bool = False) -> list[bool]:
    """Return the first bits; those past the data are false."""
    padded = data + bytes(max(0, (count + 7) // 8 - len(data)))
    return [bool(padded[i // 8] >> (7 - i % 8 if high_first else i % 8) & 1) for i in range(count)]


def images(table: Table, data: bytes, *, pairs: bool) -> list[tuple[list[str | None], list[str | None]]]:
    """Return the images (before, after) of each row; a column that was not logged is None. Without `pairs` the second is empty.

    Raises:
        Unreadable: the bytes do not fit the table.
    """
    count, at = packed_integer(data, 0)
    if count != len(table.types):
        raise Unreadable
    size = (count + 7) // 8
    present = [_bits(data[at : at + size], count)]
    at += size
    if pairs:
        present.append(_bits(data[at : at + size], count))
        at += size
    found = []
    while at < len(data):
        row: list[list[str | None]] = []
        for shown in present:
            image, at = _image(table, data, at, shown)
            row.append(image)
        found.append((row[0], row[1] if pairs else []))
        if not any(map(any, present)):
            break
    return found


def _image(table: Table, data: bytes, at: int, shown: list[bool]) -> tuple[list[str | None], int]:
    logged = sum(shown)
    nulls = iter(_bits(data[at : at + (logged + 7) // 8], logged))
    at += (logged + 7) // 8
    image: list[str | None] = []
    for place, is_logged in enumerate(shown):
        if not is_logged:
            image.append(None)
        elif next(nulls):
            image.append(NULL)
        else:
            text, at = _value((table.types[place], table.meta[place]), data, at, unsigned=table.unsigned[place])
            if at > len(data):
                raise Unreadable
            image.append(_chosen(table, place, text) if table.words[place] else text)
    return image, at


def _chosen(table: Table, place: int, text: str) -> str:
    """Return the word or words that a number of an ENUM or SET column stands for."""
    words, number = table.words[place], int(text)
    if _real(table.types[place], table.meta[place]) == 247:
        return quoted(words[number - 1].encode()) if 0 < number <= len(words) else text
    return quoted(",".join(word for bit, word in enumerate(words) if number >> bit & 1).encode())


def _value(kind: tuple[int, int], data: bytes, at: int, *, unsigned: bool) -> tuple[str, int]:
    code, meta = _real(*kind), kind[1]
    if code in _WHOLE:
        size = _WHOLE[code]
        return str(int.from_bytes(data[at : at + size], "little", signed=not unsigned)), at + size
    if code in {15, 253, 254}:
        return _text(code, meta, data, at)
    if code in {242, 245, 249, 250, 251, 252, 255}:
        size = int.from_bytes(data[at : at + min(meta, 4)], "little")
        at += min(meta, 4)
        return quoted(data[at : at + size], binary=code != 252), at + size
    read: Callable[[int, bytes, int], tuple[str, int]] | None = _OTHER.get(code)
    if read is None:
        raise Unreadable
    return read(meta, data, at)


def _text(code: int, meta: int, data: bytes, at: int) -> tuple[str, int]:
    most = meta
    if code == 254:  # the two high bits of a long length are hidden in the type
        most = meta & 0xFF | ((meta >> 8 & 0x30 ^ 0x30) << 4)
    wide = 2 if most > 255 else 1
    size = int.from_bytes(data[at : at + wide], "little")
    return quoted(data[at + wide : at + wide + size]), at + wide + size


def quoted(data: bytes, *, binary: bool = False) -> str:
    """Return bytes as a text literal, or where they are no text as a hexadecimal one."""
    if binary or b"\0" in data:
        return f"X'{data.hex().upper()}'"
    text = decode(data)
    if text.bad:
        return f"X'{data.hex().upper()}'"
    return "'" + text.text.replace("\\", "\\\\").replace("'", "''") + "'"


def _float(meta: int, data: bytes, at: int) -> tuple[str, int]:
    form, size = ("<d", 8) if meta == 8 else ("<f", 4)
    if at + size > len(data):
        raise Unreadable
    return repr(struct.unpack_from(form, data, at)[0]), at + size


def _year(_: int, data: bytes, at: int) -> tuple[str, int]:
    year = int.from_bytes(data[at : at + 1], "little")
    return str(1900 + year if year else 0), at + 1


def _date(_: int, data: bytes, at: int) -> tuple[str, int]:
    value = int.from_bytes(data[at : at + 3], "little")
    return f"'{value >> 9:04d}-{value >> 5 & 15:02d}-{value & 31:02d}'", at + 3


def _old_time(_: int, data: bytes, at: int) -> tuple[str, int]:
    value = int.from_bytes(data[at : at + 3], "little", signed=True)
    sign, value = "-" if value < 0 else "", abs(value)
    return f"'{sign}{value // 10000:02d}:{value // 100 % 100:02d}:{value % 100:02d}'", at + 3


def _old_datetime(_: int, data: bytes, at: int) -> tuple[str, int]:
    date, clock = divmod(int.from_bytes(data[at : at + 8], "little"), 1_000_000)
    day = f"{date // 10000:04d}-{date // 100 % 100:02d}-{date % 100:02d}"
    return f"'{day} {clock // 10000:02d}:{clock // 100 % 100:02d}:{clock % 100:02d}'", at + 8


def _stamp(seconds: int, part: str) -> str:
    if not seconds:
        return "'0000-00-00 00:00:00'"
    return f"'{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}{part}+00:00'"


def _old_timestamp(_: int, data: bytes, at: int) -> tuple[str, int]:
    return _stamp(int.from_bytes(data[at : at + 4], "little"), ""), at + 4


def _fraction(meta: int, data: bytes, at: int) -> tuple[str, int]:
    """Return the fraction of a second with its point, "" where the column has none."""
    size = (min(meta, 6) + 1) // 2
    if not size:
        return "", at
    micros = int.from_bytes(data[at : at + size], "big") * 10 ** (6 - 2 * size)
    return f".{micros:06d}"[: 1 + min(meta, 6)], at + size


def _timestamp(meta: int, data: bytes, at: int) -> tuple[str, int]:
    part, end = _fraction(meta, data, at + 4)
    return _stamp(int.from_bytes(data[at : at + 4], "big"), part), end


def _datetime(meta: int, data: bytes, at: int) -> tuple[str, int]:
    value = int.from_bytes(data[at : at + 5], "big") & 0x7FFFFFFFFF
    months, rest = value >> 22, value & 0x3FFFFF
    part, end = _fraction(meta, data, at + 5)
    day = f"{months // 13:04d}-{months % 13:02d}-{rest >> 17:02d}"
    return f"'{day} {rest >> 12 & 31:02d}:{rest >> 6 & 63:02d}:{rest & 63:02d}{part}'", end


def _time(meta: int, data: bytes, at: int) -> tuple[str, int]:
    size = 3 + (min(meta, 6) + 1) // 2
    value = int.from_bytes(data[at : at + size], "big") - (1 << (8 * size - 1))
    sign, value = "-" if value < 0 else "", abs(value)
    shift = 8 * (size - 3)
    whole, part = value >> shift, value & ((1 << shift) - 1)
    micros = part * 10 ** (6 - 2 * (size - 3)) if shift else 0
    behind = f".{micros:06d}"[: 1 + min(meta, 6)] if shift else ""
    return f"'{sign}{whole >> 12 & 0x3FF:02d}:{whole >> 6 & 63:02d}:{whole & 63:02d}{behind}'", at + size


def _number(meta: int, data: bytes, at: int) -> tuple[str, int]:
    """Return a DECIMAL: nine digits in four bytes, the sign in the first bit, negative ones with all bits turned."""
    precision, scale = meta >> 8, meta & 0xFF
    whole = precision - scale
    if whole < 0 or precision > 65:
        raise Unreadable
    sizes = [_DIGITS[whole % 9], *[4] * (whole // 9), *[4] * (scale // 9), _DIGITS[scale % 9]]
    raw = data[at : at + sum(sizes)]
    if len(raw) != sum(sizes) or not raw:
        raise Unreadable
    minus = not raw[0] & 0x80
    bare = bytes([raw[0] ^ 0x80]) + raw[1:]
    bare = bytes(each ^ 0xFF for each in bare) if minus else bare
    widths = [whole % 9, *[9] * (whole // 9), *[9] * (scale // 9), scale % 9]
    digits, place = "", 0
    for size, width in zip(sizes, widths, strict=True):
        digits += str(int.from_bytes(bare[place : place + size], "big")).zfill(width)[-width:] if width else ""
        place += size
    text = digits[:whole].lstrip("0") or "0"
    return ("-" if minus else "") + text + (f".{digits[whole:]}" if scale else ""), at + len(raw)


def _bit(meta: int, data: bytes, at: int) -> tuple[str, int]:
    size = ((meta >> 8) * 8 + (meta & 0xFF) + 7) // 8
    return str(int.from_bytes(data[at : at + size], "big")), at + size


def _choice(meta: int, data: bytes, at: int) -> tuple[str, int]:
    size = meta & 0xFF
    return str(int.from_bytes(data[at : at + size], "little")), at + size


def _nothing(_: int, __: bytes, at: int) -> tuple[str, int]:
    return NULL, at


_OTHER: Final[dict[int, Any]] = {
    4: _float,
    5: _float,
    6: _nothing,
    7: _old_timestamp,
    10: _date,
    11: _old_time,
    12: _old_datetime,
    13: _year,
    14: _date,
    16: _bit,
    17: _timestamp,
    18: _datetime,
    19: _time,
    246: _number,
    247: _choice,
    248: _choice,
}
