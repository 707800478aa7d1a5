"""Kernel: values of records to codes of dictionaries, in one pass over the records.

Each field has one dictionary, all fields share one hash table and one arena of raw bytes. Equal hashes are believed only
after the bytes were compared. A field's (row, code) pairs are written one behind the other, so columns come out sorted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kyumei.readers.windows.columnar.hashing import finished, hashed, mixed, word
from kyumei.readers.windows.columnar.jit import fetch, inlined, jit, u16, u32, u64, whole

if TYPE_CHECKING:
    from kyumei.readers.windows.columnar.scan import Records

TEXT, ANSI, BOOL, BINARY, SIZE_T, FILETIME, SYSTEMTIME, SID, BINXML = 1, 2, 13, 14, 16, 17, 18, 19, 0x21
ARRAY: Final = 0x80
NOT_THIS, NO_ARRAY, ANY, TIME, NUMBER = 0, 1, 2, 3, 4
"""What a slot may hold: nothing; a scalar; also an array; the record's time; the record's number (never looked up)."""
NO_TIME: Final = np.int64(-(1 << 63))
_FIRST_TIME: Final = np.int64(864_000_000_000)
"""A FILETIME of less than a day is no time."""
_LAST_FILETIME: Final = np.uint64(2_650_466_808_000_000_000)
_EPOCH: Final = np.int64(11_644_473_600_000_000)
MISSING, REFUSED = -1, -2
_SMALL: Final = 8
_SEED: Final = np.uint64(0x9E3779B97F4A7C15)
_FIELD: Final = np.uint64(0xD6E8FEB86659FD93)
_ONES: Final = np.uint64(0x0001000100010001)
_TOPS: Final = np.uint64(0x8000800080008000)


class Slots(NamedTuple):
    """What the slots of each shape are, one entry a slot; the outer template's first, then the nested one's.

    `start`: first entry of a shape; `outer`, `nested`: how many entries it has; `literal`: range in `literals`.
    `field`, `rule`: field and what may be there. `last`: place, size with type, and code of the value
    seen last, 0 at first.
    `literals`: field and code of texts that all records of a shape have.
    """

    start: np.ndarray
    outer: np.ndarray
    nested: np.ndarray
    literal: np.ndarray
    field: np.ndarray
    rule: np.ndarray
    last: np.ndarray
    literals: np.ndarray


class Values(NamedTuple):
    """The distinct values; `counts`: values, bytes of the arena, entries of the table.

    Per value: place, size, type, field and code.

    `table`: hash, code + 1, place, and field with size and type: all that a look-up needs lies in one line of the cache.
    `codes`: how many values each field has.
    """

    counts: np.ndarray
    table: np.ndarray
    arena: np.ndarray
    at: np.ndarray
    size: np.ndarray
    kind: np.ndarray
    field: np.ndarray
    code: np.ndarray
    codes: np.ndarray


class Pairs(NamedTuple):
    """(row, code) pairs: those of field f end before `next[f]`.

    Per row: `ts`, NO_TIME at first, and `record`, -1 where the fallback gives it. `todo`: how many values of the record are
    still to be looked up, counted from 1, and of each slot, place, size with type, and hash.
    """

    next: np.ndarray
    row: np.ndarray
    code: np.ndarray
    ts: np.ndarray
    record: np.ndarray
    todo: np.ndarray


@inlined
def _text_size(data: np.ndarray, at: int, size: int) -> int:
    """Return the bytes of a UTF-16 text before its first NUL."""
    n = 0
    while n + 8 <= size:
        word = u64(data, at + n)
        if (word - _ONES) & ~word & _TOPS != np.uint64(0):
            break
        n += 8
    while n + 2 <= size and u16(data, at + n) != 0:
        n += 2
    return n


@inlined
def _is_day(data: np.ndarray, at: int) -> bool:
    """Return whether a SYSTEMTIME is one the calendar has; all zero counts as one."""
    if u64(data, at) == np.uint64(0) and u64(data, at + 8) == np.uint64(0):
        return True
    year, month, day = u16(data, at), u16(data, at + 2), u16(data, at + 6)
    if year < 1601 or year > 9998 or month < 1 or month > 12 or day < 1 or u16(data, at + 14) > 999:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = 31 - (month in (4, 6, 9, 11)) if month != 2 else 28 + leap
    return day <= days and u16(data, at + 8) < 24 and u16(data, at + 10) < 60 and u16(data, at + 12) < 60


@inlined
def _is_zero(data: np.ndarray, at: int, size: int) -> bool:
    for i in range(at, at + size):
        if data[i] != 0:
            return False
    return True


@inlined
def _width(kind: int) -> int:
    """Return the bytes a value of a fixed-size type has, 0 for other types."""
    if kind in (3, 4):
        return 1
    if kind in (5, 6):
        return 2
    if kind in (7, 8, 11, BOOL, 20):
        return 4
    if kind in (9, 10, 12, FILETIME, 21):
        return 8
    return 16 if kind in (15, SYSTEMTIME) else 0


@inlined
def _checked(data: np.ndarray, at: int, size: int, kind: int) -> int:
    """Return the bytes to keep of a scalar, MISSING where it is empty, REFUSED where the fallback must read the record."""
    if size == 0 or kind == 0:
        return MISSING
    width = _width(kind)
    if width:
        if size != width or (kind == BOOL and u32(data, at) > 1):
            return REFUSED
        if kind == FILETIME and u64(data, at) >= _LAST_FILETIME:
            return REFUSED
        return REFUSED if kind == SYSTEMTIME and not _is_day(data, at) else size
    if kind == TEXT:
        return REFUSED if size & 1 else _text_size(data, at, size) or MISSING
    if kind == ANSI:
        return MISSING if _is_zero(data, at, size) else size
    if kind == SID:
        return size if size >= 8 and size == 8 + 4 * data[at + 1] else REFUSED
    if kind == BINARY:
        return size
    return size if kind == SIZE_T and size in (4, 8) else REFUSED


@inlined
def _array_unit(kind: int) -> int:
    """Return the size of an element, 0 for arrays that are left to the fallback."""
    scalar = kind & 0x7F
    if scalar == TEXT:
        return 2
    return 0 if scalar in (ANSI, BINARY, SIZE_T, SID, BOOL, FILETIME, SYSTEMTIME) else _width(scalar)


@inlined
def _kept(data: np.ndarray, at: int, size: int, kind: int, rule: int) -> int:
    """Return the bytes to keep of a value where the slot's rule allows it, else as `_checked`."""
    if kind == BINXML and size > 0:
        return REFUSED
    if rule == NOT_THIS:
        return MISSING if _checked(data, at, size, kind) == MISSING else REFUSED
    if kind < ARRAY:
        return _checked(data, at, size, kind)
    if size == 0:
        return MISSING
    unit = _array_unit(kind)
    if rule != ANY or unit == 0 or size % unit:
        return REFUSED
    return REFUSED if kind & 0x7F == TEXT and u16(data, at + size - 2) != 0 else size


