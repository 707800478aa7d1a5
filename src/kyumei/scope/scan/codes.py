"""CP932 to UTF-8 by two tables filled from Python's own codec, full-width ASCII folded on the way."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.scan.jit import jit

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.uint32]

_FOLDED: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 32, 0x2212: 45, 0x2010: 45, 0x2015: 45}


@cache
def cp932(*, folded: bool = True) -> tuple[Codes, Codes]:
    """Return the tables for single bytes and for lead << 8 | trail.

    An entry holds the UTF-8 bytes from the lowest on and their number in the highest byte; 0 where there is no character.
    """
    one = np.zeros(256, np.uint32)
    two = np.zeros(65536, np.uint32)
    for lead in range(256):
        one[lead] = _entry(bytes([lead]), folded=folded)
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in range(0x40, 0xFD):
            two[lead << 8 | trail] = _entry(bytes([lead, trail]), folded=folded)
    return one, two


def _entry(raw: bytes, *, folded: bool) -> int:
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError:
        return 0
    if len(text) != 1 or (len(raw) == 1 and raw[0] in {0x80, 0xA0, 0xFD, 0xFE, 0xFF}):
        return 0
    code = _FOLDED.get(ord(text), ord(text)) if folded else ord(text)
    utf8 = chr(code).encode()
    return int.from_bytes(utf8, "little") | len(utf8) << 24


STEP: Final = 512
"""Bytes of UTF-8 after which it is noted again where reading stands."""


@jit
def _read(data: Bytes, i: int, one: Codes, two: Codes) -> tuple[Any, int]:
    """Return the entry of the character that begins at a place, and how many bytes it takes; 0 where there is none."""
    entry = one[data[i]]
    if entry == 0 and i + 1 < len(data):
        return two[(np.int64(data[i]) << 8) | data[i + 1]], 2
    return entry, 1


@jit
def transcode(data: Bytes, one: Codes, two: Codes, out: Bytes, marks: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Write UTF-8; what is no character becomes U+FFFD.

    Args:
        data: CP932.
        one: table of single bytes, as `cp932` returns it.
        two: table of two bytes.
        out: at least three times as long as `data`, and 8 bytes more.
        marks: for each `STEP` bytes of `out` and one more: where in `data` the first character after them begins, and where
            in `out` it does.

    Returns:
        The number of bytes written, and how many bytes were no character.
    """
    n = len(data)
    i = 0
    o = 0
    bad = 0
    k = 0
    while i < n:
        if o >= k * STEP:
            marks[k, 0], marks[k, 1] = i, o
            k += 1
        b = data[i]
        if b < 0x80:
            out[o] = b
            o += 1
            i += 1
            continue
        entry, step = _read(data, i, one, two)
        if entry == 0:
            entry = np.uint32(0x03BDBFEF)
            step = 1
            bad += 1
        length = int(entry >> np.uint32(24))
        out[o] = entry & np.uint32(255)
        out[o + 1] = (entry >> np.uint32(8)) & np.uint32(255)
        out[o + 2] = (entry >> np.uint32(16)) & np.uint32(255)
        o += length
        i += step
    return o, bad


@jit
def placed(data: Bytes, one: Codes, two: Codes, marks: npt.NDArray[np.int32], positions: Ints, out: Ints) -> None:
    """Write for places in the UTF-8 that `transcode` wrote where in `data` the character there begins."""
    n = len(data)
    for p in range(len(positions)):
        k = positions[p] // STEP
        if k > 0 and (marks[k, 1] > positions[p] or (k > 0 and marks[k, 1] == 0)):
            k -= 1
        i, o = marks[k, 0], marks[k, 1]
        while i < n:
            entry, step = _read(data, i, one, two)
            length = 3 if entry == 0 else int(entry >> np.uint32(24))
            if o + length > positions[p]:
                break
            o += length
            i += step if entry else 1
        out[p] = i
