"""Bytes taken out of whole text arrays, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    import pyarrow as pa

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]


_MAY_BE_NOTHING: Final = tuple(ord(letter) for letter in "不な無未非該同")


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
        i, last = offsets[n], offsets[n + 1]
        size = last - i
        good = size > 0 and data[last - 1] > 32
        if good and size < 10:  # no word for "unknown" has a digit
            good = False
            for k in range(i, last):
                good = good or 48 <= data[k] <= 57
        if good and data[i] < 128:
            good = 48 <= data[i] <= 57 or 65 <= (data[i] & 0xDF) <= 90
        elif good and size < 10:
            good = False
        elif good and size < 13:
            c = (data[i] & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
            good = data[i] < 0xF0 and c not in _MAY_BE_NOTHING
        while good and i < last:
            b = data[i]
            if b < 128:
                good = b >= 32 and b != 127
                i += 1
                continue
            # katakana, hiragana and the usual kanji are the same in NFKC; nothing else is looked into here
            c = (b & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F) if 0xE3 <= b <= 0xE9 else 0
            good = 0x4E00 <= c <= 0x9FFF or 0x3041 <= c <= 0x3096 or 0x30A1 <= c <= 0x30FC or c in (0x3005, 0x3007)
            good = good and not (i == offsets[n] and c >= 0x30FB and c <= 0x30FC)
            i += 3
        out[n] = good


def _has(data: Bytes, offsets: Offsets, wanted: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_]) -> None:
    for n in range(len(offsets) - 1):
        i, last = offsets[n], offsets[n + 1]
        while i < last and not wanted[data[i]]:
            i += 1
        out[n] = i < last


_FACTS: dict[str, Any] = {"cache": True, "nogil": True, "boundscheck": False}
_kept_kernel: Callable[..., int] = nb.njit(**_FACTS)(_kept)
_has_kernel: Callable[..., None] = nb.njit(**_FACTS)(_has)
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


def has(values: pa.StringArray, letters: bytes) -> npt.NDArray[np.bool_]:
    """Return which values have one of these bytes; null has none.

    Args:
        values: texts, an array without offset (not a slice).
        letters: what is looked for.
    """
    wanted = np.zeros(256, np.bool_)
    wanted[np.frombuffer(letters, np.uint8)] = True
    out = np.zeros(len(values), np.bool_)
    _has_kernel(*parts(values), wanted, out)
    return out


def plain(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Return which values are certain to be in NFKC, to have no blanks around them, and to say something.

    They are of ASCII, kana and usual kanji, begin with a letter or digit and end with no blank. Short ones are of ASCII and
    have a digit; those of four letters do not begin as the words for "unknown" do.
    """
    out = np.zeros(len(values), np.bool_)
    _plain_kernel(*parts(values), out)
    return out


def parts(values: pa.StringArray) -> tuple[Bytes, Offsets]:
    """Return the bytes and the offsets of an array without offset."""
    offsets = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    content = values.buffers()[2]
    return np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8), offsets
