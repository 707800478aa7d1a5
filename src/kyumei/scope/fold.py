"""Names, dates and addresses brought to the form in which equal things are equal texts.

The functions take the distinct values of a column at once: the work is done by Arrow, or on all of them joined into one text.
The rules and their traps are those of the field notes on Japanese record linkage: old and new kanji, half-width kana, romaji
spellings, Japanese eras, chome written in kanji.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

_ERAS: Final = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LETTERS: Final = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_DATE: Final = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHRmtshr][. ]?)?(?P<y>元|\d{1,4})[-/.年] ?(?P<m>\d{1,2})[-/.月] ?(?P<d>\d{1,2})日?"
    r"(?:[ T].*)?"
)
_COMPACT: Final = re.compile(r"(?P<y>(?:18|19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:18|19|20)\d\d)(?:[ T].*)?")


def names(values: pa.StringArray) -> pa.StringArray:
    """Return full names without blanks and in today's kanji; null for names in Latin letters, which have a reading only."""
    from kyumei.scope import letters

    return letters.names(values, _variants())


def readings(values: pa.StringArray) -> pa.StringArray:
    """Return readings in a romaji that folds the usual spellings, the parts sorted; null for what is not kana or Latin."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.scope import letters

    rows = np.flatnonzero(letters.scripts(values) != letters.NONE)
    split = pc.utf8_split_whitespace(values.take(pa.array(rows)))
    tokens = split.flatten().dictionary_encode()
    spelt = _romanised("\n".join(tokens.dictionary.to_pylist())).split("\n") if len(tokens) else []
    codes, ends = tokens.indices.to_numpy(), split.offsets.to_numpy()
    found = _two_sorted(spelt, codes, ends)
    if found is None:
        listed = [" ".join(spelt[c] for c in codes[a:b].tolist()).split() for a, b in itertools.pairwise(ends.tolist())]
        found = pa.array([" ".join(sorted(parts)) or None for parts in listed], pa.string())
    place = np.full(len(values), -1)
    place[rows] = np.arange(len(rows))
    return found.take(pa.array(place, mask=place < 0))


def _two_sorted(spelt: Sequence[str], codes: npt.NDArray[np.int32], ends: npt.NDArray[np.int32]) -> pa.StringArray | None:
    """Return the texts of readings that have two parts each, the parts sorted; None where some have not."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if (np.diff(ends) != 2).any() or any(not text or " " in text for text in spelt):
        return None
    order = sorted(range(len(spelt)), key=spelt.__getitem__)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    both = np.sort(rank[codes].reshape(-1, 2), axis=1)
    texts = pa.array([spelt[n] for n in order], pa.string())
    return pc.binary_join_element_wise(texts.take(pa.array(both[:, 0])), texts.take(pa.array(both[:, 1])), " ")


def given(values: pa.StringArray) -> pa.StringArray:
    """Return the given name's part of readings that have just two parts: the last in kana, the first in Latin letters.

    "SATO, Taro" and "SATO Taro" put the surname first and say so by the comma or the capitals.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.scope import letters

    trimmed = pc.utf8_trim_whitespace(values)
    if pc.any(pc.match_substring_regex(values, "[,・]")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, "[,・]", " ")
    split = pc.utf8_split_whitespace(trimmed)
    two = pc.fill_null(pc.equal(pc.list_value_length(split), 2), fill_value=False)
    rows = np.flatnonzero(two.to_numpy(zero_copy_only=False))
    if not len(rows):
        return pa.nulls(len(values), pa.string())
    at = pa.array(rows)
    flat = split.take(at).flatten()
    first, second = (flat.take(pa.array(np.arange(n, len(flat), 2))) for n in (0, 1))
    latin = pa.array(letters.scripts(values)[rows] == letters.LATIN)
    capitals = pc.and_(pc.utf8_is_upper(first), pc.invert(pc.utf8_is_upper(second)))
    comma = pc.match_substring(values.take(at), ",")
    surname_first = pc.or_(pc.invert(latin), pc.or_(comma, capitals))
    parts = pc.if_else(surname_first, second, first).dictionary_encode()
    texts = readings(parts.dictionary)
    place = np.full(len(values), -1)
    place[rows] = parts.indices.to_numpy()
    return texts.take(pa.array(place, mask=place < 0))


def dates(values: Sequence[str | None]) -> list[tuple[int, int, int] | None]:
    """Return year, month and day; None for what is no date. Day and month are told apart only where one is above twelve."""
    return [_date(value) if value is not None else None for value in values]


def phones(values: pa.StringArray) -> pa.StringArray:
    """Return the digits of telephone numbers, Japan's country code replaced by 0; null below seven digits."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import has, kept

    own = values
    if has(values, b"xX\xe5").any():  # 内 begins so
        own = pc.replace_substring_regex(values, r"(?i)(?:ext|x|内線).*$", "")
    bare = kept(own, b"0123456789+")
    if has(bare, b"+").any():
        bare = pc.replace_substring_regex(pc.replace_substring_regex(bare, r"^\+810*", "0"), r"\+", "")
    return _null_below(7, bare)


def addresses(values: pa.StringArray) -> pa.StringArray:
    """Return addresses up to the house number: no prefecture, no building, chome and banchi written with hyphens."""
    from kyumei.scope import letters

    return letters.addresses(values, _variants())


def numbers(values: pa.StringArray) -> pa.StringArray:
    """Return numbers of persons in capitals, without blanks, hyphens and leading zeros (which spreadsheets drop)."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    bare = pc.utf8_upper(kept(values, bytes(b for b in range(256) if b not in b"\t\n\f\r -")))
    return _null_below(1, pc.utf8_ltrim(bare, "0"))


def postals(values: pa.StringArray) -> pa.StringArray:
    """Return postal codes as letters and digits only, in capitals; a ZIP+4 is its first five digits."""
    import pyarrow.compute as pc

    from kyumei.scope.strip import kept

    short = values
    if (_lengths(values) == 10).any():  # a ZIP+4 has ten letters
        short = pc.replace_substring_regex(values, r"^([0-9]{5})-[0-9]{4}$", r"\1")
    bare = pc.utf8_upper(kept(short, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
    return _null_below(1, bare)


def emails(values: pa.StringArray) -> pa.StringArray:
    """Return e-mail addresses in lower case."""
    import pyarrow.compute as pc

    return pc.utf8_lower(values)


def _lengths(values: pa.StringArray) -> npt.NDArray[np.int32]:
    """Return the bytes of each value."""
    import numpy as np

    from kyumei.scope.strip import parts

    return np.diff(parts(values)[1])


def _null_below(length: int, values: pa.StringArray) -> pa.StringArray:
    """Return the values with null for those of fewer bytes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    short = _lengths(values) < length
    return pc.if_else(pa.array(short), pa.scalar(None, pa.string()), values) if short.any() else values


@cache
def _table(name: str, file: str = "fold.toml") -> tuple[str, ...]:
    text: str = tomllib.loads(Path(__file__).with_name(file).read_text("utf-8"))[name]
    return tuple(unicodedata.normalize("NFC", text).split())


@cache
def _variants() -> dict[int, int]:
    """Return the code point of a kanji → that of the form used today, to which the forms of all tables lead."""
    listed = (*_table("shortened", "kanji.toml"), *_table("old", "kanji.toml"), *_table("variants"))
    pairs = {ord(pair[0]): ord(pair[1]) for pair in listed}
    for _ in range(3):  # 嶌 is shortened to 嶋, which is 島 today
        pairs = {written: pairs.get(meant, meant) for written, meant in pairs.items()}
    return pairs


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
