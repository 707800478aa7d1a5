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
_KANJI_DIGITS: Final = (0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341)
"""From 一 to 十."""
_ZERO, _BAN, _GO, _JO, _LINE = 0x3007, 0x756A, 0x53F7, 0x6761, 0x7DDA  # 〇 番 号 条 線
_DIRECTIONS: Final = (0x6771, 0x897F, 0x5357, 0x5317, 0x901A)  # 東 西 南 北 通
_GOES_ON: Final = (0x6761, 0x7DDA)
"""条 and 線: the number before them names a street, and the block's comes after it."""
_OAZA, _AZA = 0x5927, 0x5B57  # 大 字
_WRITTEN: Final = (0x6587, 0x5341, 0x6570)  # 文 十 数: 大文字町 is a name
_RU: Final = (0x308B, 0x30EB)  # る ル
_TURNS: Final = (0x4E0A, 0x4E0B, 0x5165)  # 上 下 入
_WARD: Final = 0x533A  # 区
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
    """Write an address's letters without blanks; return how many there are."""
    k = 0
    while i < end:
        c, i = _letter(data, i)
        if not _blank(c):
            line[u(k)] = c
            k += 1
    return k


@inlined
def _value(c: int) -> int:
    """Return the value of a kanji digit, -1 for any other letter."""
    for number in range(10):
        if _KANJI_DIGITS[number] == c:
            return number + 1
    return 0 if c == _ZERO else -1


@jit
def _moved(line: Codes, k: int) -> bool:
    """Move the letters out of the way where there are figures in kanji, since 十 takes more room in figures; say whether."""
    there = False
    for at in range(k):
        there = there or _value(line[u(at)]) >= 0
    for at in range(k if there else 0):
        line[u(k + at)] = line[u(at)]
    return there


@inlined
def _figures(number: int, line: Codes, o: int) -> int:
    """Write a number of at most three figures; return where the next letter goes."""
    for power in (100, 10, 1):
        if number >= power or power == 1:
            line[u(o)] = 48 + number // power % 10
            o += 1
    return o


@jit
def _counted(line: Codes, k: int) -> int:
    """Write numbers in kanji before 丁目, 条, 番, 号 in figures; return how many letters there are.

    二十五 and 二五 are 25. Names of places keep their kanji: 三条市, 八丁堀, 一番町.
    """
    if not _moved(line, k):
        return k
    i, o, k = k, 0, 2 * k
    while i < k:
        end = i
        total = digit = count = 0
        while end < k and count < 4 and _value(line[u(end)]) >= 0:
            value = _value(line[u(end)])
            if value == 10:
                total = (digit if digit > 0 else 1) * 10
                digit = 0
            else:
                digit = digit * 10 + value
            count += 1
            end += 1
        if end > i and _is_counted(line, end, k):
            o = _figures(total + digit, line, o)
            i = end
            continue
        line[u(o)] = line[u(i)]
        o += 1
        i += 1
    return o


@inlined
def _is_counted(line: Codes, at: int, k: int) -> bool:
    """Return whether this counts parts of a town: 丁目, 番地, 番 before a figure or the end, 号 there, 条 and a direction."""
    c = line[u(at)] if at < k else 0
    after = line[u(at + 1)] if at + 1 < k else 0
    if c == _CHO:
        return after == _ME or _digit(after)
    if c == _BAN:
        return after in (0, _CHI) or _digit(after) or _value(after) >= 0
    if c == _GO:
        return after in (0, _LINE)
    return c == _JO and (after in _DIRECTIONS or _digit(after) or _value(after) > 0)


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


@inlined
def _joins(c: int) -> bool:
    return _digit(c) or c == _HYPHEN


@jit
def _without_streets(line: Codes, s: int, k: int) -> int:
    """Leave out the streets of Kyoto (寺町通御池上る) between ward and town, from `s` on; return where the address ends."""
    turn = ward = 0
    for at in range(s, k - 1):
        if line[u(at)] == _WARD and ward == 0:
            ward = at + 1
        if line[u(at)] in _TURNS and line[u(at + 1)] in _RU:
            turn = at + 2
    if ward == 0 or turn <= ward or turn >= k or _digit(line[u(turn)]) or line[u(turn)] == _HYPHEN:
        return k
    for at in range(turn, k):
        line[u(ward + at - turn)] = line[u(at)]
    return k - turn + ward


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
        elif c == _OAZA and i + 1 < k and line[u(i + 1)] == _AZA:
            i += 2
            continue
        elif c == _AZA and w > 0 and line[u(w - 1)] not in _WRITTEN:
            i += 1
            continue
        elif c in _DASHES or (c == _CHO and w > 0 and _digit(line[u(w - 1)])):
            c = _HYPHEN
        line[u(w)] = c
        w += 1
        i += width
    for at in range(1, w - 1):
        if line[u(at)] in _JOINERS and _joins(line[u(at - 1)]) and _digit(line[u(at + 1)]):
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
        if i < k and line[u(i)] in _GOES_ON:  # 北1条西2
            at = i + 1
            while at < k and not _digit(line[u(at)]):
                at += 1
            i = at if at < k else i
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
        k = _counted(line, k)
        s = _after_prefecture(line, _after_postal(line, k), k)
        k = _hyphened(line, s, _without_streets(line, s, k))
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
    size, cased = _addresses_kernel(data, offsets, _table(variants), np.empty(2 * longest + 16, np.int32), out, ends)
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
