"""One forward pass over UTF-8 bytes that finds tokens: digits, identifiers, mail addresses, dates, addresses, names, words.

Compiled by Numba, without Python objects and without a regular expression. It only finds; what a token is, recognisers say
(`kyumei.scope.scan.rules`). A token's row in the output is kind, start, end, shape, flags, value (see the constants).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.scope.scan.jit import first_marked, inlined, jit, put4, put8, u, word8
from kyumei.scope.scan.marks import (
    BLANK_INSIDE,
    IN_DICTIONARY,
    JOINED_AFTER,
    JOINED_BEFORE,
    KANJI_AFTER,
    KANJI_BEFORE,
    LETTER_AFTER,
    LETTER_BEFORE,
    MUNICIPALITY,
    PLUS_BEFORE,
    SUFFIX,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]


_MAX_GROUPS: Final = 7
_MAX_DIGITS: Final = 24
_HIGH: Final = np.uint64(0x8080808080808080)


@inlined
def _narrow(data: Bytes, i: int, n: int) -> int:
    """Return the ASCII character for a full-width one, a dash or a blank that begins at a place; 0 for anything else."""
    b = data[u(i)]
    if (b != 0xEF and b != 0xE2 and b != 0xE3) or i + 2 >= n:
        return 0
    c = data[u(i + 1)]
    d = int(data[u(i + 2)])
    if b == 0xE3:
        return 32 if c == 0x80 and d == 0x80 else 0
    if b == 0xEF:
        return d - 0x60 if c == 0xBC and 0x81 <= d <= 0xBF else d - 0x20 if c == 0xBD and 0x80 <= d <= 0x9E else 0
    return 45 if (c == 0x80 and 0x90 <= d <= 0x95) or (c == 0x88 and d == 0x92) else 0


@jit
def fold(data: Bytes, out: Bytes, folded: npt.NDArray[np.int32]) -> tuple[int, int]:
    """Write full-width ASCII, dashes and blanks as one ASCII byte, and keep the rest.

    Returns:
        The number of bytes written and of those folded; `folded` gets where they stand in `out`, as far as it has room.
    """
    n = len(data)
    i = o = k = 0
    while i < n:
        if i + 8 > n:
            put = _narrow(data, i, n)
            if put == 0:
                out[u(o)] = data[u(i)]
                i += 1
                o += 1
                continue
        else:
            word = word8(data, i)
            high = word & _HIGH
            if not high & np.uint64(0x80):
                put8(out, o, word)
                same = first_marked(high)
                i += same
                o += same
                continue
            put = _narrow(data, i, n)
            if put == 0:
                put4(out, o, np.uint32(word & np.uint64(0xFFFFFFFF)))
                if word & np.uint64(0xC0C000) == np.uint64(0x808000):
                    i += 3
                    o += 3
                    continue
                i += 1
                o += 1
                continue
        out[u(o)] = put
        if k < len(folded):
            folded[u(k)] = o
        k += 1
        i += 3
        o += 1
    return o, k


@jit
def _has(sorted_shapes: Ints, shape: int) -> bool:
    low = 0
    high = len(sorted_shapes)
    while low < high:
        middle = (low + high) >> 1
        if sorted_shapes[u(middle)] < shape:
            low = middle + 1
        else:
            high = middle
    return low < len(sorted_shapes) and sorted_shapes[u(low)] == shape


@jit
def _is_digit(b: int) -> bool:
    return 48 <= b <= 57


@jit
def _is_letter(b: int) -> bool:
    return 65 <= (b & 0xDF) <= 90


@jit
def _before(data: Bytes, at: int) -> int:
    """Return the flags for what stands before a token."""
    if at == 0:
        return 0
    b = data[u(at - 1)]
    if _is_letter(b) or b == 95:
        return LETTER_BEFORE
    if b == 43:
        return PLUS_BEFORE
    if b == 47 or b == 64 or b == 37 or b == 35 or b == 38 or b == 36 or b == 42 or b == 92 or b == 126 or b == 94:
        return JOINED_BEFORE
    if at > 1 and (b == 45 or b == 46 or b == 58 or b == 44):
        c = data[u(at - 2)]
        if _is_digit(c) or (b == 45 and (_is_letter(c) or c == 95)):
            return JOINED_BEFORE if b != 44 else 0
    return 0


@jit
def _after(data: Bytes, at: int) -> int:
    """Return the flags for what stands after a token; the T of an ISO time counts as nothing."""
    n = len(data)
    if at >= n:
        return 0
    b = data[u(at)]
    if _is_letter(b) or b == 95:
        return 0 if b == 84 and at + 1 < n and _is_digit(data[u(at + 1)]) else LETTER_AFTER
    if b == 64 or b == 37 or b == 36 or b == 92 or b == 126:
        return JOINED_AFTER
    if (b == 45 or b == 46 or b == 58) and at + 1 < n:
        c = data[u(at + 1)]
        if _is_digit(c) or (b == 45 and _is_letter(c)):
            return JOINED_AFTER if b != 58 else 0
    return 0


@jit
def _number(data: Bytes, at: int) -> tuple[int, int, int, int, int]:
    """Return end, shape, separators seen, end of the first group and total digits of the number that begins here."""
    n = len(data)
    i = at
    shape = 0
    groups = 0
    total = 0
    first = 0
    first_end = 0
    plus = at > 0 and data[u(at - 1)] == 43
    while True:
        start = i
        while i < n and 48 <= data[u(i)] <= 57:
            i += 1
        length = i - start
        total += length
        shape |= min(length, 31) << (5 * groups)
        groups += 1
        if groups == 1:
            first_end = i
        if groups >= _MAX_GROUPS or total >= _MAX_DIGITS or i + 1 >= n or not 48 <= data[u(i + 1)] <= 57:
            break
        b = data[u(i)]
        if not (b == 45 or b == 32 or b == 40 or b == 41 or b == 47 or b == 46):
            break
        loose = groups == 2 and (first == 41 or plus)
        if first != 0 and b != first and not (first == 40 and b == 41 and groups == 2) and not loose:
            break
        if first == 0 or loose:
            first = b
        i += 1
    return i, shape, first, first_end, total


@jit
def _identifier(data: Bytes, at: int) -> tuple[int, int, int]:
    """Return end, shape (0 where it has too many runs) and whether all letters are capitals."""
    n = len(data)
    i = at
    shape = 0
    runs = 0
    upper = 1
    while i < n:
        start = i
        letter = _is_letter(data[u(i)])
        if not letter and not _is_digit(data[u(i)]):
            break
        while i < n and (_is_letter(data[u(i)]) if letter else _is_digit(data[u(i)])):
            if letter and data[u(i)] >= 97:
                upper = 0
            i += 1
        length = i - start
        if runs < 7 and length < 32:
            shape |= (length | (32 if letter else 0)) << (6 * runs)
        else:
            shape = -1
            runs = 7
        runs += 1
    return i, shape, upper


@jit
def _kanji_number(data: Bytes, at: int, mark: int) -> tuple[int, int]:
    """Return the number of one or two digits before 月 (0) or 日 (1), and where its mark ends; 0 if there is none."""
    n = len(data)
    i = at
    while i < n and data[u(i)] == 32:
        i += 1
    value = 0
    digits = 0
    while i < n and digits < 2 and _is_digit(data[u(i)]):
        value = value * 10 + data[u(i)] - 48
        digits += 1
        i += 1
    if digits == 0 or i + 2 >= n:
        return 0, at
    if mark == 0:
        fits = data[u(i)] == 0xE6 and data[u(i + 1)] == 0x9C and data[u(i + 2)] == 0x88
    else:
        fits = data[u(i)] == 0xE6 and data[u(i + 1)] == 0x97 and data[u(i + 2)] == 0xA5
    return (value, i + 3) if fits else (0, at)


@jit
def _plain_number(data: Bytes, at: int) -> tuple[int, int]:
    """Return the number after one of `. / -`, and its end; 0 where there is none of one or two digits."""
    n = len(data)
    if at >= n or not (data[u(at)] == 46 or data[u(at)] == 47 or data[u(at)] == 45):
        return 0, at
    i = at + 1
    value = 0
    while i < n and i - at <= 2 and _is_digit(data[u(i)]):
        value = value * 10 + data[u(i)] - 48
        i += 1
    if i == at + 1 or (i < n and _is_digit(data[u(i)])):
        return 0, at
    return value, i


@jit
def _is_year_mark(data: Bytes, at: int) -> bool:
    return at + 2 < len(data) and data[u(at)] == 0xE5 and data[u(at + 1)] == 0xB9 and data[u(at + 2)] == 0xB4


@jit
def date_at(data: Bytes, at: int, offset: int) -> tuple[int, int]:
    """Return yyyymmdd and the end of a date whose year (after an era: `offset` years are added) begins at `at`; 0 if none."""
    n = len(data)
    i = at
    while offset and i < n and data[u(i)] == 32:
        i += 1
    year = 0
    digits = 0
    if offset and i + 2 < n and data[u(i)] == 0xE5 and data[u(i + 1)] == 0x85 and data[u(i + 2)] == 0x83:  # 元
        year, digits, i = 1, 1, i + 3
    else:
        while i < n and digits < 4 and _is_digit(data[u(i)]):
            year = year * 10 + data[u(i)] - 48
            digits += 1
            i += 1
    if digits == 0 or (offset != 0 and digits > 2) or (offset == 0 and digits != 4):
        return 0, at
    if _is_year_mark(data, i):
        month, i = _kanji_number(data, i + 3, 0)
        day, i = _kanji_number(data, i, 1) if month else (0, at)
    else:
        month, i = _plain_number(data, i)
        day, i = _plain_number(data, i) if month else (0, at)
    return ((year + offset) * 10000 + month * 100 + day, i) if day else (0, at)


@jit
def _mail(data: Bytes, at: int, allowed: Bytes) -> tuple[int, int]:
    """Return start and end of the address around an `@`; equal where there is none."""
    n = len(data)
    start = at
    while start > 0 and at - start < 64 and allowed[data[u(start - 1)]] & 1:
        start -= 1
    while start < at and (data[u(start)] == 46 or data[u(start)] == 45):
        start += 1
    end = at + 1
    while end < n and end - at < 255 and allowed[data[u(end)]] & 2:
        end += 1
    while end > at + 1 and (data[u(end - 1)] == 46 or data[u(end - 1)] == 45):
        end -= 1
    dot = end - 1
    while dot > at and data[u(dot)] != 46:
        if not _is_letter(data[u(dot)]):
            return at, at
        dot -= 1
    if start == at or dot <= at + 1 or end - dot < 3 or end - dot > 25 or data[u(at + 1)] == 46:
        return at, at
    return start, end


@jit
def _width(b: int) -> int:
    """Return the length of a character by its first byte."""
    if b < 0xC0:
        return 1
    return 2 if b < 0xE0 else 3 if b < 0xF0 else 4


@jit
def _code(data: Bytes, at: int) -> int:
    """Return the code point of a three-byte character, 0 for others."""
    if at + 2 >= len(data) or not 0xE0 <= data[u(at)] < 0xF0:
        return 0
    code: int = ((data[u(at)] & 15) << 12) | ((data[u(at + 1)] & 63) << 6) | (data[u(at + 2)] & 63)
    return code


@jit
def _is_kanji(code: int) -> bool:
    return 0x3400 <= code <= 0x9FFF or code == 0x3005 or 0xF900 <= code <= 0xFAFF


@jit
def _counts(data: Bytes, at: int, code: int) -> bool:
    """Return whether a kanji digit stands here before 丁目, 番地, or 条 and a direction, as in 北一条西二丁目."""
    if not (
        code == 0x4E00 or code == 0x4E8C or code == 0x4E09 or code == 0x56DB or code == 0x4E94 or code == 0x516D
        or code == 0x4E03 or code == 0x516B or code == 0x4E5D or code == 0x5341
    ):  # fmt: skip
        return False
    first, second = _code(data, at + 3), _code(data, at + 6)
    if first == 0x6761:
        return second == 0x6771 or second == 0x897F or second == 0x5357 or second == 0x5317
    return (first == 0x4E01 and second == 0x76EE) or (first == 0x756A and second == 0x5730)


@jit
def _address(data: Bytes, at: int, bounds: Bytes, kind: int) -> tuple[int, int]:
    """Return the end of an address whose first name ends at `at`, and the sum of 2 for a number and 1 for a municipality."""
    n = len(data)
    i = at
    limit = min(n, at + 240)
    town = 1 if kind == MUNICIPALITY else 0
    number = 0
    last = at
    while i < limit:
        b = data[u(i)]
        if b < 0x80:
            if bounds[b] & 4:
                if b != 32 or number or not town or i + 1 >= n:
                    break
                c = data[u(i + 1)]
                if not (_is_digit(c) or c >= 0xE3):
                    break
            elif _is_digit(b):
                number = 2
            elif not (_is_letter(b) or b == 45 or b == 47 or b == 35 or b == 38 or b == 46):
                break
            i += 1
            if b != 32:
                last = i
            continue
        code = _code(data, i)
        if code == 0x3001 or code == 0x3002 or code == 0x3067 or code == 0x306B or code == 0x306F or code == 0x304B:
            break  # 、。でにはか
        if code == 0x3092 or code == 0x3082 or code == 0x3001 or code == 0x300D or code == 0x3011 or code == 0x30FB:
            break  # をも」】・
        if number and (code == 0x306E or code == 0x304C or code == 0x3068):
            break  # の が と after the number
        if code == 0x5E02 or code == 0x533A or code == 0x753A or code == 0x6751 or code == 0x90E1:
            town = 1
        if number == 0 and _counts(data, i, code):
            number = 2
        i += _width(b)
        last = min(i, n)
    return last, number + town


@jit
def _lookup(data: Bytes, at: int, first: int, last: int, heads: Ints, body: Bytes, ascii_word: bool) -> int:
    """Return the number of the longest word that stands here, -1 for none; words first..last, longest first."""
    n = len(data)
    for word in range(first, last):
        start = heads[u(word)]
        length = heads[u(word + 1)] - start
        if at + length > n:
            continue
        same = True
        for k in range(length):
            b = data[u(at + k)]
            if ascii_word and 65 <= b <= 90:
                b = b + 32
            if b != body[u(start + k)]:
                same = False
                break
        if same:
            if ascii_word and at + length < n and _is_letter(data[u(at + length)]) and _is_letter(body[u(start + length - 1)]):
                continue
            return word
    return -1


@jit
def hash_of(data: Bytes, start: int, end: int) -> int:
    """Return 63 bits for some bytes (FNV-1a)."""
    h = np.uint64(14695981039346656037)
    for i in range(start, end):
        h = (h ^ np.uint64(data[u(i)])) * np.uint64(1099511628211)
    result: int = np.int64(h >> np.uint64(1))  # type: ignore[assignment]  # as Numba has it
    return result


@jit
def _given(data: Bytes, at: int, given: Ints) -> tuple[int, int]:
    """Return end and characters of the longest given name of the dictionary that begins here, at most four characters."""
    n = len(data)
    mask = len(given) - 1
    i = at
    count = 0
    while count < 4 and i + 2 < n and 0xE3 <= data[u(i)] <= 0xE9:
        i += 3
        count += 1
    while count > 0:
        h = hash_of(data, at, at + 3 * count)
        slot = h & mask
        while given[u(slot)] != 0:
            if given[u(slot)] == h:
                return at + 3 * count, count
            slot = (slot + 1) & mask
        count -= 1
    return at, 0


@jit
def _suffix(data: Bytes, at: int) -> bool:
    """Return whether 様 さま さん 氏 殿 先生 くん ちゃん 君 （ ( follows, after at most one blank."""
    i = at
    if i < len(data) and data[u(i)] == 32:
        i += 1
    if i < len(data) and data[u(i)] == 40:
        return True
    code = _code(data, i)
    if code == 0x69D8 or code == 0x6C0F or code == 0x6BBF or code == 0x541B:
        return True
    follows = _code(data, i + 3)
    if code == 0x3055:
        return follows == 0x3093 or follows == 0x307E
    if code == 0x304F:
        return follows == 0x3093
    if code == 0x3061:
        return follows == 0x3083
    return code == 0x5148 and follows == 0x751F


@jit
def _name(data: Bytes, at: int, surname_end: int, given: Ints) -> tuple[int, int, int]:
    """Return the end of a name, the characters of its given name (0 unknown) and flags; end = at where it is none."""
    blank = surname_end < len(data) and data[u(surname_end)] == 32
    begin = surname_end + 1 if blank else surname_end
    end, count = _given(data, begin, given)
    flags = BLANK_INSIDE if blank else 0
    if at >= 3 and _is_kanji(_code(data, at - 3)):
        flags |= KANJI_BEFORE
    if count:
        flags |= IN_DICTIONARY
        if _suffix(data, end):
            flags |= SUFFIX
        elif _is_kanji(_code(data, end)):
            flags |= KANJI_AFTER
        return end, count, flags
    i = begin
    for extra in range(4):
        if (extra or not blank) and _suffix(data, i) and (extra or data[u(min(i, len(data) - 1))] != 40):
            return i, extra, flags | SUFFIX
        code = _code(data, i)
        if not (_is_kanji(code) or 0x3041 <= code <= 0x30FC) or code == 0x306E or code == 0x306F or code == 0x304C:
            break
        i += 3
    return at, 0, 0
