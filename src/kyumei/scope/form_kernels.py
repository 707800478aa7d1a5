"""The kernels of `kyumei.scope.recognise.forms`: each writes for every text whether it has the form it is named after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.scan.jit import inlined, jit, u

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int32]
    Bools = npt.NDArray[np.bool_]

_MUNICIPAL: Final = (0x5E02, 0x533A, 0x753A, 0x6751, 0x90E1)
"""市 区 町 村 郡"""
_NO_NAME: Final = (0x793E, 0x8A08)
"""社 計"""
_DOT, _HYPHEN, _AT, _BLANK, _WIDE_BLANK = 46, 45, 64, 32, 0x3000


@inlined
def _digit(b: Any) -> Any:
    return 48 <= b <= 57


@inlined
def _letter(b: Any) -> Any:
    return 65 <= (b & 0xDF) <= 90


@inlined
def _three(data: Bytes, i: int, end: int) -> int:
    """Return the code point of a character of three bytes, -1 for any other."""
    if i + 3 > end or data[u(i)] & 0xF0 != 0xE0:
        return -1
    return (int(data[u(i)]) & 15) << 12 | (int(data[u(i + 1)]) & 63) << 6 | (int(data[u(i + 2)]) & 63)


@inlined
def _kana(code: int) -> bool:
    return 0x3041 <= code <= 0x3096 or 0x30A1 <= code <= 0x30FA or code == 0x30FC


@jit
def mail(data: Bytes, offsets: Offsets, local: Bools, out: Bools) -> None:
    """An address of mail; `local` says for each byte whether it may stand before the @."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        begin = i
        while i < end and local[data[u(i)]]:
            i += 1
        good = begin < i and i + 1 < end and data[u(i)] == _AT
        good = good and (_digit(data[u(i + 1)]) or _letter(data[u(i + 1)]))
        dot = 0
        letters = True
        i += 2
        while good and i < end:
            b = data[u(i)]
            if b == _DOT:
                dot, letters = i, True
            elif _digit(b) or b == _HYPHEN:
                letters = False
            elif not _letter(b):
                good = False
            i += 1
        out[u(n)] = good and dot > 0 and letters and end - dot > 2


@jit
def telephone(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Ten or eleven digits as Japanese telephone numbers have them, hyphens anywhere."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        digits = first = 0
        good = True
        while i < end and good:
            b = data[u(i)]
            if _digit(b):
                digits += 1
                if digits <= 3:
                    first = first * 10 + int(b) - 48
            else:
                good = b == _HYPHEN
            i += 1
        mobile = digits == 11 and first in (50, 70, 80, 90)
        out[u(n)] = good and (mobile or (digits == 10 and 10 <= first <= 99))


@jit
def day(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Year, month and day of one or two digits, with hyphens, slashes or dots between."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        value = digits = part = 0
        good = 8 <= end - i <= 10
        while i <= end and good:
            b = int(data[u(i)]) if i < end else _HYPHEN
            if _digit(b):
                value = value * 10 + b - 48
                digits += 1
            else:
                good = b in (_HYPHEN, _DOT, 47)
                if part == 0:
                    good = good and digits == 4 and 1880 <= value <= 2029
                else:
                    good = good and 1 <= digits <= 2 and 1 <= value <= (12 if part == 1 else 31)
                part += 1
                value = digits = 0
            i += 1
        out[u(n)] = good and part == 3


@jit
def postal(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Seven digits, or three, a hyphen and four."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        size = end - i
        good = size == 7 or (size == 8 and data[u(i + 3)] == _HYPHEN)
        k = 0
        while good and k < size:
            good = _digit(data[u(i + k)]) or (size == 8 and k == 3)
            k += 1
        out[u(n)] = good


@jit
def number(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """One to 32 digits."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        good = 1 <= end - i <= 32
        while good and i < end:
            good = _digit(data[u(i)])
            i += 1
        out[u(n)] = good


@jit
def municipal(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Any text with one of these letters."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        found = False
        while i < end and not found:
            code = _three(data, i, end)
            found = code in _MUNICIPAL
            i += 3 if code >= 0 else 1
        out[u(n)] = found


@jit
def reading(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Two to forty letters of kana and blanks, the first no blank."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        begin, count = i, 0
        good = True
        while i < end and good:
            code = _three(data, i, end)
            if code >= 0:
                good = _kana(code) or (code == _WIDE_BLANK and i > begin)
                i += 3
            else:
                good = data[u(i)] == _BLANK and i > begin
                i += 1
            count += 1
        out[u(n)] = good and 2 <= count <= 40


@jit
def name(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """One to six kanji or kana, a blank, one to ten more, or two to sixteen without a blank; none of 社 and 計."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        count = before = 0
        good = True
        while i < end and good:
            code = _three(data, i, end)
            if code == _WIDE_BLANK or (code < 0 and data[u(i)] == _BLANK):
                good = before == 0 and 1 <= count <= 6
                before, count = count, 0
                i += 3 if code >= 0 else 1
                continue
            good = (0x4E00 <= code <= 0x9FA5 and code not in _NO_NAME) or code == 0x3005 or _kana(code)
            count += 1
            i += 3
        out[u(n)] = good and (1 <= count <= 10 if before else 2 <= count <= 16)


@jit
def begun(data: Bytes, offsets: Offsets, firsts: Bools, out: Bools) -> None:
    """A first letter of which `firsts` says yes."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        found = False
        if i < end:
            b = int(data[u(i)])
            code = b if b < 0x80 else _three(data, i, end)
            if b & 0xE0 == 0xC0:
                code = (b & 31) << 6 | (int(data[u(i + 1)]) & 63)
            found = code >= 0 and firsts[u(code)]
        out[u(n)] = found


@jit
def first_word(data: Bytes, offsets: Offsets, words: Bytes, ends: Offsets, out: npt.NDArray[np.int32]) -> None:
    """Write the number of the word at the beginning, -1 for none; `ends` are those of the words."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        out[u(n)] = -1
        for word in range(len(ends) - 1):
            begin, length = int(ends[u(word)]), int(ends[u(word + 1)] - ends[u(word)])
            k = 0
            while k < length and i + k < end and data[u(i + k)] == words[u(begin + k)]:
                k += 1
            if k == length:
                out[u(n)] = word
                break


@jit
def mobile(data: Bytes, offsets: Offsets, out: Bools) -> None:
    """Eleven digits of a mobile telephone."""
    for n in range(len(offsets) - 1):
        i, end = int(offsets[u(n)]), int(offsets[u(n + 1)])
        good = end - i == 11 and data[u(i)] == 48 and 55 <= data[u(i + 1)] <= 57 and data[u(i + 2)] == 48
        while good and i < end:
            good = _digit(data[u(i)])
            i += 1
        out[u(n)] = good
