"""The loops over bytes behind `kyumei.readers.pairs`, compiled by Numba: find pairs, name their keys, cut their values out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from kyumei.readers.windows.columnar.jit import inlined, jit, put64, u64

_QUOTE, _BACK, _EQUALS, _COMMA, _SEMICOLON, _SPACE = 34, 92, 61, 44, 59, 32
_KEY_BYTES: Final = 61
_ONES: Final = np.uint64(0x0101010101010101)
_HIGHS: Final = np.uint64(0x8080808080808080)
_QUOTES: Final = _ONES * np.uint64(_QUOTE)
_MUL: Final = np.uint64(0x9E3779B97F4A7C15)


@inlined
def _is_letter(c: int) -> bool:
    return 97 <= (c | 32) <= 122 or c == 95


@inlined
def _is_key(data: Any, start: Any, end: Any) -> bool:
    if end - start > _KEY_BYTES:
        return False
    for i in range(start, end):
        c = data[i]
        if not (_is_letter(c) or 48 <= c <= 57 or c == 46 or c == 45):
            return False
    return True


@inlined
def _number(data: Any, start: Any, end: Any, keys: Any, table: Any, count: int) -> Any:
    """Return the number of the key; `count` where it is new, and it is added."""
    h = np.uint64(end - start)
    for i in range(start, end):
        h = (h ^ np.uint64(data[i])) * _MUL
        h ^= h >> np.uint64(29)
    mask = table.shape[0] - 1
    slot = np.int64(h & np.uint64(mask))
    while table[slot] >= 0:
        k = table[slot]
        if keys[k, 1] - keys[k, 0] == end - start:
            same = True
            for i in range(end - start):
                if data[keys[k, 0] + i] != data[start + i]:
                    same = False
                    break
            if same:
                return k
        slot = (slot + 1) & mask
    table[slot] = count
    keys[count, 0], keys[count, 1] = start, end
    return count


@inlined
def _trimmed(data: Any, start: int, end: int, parts: Any) -> Any:
    while start < end and (parts[data[start]] or data[start] == _SPACE):
        start += 1
    while end > start and (parts[data[end - 1]] or data[end - 1] == _SPACE):
        end -= 1
    return start, end


@inlined
def _unquoted(data: Any, start: int, end: int) -> Any:
    """Return what stands inside the quotes; of an unquoted value what stands before a comma or semicolon and a blank."""
    if start < end and data[start] == _QUOTE:
        i = start + 1
        while i < end and data[i] != _QUOTE:
            if data[i] == _BACK:
                if i + 1 >= end or data[i + 1] == 10:
                    break
                i += 1
            i += 1
        return start + 1, i
    for i in range(start, end - 1):
        c = data[i]
        if c == _QUOTE:
            break
        if c == _COMMA or c == _SEMICOLON:
            return (start, i) if data[i + 1] == _SPACE else (start, end)
    return start, end


@inlined
def _closing(data: Any, i: Any, end: Any) -> Any:
    """Return where the next quote without a backslash stands, the end where there is none."""
    while i < end:
        while i + 8 <= end:
            word = u64(data, i) ^ _QUOTES
            if (word - _ONES) & ~word & _HIGHS != 0:
                break
            i += 8
        if i < end and data[i] == _QUOTE and data[i - 1] != _BACK:
            return i
        i += 1
    return end


@jit
def scan(data: Any, bounds: Any, parts: Any, how: Any, out: Any) -> Any:
    r"""Take lines apart.

    Args:
        data: uint8.
        bounds: int32 or int64 (n + 1,), where each line begins, and the end.
        parts: bool (256,), which bytes part pairs.
        how: quotes keep what is inside together and are cut off (truth); a sign behind a backslash is none (truth); the sign
            between key and value (byte). Where that is no equals sign, what cannot be a key is part of the value before.
        out: arrays that are filled: tokens int64 (t, 4), row, key (-1: the row had the key before), start and end of the
            value; keys int64 (k, 4), start and end of the name, how often it comes, whether a value has `\=`; counts int64
            (n,), pairs of each line; table int32, a power of two long, and last int64 (k,), both filled with -1. There is room
            for every sign.

    Returns:
        Numbers of tokens and keys.
    """
    tokens, keys, counts, table, last = out
    quoted, escaped, sign = how
    found, named = 0, 0
    for row in range(bounds.shape[0] - 1):
        start, end = bounds[row], bounds[row + 1]
        begin, fresh, key, value, bent, i = start, True, -1, start, False, start - 1
        while i < end:
            i += 1
            if quoted and i < end and data[i] == _QUOTE and (i == start or data[i - 1] != _BACK):
                i = _closing(data, i + 1, end)
                if i < end:
                    continue
            if i < end:
                c = data[i]
                if parts[c]:
                    begin, fresh = i + 1, True
                    continue
                if c != sign:
                    if c == _SPACE and i == begin:
                        begin += 1
                    continue
                if escaped and i > start and data[i - 1] == _BACK:
                    bent = True
                    continue
                if not fresh:
                    continue
                fresh = False
                if i == begin or not _is_letter(data[begin]) or (sign != _EQUALS and not _is_key(data, begin, i)):
                    continue
            if key >= 0:  # the value of the pair before ends where this one begins
                low, high = _trimmed(data, value, begin if i < end else end, parts)
                if quoted:
                    low, high = _unquoted(data, low, high)
                keys[key, 2] += 1
                if bent:
                    keys[key, 3] = 1
                counts[row] += 1
                tokens[found, 0], tokens[found, 2], tokens[found, 3] = row, low, high
                tokens[found, 1] = key if last[key] != row else -1
                last[key] = row
                found += 1
            bent = False
            if i < end:
                key, value = -1, i + 1
                if _is_key(data, begin, i):
                    key = _number(data, begin, i, keys, table, named)
                    named = max(named, key + 1)
    return found, named


@njit(cache=True, nogil=True)
def by_key(tokens: Any, named: int) -> Any:
    """Return the tokens' numbers key by key, in the order of rows, and where each key's begin; those of key -1 are left out."""
    begins = np.zeros(named + 1, np.int64)
    for t in range(tokens.shape[0]):
        if tokens[t, 1] >= 0:
            begins[tokens[t, 1] + 1] += 1
    for k in range(named):
        begins[k + 1] += begins[k]
    at = begins[:-1].copy()
    order = np.empty(begins[named], np.int64)
    for t in range(tokens.shape[0]):
        k = tokens[t, 1]
        if k >= 0:
            order[at[k]] = t
            at[k] += 1
    return order, begins


@jit
def lengths(tokens: Any, order: Any) -> int:
    """Return how many bytes the values of these tokens have."""
    total = 0
    for t in order:
        total += tokens[t, 3] - tokens[t, 2]
    return total


@jit
def column(data: Any, tokens: Any, order: Any, out: Any) -> None:
    """Write one key's values as an Arrow column.

    Args:
        data: uint8.
        tokens: as `scan` filled them.
        order: the key's tokens, in the order of rows.
        out: arrays that are filled: offsets int32 (n + 1,), validity uint8 (bits, zeros), bytes uint8.
    """
    offsets, valid, text = out
    at, row = 0, 0
    for t in order:
        here = tokens[t, 0]
        while row <= here:
            offsets[row] = at
            row += 1
        valid[here >> 3] |= np.uint8(1 << (here & 7))
        i, stop = tokens[t, 2], tokens[t, 3]
        while i + 8 <= stop:
            put64(text, at, u64(data, i))
            i, at = i + 8, at + 8
        while i < stop:
            text[at] = data[i]
            i, at = i + 1, at + 1
    while row < offsets.shape[0]:
        offsets[row] = at
        row += 1
