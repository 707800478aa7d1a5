"""Bytes taken out of whole text arrays, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    import pyarrow as pa

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]


def _kept(data: Bytes, offsets: Offsets, keep: npt.NDArray[np.bool_], out: Bytes, ends: Offsets) -> int:
    o = 0
    for n in range(len(offsets) - 1):
        for i in range(offsets[n], offsets[n + 1]):
            if keep[data[i]]:
                out[o] = data[i]
                o += 1
        ends[n + 1] = o
    return o


def _plain(data: Bytes, offsets: Offsets, out: npt.NDArray[np.bool_]) -> None:
    for n in range(len(offsets) - 1):
        first, last = offsets[n], offsets[n + 1]
        begun = last - first >= 10 and (48 <= data[first] <= 57 or 65 <= (data[first] & 0xDF) <= 90)
        good = begun and data[last - 1] > 32
        for i in range(first, last):
            if data[i] >= 128:
                good = False
        out[n] = good


_FACTS: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False}
_kept_kernel: Callable[..., int] = nb.njit(**_FACTS)(_kept)
_plain_kernel: Callable[..., None] = nb.njit(**_FACTS)(_plain)


def kept(values: pa.StringArray, letters: bytes) -> pa.StringArray:
    """Return the values with only these ASCII letters left; null stays null.

    Args:
        values: texts, an array without offset (not a slice).
        letters: what is kept.
    """
    import pyarrow as pa

    keep = np.zeros(256, np.bool_)
    keep[np.frombuffer(letters, np.uint8)] = True
    data, offsets = parts(values)
    out, ends = np.empty(len(data), np.uint8), np.zeros(len(offsets), np.int32)
    size = _kept_kernel(data, offsets, keep, out, ends)
    buffers = (pa.py_buffer(ends), pa.py_buffer(out[:size]), values.buffers()[0])
    return pa.StringArray.from_buffers(len(values), *buffers, values.null_count)


def plain(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Return which values are ten bytes of ASCII or more that begin with a letter or digit and end with no blank."""
    out = np.zeros(len(values), np.bool_)
    _plain_kernel(*parts(values), out)
    return out


def parts(values: pa.StringArray) -> tuple[Bytes, Offsets]:
    """Return the bytes and the offsets of an array without offset."""
    offsets = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    content = values.buffers()[2]
    return np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8), offsets
