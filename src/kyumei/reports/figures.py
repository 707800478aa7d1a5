"""The numbers of a case as the reports say them: typed, so that 件 and 人 cannot be mixed, and named, to be asked again.

A `Records` can be added to a `Records`; people of several data sets cannot be added at all, because they overlap: their number
comes from the count over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from kyumei.reports import view

if TYPE_CHECKING:
    from kyumei.reports.words.lookup import Words

UNITS: Final = {
    "ja": {"people": "{n}人", "records": "{n}件", "clients": "{n}者", "recipients": "{n}名"},
    "en": {"people": "{n} people", "records": "{n} records", "clients": "{n} clients", "recipients": "{n} recipients"},
}
_BETWEEN: Final = {"ja": "{best}({low:,}〜{high})", "en": "{best} ({low:,} to {high})"}


@dataclass(frozen=True, slots=True)
class Number:
    """A count with bounds and a unit that cannot be lost.

    Raises:
        ValueError: the bounds are out of order.
    """

    low: int
    best: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.best <= self.high:
            msg = f"bounds out of order: {self.low} <= {self.best} <= {self.high}"
            raise ValueError(msg)

    @classmethod
    def of(cls, count: object) -> Self | None:
        """Return the number in a count of `diagnosis.json`; None where nothing was counted."""
        if not isinstance(count, Mapping) or count.get("best") is None or count.get("method") == "nothing counted":
            return None
        best = int(count["best"])
        return cls(int(count.get("low", best)), best, int(count.get("high", best)))

    @classmethod
    def exact(cls, number: int) -> Self:
        """Return a number without doubt."""
        return cls(number, number, number)

    @property
    def unit(self) -> str:
        """Return the unit's key."""
        return type(self).__name__.lower()

    def said(self, words: Words) -> str:
        """Return the number with its unit, bounds where they differ."""
        if self.low == self.high:
            return self._one(self.best, words)
        return _BETWEEN[words.lang].format(best=self._one(self.best, words), low=self.low, high=self._one(self.high, words))

    def _one(self, number: int, words: Words) -> str:
        return UNITS[words.lang][self.unit].format(n=f"{number:,}")


class People(Number):
    """人: persons, each counted once."""

    __slots__ = ()


class Records(Number):
    """件: records."""

    __slots__ = ()

    def __add__(self, other: Records) -> Records:
        """Return both together."""
        if not isinstance(other, Records):
            return NotImplemented
        return Records(self.low + other.low, self.best + other.best, self.high + other.high)


class Clients(Number):
    """者: organisations that entrusted data."""

    __slots__ = ()


class Recipients(Number):
    """名: those who were sent something."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, where it stands in `diagnosis.json`, and how it was counted."""

    id: str
    number: Number
    pointer: str
    method: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the object kept with a version of the reports."""
        number = self.number
        counted = {"low": number.low, "best": number.best, "high": number.high}
        return {"id": self.id, "unit": number.unit, **counted, "pointer": self.pointer, "method": self.method}


def figures(diagnosis: Mapping[str, Any]) -> dict[str, Figure]:
    """Return the figures of a diagnosis by id: `people`, `records`, `clients`, `recipients`, and `…:<n>` for each holding."""
    found: list[Figure] = []
    if (people := People.of(view.people(diagnosis))) is not None:
        method = str(diagnosis["people"].get("method", ""))
        found.append(Figure("people", people, str(diagnosis["people"].get("pointer") or "/people"), method))
    if (records := Records.of(view.records(diagnosis))) is not None:
        found.append(Figure("records", records, "/holdings/*/records"))
    holdings = view.listed(diagnosis, "holdings")
    clients = {str(h.get("party")) for h in holdings if h.get("role") == "entrusted" and h.get("party")}
    if clients:
        found.append(Figure("clients", Clients.exact(len(clients)), "/holdings/*/party"))
    leading: Mapping[str, Any] = next(iter(view.listed(diagnosis, "hypotheses")), {})
    if to := view.listed(leading, "destinations"):
        found.append(Figure("recipients", Recipients.exact(len(to)), "/hypotheses/0/destinations"))
    for n, holding in enumerate(holdings):
        found.extend(_of_holding(n, holding, int(holding.get("place", n))))
    return {figure.id: figure for figure in found}


def _of_holding(n: int, holding: Mapping[str, Any], place: int) -> list[Figure]:
    people, records = People.of(holding.get("people")), Records.of(holding.get("records"))
    method = str((holding.get("people") or {}).get("method", ""))
    listed = [Figure(f"people:{n}", people, f"/holdings/{place}/people", method)] if people else []
    return [*listed, *([Figure(f"records:{n}", records, f"/holdings/{place}/records")] if records else [])]
