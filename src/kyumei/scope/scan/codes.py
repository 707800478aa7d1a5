"""CP932 and EUC-JP to UTF-8 by tables filled from Python's own codecs, full-width ASCII folded on the way if wanted."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kyumei.scope.scan.jit import first_marked, inlined, jit, put4, put8, u, word8

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.uint32]

_DASHES: Final = (0x2212, *range(0x2010, 0x2016))
_FOLDED: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 32} | dict.fromkeys(_DASHES, 45)
TABLED: Final = ("cp932", "euc_jp")
"""Codecs that have tables here."""
_THIRD: Final = 0x8F
"""In EUC-JP this byte stands before the two of a character of JIS X 0212."""


class Coded(NamedTuple):
    """A multi-byte code.

    An entry holds the UTF-8 bytes from the lowest on and their number in the highest byte; 0 where there is no character.

    Attributes:
        one: for single bytes.
        two: for lead << 8 | trail.
        three: for the two bytes after `0x8F`; a single 0 where the code has no characters of three bytes.
    """

    one: Codes
    two: Codes
    three: Codes


@cache
def coded(codec: str, *, folded: bool) -> Coded:
    """Return the tables of one of `TABLED`."""
    one, two, three = np.zeros(256, np.uint32), np.zeros(65536, np.uint32), np.zeros(1, np.uint32)
    for byte in range(256):
        one[byte] = _entry(bytes([byte]), codec, folded=folded)
    for lead in range(0x81, 0xFF):
        if not one[lead]:
            for trail in range(0x40, 0xFF):
                two[lead << 8 | trail] = _entry(bytes([lead, trail]), codec, folded=folded)
    if codec == "euc_jp":
        three = np.zeros(65536, np.uint32)
        for row in range(0xA1, 0xFF):
            for cell in range(0xA1, 0xFF):
                three[row << 8 | cell] = _entry(bytes([_THIRD, row, cell]), codec, folded=folded)
    return Coded(one, two, three)


def _entry(raw: bytes, codec: str, *, folded: bool) -> int:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return 0
    if len(text) != 1 or (len(raw) == 1 and (raw[0] in {0x80, 0xA0, 0xFD, 0xFE, 0xFF} or 0x80 <= ord(text) <= 0xA0)):
        return 0
    code = _FOLDED.get(ord(text), ord(text)) if folded else ord(text)
    utf8 = chr(code).encode()
    return int.from_bytes(utf8, "little") | len(utf8) << 24 if len(utf8) < 4 else 0


STEP: Final = 512
"""Bytes of UTF-8 after which it is noted again where reading stands."""
_BAD: Final = np.uint32(0x03BDBFEF)
"""The entry of U+FFFD."""
_ASCII: Final = np.uint64(0x8080808080808080)


@inlined
def _read(data: Bytes, i: int, one: Codes, two: Codes, three: Codes) -> tuple[int, int]:
    """Return the entry of the character that begins at a place, and how many bytes it takes; 0 and 1 where there is none."""
    n = len(data)
    b = data[u(i)]
    entry = one[b]
    if entry != 0 or i + 1 >= n:
        return entry, 1
    second = int(data[u(i + 1)])
    entry = two[u(int(b) << 8 | second)]
    if entry != 0:
        return entry, 2
    if b == _THIRD and len(three) > 1 and i + 2 < n:
        entry = three[u(second << 8 | data[u(i + 2)])]
        if entry != 0:
            return entry, 3
    return entry, 1


@jit
def transcode(
    data: Bytes, one: Codes, two: Codes, three: Codes, out: Bytes, marks: npt.NDArray[np.int32]
) -> tuple[int, int]:  # fmt: skip
    """Write UTF-8; what is no character becomes U+FFFD.

    Args:
        data: text in the code.
        one: table of single bytes, see `Coded`.
        two: table of two bytes.
        three: table of three bytes.
        out: at least three times as long as `data`, and 8 bytes more.
        marks: for each `STEP` bytes of `out` and one more: where in `data` a character soon after them begins, and where in
            `out` it does; 0 where that was never reached.

    Returns:
        The number of bytes written, and how many bytes were no character.
    """
    n = len(data)
    i = o = bad = k = limit = 0
    while i < n:
        if o >= limit:
            marks[u(k), u(0)], marks[u(k), u(1)] = i, o
            k += 1
            limit += STEP
        if i + 8 <= n:
            word = word8(data, i)
            high = word & _ASCII
            if not high & np.uint64(0x80):
                put8(out, o, word)
                same = first_marked(high)
                i += same
                o += same
                continue
        elif data[u(i)] < 0x80:
            out[u(o)] = data[u(i)]
            i += 1
            o += 1
            continue
        while i < n and o < limit and data[u(i)] >= 0x80:
            entry = one[data[u(i)]]
            if entry == 0 and i + 1 < n:
                entry = two[u(int(data[u(i)]) << 8 | int(data[u(i + 1)]))]
                if entry != 0:  # nearly always; what is written waits for the table, where reading goes on does not
                    put4(out, o, entry)
                    o += int(entry >> np.uint32(24))
                    i += 2
                    continue
            entry, step = _read(data, i, one, two, three)
            if entry == 0:
                entry = _BAD
                bad += 1
            put4(out, o, entry)
            o += int(entry >> np.uint32(24))
            i += step
    return o, bad


@jit
def placed(
    data: Bytes, one: Codes, two: Codes, three: Codes, marks: npt.NDArray[np.int32], positions: Ints, out: Ints
) -> None:  # fmt: skip
    """Write for places in the UTF-8 that `transcode` wrote where in `data` the character there begins."""
    n = len(data)
    for p in range(len(positions)):
        k = positions[p] // STEP
        while k > 0 and (marks[k, 1] > positions[p] or marks[k, 1] == 0):
            k -= 1
        i, o = int(marks[k, 0]), int(marks[k, 1])
        while i < n:
            entry, step = _read(data, i, one, two, three)
            length = 3 if entry == 0 else int(entry >> np.uint32(24))
            if o + length > positions[p]:
                break
            o += length
            i += step
        out[p] = i
