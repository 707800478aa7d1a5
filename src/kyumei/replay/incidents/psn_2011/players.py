"""The players: who they are, where they live, and how the tables of the account database hold them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from kyumei.replay.people import birth_date, countries, from_abroad, japanese, places, table

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.people import Name

PUBLISHED: Final = 77_000_000
_FROM: Final = (("US", 60), ("GB", 9), ("FR", 7), ("DE", 6), ("ES", 5), ("JP", 5), ("KR", 2), ("TW", 2))
_TOWNS: Final = {
    "GB": ("Aldermoor", "Thornwick", "Brackley Heath"),
    "FR": ("Valmontier", "Saint-Orbain", "Beaurivage"),
    "DE": ("Altenbrück", "Waldheim am See", "Neukirchen"),
    "ES": ("Villarrosa", "Puerto Claro", "Monteluz"),
    "KR": ("Hanbit-dong", "Saemal-ri"),
    "TW": ("Qingshui Li", "Xinan Li"),
}
_STREETS: Final = ("Maple", "Oak", "Juniper", "Harbor", "Mill", "Ridge", "Willow", "Station", "Garden")


@dataclass(frozen=True, slots=True)
class Player:
    """One account. `person` is the number of whoever it belongs to; some people have two."""

    account: int
    person: int
    online: str
    email: str
    name: Name
    birth: date
    street: str
    town: str
    state: str
    postal: str
    country: str
    place: str
    card: bool

    @property
    def digest(self) -> str:
        """Return the password's digest as the table holds it."""
        return hashlib.sha1(f"{self.online}:{self.account}".encode(), usedforsecurity=False).hexdigest()


def players(dice: Dice, count: int) -> list[Player]:
    """Return the accounts of this seed in order of their number; about one person in thirty has two.

    No two people have the same name and birth date: nobody could tell such namesakes from one person with two accounts.
    """
    found: list[Player] = []
    taken: set[tuple[str, date]] = set()
    number, person = dice.between(1_000, 9_000) * 1000, 0
    while len(found) < count:
        number += dice.between(1, 9)
        person += 1
        one = _player(dice, number, person, taken)
        found.append(one)
        if dice.chance(1 / 30) and len(found) < count:
            number += dice.between(1, 9)
            online = f"{one.online}{dice.digits(2)}"
            found.append(_again(one, number, online))
    return found


def _again(one: Player, number: int, online: str) -> Player:
    email = f"{online}@mail.example"
    return Player(
        number, one.person, online, email, one.name, one.birth, one.street, one.town, one.state, one.postal, one.country,
        one.place, card=False,
    )  # fmt: skip


def _player(dice: Dice, number: int, person: int, taken: set[tuple[str, date]]) -> Player:
    country = dice.weighted([c for c, _ in _FROM], [w for _, w in _FROM])
    name, birth = _name(dice, country), birth_date(dice, date(1955, 1, 1), date(1998, 12, 31))
    while (name.latin.lower(), birth) in taken:
        name, birth = _name(dice, country), birth_date(dice, date(1955, 1, 1), date(1998, 12, 31))
    taken.add((name.latin.lower(), birth))
    town, state, postal, place = _where(dice, country)
    online = f"{name.latin_given.lower().replace('-', '').replace(' ', '')}{dice.pick(('_', '', 'x'))}{number % 1_000_003}"
    street = f"{dice.between(1, 9899)} {dice.pick(_STREETS)} {dice.pick(('St', 'Ave', 'Rd', 'Ln'))}"
    email = f"{online}@{dice.pick(('mail', 'post', 'inbox'))}.example"
    card = dice.chance(0.16)
    return Player(number, person, online, email, name, birth, street, town, state, postal, country, place, card)


def _name(dice: Dice, country: str) -> Name:
    if country == "JP":
        return japanese(dice)
    return from_abroad(dice, next(c for c in countries() if c.code == country))


def _where(dice: Dice, country: str) -> tuple[str, str, str, str]:
    """Return town, state, postal code, and the ISO code of the place a law would ask about."""
    if country == "US":
        state, prefix, _, towns = dice.weighted(_states(), [int(row[2]) for row in _states()])
        return dice.pick(towns.split(";")), state, f"{prefix}{dice.digits(2)}", f"US-{state}"
    if country == "JP":
        number = dice.below(len(places()))
        return "Midori-cho", "", f"{places()[number].postal}-{dice.digits(4)}", f"JP-{number + 1:02d}"
    postal = f"{dice.letters(2)}{dice.below(9) + 1} {dice.below(10)}{dice.letters(2)}" if country == "GB" else dice.digits(5)
    return dice.pick(_TOWNS[country]), "", postal, country


@cache
def _states() -> list[list[str]]:
    return table("states.csv")
