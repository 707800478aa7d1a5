"""Native matching of many patterns against many values, without a Python call per match.

Values lie back to back in one buffer (Arrow's). Each pattern is filed under a key: the whole value, its beginning, its end,
or a run of two to four bytes anywhere in it; a value's own runs are looked up in small hash tables, and only what is found
there is compared. Bytes are compared with ASCII case folded, cased patterns once more as they are.
"""

from __future__ import annotations

import numba as nb
import numpy as np

ANY, ONE, DASH = 256, 257, 258
"""Codes above a byte in a pattern's program."""
EXACT, PREFIX, SUFFIX, CONTAINS, GLOB = range(5)
_MIX = np.uint32(0x9E3779B1)

FOLD = np.arange(256, dtype=np.uint8)
FOLD[65:91] += 32
PLAIN = np.arange(256, dtype=np.uint8)


@nb.njit(cache=True, nogil=True, inline="always")
def _slot(key, bits):  # type: ignore[no-untyped-def]
    return np.int64(np.uint32(key * _MIX) >> np.uint32(32 - bits))


@nb.njit(cache=True, nogil=True)
def find(table_keys, table_buckets, bits, key):  # type: ignore[no-untyped-def]
    """Return the bucket of a key, -1 where there is none."""
    size = table_keys.shape[0]
    at = _slot(np.uint32(key), bits)
    while True:
        bucket = table_buckets[at]
        if bucket < 0 or table_keys[at] == key:
            return bucket
        at += 1
        if at == size:
            at = 0


@nb.njit(cache=True, nogil=True)
def fill(table_keys, table_buckets, bits, keys):  # type: ignore[no-untyped-def]
    """Enter distinct keys; the bucket of each is its position."""
    size = table_keys.shape[0]
    for i in range(keys.shape[0]):
        at = _slot(np.uint32(keys[i]), bits)
        while table_buckets[at] >= 0:
            at += 1
            if at == size:
                at = 0
        table_keys[at] = keys[i]
        table_buckets[at] = i


@nb.njit(cache=True, nogil=True)
def hash_of(data, start, end):  # type: ignore[no-untyped-def]
    """Return a 32-bit hash of the folded bytes and their number."""
    h = np.uint32(2166136261) ^ np.uint32(end - start)
    for i in range(start, end):
        h = np.uint32((h ^ np.uint32(FOLD[data[i]])) * np.uint32(16777619))
    return h


@nb.njit(cache=True, nogil=True)
def _dash(data, at, end):  # type: ignore[no-untyped-def]
    """Return how many bytes the dash here has, 0 where there is none."""
    b = data[at]
    if b in (45, 47):  # - and /
        return 1
    if b == 0xE2 and at + 2 < end and data[at + 1] == 0x80 and 0x93 <= data[at + 2] <= 0x95:
        return 3
    return 0


@nb.njit(cache=True, nogil=True)
def _step(op, data, at, end, fold):  # type: ignore[no-untyped-def]
    """Return how many bytes here are what a code that is not ANY asks for, 0 where they are not."""
    if op < 256:
        return 1 if fold[data[at]] == op else 0
    if op == DASH:
        return _dash(data, at, end)
    step = 1
    while at + step < end and (data[at + step] & 0xC0) == 0x80:
        step += 1
    return step


@nb.njit(cache=True, nogil=True)
def glob(shape, span, fold):  # type: ignore[no-untyped-def]
    """Return whether the whole value is of the program's shape."""
    prog, p, p1 = shape
    data, i, end, _ = span
    star_p, star_i = np.int64(-1), np.int64(-1)
    while True:
        if p < p1 and prog[p] == ANY:
            star_p, star_i = p, i
            p += 1
            continue
        step = _step(prog[p], data, i, end, fold) if p < p1 and i < end else 0
        if step > 0:
            p += 1
            i += step
            continue
        if (p == p1 and i == end) or (star_p >= 0 and star_p + 1 == p1):
            return True
        if star_p < 0 or star_i >= end:
            return False
        star_i += 1
        p, i = star_p + 1, star_i


