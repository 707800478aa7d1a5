"""Invented people: names with their readings, birth dates, addresses and telephone numbers that nobody has.

The name parts are common ones put together by chance. Telephone numbers have a 0 where Japan's numbering plan never
assigns one (the digit after the area code, or after 090), postal codes and towns are made up below real prefectures.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from kyumei.replay.romaji import romaji

if TYPE_CHECKING:
    from datetime import date

    from kyumei.replay.dice import Dice


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as written, as read, and in Latin letters; `kana` is empty where there is none."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    latin_family: str
    latin_given: str
    sex: str = ""

    @property
    def kanji(self) -> str:
        """Return family and given name without a blank."""
        return f"{self.family}{self.given}"

    @property
    def kana(self) -> str:
        """Return the reading with a blank, or nothing."""
        return f"{self.family_kana} {self.given_kana}".strip()

    @property
    def latin(self) -> str:
        """Return `SATO Haruto`."""
        return f"{self.latin_family.upper()} {self.latin_given}"


@dataclass(frozen=True, slots=True)
class Country:
    """A country of origin, in three spellings, with parts of names that are usual there."""

    code: str
    japanese: str
    english: str
    families: tuple[str, ...]
    givens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A prefecture with its area code and the beginning of its postal codes."""

    prefecture: str
    area: str
    postal: str


JAPAN: Final = Country("JP", "日本", "Japan", (), ())


def japanese(dice: Dice) -> Name:
    """Return an invented Japanese name."""
    family, family_kana = dice.pick(_surnames())
    given, given_kana, sex = dice.pick(_givens())
    return Name(family, given, family_kana, given_kana, romaji(family_kana).title(), romaji(given_kana).title(), sex)


def from_abroad(dice: Dice, country: Country) -> Name:
    """Return an invented name in Latin letters as is usual in that country."""
    family, given = dice.pick(country.families), dice.pick(country.givens)
    return Name(family, given, "", "", family, given)


@cache
def countries() -> tuple[Country, ...]:
    """Return the countries other than Japan, the commonest origin of students first."""
    rows = table("foreign.csv")
    return tuple(Country(code, ja, en, tuple(fams.split()), tuple(gives.split())) for code, ja, en, fams, gives in rows)


@cache
def places() -> tuple[Place, ...]:
    """Return the prefectures from north to south."""
    return tuple(Place(*row) for row in table("prefectures.csv"))


def birth_date(dice: Dice, first: date, last: date) -> date:
    """Return a day from `first` to `last`, both included."""
    return first + timedelta(days=dice.below((last - first).days + 1))


def mobile(dice: Dice) -> str:
    """Return a mobile number that is never assigned: 0 follows 090, 080 or 070."""
    return f"{dice.pick(('090', '080', '070'))}-0{dice.digits(3)}-{dice.digits(4)}"


def landline(dice: Dice, area: str) -> str:
    """Return a number of ten digits that is never assigned: 0 follows the area code."""
    exchange = "0" + dice.digits(5 - len(area))
    return f"{area}-{exchange}-{dice.digits(4)}"


@cache
def _surnames() -> tuple[tuple[str, str], ...]:
    return tuple((kanji, kana) for kanji, kana in table("surnames.csv"))


@cache
def _givens() -> tuple[tuple[str, str, str], ...]:
    return tuple((kanji, kana, sex) for kanji, kana, sex in table("given.csv"))


def table(name: str) -> list[list[str]]:
    """Return the rows of one of the tables in `data/`."""
    text = (files("kyumei.replay") / "data" / name).read_text("utf-8")
    return list(csv.reader(text.splitlines()))
