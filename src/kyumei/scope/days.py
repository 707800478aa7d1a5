"""Dates in the usual ways of writing, compiled: what is none of these is left to `kyumei.scope.fold.dates`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.scan.jit import jit, u

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]


SEPARATORS: Final = (45, 46, 47)
"""Hyphen, dot and slash."""
ENDS: Final = (32, 84)
"""A blank or the T before a time."""


@jit
def _usual(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], out: Ints) -> None:
    """Write yyyymmdd for 1985-03-12, 1985/3/12, 19850312, each with a time or without; -1 for anything else."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        out[u(n)] = -1
        digits = value = parts = 0
        bare = True
        year = month = 0
        good = True
        while i <= end:
            b = data[u(i)] if i < end else 32
            if 48 <= b <= 57 and digits < 8:
                value = value * 10 + b - 48
                digits += 1
            elif bare and digits == 8 and i == end:
                year, month, value = value // 10000, value // 100 % 100, value % 100
                good = (year // 100) in (18, 19, 20)
                parts = 2
                break
            elif parts == 0 and digits == 4 and b in SEPARATORS:
                year, value, digits, parts, bare = value, 0, 0, 1, False
            elif parts == 1 and 1 <= digits <= 2 and b in SEPARATORS:
                month, value, digits, parts = value, 0, 0, 2
            elif parts == 2 and 1 <= digits <= 2 and (i == end or b in ENDS):
                break
            else:
                parts = 0
                break
            i += 1
        if parts == 2 and good and 1800 <= year <= 2100 and 1 <= month <= 12 and 1 <= value <= 31:
            out[u(n)] = year * 10000 + month * 100 + value


def days(values: pa.StringArray) -> Ints:
    """Return yyyymmdd for each value, 0 for what is no date (`kyumei.scope.fold.dates` says what is one).

    Args:
        values: texts, an array without offset (not a slice).
    """
    from kyumei.scope import fold
    from kyumei.scope.strip import parts

    out = np.zeros(len(values), np.int64)
    _usual(*parts(values), out)
    rest = np.flatnonzero(out < 0)
    if len(rest):
        said: list[Any] = fold.dates([values[int(n)].as_py() for n in rest])
        out[rest] = [0 if d is None else d[0] * 10000 + d[1] * 100 + d[2] for d in said]
    return out
