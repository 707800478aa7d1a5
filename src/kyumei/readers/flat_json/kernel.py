"""The loops over bytes, compiled by Numba: find records, take their leaves apart, give each distinct value one code.

Every index is checked against the record's end before it is used; a record that is no JSON gives no leaves and is marked.
Grammar: RFC 8259, except that control characters inside strings are let through (loggers write them).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from kyumei.readers.windows.columnar.hashing import hashed
from kyumei.readers.windows.columnar.jit import inlined, jit, put64, u64, whole

DEPTH: Final = 64
"""Deeper nesting is left to the slow path."""
PLAIN, ESCAPED, LITERAL = 0, 1, 2
"""Kinds of values: text without escapes, text with escapes, number or truth."""
_QUOTE, _BACK, _COMMA, _COLON = 34, 92, 44, 58
_OPEN, _CLOSE, _LIST, _LISTEND = 123, 125, 91, 93
_ONES: Final = np.uint64(0x0101010101010101)
_HIGHS: Final = np.uint64(0x8080808080808080)
_QUOTES: Final = _ONES * np.uint64(_QUOTE)
_BACKS: Final = _ONES * np.uint64(_BACK)


@inlined
def _same(buf: Any, a: int, b: int, length: int) -> bool:
    i = 0
    while i + 8 <= length:
        if u64(buf, a + i) != u64(buf, b + i):
            return False
        i += 8
    while i < length:
        if buf[a + i] != buf[b + i]:
            return False
        i += 1
    return True


@jit
def _intern(buf: Any, start: int, length: int, owner: int, kind: int, table: Any, entries: Any, count: int) -> Any:
    """Return the number of the entry (owner, kind, bytes), `count` where it is new and was added; -1: no room."""
    mask = table.shape[0] - 1
    slot = whole(hashed(buf, start, length, np.uint64(owner * 4 + kind + 1)) & np.uint64(mask))
    while table[slot] >= 0:
        e = whole(table[slot])
        if (
            entries[e, 3] == length
            and entries[e, 0] == owner
            and entries[e, 1] == kind
            and _same(buf, entries[e, 2], start, length)
        ):
            return e
        slot = (slot + 1) & mask
    if count >= entries.shape[0]:
        return -1
    table[slot] = count
    entries[count, 0], entries[count, 1], entries[count, 2], entries[count, 3] = owner, kind, start, length
    return count


@inlined
def _skip(buf: Any, i: int, end: int) -> int:
    while i < end and (buf[i] == 32 or buf[i] == 9 or buf[i] == 10 or buf[i] == 13):
        i += 1
    return i


@inlined
def _string_end(buf: Any, i: int, end: int) -> tuple[int, bool]:
    """Return where the closing quote stands (-1: nowhere) and whether there are escapes; `i` is behind the opening one."""
    escaped = False
    while i < end:
        while i + 8 <= end:
            word = u64(buf, i)
            quotes, backs = word ^ _QUOTES, word ^ _BACKS
            if ((quotes - _ONES) & ~quotes | (backs - _ONES) & ~backs) & _HIGHS != 0:
                break
            i += 8
        c = buf[i]
        if c == _QUOTE:
            return i, escaped
        if c == _BACK:
            escaped = True
            i += 1
        i += 1
    return -1, escaped


@inlined
def _literal_end(buf: Any, i: int, end: int) -> int:
    while i < end:
        c = buf[i]
        if c == _COMMA or c == _CLOSE or c == _LISTEND or c == 32 or c == 9 or c == 10 or c == 13:
            break
        i += 1
    return i


@jit
def _word(buf: Any, i: int, end: int) -> int:
    """Return 1 for null, 2 for true, 3 for false, 0 for another literal."""
    n = end - i
    if n == 4 and buf[i] == 110 and buf[i + 1] == 117 and buf[i + 2] == 108 and buf[i + 3] == 108:
        return 1
    if n == 4 and buf[i] == 116 and buf[i + 1] == 114 and buf[i + 2] == 117 and buf[i + 3] == 101:
        return 2
    if n == 5 and buf[i] == 102 and buf[i + 1] == 97 and buf[i + 2] == 108 and buf[i + 3] == 115 and buf[i + 4] == 101:
        return 3
    return 0


@jit
def _is_number(buf: Any, i: int, end: int) -> bool:
    digits = False
    for k in range(i, end):
        c = buf[k]
        if 48 <= c <= 57:
            digits = True
        elif not (c == 45 or c == 43 or c == 46 or c == 101 or c == 69):
            return False
    return digits


@inlined
def _leaf(buf: Any, i: int, end: int) -> Any:
    """Read a text, number, truth or null at `i`.

    Return kind, start and end of the value and the position behind it; start equals end for an empty text and for null; -1 as
    position where it is none of these.
    """
    if buf[i] == _QUOTE:
        stop, escaped = _string_end(buf, i + 1, end)
        return (ESCAPED if escaped else PLAIN), i + 1, stop, (stop + 1 if stop >= 0 else -1)
    stop = _literal_end(buf, i, end)
    word = _word(buf, i, stop)
    is_value = word > 0 or _is_number(buf, i, stop)
    return LITERAL, i, (i if word == 1 else stop), (stop if is_value else -1)


@inlined
def _name(buf: Any, i: int, end: int, parent: int, counts: Any, work: Any) -> Any:
    """Read a member's name and the colon; return its path (-1: none, -2: no room) and the position of its value."""
    if buf[i] != _QUOTE:
        return -1, i
    stop, _ = _string_end(buf, i + 1, end)
    if stop < 0:
        return -1, i
    path = _intern(buf, i + 1, stop - i - 1, parent, 0, work[2], work[1], counts[1])
    if path < 0:
        return -2, i
    if path == counts[1]:
        counts[1] = path + 1
    i = _skip(buf, stop + 1, end)
    if i >= end or buf[i] != _COLON:
        return -1, i
    i = _skip(buf, i + 1, end)
    return (path, i) if i < end else (-1, i)


