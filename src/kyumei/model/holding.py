"""One data set × one responsible party × one role: what a law is applied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kyumei.model.count import Count
    from kyumei.model.hypothesis import Access

CategoryStatus = Literal["confirmed", "suspected", "ruled_out"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What of whom is concerned, for one party.

    Attributes:
        categories: category id (see `kyumei.model.categories`) and status, in the order of the list.
        records: 件. people: 人.
        tables: ids of the tables counted.
        residents: where the people live (`JP-13`, `US-CA`, `DE`) and how many there, as far as their records tell.
        in_text: for each category found in text: hits, distinct values, and where the first of them stand.
    """

    party: str
    role: Literal["own", "entrusted"]
    dataset: str
    categories: tuple[tuple[str, CategoryStatus], ...]
    records: Count
    people: Count
    access: Access
    tables: tuple[str, ...] = ()
    in_text: tuple[Mapping[str, Any], ...] = ()
    residents: tuple[tuple[str, Count], ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the object that `diagnosis.json` holds."""
        bounds = {"low": self.records.low, "best": self.records.best, "high": self.records.high}
        return (
            {
                "party": self.party,
                "role": self.role,
                "dataset": self.dataset,
                "access": self.access,
                "categories": [{"id": c, "status": s} for c, s in self.categories],
                "records": bounds,
                "people": self.people.as_json(),
                "tables": list(self.tables),
            }
            | ({"residents": residents_json(self.residents)} if self.residents else {})
            | ({"in_text": [dict(found) for found in self.in_text]} if self.in_text else {})
        )


def residents_json(residents: Iterable[tuple[str, Count]]) -> list[dict[str, object]]:
    """Return the objects that `diagnosis.json` holds for where people live."""
    return [{"place": place, **count.as_json()} for place, count in residents]
