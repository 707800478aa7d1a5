"""The pass itself: from byte to byte, the kernels of `kyumei.scope.scan.kernel` where something begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kyumei.scope.scan.jit import inlined, jit, u
from kyumei.scope.scan.kernel import (
    _address,
    _after,
    _before,
    _code,
    _has,
    _identifier,
    _is_digit,
    _lookup,
    _mail,
    _name,
    _number,
    _width,
    date_at,
)
from kyumei.scope.scan.marks import (
    ADDRESS,
    DATE,
    DIGITS,
    ERA,
    IDENTIFIER,
    MAIL,
    MUNICIPALITY,
    NAME,
    PREFECTURE,
    SEPARATOR_SHIFT,
    UPPER,
    WORD,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

OTHER: Final = 0
DIGIT: Final = 1
AT: Final = 2
LETTER: Final = 3
WIDE: Final = 4
"""First byte of a character of three bytes."""
LONG: Final = 5

COLUMNS: Final = 6


class Tables(NamedTuple):
    """What the pass looks things up in.

    Attributes:
        classes: for each byte, one of the constants above.
        allowed: for each byte, 1 in the local part of a mail address, 2 in its domain, 4 the end of an address.
        heads: for each code point below 65,536, 1 where a word begins with it and 2 where a surname does, 4 and 8 where
            such a one is that character alone.
        twos: the same, 1 and 2, for the first two characters, by a hash of sixteen bits.
        pairs: for each two small letters, a bit for each third one with which a word begins, by its lowest five bits.
        words, body, wide, narrow, special, offsets: the words: where each begins in `body`; for each code point and for
            each two letters, the first word; what a word is beside a word (era, prefecture, municipality); years of eras.
        surnames, surname_body, surname_heads: the same for surnames.
        given: hash table of given names, a power of two long.
        numbers, identifiers: the wanted shapes, ascending.
    """

    classes: Bytes
    allowed: Bytes
    heads: Bytes
    twos: Bytes
    pairs: npt.NDArray[np.uint32]
    words: Ints
    body: Bytes
    wide: Ints
    narrow: Ints
    special: Ints
    offsets: Ints
    surnames: Ints
    surname_body: Bytes
    surname_heads: Ints
    given: Ints
    numbers: Ints
    identifiers: Ints


@inlined
def _put(out: Ints, n: int, row: tuple[int, int, int, int, int, int]) -> int:
    for k in range(6):
        out[u(n), u(k)] = row[k]
    return n + 1


@inlined
def _at_digit(data: Bytes, i: int, out: Ints, n: int, numbers: Ints, identifiers: Ints) -> tuple[int, int]:
    """Take what begins with a digit; return the next position and the number of rows."""
    end, shape, separator, first_end, total = _number(data, i)
    value, stop = date_at(data, i, 0)
    if value and stop > end:
        return stop, _put(out, n, (DATE, i, stop, 0, _before(data, i), value))
    if total < 4 and end == first_end and (end >= len(data) or data[u(end)] < 65):
        return end, n
    if end < len(data) and end == first_end and (65 <= (data[u(end)] & 0xDF) <= 90) and data[u(end)] != 84:
        end, shape, upper = _identifier(data, i)
        if _has(identifiers, shape):
            flags = _before(data, i) | _after(data, end) | (UPPER if upper else 0)
            n = _put(out, n, (IDENTIFIER, i, end, shape, flags, 0))
        return end, n
    if _has(numbers, shape):
        flags = _before(data, i) | _after(data, end) | (separator << SEPARATOR_SHIFT)
        return end, _put(out, n, (DIGITS, i, end, shape, flags, total))
    if end == first_end or separator != 32:
        return end, n
    if _has(numbers, first_end - i):
        n = _put(out, n, (DIGITS, i, first_end, first_end - i, _before(data, i), first_end - i))
    return first_end, n


@inlined
def _at_letter(
    data: Bytes,
    i: int,
    out: Ints,
    n: int,
    classes: Bytes,
    pairs: npt.NDArray[np.uint32],
    words: Ints,
    body: Bytes,
    narrow: Ints,
    identifiers: Ints,
) -> tuple[int, int]:
    """Take what begins with a letter: a word of the lists, an identifier, the date of an era."""
    size = len(data)
    if i + 1 < size:
        key = ((data[u(i)] | 32) << 8) | (data[u(i + 1)] | 32)
        third = pairs[u(key)]
        if third and (i + 2 >= size or (third >> (data[u(i + 2)] & 31)) & 1):
            word = _lookup(data, i, narrow[u(key)], narrow[u(key + 1)], words, body, True)
            if word >= 0:
                n = _put(out, n, (WORD, i, i + words[u(word + 1)] - words[u(word)], word, 0, 0))
    k = i
    while k < size and classes[data[u(k)]] == LETTER:
        k += 1
    if k >= size or not _is_digit(data[u(k)]):
        return k, n
    if k == i + 1:
        letter = data[u(i)] & 0xDF
        years = 0
        years = 1867 if letter == 77 else 1911 if letter == 84 else 1925 if letter == 83 else years
        years = 1988 if letter == 72 else 2018 if letter == 82 else years
        if years:
            value, stop = date_at(data, k, years)
            if value:
                return stop, _put(out, n, (DATE, i, stop, 1, _before(data, i) | _after(data, stop), value))
    end, shape, upper = _identifier(data, i)
    if _has(identifiers, shape):
        flags = _before(data, i) | _after(data, end) | (UPPER if upper else 0)
        n = _put(out, n, (IDENTIFIER, i, end, shape, flags, 0))
    return end, n


@inlined
def _at_surname(
    data: Bytes, i: int, out: Ints, n: int, surnames: Ints, surname_body: Bytes, surname_heads: Ints, given: Ints
) -> tuple[int, int]:  # fmt: skip
    """Take the longest surname that begins a name."""
    code = _code(data, i)
    first, last = surname_heads[u(code)], surname_heads[u(code + 1)]
    while first < last:
        word = _lookup(data, i, first, last, surnames, surname_body, False)
        if word < 0:
            break
        surname_end = i + surnames[u(word + 1)] - surnames[u(word)]
        end, count, flags = _name(data, i, surname_end, given)
        if end > i:
            return end, _put(out, n, (NAME, i, end, surname_end - i, flags, count))
        first = word + 1
    return i + 3, n


@inlined
def _at_wide(
    data: Bytes,
    i: int,
    out: Ints,
    n: int,
    allowed: Bytes,
    heads: Bytes,
    twos: Bytes,
    words: Ints,
    body: Bytes,
    wide: Ints,
    special: Ints,
    offsets: Ints,
    surnames: Ints,
    surname_body: Bytes,
    surname_heads: Ints,
    given: Ints,
) -> tuple[int, int]:
    """Take what begins with a kanji or kana: a word, an era, an address, a name."""
    code = _code(data, i)
    begins = heads[u(code)]
    if begins == 0:
        return i + 3, n
    begins = (begins & twos[u((code * 31 + _code(data, i + 3) * 7) & 0xFFFF)] & 3) | (begins >> 2)
    if begins == 0:
        return i + 3, n
    if begins & 1:
        word = _lookup(data, i, wide[u(code)], wide[u(code + 1)], words, body, False)
        if word >= 0:
            end = i + words[u(word + 1)] - words[u(word)]
            kind = special[u(word)]
            if kind == 0:
                return end, _put(out, n, (WORD, i, end, word, 0, 0))
            if kind == ERA:
                value, stop = date_at(data, end, offsets[u(word)])
                if value:
                    return stop, _put(out, n, (DATE, i, stop, 2, 0, value))
            else:
                stop, seen = _address(data, end, allowed, kind)
                if seen & 1 and (kind == PREFECTURE or (kind == MUNICIPALITY and seen == 3)):
                    return stop, _put(out, n, (ADDRESS, i, stop, 0, 1 if kind == PREFECTURE else 0, seen >> 1))
    if begins & 2:
        return _at_surname(data, i, out, n, surnames, surname_body, surname_heads, given)
    return i + 3, n


def sweep(data: Bytes, begin: int, out: Ints, t: Tables) -> tuple[int, int]:
    """Fill rows from the position `begin` on.

    Returns:
        The number of rows and the position reached: less than the length of `data` where `out` is full.
    """
    found: tuple[int, int] = _sweep(
        data,
        begin,
        out,
        *(
            t.classes,
            t.allowed,
            t.heads,
            t.twos,
            t.pairs,
            t.words,
            t.body,
            t.wide,
            t.narrow,
            t.special,
            t.offsets,
            t.surnames,
            t.surname_body,
            t.surname_heads,
            t.given,
            t.numbers,
            t.identifiers,
        ),
    )
    return found


@jit
def _sweep(
    data: Bytes, begin: int, out: Ints, classes: Bytes, allowed: Bytes, heads: Bytes, twos: Bytes,
    pairs: npt.NDArray[np.uint32], words: Ints, body: Bytes, wide: Ints, narrow: Ints, special: Ints, offsets: Ints,
    surnames: Ints, surname_body: Bytes, surname_heads: Ints, given: Ints, numbers: Ints, identifiers: Ints
) -> tuple[int, int]:  # fmt: skip
    """Go on from `begin`."""
    size = len(data)
    i = begin
    n = 0
    room = len(out) - 4
    while i < size:
        kind = classes[data[u(i)]]
        if kind == OTHER:
            i += 1
            continue
        if n >= room:
            break
        if kind == LETTER:
            i, n = _at_letter(data, i, out, n, classes, pairs, words, body, narrow, identifiers)
        elif kind == WIDE:
            i, n = _at_wide(
                data, i, out, n, allowed, heads, twos, words, body, wide, special, offsets, surnames, surname_body,
                surname_heads, given
            )  # fmt: skip
        elif kind == DIGIT:
            i, n = _at_digit(data, i, out, n, numbers, identifiers)
        elif kind == AT:
            start, end = _mail(data, i, allowed)
            if end > start:
                while n and out[u(n - 1), u(1)] >= start:
                    n -= 1
                n = _put(out, n, (MAIL, start, end, 0, 0, 0))
                i = end
            else:
                i += 1
        else:
            i += _width(data[u(i)])
    return n, min(i, size)
