"""Native matching of many patterns against many values, without a Python call per match.

Values lie back to back in one buffer, once as they are and once with ASCII letters lower case. What a value has of the
patterns' anchors (`anchors`) is looked up: the whole value, its ends, and each run of two to four bytes, first in a small
table of bits. Only patterns filed under what is found are compared. Runs are looked up in one pass over the whole buffer, and
which value a place belongs to only where one is found.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from kyumei.detect.sigma.anchors import (
    CONTAINS,
    EXACT,
    GLOB,
    HEAD8,
    PLACED,
    RUN4,
    SUFFIX,
    TAIL8,
    WHOLE,
)

ANY, ONE, DASH = 256, 257, 258
"""Codes above a byte in a pattern's program."""
_MIX, _SALT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_MIX32 = np.uint32(0x9E3779B1)
_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)


@nb.njit(cache=True, nogil=True)
def fold(data, out):  # type: ignore[no-untyped-def]
    """Copy bytes with ASCII letters lower case."""
    for i in range(data.shape[0]):
        byte = data[i]
        out[i] = byte | np.uint8(32) if np.uint8(byte - np.uint8(65)) < 26 else byte


@nb.njit(cache=True, nogil=True, inline="always")
def _salted(word, where):  # type: ignore[no-untyped-def]
    return (word ^ (np.uint64(where) * _SALT)) * _MIX


@nb.njit(cache=True, nogil=True)
def _find(keys, buckets, bits, key):  # type: ignore[no-untyped-def]
    """Return the bucket of a salted key, -1 where there is none."""
    at = np.int64(key >> np.uint64(64 - bits))
    while True:
        bucket = buckets[at]
        if bucket < 0 or keys[at] == key:
            return bucket
        at = (at + 1) & (keys.shape[0] - 1)


@nb.njit(cache=True, nogil=True)
def _word(data, start, end):  # type: ignore[no-untyped-def]
    word = np.uint64(0)
    for i in range(start, end):
        word = word << np.uint64(8) | np.uint64(data[i])
    return word


@nb.njit(cache=True, nogil=True)
def _whole(data, start, end):  # type: ignore[no-untyped-def]
    word = _BASIS
    for i in range(start, end):
        word = (word ^ np.uint64(data[i])) * _PRIME
    return word


@nb.njit(cache=True, nogil=True)
def _step(op, data, at, end):  # type: ignore[no-untyped-def]
    """Return how many bytes here are what a code that is not ANY asks for, 0 where they are not."""
    byte = data[at]
    if op < 256:
        return 1 if byte == op else 0
    if op == DASH:
        if byte in (45, 47):  # - and /
            return 1
        if byte == 0xE2 and at + 2 < end and data[at + 1] == 0x80 and 0x93 <= data[at + 2] <= 0x95:
            return 3
        return 0
    step = 1
    while at + step < end and (data[at + step] & 0xC0) == 0x80:
        step += 1
    return step


@nb.njit(cache=True, nogil=True)
def _back(prog, p, q, data, start, i):  # type: ignore[no-untyped-def]
    """Return where the codes p to q - 1, none of them ANY, begin if they end before i; -1 where they do not."""
    while q > p:
        q -= 1
        op = prog[q]
        if i <= start:
            return -1
        i -= 1
        if op < 256:
            if data[i] != op:
                return -1
        elif op == DASH:
            if data[i] not in (45, 47):
                i -= 2
                if i < start or _step(op, data, i, i + 3) != 3:
                    return -1
        else:
            while i > start and (data[i] & 0xC0) == 0x80:
                i -= 1
    return i


@nb.njit(cache=True, nogil=True)
def _glob(prog, p, p1, data, i, end):  # type: ignore[no-untyped-def]
    """Return whether the bytes from i to end are of the program's shape."""
    q = p1
    while q > p and prog[q - 1] != ANY:
        q -= 1
    if q > p and _back(prog, q, p1, data, i, end) < 0:  # the end is told first
        return False
    star_p, star_i = np.int64(-1), np.int64(-1)
    while True:
        if p < p1 and prog[p] == ANY:
            star_p, star_i = p, i
            p += 1
            continue
        step = _step(prog[p], data, i, end) if p < p1 and i < end else 0
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
def _same(prog, p, length, data, at):  # type: ignore[no-untyped-def]
    for k in range(length):  # noqa: SIM110  # no generators in native code
        if data[at + k] != prog[p + k]:
            return False
    return True


