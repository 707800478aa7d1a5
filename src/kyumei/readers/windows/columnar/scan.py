"""Kernel: where records, their template instances and their templates lie in a run of chunks.

A chunk is scanned only if its chain of records is unbroken up to the free-space offset; any other is left to
`kyumei.readers.windows.chunks`. A template is known by a hash of its definition in which names stand for their offsets, so
that the same template has one number in all chunks, and a definition with other bytes has another.
Format: libyal, "Windows XML Event Log (EVTX) format"; BinXML of [MS-EVEN6] 2.2.12.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from kyumei.readers.windows.columnar.crc import crc
from kyumei.readers.windows.columnar.hashing import hashed, mixed
from kyumei.readers.windows.columnar.jit import jit, u16, u32, u64, whole

CHUNK: Final = 65_536
FIRST: Final = 512
HEAD: Final = 24
LEAST: Final = 32
RECORDS_A_CHUNK: Final = (CHUNK - FIRST) // LEAST
TABLE: Final = 1 << 15
"""Slots of the tables of templates and of shapes; at most half of them are used, what comes then is left to the fallback."""
MOST_VALUES: Final = 1024
"""Values an instance may have here; a record with more is left to the fallback (the most seen is 60)."""
NOT_SIGNED, CHAINED, BROKEN = 0, 1, 2
BAD_HEADER, BAD_DATA = 1, 2
_MAGIC: Final = np.uint64(0x006B6E6843666C45)
_FRAGMENT: Final = 0x0001010F
_NAME: Final = np.uint64(0x0065006D0061004E)
_STARS: Final = np.uint64(0x2A2A2A2A2A2A2A2A)
_LOW: Final = np.uint64(0x0101010101010101)
_HIGH: Final = np.uint64(0x8080808080808080)
_BLOCK: Final = 128


class Known(NamedTuple):
    """Templates and shapes (outer template, slot and template of the nested instance) met so far.

    `counts`: templates, shapes, chunks scanned, pieces of text of records without template in this buffer.
    `template_key`, `template_at`: hash table → number + 1.
    `template_where`: place of a definition in the buffer of the batch that first showed it; `template_end`: where it ends if
    it is no definition but a record's own BinXML, else 0.
    `definition`, `definition_chunk`: template + 1 by offset in the chunk that is being scanned.
    """

    counts: np.ndarray
    template_key: np.ndarray
    template_at: np.ndarray
    template_where: np.ndarray
    template_end: np.ndarray
    definition: np.ndarray
    definition_chunk: np.ndarray
    shape_key: np.ndarray
    shape_at: np.ndarray
    shape: np.ndarray


class Records(NamedTuple):
    """What the scan finds: one entry a record; offsets count from the beginning of the buffer.

    `shape` is -1 where the record is left to the fallback. `outer`, `nested`: place of the value descriptors and their
    number; without template the first of its pieces of text in `pieces` (place, size) and their number, negative.
    `chunks`: status, first record, number of records, whether there are marks of records outside the chain, and which
    checksums are wrong, BAD_HEADER and BAD_DATA.
    """

    at: np.ndarray
    size: np.ndarray
    number: np.ndarray
    shape: np.ndarray
    outer: np.ndarray
    nested: np.ndarray
    pieces: np.ndarray
    chunks: np.ndarray


def known() -> Known:
    """Return empty tables."""
    return Known(
        np.zeros(4, np.int64),
        np.zeros(TABLE, np.uint64),
        np.zeros(TABLE, np.int32),
        np.zeros(TABLE, np.int64),
        np.zeros(TABLE, np.int64),
        np.zeros(CHUNK, np.int32),
        np.zeros(CHUNK, np.int64),
        np.zeros(TABLE, np.uint64),
        np.zeros(TABLE, np.int32),
        np.zeros((TABLE, 3), np.int32),
    )


def records(chunks: int) -> Records:
    """Return room for all records that so many chunks can hold."""
    n = chunks * RECORDS_A_CHUNK
    return Records(
        np.empty(n, np.int64),
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        np.empty(n, np.int32),
        np.empty((n, 2), np.int32),
        np.empty((n, 2), np.int32),
        np.empty((chunks * (CHUNK // 4), 2), np.int32),
        np.zeros((chunks, 5), np.int64),
    )


@jit
def _name(data: np.ndarray, base: int, at: int) -> int:
    """Return the bytes of the name at this offset of the chunk, its head and NUL included; -1 where it does not fit."""
    if at < FIRST - 384 or at + 10 > CHUNK:
        return -1
    size = 2 * u16(data, base + at + 6) + 10
    return size if at + size <= CHUNK else -1


@jit
def _named(data: np.ndarray, base: int, at: int, after: int) -> tuple[Any, int]:
    """Return hash and following place of a reference to a name at `at`, where the name itself may stand at `after`."""
    offset = u32(data, at)
    size = _name(data, base, offset)
    if size < 0:
        return np.uint64(0), -1
    value = hashed(data, base + offset + 8, size - 10, np.uint64(size))
    return value, after + size if base + offset == after else after


@jit
def _token(data: np.ndarray, base: int, at: int, end: int, head: int) -> tuple[Any, int]:
    """Return hash and end of one token of a definition; end -1 where it is unsound or not supported here.

    `head`: length of an element's beginning, 11 in definitions; 9 in a record's own BinXML, where two bytes are left out.
    """
    kind = data[at] & 0x3F
    value = np.uint64(data[at])
    if kind in (2, 3, 4):
        return value, at + 1
    if kind in (0x0D, 0x0E):
        if at + 4 > end:
            return value, -1
        return value | np.uint64(u32(data, at) << 8), at + 4
    if kind == 0x0F:
        return value, at + 4
    if kind == 0x05:
        if at + 4 > end or data[at + 1] != 1:
            return value, -1
        size = 2 * u16(data, at + 2)
        after = at + 4 + size
        return (value, -1) if after > end else (mixed(hashed(data, at + 4, size, value), np.uint64(size)), after)
    if at + 11 > end:
        return value, -1
    if kind == 0x01:
        name, after = _named(data, base, at + head - 4, at + head)
        return mixed(value, name), after + 4 if data[at] & 0x40 and after > 0 else after
    if kind in (0x06, 0x09):
        name, after = _named(data, base, at + 1, at + 5)
        return mixed(value, name), after
    return value, -1


@jit
def definition_hash(data: np.ndarray, base: int, offset: int) -> Any:
    """Return the hash of the template definition at this offset of a chunk, 0 where it is unsound or not supported."""
    at = base + offset + 24
    size = u32(data, at - 4)
    end = at + size
    if size > CHUNK or end > base + CHUNK:
        return np.uint64(0)
    value = np.uint64(0x5EED)
    while at < end and data[at] != 0:
        one, at = _token(data, base, at, end, 11)
        if at < 0 or at > end:
            return np.uint64(0)
        value = mixed(value, one)
    return value | np.uint64(1)


@jit
def _is_called_name(data: np.ndarray, base: int, at: int) -> bool:
    """Return whether the attribute at `at`, which is sound, is called `Name`."""
    name = base + u32(data, at + 1)
    return u16(data, name + 6) == 4 and name + 16 <= base + CHUNK and u64(data, name + 8) == _NAME


@jit
def _own_hash(data: np.ndarray, base: int, at: int, end: int, known: Known, found: Records) -> tuple[Any, int]:
    """Return the hash of BinXML that has no template, without its texts, and how many pieces of text it has.

    The text of an attribute `Name` is no piece but part of the hash, since it names a field. 0 where it is unsound.
    """
    value = np.uint64(0x0BEEF)
    first = known.counts[3]
    is_name = False
    while at < end and data[at] != 0:
        kind = data[at] & 0x3F
        one, after = _token(data, base, at, end, 9)
        if after < 0 or after > end or kind in (0x0D, 0x0E):
            return np.uint64(0), 0
        if kind == 0x05 and not is_name:
            found.pieces[known.counts[3], 0] = at + 4
            found.pieces[known.counts[3], 1] = after - at - 4
            known.counts[3] += 1
            one = np.uint64(data[at])
        is_name = kind == 0x06 and _is_called_name(data, base, at)
        value = mixed(value, one)
        at = after
    return value | np.uint64(1), known.counts[3] - first


@jit
def _written(data: np.ndarray, at: int, size: int, out: np.ndarray, to: int) -> int:
    """Append bytes, their number first, to `out` and return the place behind them; -1 where there is no room."""
    if to < 0 or to + 2 + size > len(out):
        return -1
    out[to] = size & 0xFF
    out[to + 1] = size >> 8
    for i in range(size):
        out[to + 2 + i] = data[at + i]
    return to + 2 + size


@jit
def spelt(data: np.ndarray, at: int, end: int, out: np.ndarray) -> int:
    """Write all that the tree of a sound template depends on; return how many bytes, -1 where there is no room.

    Args:
        data: the buffer that was scanned.
        at: where the definition, or a record's own BinXML, begins.
        end: where the latter ends, 0 for a definition.
        out: what is written to.
    """
    base = at - at % CHUNK
    head = 9
    if end == 0:
        head = 11
        at += HEAD
        end = at + u32(data, at - 4)
    is_name = False
    out[0] = head
    to = 1
    while at < end and data[at] != 0 and to >= 0:
        kind = data[at] & 0x3F
        _, after = _token(data, base, at, end, head)
        if kind in (0x01, 0x06, 0x09):
            name = base + u32(data, at + head - 4 if kind == 0x01 else at + 1)
            to = _written(data, at, 1, out, to)
            to = _written(data, name + 8, 2 * u16(data, name + 6), out, to)
        else:
            is_piece = kind == 0x05 and head == 9 and not is_name
            to = _written(data, at, 1 if is_piece else after - at, out, to)
        is_name = kind == 0x06 and _is_called_name(data, base, at)
        at = after
    return to


@jit
def _own(data: np.ndarray, at: int, end: int, known: Known, found: Records) -> tuple[int, int, int]:
    """Return template, first piece of text and their number (negative) of BinXML that has no template; as `_instance`."""
    base = at - at % CHUNK
    if at + 4 <= end and u32(data, at) == _FRAGMENT:
        at += 4
    if at + 11 > end or data[at] & 0x3F != 0x01:
        return -1, 0, 0
    first = known.counts[3]
    key, pieces = _own_hash(data, base, at, end, known, found)
    if key == np.uint64(0) or pieces > MOST_VALUES:
        return -1, 0, 0
    slot = _place(known.template_key, key)
    if known.template_key[slot] == np.uint64(0) and known.counts[0] < TABLE // 2:
        known.template_key[slot] = key
        known.template_where[known.counts[0]] = at
        known.template_end[known.counts[0]] = end
        known.counts[0] += 1
        known.template_at[slot] = known.counts[0]
    return known.template_at[slot] - 1, first, -pieces


@jit
def _place(keys: np.ndarray, key: Any) -> int:
    slot = whole(key >> np.uint64(20)) & (TABLE - 1)
    while keys[slot] != np.uint64(0) and keys[slot] != key:
        slot = (slot + 1) & (TABLE - 1)
    return slot


@jit
def _template(data: np.ndarray, base: int, offset: int, known: Known) -> int:
    """Return the number of the template defined at this offset of the chunk, -1 where there is none that is sound."""
    if offset < FIRST or offset + HEAD > CHUNK:
        return -1
    if known.definition_chunk[offset] == known.counts[2]:
        return known.definition[offset] - 1  # type: ignore[no-any-return]  # an integer
    key = definition_hash(data, base, offset)
    number = 0
    if key != np.uint64(0):
        slot = _place(known.template_key, key)
        if known.template_key[slot] == np.uint64(0) and known.counts[0] < TABLE // 2:
            known.template_key[slot] = key
            known.template_where[known.counts[0]] = base + offset
            known.template_end[known.counts[0]] = 0
            known.counts[0] += 1
            known.template_at[slot] = known.counts[0]
        number = known.template_at[slot]
    known.definition_chunk[offset] = known.counts[2]
    known.definition[offset] = number
    return number - 1


@jit
def _instance(data: np.ndarray, base: int, at: int, end: int, known: Known) -> tuple[int, int, int]:
    """Return template, place of the descriptors and their number for the fragment at `at`.

    Template -1 means that it is unsound or no instance. A nested one may come without the fragment's header.
    """
    if at + 14 > end:
        return -1, 0, 0
    if u32(data, at) == _FRAGMENT:
        at += 4
    if at + 14 > end or data[at] != 0x0C:
        return -1, 0, 0
    offset = u32(data, at + 6)
    at += 10
    if base + offset == at:
        if at + HEAD + 4 > end or u32(data, at + 20) > end - at - HEAD - 4:
            return -1, 0, 0
        at += HEAD + u32(data, at + 20)
    count = u32(data, at)
    at += 4
    if count > MOST_VALUES or at + 4 * count > end:
        return -1, 0, 0
    after = at + 4 * count
    for n in range(count):
        after += u16(data, at + 4 * n)
    if after > end or (after < end and data[after] != 0):
        return -1, 0, 0
    return _template(data, base, offset, known), at, count


@jit
def _shape(outer: int, slot: int, nested: int, known: Known) -> int:
    key = mixed(mixed(np.uint64(outer + 1), np.uint64(slot + 1)), np.uint64(nested + 1)) | np.uint64(1)
    place = _place(known.shape_key, key)
    if known.shape_key[place] == np.uint64(0):
        if known.counts[1] >= TABLE // 2:
            return -1
        known.shape_key[place] = key
        known.shape[known.counts[1], 0] = outer
        known.shape[known.counts[1], 1] = slot
        known.shape[known.counts[1], 2] = nested
        known.counts[1] += 1
        known.shape_at[place] = known.counts[1]
    number = known.shape_at[place] - 1
    found = known.shape
    same = found[number, 0] == outer and found[number, 1] == slot and found[number, 2] == nested
    return number if same else -1


@jit
def _record(data: np.ndarray, base: int, n: int, known: Known, found: Records) -> int:
    """Fill in where the values of record `n` lie; return its shape, -1 where the fallback must read it."""
    at = found.at[n] + HEAD
    end = found.at[n] + found.size[n] - 4
    outer, place, count = _instance(data, base, at, end, known)
    if outer < 0:
        outer, place, count = _own(data, at, end, known, found)
    if outer < 0:
        return -1
    found.outer[n, 0], found.outer[n, 1] = place, count
    found.nested[n, 0] = found.nested[n, 1] = 0
    slot, nested = -1, -1
    value = place + 4 * count
    for i in range(count):
        size = u16(data, place + 4 * i)
        if data[place + 4 * i + 2] == 0x21 and size > 0:
            if nested >= 0:
                return -1
            slot = i
            nested, inner, inner_count = _instance(data, base, value, value + size, known)
            if nested < 0:
                nested, inner, inner_count = _own(data, value, value + size, known, found)
            if nested < 0:
                return -1
            found.nested[n, 0], found.nested[n, 1] = inner, inner_count
        value += size
    return _shape(outer, slot, nested, known)


@jit
def _may_be_record(data: np.ndarray, at: int, end: int) -> bool:
    """Return whether a record may begin at this mark: its size stands behind it as well, or BinXML follows its header."""
    if at + LEAST > end:
        return False
    size = u32(data, at + 4)
    return u32(data, at + HEAD) == _FRAGMENT or (LEAST <= size <= end - at and u32(data, at + size - 4) == size)


@jit
def _twins(data: np.ndarray, at: int, words: int) -> bool:
    """Return whether two stars may stand side by side in so many words of eight bytes, the byte behind them included."""
    seen = np.uint64(0)
    for i in range(words):
        word = (u64(data, at + 8 * i) ^ _STARS) | (u64(data, at + 8 * i + 1) ^ _STARS)
        seen |= (word - _LOW) & ~word
    return seen & _HIGH != np.uint64(0)  # type: ignore[no-any-return]  # a boolean


@jit
def _marks(data: np.ndarray, base: int) -> int:
    """Return how many places of the chunk look like the beginning of a record."""
    count = 0
    end = base + CHUNK
    for block in range(base, end, _BLOCK):
        if block < end - _BLOCK and not _twins(data, block, _BLOCK // 8):
            continue
        for at in range(block, block + _BLOCK, 8):
            if at == end - 8 or _twins(data, at, 1):
                for i in range(at, min(at + 8, end - 3)):
                    count += u32(data, i) == 0x2A2A and _may_be_record(data, i, end)
    return count


@jit
def _chain(data: np.ndarray, base: int, n: int, found: Records) -> int:
    """Note the records of a chunk from number `n` on; return the number behind the last, -1 where the chain is broken."""
    free = u32(data, base + 48)
    if free < FIRST or free > CHUNK:
        return -1
    at = base + FIRST
    end = base + free
    while at < end:
        if at + LEAST > end or u32(data, at) != 0x2A2A:
            return -1
        size = u32(data, at + 4)
        if size < LEAST or size > end - at or u32(data, at + size - 4) != size:
            return -1
        found.at[n] = at
        found.size[n] = size
        found.number[n] = np.int64(u64(data, at + 8))
        n += 1
        at += size
    return n


@jit
def _wrong_sums(data: np.ndarray, base: int) -> int:
    header = crc(data, base + 128, base + FIRST, crc(data, base, base + 120, np.uint64(0)))
    wrong = BAD_HEADER if whole(header) != u32(data, base + 124) else 0
    content = crc(data, base + FIRST, base + u32(data, base + 48), np.uint64(0))
    return wrong + (BAD_DATA if whole(content) != u32(data, base + 52) else 0)


@jit
def scan(data: np.ndarray, chunks: int, known: Known, found: Records) -> int:
    """Scan chunks from the beginning of the buffer up to the first without signature; return how many records there are.

    Args:
        data: at least `chunks` times 65,536 bytes.
        chunks: how many.
        known: tables that grow.
        found: what is filled in; has room for all records of so many chunks.
    """
    n = 0
    known.counts[3] = 0
    for c in range(chunks):
        base = c * CHUNK
        found.chunks[c, 0] = NOT_SIGNED
        found.chunks[c, 1] = n
        found.chunks[c, 2] = 0
        if u64(data, base) != _MAGIC:
            return n
        marks = _marks(data, base)
        after = _chain(data, base, n, found)
        found.chunks[c, 0] = CHAINED if after >= 0 else BROKEN
        if after < 0:
            continue
        found.chunks[c, 2] = after - n
        found.chunks[c, 3] = marks != after - n
        found.chunks[c, 4] = _wrong_sums(data, base)
        known.counts[2] += 1
        for i in range(n, after):
            found.shape[i] = _record(data, base, i, known, found)
        n = after
    return n
