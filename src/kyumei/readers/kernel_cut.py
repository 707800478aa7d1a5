"""The loop that cuts pieces out of many texts, compiled by Numba; behind `kyumei.readers.match`."""

from __future__ import annotations

from typing import Any

from kyumei.readers.windows.columnar.jit import jit, put64, u64


@jit
def measure(bounds: Any, spans: Any, there: Any, to_end: bool, offsets: Any) -> None:
    """Say where each piece begins in the result.

    Args:
        bounds: int32 (n + 1,), where each text begins, and the end.
        spans: int32 (2n,), place and length of each piece in its text.
        there: bool (n,), which texts have a piece; the others get an empty one.
        to_end: a piece goes on to the end of its text.
        offsets: int32 (n + 1,), filled.
    """
    at = 0
    for i in range(there.shape[0]):
        offsets[i] = at
        if there[i]:
            at += bounds[i + 1] - bounds[i] - spans[2 * i] if to_end else spans[2 * i + 1]
    offsets[there.shape[0]] = at


@jit
def copy(data: Any, bounds: Any, spans: Any, offsets: Any, text: Any) -> None:
    """Copy the pieces; arguments as `measure` filled them, `data` and `text` are uint8."""
    for i in range(offsets.shape[0] - 1):
        at, start, size, k = offsets[i], bounds[i] + spans[2 * i], offsets[i + 1] - offsets[i], 0
        while k + 8 <= size:
            put64(text, at + k, u64(data, start + k))
            k += 8
        while k < size:
            text[at + k] = data[start + k]
            k += 1
