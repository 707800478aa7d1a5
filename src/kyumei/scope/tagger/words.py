"""Text cut into the shortest words of the morphological analyser, each with the longer word that it is part of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST: Final = 2_000
"""Characters of a line that are read at once, to bound memory; a sentence is shorter."""
_SENTENCE: Final = re.compile(rf"[^。！？\r\n]{{1,{_LONGEST}}}[。！？」』）]*|[。！？\r\n]+")
_KINDS: Final = ((0x3041, 0x309F, "H"), (0x30A1, 0x30FA, "K"), (0x30FC, 0x30FC, "K"), (0x4E00, 0x9FFF, "J"))
_JOINTS: Final = "・＝="


@dataclass(frozen=True, slots=True)
class Word:
    """A shortest word.

    Attributes:
        start, end: in characters of the text that was cut.
        tag: its part of speech, four levels joined by `-`.
        unknown: whether the dictionary lacks it.
        normal: its form in the dictionary.
        shape: its kinds of letters: `K+` is katakana, `JH` a kanji and a hiragana.
        whole: the part of speech of the longer word.
        part: `S` when it is the longer word itself, else `B`, `I`, `E` for its place in it.
    """

    start: int
    end: int
    surface: str
    tag: str
    unknown: bool
    normal: str
    shape: str
    whole: str
    part: str


@cache
def _analyser() -> Any:
    try:
        from sudachipy import dictionary, tokenizer
    except ImportError as missing:
        raise UserError("names by analysis need SudachiPy", hint="pip install 'kyumei[names]'") from missing
    mode = tokenizer.Tokenizer.SplitMode
    return dictionary.Dictionary(dict="core").tokenizer(mode=mode.C), mode.A


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield begin and text of each sentence, none longer than some thousand characters."""
    for found in _SENTENCE.finditer(text):
        if not found[0].isspace():
            yield found.start(), found[0]


def cut(sentence: str) -> list[Word]:
    """Return the words of a sentence.

    Raises:
        UserError: the analyser is not installed.
    """
    tokenizer, shortest = _analyser()
    words: list[Word] = []
    for longer in tokenizer.tokenize(sentence):
        whole = "-".join(longer.part_of_speech()[:4])
        parts = list(longer.split(shortest)) or [longer]
        for n, m in enumerate(parts):
            if m.begin() < m.end():
                part = "S" if len(parts) == 1 else "B" if n == 0 else "E" if n == len(parts) - 1 else "I"
                words.append(_word(m, whole, part))
    return words


def _word(m: Any, whole: str, part: str) -> Word:
    surface = m.surface()
    tag = "-".join(m.part_of_speech()[:4])
    return Word(m.begin(), m.end(), surface, tag, m.is_oov(), m.normalized_form(), shape(surface), whole, part)


@lru_cache(20_000)
def _kind(ch: str) -> str:
    for first, last, kind in _KINDS:
        if first <= ord(ch) <= last:
            return kind
    if ch in "々〆ヶ":
        return "J"
    return "N" if ch.isdigit() else "A" if ch.isalpha() else "M" if ch in _JOINTS else "S"


@lru_cache(100_000)
def shape(surface: str) -> str:
    """Return the kinds of letters in turn, `+` after one that is repeated."""
    return re.sub(r"(.)\1+", r"\1+", "".join(map(_kind, surface)))
