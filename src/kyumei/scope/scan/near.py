"""What stands between a word and a value, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.scope.scan.jit import jit

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

SEPARATORS: Final = tuple(b"\"')]:=|> \t\r\n(\xe3")
"""Bytes with which what may stand between a label and its value begins; は が 」 】 「 【 begin with the last."""


@jit
def _after_label(data: Bytes, ends: Ints, out: Ints) -> None:
    n = len(data)
    for k in range(len(ends)):
        i = ends[k]
        while i < n:
            b = data[i]
            if b == 0xE3:
                i += 3
            elif (
                b == 34 or b == 39 or b == 41 or b == 93 or b == 58 or b == 61 or b == 124 or b == 62 or b == 32 or b == 9
                or b == 13 or b == 10 or b == 40
            ):  # fmt: skip
                i += 1
            else:
                break
        out[k] = data[i] if i < n else 0


def after_label(data: Bytes, ends: Ints) -> Ints:
    """Return for each label's end the first byte behind it that separates nothing; 0 at the end of the data."""
    out = np.zeros(len(ends), np.int64)
    _after_label(data, np.ascontiguousarray(ends), out)
    return out