@nb.njit(cache=True, nogil=True)
def _same(shape, data, at, fold):  # type: ignore[no-untyped-def]
    prog, p0, p1 = shape
    for k in range(p1 - p0):  # noqa: SIM110  # no generators in native code
        if fold[data[at + k]] != prog[p0 + k]:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def _holds(kind, shape, span, at, fold):  # type: ignore[no-untyped-def]
    """Return whether a pattern holds; `at` is where its text must stand if it is of kind CONTAINS and was found."""
    if kind == GLOB:
        return glob(shape, span, fold)
    data, start, end, _ = span
    length = shape[2] - shape[1]
    if length > end - start:
        return False
    if kind == EXACT:
        return length == end - start and _same(shape, data, start, fold)
    if kind == PREFIX:
        at = start
    elif kind == SUFFIX:
        at = end - length
    return at >= start and at + length <= end and _same(shape, data, at, fold)


@nb.njit(cache=True, nogil=True)
def _bucket(key, table, at, patterns, span, state):  # type: ignore[no-untyped-def]
    """Compare the patterns filed under a key with a value; return the new number of matches."""
    table_keys, table_buckets, bits, begin, members, offset = table
    kinds, starts, prog, cased, _ = patterns
    value = span[3]
    seen, out, n = state
    bucket = find(table_keys, table_buckets, bits, key)
    if bucket < 0:
        return n
    for k in range(begin[bucket], begin[bucket + 1]):
        pattern = members[k]
        if seen[pattern] == value:
            continue
        fold = PLAIN if cased[pattern] else FOLD
        shape = (prog, starts[pattern], starts[pattern + 1])
        if _holds(kinds[pattern], shape, span, at - offset[k], fold):
            seen[pattern] = value
            out[n, 0] = pattern
            out[n, 1] = value
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _always(patterns, span, state):  # type: ignore[no-untyped-def]
    kinds, starts, prog, cased, always = patterns
    value = span[3]
    _, out, n = state
    for k in range(always.shape[0]):
        pattern = always[k]
        fold = PLAIN if cased[pattern] else FOLD
        shape = (prog, starts[pattern], starts[pattern + 1])
        if _holds(kinds[pattern], shape, span, span[1], fold):
            out[n, 0] = pattern
            out[n, 1] = value
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _key(data, start, end):  # type: ignore[no-untyped-def]
    key = np.uint32(0)
    for i in range(start, end):
        key = np.uint32((key << np.uint32(8)) | np.uint32(FOLD[data[i]]))
    return key


@nb.njit(cache=True, nogil=True)
def _ends(size, head, tail, patterns, span, state):  # type: ignore[no-untyped-def]
    """Match by the first and last `size` bytes."""
    data, start, end, _ = span
    seen, out, n = state
    if end - start < size:
        return n
    if head[1].shape[0]:
        n = _bucket(_key(data, start, start + size), head, start, patterns, span, (seen, out, n))
    if tail[1].shape[0]:
        n = _bucket(_key(data, end - size, end), tail, start, patterns, span, (seen, out, n))
    return n


@nb.njit(cache=True, nogil=True)
def _runs(tables, patterns, span, state):  # type: ignore[no-untyped-def]
    """Match by the runs of four, three and two bytes anywhere."""
    run4, run3, run2 = tables
    data, start, end, _ = span
    seen, out, n = state
    with4, with3, with2 = run4[1].shape[0] > 0, run3[1].shape[0] > 0, run2[1].shape[0] > 0
    if not (with4 or with3 or with2):
        return n
    keys4, buckets4, bits4 = run4[0], run4[1], run4[2]  # out of the tuples: each look into one counts references
    keys3, buckets3, bits3 = run3[0], run3[1], run3[2]
    keys2, buckets2, bits2 = run2[0], run2[1], run2[2]
    window = np.uint32(0)
    for i in range(start, end):
        window = np.uint32((window << np.uint32(8)) | np.uint32(FOLD[data[i]]))
        have = i - start + 1
        if with4 and have >= 4 and find(keys4, buckets4, bits4, window) >= 0:
            n = _bucket(window, run4, i - 3, patterns, span, (seen, out, n))
        if with3 and have >= 3 and find(keys3, buckets3, bits3, window & np.uint32(0xFFFFFF)) >= 0:
            n = _bucket(window & np.uint32(0xFFFFFF), run3, i - 2, patterns, span, (seen, out, n))
        if with2 and have >= 2 and find(keys2, buckets2, bits2, window & np.uint32(0xFFFF)) >= 0:
            n = _bucket(window & np.uint32(0xFFFF), run2, i - 1, patterns, span, (seen, out, n))
    return n


