"""Whole columns of names and addresses folded letter by letter, compiled; `kyumei.scope.fold` says by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.scope.scan.jit import inlined, jit, u

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pyarrow as pa

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]
    Codes = npt.NDArray[np.int32]

NONE, LATIN, KANA = 0, 1, 2
_HYPHEN: Final = 0x2D
_DASHES: Final = (0x23, 0x2010, 0x2013, 0x2212, 0x53F7, 0x756A)  # number sign, three dashes, 号, 番
_JOINERS: Final = (0x306E, 0x30FC, 0x30CE)  # の ー ノ
_CHO, _ME, _CHI, _KEN, _MARK = 0x4E01, 0x76EE, 0x5730, 0x770C, 0x3012  # 丁 目 地 県 〒
_KANJI_DIGITS: Final = (0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D)
_WITHOUT_KEN: Final = ((0x5317, 0x6D77, 0x9053), (0x6771, 0x4EAC, 0x90FD), (0x4EAC, 0x90FD, 0x5E9C), (0x5927, 0x962A, 0x5E9C))
_BETWEEN_NAMES: Final = (0x2C, 0x2E, 0x30FB, 0xFF65, 0xFF0C, 0xFF0E)


@inlined
def _letter(data: Bytes, i: int) -> tuple[int, int]:
    """Return the code point at a place in valid UTF-8, and where the next begins."""
    b = int(data[u(i)])
    if b < 0x80:
        return b, i + 1
    if b < 0xE0:
        return (b & 0x1F) << 6 | (data[u(i + 1)] & 0x3F), i + 2
    if b < 0xF0:
        return (b & 0x0F) << 12 | (data[u(i + 1)] & 0x3F) << 6 | (data[u(i + 2)] & 0x3F), i + 3
    return (b & 0x07) << 18 | (data[u(i + 1)] & 0x3F) << 12 | (data[u(i + 2)] & 0x3F) << 6 | (data[u(i + 3)] & 0x3F), i + 4


@inlined
def _written(code: int, out: Bytes, o: int) -> int:
    """Write a code point as UTF-8; return where the next goes."""
    if code < 0x80:
        out[u(o)] = code
        return o + 1
    if code < 0x800:
        out[u(o)], out[u(o + 1)] = 0xC0 | code >> 6, 0x80 | code & 0x3F
        return o + 2
    if code < 0x10000:
        out[u(o)], out[u(o + 1)], out[u(o + 2)] = 0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
        return o + 3
    out[u(o)], out[u(o + 1)] = 0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F
    out[u(o + 2)], out[u(o + 3)] = 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
    return o + 4


@inlined
def _blank(c: int) -> bool:
    return c in (32, 9, 10, 12, 13)


@inlined
def _digit(c: int) -> bool:
    return 48 <= c <= 57


@inlined
def _latin(c: int) -> bool:
    usual = 65 <= (c & ~32) <= 90 if c < 128 else False
    return usual or 0xC0 <= c <= 0x24F or 0x1E00 <= c <= 0x1EFF or c in (32, 44, 46, 39, 45, 0x2019, 0x2010)


@inlined
def _kana(c: int) -> bool:
    return 0x3041 <= c <= 0x3096 or 0x30A1 <= c <= 0x30FA or c in (0x30FC, 0x30FB, 0x309B, 0x309C) or _blank(c)


@jit
def _scripts_kernel(data: Bytes, offsets: Offsets, out: npt.NDArray[np.uint8]) -> None:
    for n in range(len(offsets) - 1):
        i, end = offsets[u(n)], offsets[u(n + 1)]
        latin = kana = i < end
        while i < end and (latin or kana):
            c, i = _letter(data, i)
            latin = latin and _latin(c)
            kana = kana and _kana(c)
        out[u(n)] = LATIN if latin else KANA if kana else NONE


@jit
def _names_kernel(data: Bytes, offsets: Offsets, variants: Codes, out: Bytes, ends: Offsets) -> int:
    """Write names without what stands between their parts, in today's kanji; names in Latin letters become empty."""
    o = 0
    for n in range(len(offsets) - 1):
        i, end = offsets[u(n)], offsets[u(n + 1)]
        begin, latin = o, True
        while i < end:
            c, i = _letter(data, i)
            latin = latin and _latin(c)
            if not _blank(c) and c not in _BETWEEN_NAMES:
                o = _written(variants[u(c)], out, o)
        if latin:
            o = begin
        ends[u(n + 1)] = o
    return o


@jit
def _decoded(data: Bytes, i: int, end: int, line: Codes) -> int:
    """Write an address's letters without blanks, chome in kanji as digits; return how many there are."""
    k = 0
    while i < end:
        c, i = _letter(data, i)
        if c in _KANJI_DIGITS and i + 6 <= end:
            second, j = _letter(data, i)
            third, after = _letter(data, j)
            if second == _CHO and third == _ME:
                for number in range(9):
                    if _KANJI_DIGITS[number] == c:
                        line[u(k)] = 49 + number
                line[u(k + 1)] = _HYPHEN
                k += 2
                i = after
                continue
        if not _blank(c):
            line[u(k)] = c
            k += 1
    return k


@jit
def _after_postal(line: Codes, k: int) -> int:
    """Return where the address begins after a postal code, 0 without one."""
    i = 1 if k > 0 and line[u(0)] == _MARK else 0
    for n in range(7):
        if n == 3 and i < k and line[u(i)] == _HYPHEN:
            i += 1
        if i >= k or not _digit(line[u(i)]):
            return 0
        i += 1
    return i


