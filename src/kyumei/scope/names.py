"""Names of persons by morphological analysis (SudachiPy), for those who ask: slower than the dictionary pass, and finds more.

Where the user has a tagger learned (`kyumei.scope.tagger`), that finds them; else the rules of this module do.

Bare surnames, foreign names in kana (parts joined by a middle dot) and given names beyond any list. The analyser's tags are
taken together: adjoining tags of persons are one name, a chain of katakana is one where none of its parts is a common word, and
what is followed by the word for a town, a company or a school is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_KATAKANA: Final = re.compile(r"[ァ-ヺー]+")
_INITIAL: Final = re.compile(r"[A-Za-z.]{1,2}")
_KANJI: Final = re.compile(r"[一-鿿々]")
_NO_GIVEN_NAME: Final = frozenset("氏様君家派線市県町村駅著作監編訳役画曲案賞")
_JOINTS: Final = frozenset("・＝=.")
_NO_PERSON: Final = re.compile(
    r"市|県|区|町|村|郡|駅|島|川|山(?!さん)|城|寺|神社|線|州|国|語|人(?!物)|大学|高校|学園|社|党|派|藩|荘|賞|杯|通り|橋|湖|港|家|軍|朝|半島|"
    r"地方|グループ|電|鉄|銀行|産業|工業|製|生命|証券|商事|記念|スタジアム|ホール|事件|公園"
)
_LONGEST: Final = 12_000
"""Characters that the analyser is given at once; it takes 49,149 bytes."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the analyser cut it."""

    start: int
    end: int
    surface: str
    tags: tuple[str, ...]
    unknown: bool

    @property
    def person(self) -> bool:
        """Return whether it is tagged as a name of persons."""
        return self.tags[:3] == ("名詞", "固有名詞", "人名")

    @property
    def common(self) -> bool:
        """Return whether it is a common noun of the dictionary."""
        return self.tags[:2] == ("名詞", "普通名詞") and not self.unknown

    @property
    def foreign(self) -> bool:
        """Return whether it can be part of a foreign name."""
        return bool(_KATAKANA.fullmatch(self.surface) or _INITIAL.fullmatch(self.surface))

    @property
    def may_be_part(self) -> bool:
        """Return whether it does not speak against a name that it is part of."""
        known = self.tags[1] == "固有名詞" and self.tags[2] != "地名"
        return self.unknown or self.person or known or bool(_INITIAL.fullmatch(self.surface))


@dataclass(frozen=True, slots=True)
class Finder:
    """What finds names in text.

    Attributes:
        rule: the name of the rule that its hits bear.
        spans: gives begin and end of each name, in characters.
        told: what the output says of it: `by`, and for a model its digest and what it was learned from.
    """

    rule: str
    spans: Callable[[str], list[tuple[int, int]]]
    told: Mapping[str, Any]


def finder(home: Path | None = None) -> Finder:
    """Return what finds names: the tagger learned in a folder, else the rules of this module.

    Args:
        home: where a learned model is kept, if there is one; none for the rules.

    Raises:
        UserError: the analyser is not installed, or the model is not as it was learned.
    """
    _analyser()
    if home is not None:
        from kyumei.scope.tagger.learned import card, tagger

        learned, said = tagger(home), card(home)
        if learned is not None and said is not None:
            told = {"by": "model", "model": said.model, "learned": said.learned, "sources": list(said.sources)}
            return Finder("name.learned", learned, told)
    return Finder("name.analysed", names, {"by": "rules"})


@cache
def _analyser() -> Any:
    try:
        from sudachipy import dictionary, tokenizer
    except ImportError as missing:
        raise UserError("names by analysis need SudachiPy", hint="pip install 'kyumei[names]'") from missing
    return dictionary.Dictionary(dict="core").tokenizer(mode=tokenizer.Tokenizer.SplitMode.C)


def names(text: str) -> list[tuple[int, int]]:
    """Return begin and end of each name by the rules, in characters.

    Raises:
        UserError: the analyser is not installed.
    """
    found: list[tuple[int, int]] = []
    for begin, line in _lines(text):
        words = [
            Word(m.begin(), m.end(), m.surface(), tuple(m.part_of_speech()), m.is_oov()) for m in _analyser().tokenize(line)
        ]
        found += [(begin + start, begin + end) for start, end in _in_line(line, words)]
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.splitlines(keepends=True):
        for part in range(0, len(line), _LONGEST):
            yield at + part, line[part : part + _LONGEST]
        at += len(line)


def _in_line(line: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    n = 0
    while n < len(words):
        last, is_name = n, False
        if words[n].foreign:
            last, is_name = _chain(words, n)
        elif words[n].person:
            last, is_name = _japanese(words, n), True
        start, end = words[n].start, words[last].end
        if is_name and end - start >= 2 and not _NO_PERSON.match(line[end : end + 3]):
            yield start, end
        n = last + 1


def _chain(words: Sequence[Word], first: int) -> tuple[int, bool]:
    """Return the last word of a chain of katakana and initials, and whether it is a name."""
    last, joined = first, False
    while True:
        follows = words[last + 1 : last + 3]
        if len(follows) == 2 and follows[0].surface in _JOINTS and (follows[1].foreign or follows[1].person):
            last, joined = last + 2, True
        elif follows and all(_KATAKANA.fullmatch(w.surface) and (w.person or w.unknown) for w in (words[last], follows[0])):
            last += 1
        else:
            break
    parts = [w for w in words[first : last + 1] if w.surface not in _JOINTS]
    common = sum(w.common for w in parts)
    told = any(w.person for w in parts) and common * 2 <= len(parts)
    return last, told or (joined and not common and all(w.may_be_part for w in parts))


def _japanese(words: Sequence[Word], first: int) -> int:
    """Return the last word of a name in kanji and kana."""
    last = first
    while True:
        follows = words[last + 1 : last + 3]
        if follows and follows[0].person:
            last += 1
        elif len(follows) == 2 and follows[0].surface in _JOINTS and follows[1].person:
            last += 2
        else:
            break
    return _with_unknown_given(words, first) if last == first and words[first].tags[3] == "姓" else last


def _with_unknown_given(words: Sequence[Word], surname: int) -> int:
    """Return the last of one or two single kanji after a surname, which are a given name that no dictionary has."""
    last = surname
    while last - surname < 3 and last + 1 < len(words) and _single(words[last + 1]):
        last += 1
    return last if last - surname <= 2 else surname


def _single(word: Word) -> bool:
    kind = word.tags[0] in {"名詞", "接尾辞", "接頭辞"}
    return kind and bool(_KANJI.fullmatch(word.surface)) and word.surface not in _NO_GIVEN_NAME
