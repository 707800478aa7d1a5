"""A case as one document sees it: only some of its data sets, and of the people as much as those tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports import view
from kyumei.reports.figures import People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.reports.matter import Matter

BOUNDS: Final = "bounds of several data sets"
"""Method of a number of people put together from several data sets that may overlap."""
_ROLES: Final = {"own": "controller", "entrusted": "processor"}


def concerned(matter: Matter, id_: str) -> Matter:
    """Return the case without the holdings that a duty spares (a processor that told its client); whole where it spares all."""
    verdicts: dict[tuple[str, str, str], set[str]] = {}
    for o in matter.listed("obligations"):
        if o.get("id") == id_:
            key = (str(o.get("party") or ""), str(o.get("dataset") or ""), str(o.get("role") or ""))
            verdicts.setdefault(key, set()).add(str(o.get("verdict")))
    keys = [
        (str(h.get("party") or ""), str(h.get("dataset") or ""), _ROLES.get(str(h.get("role")), str(h.get("role"))))
        for h in matter.listed("holdings")
    ]
    return _only(matter, [n for n, key in enumerate(keys) if verdicts.get(key) != {"does_not"}])


def own(matter: Matter) -> Matter:
    """Return the case with the data that the organisation holds for itself; whole where none of it can be listed."""
    held = matter.listed("holdings")
    kept = [n for n, h in enumerate(held) if h.get("role") == "own"]
    return _only(matter, kept if any(held[n].get("tables") for n in kept) else [])


def _only(matter: Matter, places: Sequence[int]) -> Matter:
    every = matter.listed("holdings")
    if not places or len(places) == len(every):
        return matter
    kept = [{**every[n], "place": n} for n in places]
    return replace(matter, diagnosis={**matter.diagnosis, "holdings": kept, "people": _people(matter, every, places)})


def _people(matter: Matter, every: Sequence[Any], places: Sequence[int]) -> dict[str, Any] | None:
    """Return the people of some holdings, `pointer` naming where they stand in the whole diagnosis.

    Those of several may overlap: at least the largest, at most all together and no more than in the whole case.
    """
    counts = [(n, found) for n in places if (found := People.of(every[n].get("people"))) is not None]
    whole = People.of(view.people(matter.diagnosis))
    if len(counts) == 1:
        return {**every[counts[0][0]]["people"], "pointer": f"/holdings/{counts[0][0]}/people"}
    if not counts or whole is None:
        return None
    low = max(found.low for _, found in counts)
    high = max(low, min(sum(found.high for _, found in counts), whole.high))
    best = min(high, max(low, sum(found.best for _, found in counts)))
    pointer = f"/holdings/{','.join(str(n) for n, _ in counts)}/people"
    return {"low": low, "best": best, "high": high, "method": BOUNDS, "pointer": pointer}
