"""From what scope counted to what the law is applied to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kyumei.duties.facts import CLIENTS, RESIDENCE
from kyumei.duties.sheet import facts as stated_facts
from kyumei.duties.values import Bounds, Members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.duties.facts import Facts
    from kyumei.duties.laws import Laws
    from kyumei.duties.values import Value
    from kyumei.model.holding import Holding

_MYNUMBER = "id.mynumber"


def from_holding(
    holding: Holding, incident: Mapping[str, object], *, among: Sequence[Holding] = (), laws: Laws | None = None
) -> Facts:
    """Return the facts of one holding: the incident's, and over them what the holding itself says.

    * `data.categories`: confirmed and suspected ones are in it; one that nobody found may still be there, unless the
      incident states `data.categories_complete: true` or lists the categories itself.
    * `persons.total`: the people of the responsible party in this role. Its other holdings (`among`) are of the same
      incident, so they count too; how far they overlap is unknown, hence at least the largest and at most the sum.
    * `role`: own data → controller, entrusted data → processor, with `persons.by_client` naming the client.
    * `persons.by_residence`: where the people of the holding live, unless the incident states any of it.
    * `data.is_personal_database` where the holding was counted in tables.

    Args:
        holding: what was counted.
        incident: facts in the form of a sheet (dotted or nested keys, shorthands).
        among: all holdings of the incident.
        laws: the laws whose facts are used; those shipped by default.
    """
    base = stated_facts(incident, "incident", laws=laws)
    own: dict[str, Value] = {
        "role": "controller" if holding.role == "own" else "processor",
        "persons.total": _people(holding, among),
    }
    if holding.tables:
        own["data.is_personal_database"] = True
    if holding.role == "entrusted":
        own[f"{CLIENTS}.{holding.party}"] = Bounds(holding.people.low, holding.people.high)
    if holding.categories:
        own["data.categories"] = _categories(holding, base)
    if _MYNUMBER in dict(holding.categories) and "persons.mynumber" not in base.values:
        own["persons.mynumber"] = Bounds(0, holding.people.high)
    if not base.entries(RESIDENCE):
        own |= _residents(holding, among)
    suspected = base.suspected - own.keys()
    return replace(base, values={**base.values, **own}, suspected=suspected, party=holding.party, dataset=holding.dataset)


def from_holdings(
    holdings: Sequence[Holding], incident: Mapping[str, object], *, laws: Laws | None = None
) -> tuple[Facts, ...]:
    """Return the facts of each holding, in their order, each knowing the others of its party."""
    return tuple(from_holding(holding, incident, among=holdings, laws=laws) for holding in holdings)


def _people(holding: Holding, among: Sequence[Holding]) -> Bounds:
    same = [h.people for h in among if (h.party, h.role) == (holding.party, holding.role)] or [holding.people]
    return Bounds(max(count.low for count in same), sum(count.high for count in same))


def _residents(holding: Holding, among: Sequence[Holding]) -> dict[str, Value]:
    """Return where the people of the responsible party in this role live, over its holdings as for the total."""
    same = [dict(h.residents) for h in among if (h.party, h.role) == (holding.party, holding.role)] or [dict(holding.residents)]
    places = sorted({place for found in same for place in found})
    counts = {place: [found[place] for found in same if place in found] for place in places}
    return {f"{RESIDENCE}.{p}": Bounds(max(c.low for c in of), sum(c.high for c in of)) for p, of in counts.items()}


def _categories(holding: Holding, base: Facts) -> Members:
    yes = frozenset(category for category, status in holding.categories if status != "ruled_out")
    stated = base.get("data.categories")
    if isinstance(stated, Members):  # a person who lists them knows more than the recognisers
        return Members(yes | stated.yes, stated.maybe - yes, stated.closed)
    return Members(yes, closed=base.get("data.categories_complete") is True)