@nb.njit(cache=True, nogil=True)
def _placed(prog, p, p1, data, i, end):  # type: ignore[no-untyped-def]
    """Return whether a program without ANY begins to hold at i."""
    while p < p1:
        step = _step(prog[p], data, i, end) if i < end else 0
        if step == 0:
            return False
        p += 1
        i += step
    return True


@nb.njit(cache=True, nogil=True)
def _holds(kind, prog, p, p1, data, start, end):  # type: ignore[no-untyped-def]
    """Return whether a pattern that is not of kind CONTAINS or PLACED holds."""
    if kind == GLOB:
        return _glob(prog, p, p1, data, start, end)
    length = p1 - p
    if length > end - start or (kind == EXACT and length != end - start):
        return False
    return _same(prog, p, length, data, end - length if kind == SUFFIX else start)


@nb.njit(cache=True, nogil=True)
def _bucket(bucket, at, begin, filed, heads, prog, raw, folded, span, seen, out, n):  # type: ignore[no-untyped-def]
    """Compare the patterns of a bucket with a value; return the new number of matches. `at`: where a run stands, else -1."""
    start, end, value = span
    for k in range(begin[bucket], begin[bucket + 1]):
        pattern = filed[k, 0]
        if seen[pattern] == value:
            continue
        data = raw if heads[pattern, 3] else folded
        kind, here, length = heads[pattern, 0], at - filed[k, 1], filed[k, 3]
        if at >= 0 and length > 0:
            if here < start or here + length > end or not _same(prog, filed[k, 2], length, data, here):
                continue
        if kind == PLACED:
            middle = heads[pattern, 1] + filed[k, 1]
            if _back(prog, heads[pattern, 1], middle, data, start, at) < 0 or not _placed(
                prog, middle, heads[pattern, 2], data, at, end
            ):
                continue
        elif kind != CONTAINS:
            seen[pattern] = value  # it holds or not, wherever its run stands
            if not _holds(kind, prog, heads[pattern, 1], heads[pattern, 2], data, start, end):
                continue
        seen[pattern] = value
        out[n, 0] = pattern
        out[n, 1] = value
        n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _always(always, heads, prog, raw, folded, span, out, n):  # type: ignore[no-untyped-def]
    """Compare the patterns that have no anchor."""
    start, end, value = span
    for k in range(always.shape[0]):
        pattern = always[k]
        data = raw if heads[pattern, 3] else folded
        if _holds(heads[pattern, 0], prog, heads[pattern, 1], heads[pattern, 2], data, start, end):
            out[n, 0] = pattern
            out[n, 1] = value
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _letters(which, single, has, folded, span, out, n):  # type: ignore[no-untyped-def]
    """Match the patterns that are one byte anywhere. `has`: by byte the last value that has it."""
    start, end, value = span
    for i in range(start, end):
        has[folded[i]] = value
    for k in range(which.shape[0]):
        if has[which[k]] == value:
            out[n, 0] = single[k]
            out[n, 1] = value
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _ends(keys, buckets, meta, begin, filed, heads, prog, raw, folded, span, seen, out, n):  # type: ignore[no-untyped-def]
    """Match by the whole value, and by eight, four and two bytes at its beginning and end."""
    start, end, _ = span
    if np.uint64(meta[2]) >> np.uint64(min(end - start, 63)) & np.uint64(1):
        bucket = _find(keys, buckets, meta[0], _salted(_whole(folded, start, end), WHOLE))
        if bucket >= 0:
            n = _bucket(bucket, -1, begin, filed, heads, prog, raw, folded, span, seen, out, n)
    for where in range(HEAD8, RUN4):
        size = 8 >> (where - HEAD8) % 3
        if (meta[1] >> where) & 1 and size <= end - start:
            at = start if where < TAIL8 else end - size
            bucket = _find(keys, buckets, meta[0], _salted(_word(folded, at, at + size), where))
            if bucket >= 0:
                n = _bucket(bucket, -1, begin, filed, heads, prog, raw, folded, span, seen, out, n)
    return n


@nb.njit(cache=True, nogil=True, inline="always")
def _maybe(bitset, place):  # type: ignore[no-untyped-def]
    return bitset[place >> np.uint32(6)] >> np.uint64(place & np.uint32(63)) & np.uint64(1)