@jit
def _record(buf: Any, r: int, i: int, end: int, counts: Any, stack: Any, work: Any) -> Any:
    """Take the record from `i` to `end` apart; return 1, 0 where it is no JSON object, -1 where an array had no room.

    `stack` is room for the brackets that are open: is it a list, and its path.
    """
    tokens, values, value_table = work[0], work[3], work[4]
    i = _skip(buf, i, end)
    if i >= end or buf[i] != _OPEN:
        return 0
    stack[0, 0], stack[0, 1] = 0, 0
    depth, i, filled = 1, i + 1, False  # filled: a member stands before, so a comma must come
    while depth > 0:
        i = _skip(buf, i, end)
        if i >= end:
            return 0
        listed, path = stack[depth - 1, 0] == 1, stack[depth - 1, 1]
        if buf[i] == (_LISTEND if listed else _CLOSE):
            depth, i, filled = depth - 1, i + 1, True
            continue
        if filled:
            i = _skip(buf, i + 1, end) if buf[i] == _COMMA else end
            if i >= end:
                return 0
        if not listed:
            path, i = _name(buf, i, end, path, counts, work)
            if path < 0:
                return path + 1
        if buf[i] == _OPEN or buf[i] == _LIST:
            if depth >= DEPTH:
                return 0
            stack[depth, 0], stack[depth, 1] = (1 if buf[i] == _LIST else 0), path
            depth, i, filled = depth + 1, i + 1, False
            continue
        kind, start, stop, i = _leaf(buf, i, end)
        filled = True
        if i < 0:
            return 0
        if stop > start:
            value, n = _intern(buf, start, stop - start, path, kind, value_table, values, counts[2]), counts[0]
            if value < 0 or n >= tokens.shape[0]:
                return -1
            counts[2] = max(counts[2], value + 1)
            tokens[n, 0], tokens[n, 1], tokens[n, 2] = r, path, value
            counts[0] = n + 1
    i = _skip(buf, i, end)
    if i < end and buf[i] == _COMMA:
        i = _skip(buf, i + 1, end)
    return 1 if i >= end else 0


@njit(cache=True, nogil=True)
def flatten(buf: Any, spans: Any, good: Any, work: Any) -> Any:
    """Take each record apart.

    Args:
        buf: uint8.
        spans: int64 (n, 2), start and end of each record.
        good: bool (n,), set to whether the record is one JSON object.
        work: five arrays that are filled: tokens int32 (t, 3), record, path and value of each leaf in order (empty texts and
            nulls give none); paths int64 (p, 4), parent path, 0, start and length of the name, path 0 being the record
            itself; table of paths; values int64 (v, 4), path, kind, start and length of each distinct value; table of
            values. Tables are int32, a power of two long, filled with -1.

    Returns:
        int64 (3,): numbers of tokens, paths and values; the first is -1 where an array had no room.
    """
    counts, stack = np.array([0, 1, 0], np.int64), np.zeros((DEPTH, 2), np.int64)
    for r in range(spans.shape[0]):
        first = counts[0]
        state = _record(buf, r, spans[r, 0], spans[r, 1], counts, stack, work)
        if state < 0:
            counts[0] = -1
            return counts
        good[r] = state == 1
        if state == 0:
            counts[0] = first
    return counts


@njit(cache=True, nogil=True)
def objects(buf: Any, start: int, depth: int, spans: Any) -> tuple[int, bool]:
    """Find the objects at a depth (0: values one after another, 1: inside a list, 2: inside a list inside an object, …).

    Args:
        buf: uint8.
        start: where to begin, inside as many brackets as `depth` says.
        depth: brackets that are open around each record.
        spans: int64 (n, 2), filled.

    Returns:
        number of complete records found, and whether the list that holds them was closed.
    """
    found, level, i, n, begun = 0, depth, start, buf.shape[0], -1
    while i < n and found < spans.shape[0]:
        c = buf[i]
        if c == _QUOTE:
            i, _ = _string_end(buf, i + 1, n)
            if i < 0:
                break
        elif c == _OPEN or c == _LIST:
            if level == depth and c == _OPEN:
                begun = i
            level += 1
        elif c == _CLOSE or c == _LISTEND:
            level -= 1
            if level == depth and begun >= 0:
                spans[found, 0], spans[found, 1] = begun, i + 1
                found, begun = found + 1, -1
            if level < depth:
                return found, True
        i += 1
    return found, False


@njit(cache=True, nogil=True)
def gather(buf: Any, starts: Any, lengths: Any, offsets: Any, out: Any) -> None:
    """Copy pieces of `buf` one after another; `offsets` says where each begins in `out`."""
    for k in range(starts.shape[0]):
        s, o, size, i = starts[k], offsets[k], lengths[k], 0
        while i + 8 <= size:
            put64(out, o + i, u64(buf, s + i))
            i += 8
        while i < size:
            out[o + i] = buf[s + i]
            i += 1
