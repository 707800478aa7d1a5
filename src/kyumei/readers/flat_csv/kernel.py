"""The loops over bytes of separated values, compiled by Numba: which lines are a row, where its cells are, what they hold.

Quotes are read as Python's `csv` reads them when it is not strict (RFC 4180, and tolerant): they count only where a cell begins
with one, two of them stand for one, and what follows a closing one belongs to the cell.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from kyumei.readers.windows.columnar.jit import inlined, jit, put64, u64

_QUOTE: Final = 34
_ONES: Final = np.uint64(0x0101010101010101)
_HIGHS: Final = np.uint64(0x8080808080808080)
_QUOTES: Final = _ONES * np.uint64(_QUOTE)


@inlined
def _has_quote(word: Any) -> Any:
    """Return whether one of eight bytes is a quote."""
    word ^= _QUOTES
    return (word - _ONES) & ~word & _HIGHS != 0


@jit
def open_ends(data: Any, bounds: Any, delimiter: int, inside: bool, out: Any) -> bool:
    """Say of each line whether a quoted cell is open at its end.

    Args:
        data: uint8.
        bounds: int32 (n + 1,), where each line begins, and the end.
        delimiter: byte.
        inside: a quoted cell is open at each line's beginning.
        out: bool (n,), filled.

    Returns:
        Whether any line leaves one open.
    """
    found = False
    for row in range(out.shape[0]):
        out[row] = _is_open(data, bounds[row], bounds[row + 1], delimiter, inside)
        found |= out[row]
    return found


@njit(cache=True, nogil=True)
def rows_of(ends: Any, after: Any, limit: int, is_last: bool, out: Any) -> Any:
    """Put lines together until quotes close.

    Args:
        ends: as `open_ends` filled it, where no cell was open before.
        after: the same where one was.
        limit: lines of the longest row.
        is_last: no lines follow, so that what is open stays open.
        out: int64 (n, 2), filled: first line of each row and how many it has, 0 where its quotes do not close.

    Returns:
        int64 (2,): number of rows, and the first line that may go on behind these lines.
    """
    at, found, n = 0, 0, ends.shape[0]
    while at < n:
        is_open, taken = ends[at], 1
        while is_open and taken < limit and at + taken < n:
            is_open = after[at + taken]
            taken += 1
        if is_open and not is_last and n - at <= limit:
            break
        out[found, 0], out[found, 1] = at, 0 if is_open else taken
        at += 1 if is_open else taken
        found += 1
    return np.array([found, at])


@jit
def _is_open(data: Any, i: int, stop: int, delimiter: int, inside: bool) -> bool:
    """Return whether a quoted cell is open at the end of a line; `inside`: one is at its beginning."""
    while True:
        if not inside and i < stop and data[i] == _QUOTE:
            inside, i = True, i + 1
        while inside:
            while i + 8 <= stop and not _has_quote(u64(data, i)):
                i += 8
            while i < stop and data[i] != _QUOTE:
                i += 1
            if i >= stop:
                return True
            inside = i + 1 < stop and data[i + 1] == _QUOTE
            i += 2 if inside else 1
        while i < stop and data[i] != delimiter:
            i += 1
        if i >= stop:
            return False
        i += 1


@inlined
def _end(data: Any, i: int, stop: int, delimiter: int) -> int:
    """Return where the cell that begins at `i` ends."""
    if i < stop and data[i] == _QUOTE:
        i += 1
        while i < stop:
            while i + 8 <= stop and not _has_quote(u64(data, i)):
                i += 8
            if i < stop and data[i] == _QUOTE:
                if i + 1 < stop and data[i + 1] == _QUOTE:
                    i += 1
                else:
                    break
            i += 1
    while i < stop and data[i] != delimiter:
        i += 1
    return i


@jit
def cells(data: Any, bounds: Any, delimiter: int, starts: Any, ends: Any, firsts: Any) -> None:
    """Find the cells of rows.

    Args:
        data: uint8.
        bounds: int32 (n + 1,), where each row begins, and the end.
        delimiter: byte.
        starts: int32, filled, as `ends`: each cell with its quotes; room for all delimiters and rows.
        ends: see `starts`.
        firsts: int64 (n + 1,), filled: number of each row's first cell, and how many there are.
    """
    found = 0
    for row in range(bounds.shape[0] - 1):
        firsts[row] = found
        i, stop = bounds[row], bounds[row + 1]
        while True:
            starts[found] = i
            i = _end(data, i, stop, delimiter)
            ends[found] = i
            found += 1
            if i >= stop:
                break
            i += 1
    firsts[bounds.shape[0] - 1] = found


@jit
def column(data: Any, held: Any, place: int, offsets: Any, text: Any) -> int:
    """Write the cells at a place of all rows one after another, without quotes; rows with fewer cells get an empty one.

    Args:
        data: uint8.
        held: starts, ends and firsts as `cells` filled them.
        place: number of the cell in its row.
        offsets: int32 (n + 1,), filled.
        text: uint8, filled; room for the column's cells.

    Returns:
        How many bytes were written.
    """
    starts, ends, firsts = held
    at = 0
    for row in range(offsets.shape[0] - 1):
        offsets[row] = at
        cell = firsts[row] + place
        if cell >= firsts[row + 1]:
            continue
        i, stop = starts[cell], ends[cell]
        if i < stop and data[i] == _QUOTE:
            i += 1
            while i < stop:
                while i + 8 <= stop and not _has_quote(u64(data, i)):
                    put64(text, at, u64(data, i))
                    i, at = i + 8, at + 8
                if i >= stop:
                    break
                if data[i] == _QUOTE:
                    i += 1
                    if i >= stop or data[i] != _QUOTE:
                        break
                text[at] = data[i]
                at += 1
                i += 1
        while i < stop:
            text[at] = data[i]
            at += 1
            i += 1
    offsets[offsets.shape[0] - 1] = at
    return at


@jit
def measure(held: Any, place: int) -> int:
    """Return how many bytes the cells at a place have, quotes included."""
    starts, ends, firsts = held
    total = 0
    for row in range(firsts.shape[0] - 1):
        cell = firsts[row] + place
        if cell < firsts[row + 1]:
            total += ends[cell] - starts[cell]
    return total