@inlined
def _same(data: np.ndarray, at: int, size: int, arena: np.ndarray, other: int) -> bool:
    n = 0
    while n + 8 <= size:
        if u64(data, at + n) != u64(arena, other + n):
            return False
        n += 8
    while n < size:
        if data[at + n] != arena[other + n]:
            return False
        n += 1
    return True


@inlined
def _hash(data: np.ndarray, at: int, size: int, key: tuple[int, int]) -> Any:
    """Return the hash of a value of (field, type); of at most eight bytes no two have the same, but for the hash 1."""
    seed = _SEED ^ (np.uint64(size) * _SEED) ^ (np.uint64(key[0] * 256 + key[1]) * _FIELD)
    if size > _SMALL:
        return hashed(data, at, size, seed)
    return finished(mixed(seed, word(data, at, size)))


@inlined
def _added(data: np.ndarray, at: int, size: int, key: tuple[int, int], values: Values) -> int:
    """Add a value to the arena and return its ordinal; there is room."""
    field, kind = key
    ordinal = values.counts[0]
    place = values.counts[1]
    for i in range(size):
        values.arena[place + i] = data[at + i]
    values.at[ordinal] = place
    values.size[ordinal] = size
    values.kind[ordinal] = kind
    values.field[ordinal] = field
    values.code[ordinal] = values.codes[field]
    values.codes[field] += 1
    values.counts[0] = ordinal + 1
    values.counts[1] = place + size
    return ordinal  # type: ignore[no-any-return]  # an integer


@inlined
def _place(value: Any, values: Values) -> int:
    return whole(value >> np.uint64(8)) & (len(values.table) - 1)