@nb.njit(cache=True, nogil=True)
def scan(patterns, tables, values, first, state):  # type: ignore[no-untyped-def]
    """Match values `first` and on.

    Args:
        patterns: (kinds, starts, prog, cased, always): the compiled patterns; `always` are tried on every value.
        tables: for whole values, beginnings (4, 3, 2 bytes), ends (4, 3, 2), runs (4, 3, 2): (keys, buckets, bits, begin,
            members, offset).
        values: (data, offsets).
        first: the first value to match.
        state: (seen, out): per pattern the last value it held for, -1 at first; (pattern, value) of the matches.

    Returns:
        (value to go on with, number of matches): fewer than all values where `out` might not have room for the next.
    """
    whole, head4, head3, head2, tail4, tail3, tail2, run4, run3, run2 = tables
    data, offsets = values
    seen, out = state
    with_whole, with_always = whole[1].shape[0] > 0, patterns[4].shape[0] > 0
    with_ends4 = head4[1].shape[0] + tail4[1].shape[0] > 0
    with_ends3 = head3[1].shape[0] + tail3[1].shape[0] > 0
    with_ends2 = head2[1].shape[0] + tail2[1].shape[0] > 0
    with_runs = run4[1].shape[0] + run3[1].shape[0] + run2[1].shape[0] > 0
    keys, buckets, bits = whole[0], whole[1], whole[2]
    n = np.int64(0)
    room = out.shape[0] - patterns[0].shape[0]
    for value in range(first, offsets.shape[0] - 1):
        if n > room:
            return value, n
        span = (data, np.int64(offsets[value]), np.int64(offsets[value + 1]), value)
        if with_whole and find(keys, buckets, bits, hash_of(data, span[1], span[2])) >= 0:
            n = _bucket(hash_of(data, span[1], span[2]), whole, span[1], patterns, span, (seen, out, n))
        if with_always:
            n = _always(patterns, span, (seen, out, n))
        if with_ends4:
            n = _ends(4, head4, tail4, patterns, span, (seen, out, n))
        if with_ends3:
            n = _ends(3, head3, tail3, patterns, span, (seen, out, n))
        if with_ends2:
            n = _ends(2, head2, tail2, patterns, span, (seen, out, n))
        if with_runs:
            n = _runs((run4, run3, run2), patterns, span, (seen, out, n))
    return offsets.shape[0] - 1, n


@nb.njit(cache=True, nogil=True)
def ipv4(data, offsets, first, out):  # type: ignore[no-untyped-def]
    """Store the number of each value that is a dotted IPv4 address, -1 for the others."""
    for value in range(first, offsets.shape[0] - 1):
        number, octet, digits, dots = np.int64(0), np.int64(0), 0, 0
        good = True
        for i in range(offsets[value], offsets[value + 1]):
            b = data[i]
            if 48 <= b <= 57:
                octet = octet * 10 + (b - 48)
                digits += 1
                good = good and digits <= 3 and octet <= 255
            elif b == 46 and digits > 0:
                number, octet, digits, dots = (number << 8) | octet, np.int64(0), 0, dots + 1
            else:
                good = False
            if not good:
                break
        out[value - first] = (number << 8) | octet if good and dots == 3 and digits > 0 else -1
