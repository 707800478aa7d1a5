"""What is known of one holding: the only thing a law is applied to.

A fact that is absent is unknown, and unknown is never a no. A fact that is only suspected counts for a duty (the law
says 発生したおそれ) and never against one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from kyumei.duties.values import Bounds, Instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kyumei.duties.values import Value

RESIDENCE: Final = "persons.by_residence"
CLIENTS: Final = "persons.by_client"
_EU: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EEA: Final = "IS LI NO"  # the GDPR applies there too, by Joint Committee Decision 154/2018
EU: Final = frozenset(f"{_EU} {_EEA}".split())


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one data set, for one responsible party in one role.

    Attributes:
        values: fact → value; the keys of a map are written `persons.by_residence.JP`.
        suspected: the facts whose value is not confirmed.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    suspected: frozenset[str] = frozenset()
    party: str = ""
    dataset: str = ""

    def get(self, name: str) -> Value | None:
        """Return the value, or None where it is unknown; a suspected "no" is unknown."""
        value = self.values.get(name)
        if value is False and name in self.suspected:
            return None
        if name.startswith(f"{RESIDENCE}."):
            return _residence(self, name.removeprefix(f"{RESIDENCE}."))
        return value

    def shown(self) -> Facts:
        """Return only what is confirmed: what the person under a duty can rely on."""
        return replace(self, values={k: v for k, v in self.values.items() if k not in self.suspected}, suspected=frozenset())

    def instant(self, name: str) -> Instant | None:
        """Return the instant that a fact states."""
        value = self.get(name)
        return value if isinstance(value, Instant) else None

    def entries(self, map_name: str) -> tuple[tuple[str, Bounds], ...]:
        """Return the keys of a map fact with their numbers, in the order of keys."""
        prefix = f"{map_name}."
        found = ((name.removeprefix(prefix), value) for name, value in self.values.items() if name.startswith(prefix))
        return tuple(sorted((key, value) for key, value in found if isinstance(value, Bounds)))


def _residence(facts: Facts, place: str) -> Bounds | None:
    """Return how many of the persons live in a place, None when nothing bounds it on either side.

    Everyone lives in one country, so who is known to live elsewhere bounds the rest; `EU` is the union of its member
    states (and the EEA), a state such as US-CA lies within its country. A stated number that contradicts the total is
    kept as it was stated.
    """
    known = dict(facts.entries(RESIDENCE))
    stated = known.get(place, Bounds(0, None))
    low = max(stated.low, _least(known, [key for key in known if _within(key, place)]))
    highs = [high for high in (stated.high, _room(facts, known, place)) if high is not None and high >= low]
    if not highs:
        return None if low == 0 else Bounds(low, None if stated.high is None else max(low, stated.high))
    return Bounds(low, min(highs))


def _room(facts: Facts, known: Mapping[str, Bounds], place: str) -> int | None:
    """Return how many can live there at most: those of the smallest known whole that contains it, less those elsewhere."""
    whole = next((box for box in _containers(place) if box in known), None)
    total = known[whole] if whole else facts.values.get("persons.total")
    if not isinstance(total, Bounds) or total.high is None:
        return None
    beside = [key for key in known if key != place and not _within(key, place) and not _within(place, key)]
    return max(0, total.high - _least(known, [key for key in beside if whole is None or _within(key, whole)]))


def _within(place: str, container: str) -> bool:
    return place != container and (place.startswith(f"{container}-") or (container == "EU" and _country(place) in EU))


def _country(place: str) -> str:
    return place.partition("-")[0]


def _containers(place: str) -> Iterable[str]:
    """Return what may contain the place, the smallest first."""
    country = _country(place)
    return ([country] if country != place else []) + (["EU"] if country in EU else [])


def _least(known: Mapping[str, Bounds], places: Iterable[str]) -> int:
    """Return how many live in the places at the least, a place within another not counted twice."""
    listed = list(places)
    countries = sorted({_country(place) for place in listed})
    single = {
        country: max(
            known[country].low if country in listed else 0,
            sum(known[place].low for place in listed if place.startswith(f"{country}-")),
        )
        for country in countries
    }
    union = single.pop("EU", 0)
    members = sum(low for country, low in single.items() if country in EU)
    return max(union, members) + sum(low for country, low in single.items() if country not in EU)