@inlined
def found(data: np.ndarray, at: int, size: int, key: tuple[int, int], value: Any, values: Values) -> int:
    """Return the table's slot of a value of (field, type) with this hash; it is added where it is new; there is room."""
    field, kind = key
    what = np.uint64(field) << np.uint64(32) | np.uint64(size << 8 | kind)
    mask = len(values.table) - 1
    slot = _place(value, values)
    while values.table[slot, 1] != np.uint64(0):
        if (
            values.table[slot, 0] == value
            and values.table[slot, 3] == what
            and (
                (size <= _SMALL and value != np.uint64(1)) or _same(data, at, size, values.arena, whole(values.table[slot, 2]))
            )
        ):
            return slot
        slot = (slot + 1) & mask
    ordinal = _added(data, at, size, key, values)
    values.table[slot, 0] = value
    values.table[slot, 1] = np.uint64(values.code[ordinal] + 1)
    values.table[slot, 2] = np.uint64(values.at[ordinal])
    values.table[slot, 3] = what
    values.counts[2] += 1
    return slot


@jit
def rehash(old: np.ndarray, new: np.ndarray) -> None:
    """Copy all entries into a larger table."""
    mask = len(new) - 1
    for i in range(len(old)):
        if old[i, 1] != np.uint64(0):
            slot = whole(old[i, 0] >> np.uint64(8)) & mask
            while new[slot, 1] != np.uint64(0):
                slot = (slot + 1) & mask
            for k in range(4):
                new[slot, k] = old[i, k]


@inlined
def _is_allowed(data: np.ndarray, part: tuple[int, int], entry: tuple[int, int], slots: Slots, pieces: np.ndarray) -> bool:
    """Return whether all values of one instance are such as its slots allow."""
    place, count = part
    start, mapped = entry
    for i in range(min(-count, mapped)):
        if slots.field[start + i] != -1:
            text, size = whole(pieces[place + i, 0]), whole(pieces[place + i, 1])
            if _kept(data, text, size, TEXT, slots.rule[start + i]) == REFUSED:
                return False
    at = place + 4 * count
    for i in range(count):
        size = u16(data, place + 4 * i)
        if i < mapped and slots.field[start + i] != -1:
            kept = _kept(data, at, size, data[place + 4 * i + 2], slots.rule[start + i])
            if kept == REFUSED:
                return False
        at += size
    return True


@inlined
def _time(data: np.ndarray, at: int) -> int:
    """Return a FILETIME in microseconds since 1970, NO_TIME where it is less than a day."""
    ticks = np.int64(u64(data, at))
    return ticks // 10 - _EPOCH if ticks >= _FIRST_TIME else NO_TIME  # type: ignore[return-value]  # an integer to numba


@inlined
def _put(pairs: Pairs, field: int, row: int, code: int) -> None:
    place = pairs.next[field]
    pairs.row[place] = row
    pairs.code[place] = code
    pairs.next[field] = place + 1


@inlined
def _take(data: np.ndarray, at: int, size: int, entry: tuple[int, int, int], state: tuple[Slots, Values], pairs: Pairs) -> int:
    """Put a value (slot, type, row) that is its slot's last one again; any other becomes one to do. Return how many became."""
    slot, kind, row = entry
    slots, values = state
    field, last = slots.field[slot], slots.last
    if slots.rule[slot] == NUMBER:
        _put(pairs, field, row, values.code[_added(data, at, size, (field, kind), values)])
        return 0
    if last[slot, 1] == size << 8 | kind and _same(data, at, size, values.arena, last[slot, 0]):
        _put(pairs, field, row, last[slot, 2])
        return 0
    value = _hash(data, at, size, (field, kind))
    fetch(values.table, 4 * _place(value, values))
    n = pairs.todo[0, 0]
    pairs.todo[n, 0], pairs.todo[n, 1], pairs.todo[n, 2], pairs.todo[n, 3] = slot, at, size << 8 | kind, whole(value)
    return 1


@inlined
def _look_up(data: np.ndarray, row: int, state: tuple[Slots, Values], pairs: Pairs) -> None:
    """Put the values that are to do; what they are looked up in was fetched meanwhile."""
    slots, values = state
    last, todo = slots.last, pairs.todo
    for n in range(1, todo[0, 0]):
        slot, at, size, kind = todo[n, 0], todo[n, 1], todo[n, 2] >> 8, todo[n, 2] & 0xFF
        place = found(data, at, size, (slots.field[slot], kind), np.uint64(todo[n, 3]), values)
        last[slot, 0] = whole(values.table[place, 2])
        last[slot, 1] = todo[n, 2]
        last[slot, 2] = whole(values.table[place, 1]) - 1
        _put(pairs, slots.field[slot], row, last[slot, 2])


