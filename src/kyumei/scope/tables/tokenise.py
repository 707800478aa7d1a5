"""Separated text to cells in one compiled pass, quotes after RFC 4180."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numba as nb

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]
    Ints = npt.NDArray[np.int64]

Kernel = TypeVar("Kernel", bound="Callable[..., Any]")
_FACTS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "boundscheck": False, "_nrt": False}
_QUOTE: Final = 34
_LF: Final = 10
_CR: Final = 13
DISORDER: Final = -1


def _jit(function: Kernel) -> Kernel:
    compiled: Kernel = nb.njit(**_FACTS)(function)
    return compiled


@_jit
def _quoted(data: Bytes, at: int, separator: int, content: Bytes, o: int) -> tuple[int, int]:
    """Copy a cell whose quote stands at `at`; return where it ends and the content's length, -1 where it ends badly."""
    n = len(data)
    i = at + 1
    while i < n:
        b = data[i]
        i += 1
        if b == _QUOTE:
            if i >= n or data[i] != _QUOTE:
                break
            i += 1
        content[o] = b
        o += 1
    else:
        return n, o
    if i < n and data[i] == _CR and (i + 1 >= n or data[i + 1] == _LF):
        return i + 1, o
    return (i, o) if i >= n or data[i] == separator or data[i] == _LF else (DISORDER, o)


@_jit
def _bare(data: Bytes, at: int, separator: int, content: Bytes, o: int) -> tuple[int, int]:
    """The same for a cell without quotes."""
    n = len(data)
    i = at
    while i < n:
        b = data[i]
        if b in (separator, _LF):
            return i, o
        if b == _QUOTE:
            return DISORDER, o
        if b != _CR or i + 1 >= n or data[i + 1] != _LF:
            content[o] = b
            o += 1
        i += 1
    return n, o


@_jit
def tokenise(  # arrays to be filled
    data: Bytes, separator: int, content: Bytes, offsets: Offsets, starts: Ints, first: Ints
) -> tuple[int, int, int]:
    """Write the whole rows' content without quotes, each cell's end in it, and for each row its place and first cell.

    Args:
        data: UTF-8.
        separator: one byte.
        content: as long as `data`.
        offsets: one more than there can be cells; from 1 on, the cells' ends.
        starts: one for each line end, the rows' places.
        first: the same, the rows' first cells.

    Returns:
        Rows, cells, and the bytes that they take; rows are -1 where the quotes are out of order.
    """
    n = len(data)
    i = o = cells = rows = of_rows = used = 0
    while i < n:
        take_quoted = data[i] == _QUOTE
        i, o = _quoted(data, i, separator, content, o) if take_quoted else _bare(data, i, separator, content, o)
        if i == DISORDER:
            return DISORDER, of_rows, used
        if i >= n:
            break
        cells += 1
        offsets[cells] = o
        i += 1
        if data[i - 1] == _LF:
            starts[rows], first[rows] = used, of_rows
            rows += 1
            of_rows, used = cells, i
    return rows, of_rows, used
