"""The structure and the cells of INSERT statements, each in one compiled pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba as nb

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Offsets = npt.NDArray[np.int32]
    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]

_FACTS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "boundscheck": False, "_nrt": False}
_jit: Final[Callable[..., Any]] = nb.njit(**_FACTS)
_QUOTE, _BACKSLASH, _OPEN, _CLOSE, _COMMA = 39, 92, 40, 41, 44


@_jit
def structure(
    data: Bytes, backslash: bool, outside: Bools, quote: Bools, escape: Bools, depth: Offsets, closes: Ints
) -> int:  # fmt: skip
    """Write for each byte what `kyumei.scope.tables.sql_values.Lexed` says of it; return how many rows close."""
    inside = escaped = False
    d = 0
    found = 0
    for i in range(len(data)):
        b = data[i]
        is_quote = b == _QUOTE and not escaped
        escaped = backslash and b == _BACKSLASH and not escaped
        if is_quote:
            inside = not inside
        elif not inside and b == _OPEN:
            d += 1
        elif not inside and b == _CLOSE:
            d -= 1
            if d == 0:
                closes[found] = i
                found += 1
        escape[i] = escaped
        quote[i] = is_quote
        outside[i] = not inside
        depth[i] = d
    return found


@_jit
def cells(
    data: Bytes, quote: Bools, outside: Bools, escape: Bools, depth: Offsets, closes: Ints, headers: Ints, meant: Bytes,
    content: Bytes, offsets: Offsets, quoted: Bools, called: Bools, opens: Ints, first: Ints
) -> tuple[int, int]:  # fmt: skip
    """Write the cells of whole rows; return how many there are and how many bytes they take.

    `data` to `depth` are as `structure` wrote them, up to the last row's end; `closes` are where the rows close, `headers`
    start and stop of what stands between rows, `meant` what each byte means after a backslash. Written are `content` (as long
    as `data`), `offsets` (from 1 on, the cells' ends in it), for each cell whether it is `quoted` and whether it is a call of
    several arguments (`called`), and for each row where it `opens` and its `first` cell.
    """
    n = len(data)
    i = o = begin = number = row = h = 0
    strings = 0
    closed = -2
    while i < n:
        if h < len(headers) and i >= headers[h, 0]:
            i = max(i, headers[h, 1])
            h += 1
            continue
        b = data[i]
        if quote[i]:
            if not strings:
                o = begin  # what stands before the string says how it is to be read, and is no part of it
            if not outside[i]:
                strings += 1
                if closed == i - 1 and strings > 1:
                    content[o] = b  # two quotation marks are one
                    o += 1
            else:
                closed = i
        elif not outside[i]:
            if not escape[i]:
                content[o] = meant[b] if i and escape[i - 1] else b
                o += 1
        else:
            ends_row = row < len(closes) and i == closes[row]
            if ends_row or (b == _COMMA and depth[i] == 1):
                number += 1
                offsets[number] = o
                quoted[number - 1] = strings > 0
                begin = o
                strings = 0
                closed = -2
                if ends_row:
                    row += 1
            elif b == _OPEN and depth[i] == 1:
                opens[row], first[row] = i, number
            else:
                if b == _COMMA and depth[i] == 2:
                    called[number] = True
                if not strings and b > 32 and depth[i] >= 1 and not escape[i]:
                    content[o] = meant[b] if i and escape[i - 1] else b
                    o += 1
        i += 1
    return number, o