@inlined
def _encode_part(
    data: np.ndarray, part: tuple[int, int], entry: tuple[int, int], row: int, state: tuple[Slots, Values], pairs: Pairs
) -> None:
    place, count = part
    start, mapped = entry
    slots = state[0]
    at = place + 4 * count
    for i in range(min(count, mapped)):
        size = u16(data, place + 4 * i)
        slot = start + i
        if slots.field[slot] >= 0 and size > 0:
            kind = whole(data[place + 4 * i + 2])
            kept = _kept(data, at, size, kind, slots.rule[slot])
            if kept > 0 and slots.rule[slot] == TIME and kind == FILETIME:
                pairs.ts[row] = _time(data, at)
                kept = kept if pairs.ts[row] == NO_TIME else MISSING
            if kept > 0:
                pairs.todo[0, 0] += _take(data, at, kept, (slot, kind, row), state, pairs)
        at += size


@inlined
def _encode_pieces(
    data: np.ndarray,
    part: tuple[int, int, np.ndarray],
    entry: tuple[int, int],
    row: int,
    state: tuple[Slots, Values],
    pairs: Pairs,
) -> None:
    """Encode the texts of BinXML that has no template; there are none where the number is not negative."""
    place, count, pieces = part
    start, mapped = entry
    slots = state[0]
    for i in range(min(-count, mapped)):
        slot = start + i
        if slots.field[slot] >= 0:
            at = whole(pieces[place + i, 0])
            kept = _kept(data, at, whole(pieces[place + i, 1]), TEXT, slots.rule[slot])
            if kept > 0:
                pairs.todo[0, 0] += _take(data, at, kept, (slot, TEXT, row), state, pairs)


@inlined
def _is_full(size: int, entries: int, values: Values) -> bool:
    """Return whether a record of that size might not fit."""
    return (  # type: ignore[no-any-return]  # a boolean
        values.counts[0] + entries > len(values.at)
        or 2 * (values.counts[2] + entries) > len(values.table)
        or values.counts[1] + size > len(values.arena)
    )


@jit
def allowed(data: np.ndarray, n: int, records: Records, slots: Slots) -> int:
    """Take the shape from records with values that their slots do not allow; return how many are left."""
    left = 0
    for i in range(n):
        g = records.shape[i]
        if g < 0:
            continue
        start, outer = slots.start[g], slots.outer[g]
        ok = outer >= 0
        ok = ok and _is_allowed(data, (records.outer[i, 0], records.outer[i, 1]), (start, outer), slots, records.pieces)
        inner = (start + outer, slots.nested[g])
        ok = ok and _is_allowed(data, (records.nested[i, 0], records.nested[i, 1]), inner, slots, records.pieces)
        if ok:
            left += 1
        else:
            records.shape[i] = -1
    return left


@jit
def encode(data: np.ndarray, first: int, records: Records, slots: Slots, values: Values, pairs: Pairs) -> int:
    """Encode records until the dictionaries are full; return the row to go on with, that behind the last at the end.

    Args:
        data: the buffer that was scanned.
        first: row to begin with.
        records: as `allowed` left them.
        slots: of all their shapes.
        values: the dictionaries.
        pairs: room for what all these records can give, and their rows.
    """
    for row in range(first, len(pairs.record)):
        i = pairs.record[row]
        if i < 0:
            continue
        g = records.shape[i]
        start, outer, nested = slots.start[g], slots.outer[g], slots.nested[g]
        if _is_full(records.size[i], outer + nested, values):
            return row
        part, inner = (records.outer[i, 0], records.outer[i, 1]), (records.nested[i, 0], records.nested[i, 1])
        pairs.todo[0, 0] = 1
        _encode_part(data, part, (start, outer), row, (slots, values), pairs)
        _encode_pieces(data, (part[0], part[1], records.pieces), (start, outer), row, (slots, values), pairs)
        _encode_part(data, inner, (start + outer, nested), row, (slots, values), pairs)
        _encode_pieces(data, (inner[0], inner[1], records.pieces), (start + outer, nested), row, (slots, values), pairs)
        _look_up(data, row, (slots, values), pairs)
        for k in range(slots.literal[g, 0], slots.literal[g, 1]):
            _put(pairs, slots.literals[k, 0], row, slots.literals[k, 1])
    return len(pairs.record)


@jit
def interned(text: np.ndarray, field: int, values: Values) -> int:
    """Return the code of a text (UTF-16 bytes) in a field, which is added where it is new; there is room."""
    value = _hash(text, 0, len(text), (field, TEXT))
    return whole(values.table[found(text, 0, len(text), (field, TEXT), value, values), 1]) - 1
