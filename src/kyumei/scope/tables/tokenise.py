"""Separated text to cells in one compiled pass, quotes after RFC 4180."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.scan.jit import first_marked, inlined, jit, put8, u, word8

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]
    Ints = npt.NDArray[np.int64]

_QUOTE: Final = 34
_LF: Final = 10
_CR: Final = 13
DISORDER: Final = -1
_ONES: Final = np.uint64(0x0101010101010101)
_HIGH: Final = np.uint64(0x8080808080808080)


@inlined
def _zeros(word: Any) -> Any:
    """Return a word with the highest bit set of the first byte that is zero, and of no byte before it."""
    return (word - _ONES) & ~word & _HIGH


@jit
def _quoted(data: Bytes, at: int, separator: int, content: Bytes, o: int) -> tuple[int, int]:
    """Copy a cell whose quote stands at `at`; return where it ends and the content's length, -1 where it ends badly."""
    n = len(data)
    i = at + 1
    closed = False
    while i < n:
        if i + 8 <= n:
            word = word8(data, i)
            marks = _zeros(word ^ (_ONES * np.uint64(_QUOTE)))
            put8(content, o, word)
            plain = first_marked(marks & (np.uint64(0) - marks))
            i += plain
            o += plain
            if marks == 0:
                continue
        b = data[u(i)]
        i += 1
        if b == _QUOTE:
            if i >= n or data[u(i)] != _QUOTE:
                closed = True
                break
            i += 1
        content[u(o)] = b
        o += 1
    if not closed:
        return n, o
    if i < n and data[u(i)] == _CR and (i + 1 >= n or data[u(i + 1)] == _LF):
        return i + 1, o
    return (i, o) if i >= n or data[u(i)] == separator or data[u(i)] == _LF else (DISORDER, o)


@inlined
def _bare(data: Bytes, at: int, separator: int, content: Bytes, o: int) -> tuple[int, int]:
    """The same for a cell without quotes."""
    n = len(data)
    i = at
    split = _ONES * u(separator)
    while i < n:
        if i + 8 <= n:
            word = word8(data, i)
            marks = _zeros(word ^ split) | _zeros(word ^ (_ONES * u(_LF)))
            marks |= _zeros(word ^ (_ONES * u(_QUOTE))) | _zeros(word ^ (_ONES * u(_CR)))
            put8(content, o, word)
            plain = first_marked(marks & (u(0) - marks))
            i += plain
            o += plain
            if marks == 0:
                continue
        b = data[u(i)]
        if b in (separator, _LF):
            return i, o
        if b == _QUOTE:
            return DISORDER, o
        if b != _CR or i + 1 >= n or data[u(i + 1)] != _LF:
            content[u(o)] = b
            o += 1
        i += 1
    return n, o


@jit
def tokenise(  # arrays to be filled
    data: Bytes, separator: int, content: Bytes, offsets: Offsets, starts: Ints, first: Ints
) -> tuple[int, int, int]:
    """Write the whole rows' content without quotes, each cell's end in it, and for each row its place and first cell.

    Args:
        data: UTF-8.
        separator: one byte.
        content: eight bytes longer than `data`.
        offsets: one more than there can be cells; from 1 on, the cells' ends.
        starts: one for each line end, the rows' places.
        first: the same, the rows' first cells.

    Returns:
        Rows, cells, and the bytes that they take; rows are -1 where the quotes are out of order.
    """
    n = len(data)
    i = o = cells = rows = of_rows = used = 0
    while i < n:
        if data[u(i)] == _QUOTE:
            i, o = _quoted(data, i, separator, content, o)
        else:
            i, o = _bare(data, i, separator, content, o)
        if i == DISORDER:
            return DISORDER, of_rows, used
        if i >= n:
            break
        cells += 1
        offsets[u(cells)] = o
        i += 1
        if data[u(i - 1)] == _LF:
            starts[u(rows)], first[u(rows)] = used, of_rows
            rows += 1
            of_rows, used = cells, i
    return rows, of_rows, used


@jit
def places_of(data: Bytes, byte: int, out: Ints) -> int:
    """Write the places of a byte as far as there is room for; return how many there are."""
    n = len(data)
    i = found = 0
    wanted = _ONES * u(byte)
    while i + 8 <= n:
        marks = _zeros(word8(data, i) ^ wanted)
        if marks == 0:
            i += 8
            continue
        for k in range(8):
            if data[u(i + k)] == byte:
                if found < len(out):
                    out[u(found)] = i + k
                found += 1
        i += 8
    while i < n:
        if data[u(i)] == byte:
            if found < len(out):
                out[u(found)] = i
            found += 1
        i += 1
    return found


@jit
def widths(offsets: Offsets, first: Ints, number: int, ends: Offsets) -> int:
    """Write the ends that one column's cells get when they follow one another; return the bytes that they take.

    Args:
        offsets: the ends of all cells.
        first: each row's first cell.
        number: the column's; every row has it.
        ends: zero, then one end a row.
    """
    o = 0
    for row in range(len(first)):
        cell = first[u(row)] + number
        o += offsets[u(cell + 1)] - offsets[u(cell)]
        ends[u(row + 1)] = o
    return o


@jit
def gathered(content: Bytes, offsets: Offsets, first: Ints, number: int, out: Bytes) -> None:
    """Write the cells of one column one after the other; `out` is eight bytes longer than they are."""
    o = 0
    size = len(content)
    for row in range(len(first)):
        cell = first[u(row)] + number
        i, end = int(offsets[u(cell)]), int(offsets[u(cell + 1)])
        length = end - i
        k = 0
        while k < length and i + k + 8 <= size:
            put8(out, o + k, word8(content, i + k))
            k += 8
        while k < length:
            out[u(o + k)] = content[u(i + k)]
            k += 1
        o += length


@jit
def count_of(data: Bytes, byte: int) -> int:
    """Return how often a byte occurs."""
    found = 0
    for i in range(len(data)):
        found += data[u(i)] == byte
    return found
