"""Names, dates and addresses brought to the form in which equal things are equal texts.

The functions take the distinct values of a column at once: the work is done by Arrow, or on all of them joined into one text.
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

    import pyarrow as pa

_LATIN: Final = r"^[A-Za-z\x{C0}-\x{24F}\x{1E00}-\x{1EFF} ,.'’\-‐]+$"
_READABLE: Final = rf"{_LATIN}|^[ぁ-ゖァ-ヺー・゛゜\s]+$"
_ERAS: Final = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LETTERS: Final = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_DATE: Final = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHRmtshr][. ]?)?(?P<y>元|\d{1,4})[-/.年] ?(?P<m>\d{1,2})[-/.月] ?(?P<d>\d{1,2})日?"
    r"(?:[ T].*)?"
)
_COMPACT: Final = re.compile(r"(?P<y>(?:18|19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:18|19|20)\d\d)(?:[ T].*)?")
_KANJI_DIGITS: Final = "一二三四五六七八九"
_ADDRESS: Final = (
    (r"\s", ""),
    (r"^〒?\d{3}-?\d{4}", ""),
    (r"^(?:北海道|東京都|京都府|大阪府|.{2,3}県)", ""),
    (r"丁目|番地|番|号|#|−|‐|–", "-"),
    (r"([0-9])[のーノ]([0-9])", r"\1-\2"),
    (r"([0-9])[のーノ]([0-9])", r"\1-\2"),  # matches do not overlap: 1の2の3 takes two rounds
    (r"[ヶヵ]", "ケ"),
    (r"-+", "-"),
)
"""Done in this order, after chome in kanji."""


def names(values: pa.StringArray) -> pa.StringArray:
    """Return full names without blanks and in today's kanji; null for names in Latin letters, which have a reading only."""
    import pyarrow.compute as pc

    kept = _null_where(pc.match_substring_regex(values, _LATIN), values)
    return _at_once(pc.replace_substring_regex(kept, r"[\s・･,，.．]", ""), lambda text: text.translate(_variants()))


def readings(values: pa.StringArray) -> pa.StringArray:
    """Return readings in a romaji that folds the usual spellings, the parts sorted; null for what is not kana or Latin."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = _null_where(pc.invert(pc.match_substring_regex(values, _READABLE)), values)
    spelt = _at_once(kept, _romanised).to_pylist()
    return pa.array([" ".join(sorted(text.split())) or None if text else None for text in spelt], pa.string())


def given(values: pa.StringArray) -> pa.StringArray:
    """Return the given name's part of readings that have just two parts: the last in kana, the first in Latin letters.

    "SATO, Taro" and "SATO Taro" put the surname first and say so by the comma or the capitals.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    latin = pc.match_substring_regex(values, _LATIN).to_pylist()
    parts = [_given(value, is_latin=is_latin) for value, is_latin in zip(values.to_pylist(), latin, strict=True)]
    return readings(pa.array(parts, pa.string()))


def dates(values: Sequence[str | None]) -> list[tuple[int, int, int] | None]:
    """Return year, month and day; None for what is no date. Day and month are told apart only where one is above twelve."""
    return [_date(value) if value is not None else None for value in values]


def phones(values: pa.StringArray) -> pa.StringArray:
    """Return the digits of telephone numbers, Japan's country code replaced by 0; null below seven digits."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    own = values
    if pc.any(pc.match_substring_regex(values, "[xX内]")).as_py():
        own = pc.replace_substring_regex(values, r"(?i)(?:ext|x|内線).*$", "")
    bare = kept(own, b"0123456789+")
    bare = pc.replace_substring_regex(pc.replace_substring_regex(bare, r"^\+810*", "0"), r"\+", "")
    return _null_where(pc.invert(pc.match_substring_regex(bare, r"^[0-9]{7,}$")), bare)


def addresses(values: pa.StringArray) -> pa.StringArray:
    """Return addresses up to the house number: no prefecture, no building, chome and banchi written with hyphens."""
    import pyarrow.compute as pc

    text = values
    for number, kanji in enumerate(_KANJI_DIGITS, 1):
        text = pc.replace_substring(text, f"{kanji}丁目", f"{number}-")
    for pattern, by in _ADDRESS:
        text = pc.replace_substring_regex(text, pattern, by)
    numbered = pc.struct_field(pc.extract_regex(text, r"^(?P<n>[^0-9]+[0-9]+(?:-[0-9]+)*)"), "n")
    whole = pc.utf8_lower(pc.utf8_trim(pc.coalesce(numbered, text), "-"))
    return _at_once(whole, lambda joined: joined.translate(_variants()))


def numbers(values: pa.StringArray) -> pa.StringArray:
    """Return numbers of persons in capitals, without blanks, hyphens and leading zeros (which spreadsheets drop)."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    bare = pc.utf8_upper(kept(values, bytes(b for b in range(256) if b not in b"\t\n\f\r -")))
    bare = pc.replace_substring_regex(bare, "^0+", "")
    return _null_where(pc.equal(bare, ""), bare)


def postals(values: pa.StringArray) -> pa.StringArray:
    """Return postal codes as letters and digits only, in capitals; a ZIP+4 is its first five digits."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    short = pc.replace_substring_regex(values, r"^([0-9]{5})-[0-9]{4}$", r"\1")
    bare = pc.utf8_upper(kept(short, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
    return _null_where(pc.equal(bare, ""), bare)


def emails(values: pa.StringArray) -> pa.StringArray:
    """Return e-mail addresses in lower case."""
    import pyarrow.compute as pc

    return pc.utf8_lower(values)


def _null_where(condition: pa.BooleanArray, values: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(condition, pa.scalar(None, pa.string()), values)


def _at_once(values: pa.StringArray, change: Callable[[str], str]) -> pa.StringArray:
    """Apply a change that keeps line ends to all values in one text; empty results become null."""
    import pyarrow as pa

    listed: list[str | None] = values.to_pylist()
    known = [value.replace("\n", " ") for value in listed if value is not None]
    changed = iter(change("\n".join(known)).split("\n"))
    return pa.array([None if value is None else next(changed) or None for value in listed], pa.string())


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


def _given(value: str | None, *, is_latin: bool | None) -> str | None:
    parts = re.split(r"[\s,・]+", value.strip()) if value else []
    if len(parts) != 2 or value is None:
        return None
    surname_first = not is_latin or "," in value or (parts[0].isupper() and not parts[1].isupper())
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
