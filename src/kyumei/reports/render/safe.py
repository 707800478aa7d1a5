"""Text of evidence made fit for a page: nothing hidden, nothing that a format obeys, nothing that the fonts lack."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.model.text import visible

if TYPE_CHECKING:
    from kyumei.reports.document import Sentence

FONTS: Final = Path(__file__).parents[1] / "fonts"
BREAK: Final = "\u200b"
"""Where a page may break a long word. `visible` has taken every such character of evidence out before."""
_LONG: Final = re.compile(r"[!-~]{20,}")
_AFTER: Final = re.compile(r"([/\\_.@:!?&=,;-])(?=.)")
_RUN: Final = re.compile(r"([0-9A-Za-z]{16})(?=[0-9A-Za-z])")
_VARIATIONS: Final = ((0xFE00, 0xFE01), (0xE0100, 0xE01EF))


def clean(text: str) -> str:
    r"""Return one line: control, direction-changing and zero-width characters are written as `\xNN`."""
    return visible(text)


def said(sentence: Sentence) -> str:
    """Return a sentence's text; line ends stay only where a person of the organisation wrote them."""
    if sentence.status != "stated":
        return clean(sentence.text)
    return "\n".join(clean(line) for line in sentence.text.replace("\r\n", "\n").split("\n"))


def printable(text: str) -> str:
    """Return clean text in which a letter that the fonts lack is written as its code, `〔U+1F600〕`, so that none is lost."""
    if text.isascii():
        return text
    return "".join(ch if _drawn(ord(ch)) else f"〔U+{ord(ch):04X}〕" for ch in text)


def breakable(text: str) -> str:
    """Return printable text with marks where words of more than twenty ASCII letters may be broken."""
    return _LONG.sub(lambda long: _RUN.sub(rf"\1{BREAK}", _AFTER.sub(rf"\1{BREAK}", long[0])), printable(text))


def _drawn(code: int) -> bool:
    if code in (0x0A, 0x20) or any(low <= code <= high for low, high in _VARIATIONS):
        return True
    starts, ends = _letters()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _letters() -> tuple[list[int], list[int]]:
    """Return first and last code of each range of letters that the fonts have."""
    lines = (FONTS / "letters.txt").read_text("ascii").split()
    pairs = [line.split("-") for line in lines]
    return [int(low, 16) for low, _ in pairs], [int(high, 16) for _, high in pairs]
