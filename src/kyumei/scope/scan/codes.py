"""CP932 to UTF-8 by two tables filled from Python's own codec, full-width ASCII folded on the way."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.scope.scan.jit import jit

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
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


@jit
def transcode(data: Bytes, one: Codes, two: Codes, out: Bytes, places: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Write UTF-8 and, for each of its bytes, its position in `data`; what is no character becomes U+FFFD.

    Args:
        data: CP932.
        one: table of single bytes, as `cp932` returns it.
        two: table of two bytes.
        out: at least three times as long as `data`, and 8 bytes more.
        places: one longer than `out`.

    Returns:
        The number of bytes written, and how many bytes were no character.
    """
    n = len(data)
    i = 0
    o = 0
    bad = 0
    while i < n:
        b = data[i]
        if b < 0x80:
            out[o] = b
            places[o] = i
            o += 1
            i += 1
            continue
        entry = one[b]
        step = 1
        if entry == 0 and i + 1 < n:
            entry = two[(np.int64(b) << 8) | data[i + 1]]
            step = 2
        if entry == 0:
            entry = np.uint32(0x03BDBFEF)
            step = 1
            bad += 1
        length = int(entry >> np.uint32(24))
        for k in range(length):
            out[o + k] = (entry >> np.uint32(8 * k)) & np.uint32(255)
            places[o + k] = i
        o += length
        i += step
    places[o] = n
    return o, bad
