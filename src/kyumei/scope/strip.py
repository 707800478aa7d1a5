"""Bytes taken out of whole text arrays, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.scope.scan.jit import jit, u, word8

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]


_MAY_BE_NOTHING: Final = tuple(ord(letter) for letter in "不な無未非該同")


_ONES: Final = np.uint64(0x0101010101010101)
_HIGH: Final = np.uint64(0x8080808080808080)


@jit
def _kept(data: Bytes, offsets: Offsets, keep: npt.NDArray[np.bool_], out: Bytes, ends: Offsets) -> int:
    o = 0
    for n in range(len(offsets) - 1):
        for i in range(offsets[u(n)], offsets[u(n + 1)]):
            b = data[u(i)]
            out[u(o)] = b
            o += 1 if keep[b] else 0
        ends[u(n + 1)] = o
    return o


@jit
def _plain(data: Bytes, offsets: Offsets, out: npt.NDArray[np.bool_]) -> None:
    for n in range(len(offsets) - 1):
        i, last = int(offsets[u(n)]), int(offsets[u(n + 1)])
        first, size = i, last - i
        good = size > 0 and data[u(last - 1)] > 32
        if good and size < 10:  # no word for "unknown" has a digit
            good = False
            for k in range(i, last):
                good = good or 48 <= data[u(k)] <= 57
        if good and data[u(i)] < 128:
            good = 48 <= data[u(i)] <= 57 or 65 <= (data[u(i)] & 0xDF) <= 90
        elif good and size < 10:
            good = False
        elif good and size < 13:
            c = (data[u(i)] & 0x0F) << 12 | (data[u(i + 1)] & 0x3F) << 6 | (data[u(i + 2)] & 0x3F)
            good = data[u(i)] < 0xF0 and c not in _MAY_BE_NOTHING
        while good and i < last:
            b = data[u(i)]
            if b < 128:
                if i + 8 <= last:
                    word = word8(data, i)
                    controls = (word - _ONES * u(32)) & ~word
                    deletes = word ^ (_ONES * u(127))
                    if (word | controls | ((deletes - _ONES) & ~deletes)) & _HIGH == u(0):
                        i += 8
                        continue
                good = b >= 32 and b != 127
                i += 1
                continue
            # katakana, hiragana and the usual kanji are the same in NFKC; nothing else is looked into here
            c = (b & 0x0F) << 12 | (data[u(i + 1)] & 0x3F) << 6 | (data[u(i + 2)] & 0x3F) if 0xE3 <= b <= 0xE9 else 0
            good = 0x4E00 <= c <= 0x9FFF or 0x3041 <= c <= 0x3096 or 0x30A1 <= c <= 0x30FC or c == 0x3005 or c == 0x3007
            good = good and not (i == first and c >= 0x30FB and c <= 0x30FC)
            i += 3
        out[u(n)] = good


@jit
def _has(data: Bytes, offsets: Offsets, wanted: npt.NDArray[np.bool_], out: npt.NDArray[np.bool_]) -> None:
    for n in range(len(offsets) - 1):
        i, last = offsets[u(n)], offsets[u(n + 1)]
        while i < last and not wanted[data[u(i)]]:
            i += 1
        out[u(n)] = i < last


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
    out, ends = np.empty(len(data) + 1, np.uint8), np.zeros(len(offsets), np.int32)
    size = _kept(data, offsets, keep, out, ends)
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
    _has(*parts(values), wanted, out)
    return out


def plain(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Return which values are certain to be in NFKC, to have no blanks around them, and to say something.

    They are of ASCII, kana and usual kanji, begin with a letter or digit and end with no blank. Short ones are of ASCII and
    have a digit; those of four letters do not begin as the words for "unknown" do.
    """
    out = np.zeros(len(values), np.bool_)
    _plain(*parts(values), out)
    return out


def parts(values: pa.StringArray) -> tuple[Bytes, Offsets]:
    """Return the bytes and the offsets of an array without offset."""
    offsets = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1]
    content = values.buffers()[2]
    return np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8), offsets