@nb.njit(cache=True, nogil=True)
def _shift(words):  # type: ignore[no-untyped-def]
    """Return by how much a product of 32 bits is shifted to be a place in a set of bits."""
    shift = np.uint32(26)
    while words > 1:
        words >>= 1
        shift -= np.uint32(1)
    return shift


@nb.njit(cache=True, nogil=True)
def runs(size, bitset, patterns, table, values, state):  # type: ignore[no-untyped-def]
    """Match by the runs of `size` bytes (4, 3 or 2) anywhere, in one pass over all values.

    Args:
        size: of the runs.
        bitset: which runs may be in the table, never empty.
        patterns: as `ends` has them.
        table: as `ends` has it.
        values: (raw, folded, offsets, base, value, place): bytes from `base` on, the value to begin with, and the place behind the
            first byte of the run to begin with.
        state: (seen, out): as `ends` has it.

    Returns:
        (value, place to go on with, number of matches): before the end where `out` might not have room for the next.
    """
    heads, prog = patterns[0], patterns[1]
    keys, buckets, meta, begin, filed = table
    raw, folded, offsets, base, value, place = values
    seen, out = state
    n, room = np.int64(0), out.shape[0] - heads.shape[0]
    shift, where = _shift(bitset.shape[0]), RUN4 + (4 - size)
    mask = np.uint32(0xFFFFFFFF) >> np.uint32(8 * (4 - size))
    window = np.uint32(0)
    for i in range(max(place - size, 0), place):
        window = np.uint32(window << np.uint32(8)) | np.uint32(folded[i])
    end = np.int64(offsets[value + 1]) - base
    for i in range(place, folded.shape[0]):
        window = np.uint32(window << np.uint32(8)) | np.uint32(folded[i])
        word = window & mask
        if not _maybe(bitset, word if size == 2 else np.uint32(word * _MIX32) >> shift):
            continue
        bucket = _find(keys, buckets, meta[0], _salted(np.uint64(word), where))
        if bucket < 0:
            continue
        while i >= end:
            value += 1
            end = np.int64(offsets[value + 1]) - base
        start = np.int64(offsets[value]) - base
        if i - start >= size - 1:
            if n > room:
                return value, i, n
            span = (start, end, value)
            n = _bucket(bucket, i - size + 1, begin, filed, heads, prog, raw, folded, span, seen, out, n)
    return value, folded.shape[0], n


@nb.njit(cache=True, nogil=True)
def ends(patterns, table, values, state):  # type: ignore[no-untyped-def]
    """Match by the whole value, its ends, single bytes, and what has no anchor.

    Args:
        patterns: (heads, prog, always, which, single): of each pattern kind, first code in `prog`, the one behind the last, and
            whether case counts; `always` are tried on every value; `single` are nothing but the byte `which` anywhere.
        table: (keys, buckets, meta, begin, filed): salted keys → buckets; meta: bits of the table, which anchors occur
            (bit = where), which lengths of whole values do (bit = length, 63 for all longer ones); by bucket, from `begin` on:
            pattern, offset of the run in its literal, where that begins in `prog`, how long it is (0: it has dashes or `?`).
        values: (raw, folded, offsets, base, first): bytes from `base` on, and the first value to match.
        state: (seen, out): per pattern the last value it held for, -1 at first; (pattern, value) of the matches.

    Returns:
        (value to go on with, number of matches): fewer than all values where `out` might not have room for the next.
    """
    heads, prog, always, which, single = patterns
    keys, buckets, meta, begin, filed = table
    raw, folded, offsets, base, first = values
    seen, out = state
    has = np.full(256, -1, np.int32)
    n = np.int64(0)
    with_ends = meta[2] != 0 or (meta[1] >> HEAD8) & 63 > 0
    for value in range(first, offsets.shape[0] - 1):
        if n > out.shape[0] - heads.shape[0]:
            return value, n
        span = (np.int64(offsets[value]) - base, np.int64(offsets[value + 1]) - base, value)
        if always.shape[0]:
            n = _always(always, heads, prog, raw, folded, span, out, n)
        if which.shape[0]:
            n = _letters(which, single, has, folded, span, out, n)
        if with_ends:
            n = _ends(keys, buckets, meta, begin, filed, heads, prog, raw, folded, span, seen, out, n)
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
