"""Names, dates and addresses brought to the form in which equal things are equal texts.

The functions take the distinct values of a column at once: most of the work is done on all of them joined into one text.
The rules and their traps are those of the field notes on Japanese record linkage: old and new kanji, half-width kana, romaji
spellings, Japanese eras, chome written in kanji.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Texts = Sequence[str | None]

_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff ,.'’\-‐]+")
_ERAS: Final = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LETTERS: Final = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_DATE: Final = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHRmtshr][. ]?)?(?P<y>元|\d{1,4})[-/.年] ?(?P<m>\d{1,2})[-/.月] ?(?P<d>\d{1,2})日?"
    r"(?:[ T].*)?"
)
_COMPACT: Final = re.compile(r"(?P<y>(?:18|19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:18|19|20)\d\d)(?:[ T].*)?")
_CHOME: Final = re.compile("([一二三四五六七八九])丁目")
_NUMERALS: Final = {kanji: str(n) for n, kanji in enumerate("一二三四五六七八九", 1)}
_PREFECTURE: Final = re.compile(r"^(?:北海道|東京都|京都府|大阪府|.{2,3}県)")
_NUMBER_PART: Final = re.compile(r"^[^0-9]+[0-9]+(?:-[0-9]+)*")


def names(values: Texts) -> list[str | None]:
    """Return full names without blanks and in today's kanji; None for names in Latin letters, which have a reading only."""
    kept = [None if value is None or _LATIN.fullmatch(value) else re.sub(r"[\s・･,，.．]", "", value) for value in values]
    return _at_once(kept, lambda text: text.translate(_variants()))


def readings(values: Texts) -> list[str | None]:
    """Return readings in a romaji that folds the usual spellings, the parts sorted; None for what is not kana or Latin."""
    kept = [value if value is not None and _readable(value) else None for value in values]
    spelt = _at_once(kept, _romanised)
    return [" ".join(sorted(text.split())) if text and text.strip() else None for text in spelt]


def given(values: Texts) -> list[str | None]:
    """Return the given name's part of readings that have just two parts: the last in kana, the first in Latin letters.

    "SATO, Taro" and "SATO Taro" put the surname first and say so by the comma or the capitals.
    """
    return readings([_given(value) if value is not None else None for value in values])


def dates(values: Texts) -> list[tuple[int, int, int] | None]:
    """Return year, month and day; None for what is no date. Day and month are told apart only where one is above twelve."""
    return [_date(value) if value is not None else None for value in values]


def phones(values: Texts) -> list[str | None]:
    """Return the digits of telephone numbers, Japan's country code replaced by 0; None below seven digits."""
    return [_phone(value) if value is not None else None for value in values]


def addresses(values: Texts) -> list[str | None]:
    """Return addresses up to the house number: no prefecture, no building, chome and banchi written with hyphens."""
    return [_address(value) if value is not None else None for value in values]


def numbers(values: Texts) -> list[str | None]:
    """Return numbers of persons in capitals, without blanks, hyphens and leading zeros (which spreadsheets drop)."""
    bare = [re.sub(r"[\s\-]", "", value).upper().lstrip("0") if value is not None else None for value in values]
    return [value or None for value in bare]


def emails(values: Texts) -> list[str | None]:
    """Return e-mail addresses in lower case."""
    return [value.lower() if value is not None else None for value in values]


def _at_once(values: Texts, change: Callable[[str], str]) -> list[str | None]:
    """Apply a change that keeps line ends to all values in one text."""
    known = [value.replace("\n", " ") for value in values if value is not None]
    changed = iter(change("\n".join(known)).split("\n"))
    return [None if value is None else next(changed) or None for value in values]


@cache
def _table(name: str) -> tuple[str, ...]:
    text: str = tomllib.loads(Path(__file__).with_name("fold.toml").read_text("utf-8"))[name]
    return tuple(unicodedata.normalize("NFC", text).split())


@cache
def _variants() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in _table("variants")}


@cache
def _kana() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(pair[0]): pair[1:] for pair in _table("kana")}
    return table | {ord(ch): None for ch in "ッー'’.゛゜‐"} | {ord(ch): " " for ch in "・,-"}


def _readable(value: str) -> bool:
    return bool(_LATIN.fullmatch(value) or re.fullmatch(r"[ぁ-ゖァ-ヺー・゛゜\s]+", value))


def _romanised(text: str) -> str:
    """Return kana and Latin letters in folded romaji, line by line."""
    text = text.translate({n: chr(n + 0x60) for n in range(0x3041, 0x3097)})
    for pair in _table("digraphs"):
        text = text.replace(pair[:2], pair[2:])
    text = text.translate(_kana())
    text = "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch)).upper()
    spellings = [spelling.split(">") for spelling in _table("spellings")]
    before = ""
    while before != text:
        before = text
        for written, folded in spellings:
            text = text.replace(written, folded)
    return text


def _given(value: str) -> str | None:
    parts = re.split(r"[\s,・]+", value.strip())
    if len(parts) != 2 or not _readable(value):
        return None
    surname_first = not _LATIN.fullmatch(value) or "," in value or (parts[0].isupper() and not parts[1].isupper())
    return parts[1] if surname_first else parts[0]


def _date(value: str) -> tuple[int, int, int] | None:
    found = _COMPACT.fullmatch(value) or _DATE.fullmatch(value)
    if found is None:
        return _year_last(value)
    era = found.groupdict().get("era") or ""
    year = 1 if found["y"] == "元" else int(found["y"])
    base = _ERAS.get(era) or _ERA_LETTERS.get(era[:1].upper()) or 0
    if not base and not 1800 <= year <= 2100:
        return None
    return _checked(base + year, int(found["m"]), int(found["d"]))


def _year_last(value: str) -> tuple[int, int, int] | None:
    found = _YEAR_LAST.fullmatch(value)
    if found is None:
        return None
    first, second = int(found["a"]), int(found["b"])
    month, day = (second, first) if first > 12 else (first, second)
    return _checked(int(found["y"]), month, day)


def _checked(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    return (year, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _phone(value: str) -> str | None:
    bare = re.sub(r"[^0-9+]", "", re.split(r"(?i)ext|x|内線", value)[0])
    bare = "0" + bare[3:].lstrip("0") if bare.startswith("+81") else bare.lstrip("+")
    return bare if len(bare) >= 7 and len(set(bare)) > 1 else None


def _address(value: str) -> str | None:
    text = _PREFECTURE.sub("", re.sub(r"^〒? ?\d{3}-?\d{4} ?", "", re.sub(r"\s", "", value)))
    text = _CHOME.sub(lambda found: _NUMERALS[found[1]] + "-", text)
    text = re.sub(r"[ヶヵ]", "ケ", text)
    text = re.sub(r"丁目|番地|番|号|(?<=[0-9])の(?=[0-9])|#|ー(?=[0-9])|−|‐|–", "-", text)
    text = re.sub(r"-+", "-", text)
    found = _NUMBER_PART.match(text)
    return (found[0] if found else text).strip("-").casefold().translate(_variants()) or None