@jit
def _after_prefecture(line: Codes, s: int, k: int) -> int:
    for first, second, third in _WITHOUT_KEN:
        if s + 2 < k and line[u(s)] == first and line[u(s + 1)] == second and line[u(s + 2)] == third:
            return s + 3
    if s + 3 < k and line[u(s + 3)] == _KEN:
        return s + 4
    return s + 3 if s + 2 < k and line[u(s + 2)] == _KEN else s


@jit
def _hyphened(line: Codes, s: int, k: int) -> int:
    """Bring the words between the numbers to hyphens, in place from 0 on; return how many letters there are."""
    w = 0
    i = s
    while i < k:
        c = line[u(i)]
        width = 1
        if (c == _CHO and i + 1 < k and line[u(i + 1)] == _ME) or (c == 0x756A and i + 1 < k and line[u(i + 1)] == _CHI):
            c, width = _HYPHEN, 2
        elif c in _DASHES:
            c = _HYPHEN
        line[u(w)] = c
        w += 1
        i += width
    for at in range(1, w - 1):
        if line[u(at)] in _JOINERS and _digit(line[u(at - 1)]) and _digit(line[u(at + 1)]):
            line[u(at)] = _HYPHEN
    o = 0
    for at in range(w):
        c = line[u(at)]
        if c in (0x30F6, 0x30F5):
            c = 0x30B1
        if c != _HYPHEN or o == 0 or line[u(o - 1)] != _HYPHEN:
            line[u(o)] = c
            o += 1
    return o


@jit
def _numbered(line: Codes, k: int) -> int:
    """Return where the house number ends; `k` where there is none after other letters."""
    i = 0
    while i < k and not _digit(line[u(i)]):
        i += 1
    if i in (0, k):
        return k
    while i < k and _digit(line[u(i)]):
        i += 1
    while i + 1 < k and line[u(i)] == _HYPHEN and _digit(line[u(i + 1)]):
        i += 1
        while i < k and _digit(line[u(i)]):
            i += 1
    return i


@jit
def _addresses_kernel(data: Bytes, offsets: Offsets, variants: Codes, line: Codes, out: Bytes, ends: Offsets
) -> tuple[int, bool]:  # fmt: skip
    """Write the addresses; return the bytes, and whether there are letters that may have a small form, but for A to Z."""
    o = 0
    cased = False
    for n in range(len(offsets) - 1):
        k = _decoded(data, offsets[u(n)], offsets[u(n + 1)], line)
        k = _hyphened(line, _after_prefecture(line, _after_postal(line, k), k), k)
        k, s = _numbered(line, k), 0
        while s < k and line[u(s)] == _HYPHEN:
            s += 1
        while k > s and line[u(k - 1)] == _HYPHEN:
            k -= 1
        for at in range(s, k):
            c = line[u(at)]
            cased = cased or 0x80 <= c < 0x2E80 or c > 0xA000
            o = _written(c + 32 if 65 <= c <= 90 else variants[u(c)], out, o)
        ends[u(n + 1)] = o
    return o, cased


def scripts(values: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Return for each value `LATIN` or `KANA` where it is written in nothing else, `NONE` for the others and null."""
    from kyumei.scope.strip import parts

    out = np.zeros(len(values), np.uint8)
    _scripts_kernel(*parts(values), out)
    return out


def names(values: pa.StringArray, variants: Mapping[int, int]) -> pa.StringArray:
    """Return names without blanks and marks in today's kanji; null for names in Latin letters.

    Args:
        values: texts, an array without offset (not a slice).
        variants: code point of a variant → that of today's form, which takes no more bytes.
    """
    from kyumei.scope.strip import parts

    data, offsets = parts(values)
    out, ends = np.empty(len(data), np.uint8), np.zeros(len(offsets), np.int32)
    size = _names_kernel(data, offsets, _table(variants), out, ends)
    return _texts(values, out[:size], ends)


def addresses(values: pa.StringArray, variants: Mapping[int, int]) -> pa.StringArray:
    """Return addresses up to the house number, see `kyumei.scope.fold.addresses`; arguments as `names`."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import parts

    data, offsets = parts(values)
    longest = int(np.diff(offsets).max(initial=0))
    out, ends = np.empty(len(data) + 8, np.uint8), np.zeros(len(offsets), np.int32)
    size, cased = _addresses_kernel(data, offsets, _table(variants), np.empty(longest + 8, np.int32), out, ends)
    texts = _texts(values, out[:size], ends)
    return pc.utf8_lower(texts) if cased else texts


_TABLES: Final[dict[int, tuple[Mapping[int, int], Codes]]] = {}
"""By the identity of the variants, which are kept beside the table: to make one takes longer than to fold a batch."""


def _table(variants: Mapping[int, int]) -> Codes:
    kept = _TABLES.get(id(variants))
    if kept is None or kept[0] is not variants:
        table = np.arange(0x110000, dtype=np.int32)
        for written, meant in variants.items():
            table[written] = meant
        kept = _TABLES[id(variants)] = (variants, table)
    return kept[1]


def _texts(values: pa.StringArray, out: Bytes, ends: Offsets) -> pa.StringArray:
    """Return what was written as texts; empty ones are null."""
    import pyarrow as pa

    valid = ends[1:] > ends[:-1]
    buffers = (pa.py_buffer(ends), pa.py_buffer(out), pa.py_buffer(np.packbits(valid, bitorder="little")))
    return pa.StringArray.from_buffers(len(values), *buffers, int(len(valid) - valid.sum()))
