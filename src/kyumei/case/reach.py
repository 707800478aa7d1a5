"""How far the people's data was reached: exposed (could be), accessed (was read), taken (left), per holding and overall.

Exposures of the leading hypothesis say it for whole tables, the lineage of database logs for single rows. Statements count
where an account of theirs is an actor of the leading hypothesis; what other accounts read is listed beside it and never added.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.lineage import traced
from kyumei.case.scope import STRENGTH
from kyumei.diagnose.view import folded
from kyumei.scope.count import count
from kyumei.scope.lineage.document import by_reach
from kyumei.scope.lineage.events import FAMILY, Wanted
from kyumei.scope.lineage.people import records_of
from kyumei.scope.lineage.trace import bounded
from kyumei.scope.records import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.model.count import Count
    from kyumei.model.hypothesis import Access, Hypothesis
    from kyumei.scope.lineage.trace import Trace
    from kyumei.store.query import Store

REACHES: Final[tuple[Access, ...]] = ("exposed", "accessed", "taken")


def reached(store: Store, case: Path, leading: Hypothesis | None, zone: str) -> dict[str, Any]:
    """Return `people_by_reach` of diagnosis.json."""
    trace, chosen = _database(store, case, leading, zone)
    tables = _tables(leading)
    said: dict[str, Any] = {}
    for reach in REACHES:
        whole = sorted({t for key in tables for t in tables[key][reach]})
        rows = trace.records.get(reach, {}) if chosen and trace else {}
        said[reach] = _united(store, whole, rows, _beyond(trace, reach) if rows else 0).as_json()
    said["holdings"] = [
        {"party": party, "role": role, "dataset": dataset}
        | {reach: count(store, sorted(of[reach]))[1].as_json() for reach in REACHES}
        for (party, role, dataset), of in sorted(tables.items())
    ]
    if trace is not None:
        said["database"] = _said(trace, chosen=chosen)
    return said


def _database(store: Store, case: Path, leading: Hypothesis | None, zone: str) -> tuple[Trace | None, bool]:
    """Return the lineage of the actors' statements, or of all accounts' where no actor has any; and which it is."""
    if not any(reader.startswith(FAMILY) for reader in store.readers()):
        return None, False
    actors = {folded(a.account) for a in leading.actors} if leading else set()
    accounts = {
        a for (a,) in store.rows("select distinct account from events where source like 'database.%' and account is not null")
    }
    acting = frozenset(a.lower() for a in accounts if folded(a) in actors)
    return traced(store, case, Wanted(accounts=acting), zone), bool(acting)


def _tables(leading: Hypothesis | None) -> dict[tuple[str, str, str], dict[Access, set[str]]]:
    """Return holding → reach → tables; what was read could be reached, and what left was read."""
    found: dict[tuple[str, str, str], dict[Access, set[str]]] = defaultdict(lambda: {reach: set() for reach in REACHES})
    for exposure in leading.exposures if leading else ():
        for reach in REACHES:
            if STRENGTH[exposure.access] >= STRENGTH[reach]:
                found[exposure.party, exposure.role, exposure.dataset][reach].update(exposure.tables)
    return found


def _united(store: Store, tables: Sequence[str], rows: Mapping[str, Mapping[str, Sequence[int]]], beyond: int) -> Count:
    """Return the people of whole tables and of single rows together, each once."""
    if not rows:
        return count(store, tables)[1]
    every = sorted({*tables, *(t for part in rows.values() for t in part)})
    records = load(store, every)
    low, best, high = (records_of(records, tables, rows.get(degree, {})) for degree in ("low", "best", "high"))
    return bounded(low.low, best.best, high.high + beyond, best.method if low.low == high.high + beyond else METHOD)


METHOD: Final = "tables and rows of replayed statements together"


def _beyond(trace: Trace | None, reach: str) -> int:
    """Return how many people a replay allows for beyond the rows that evidence has."""
    if trace is None:
        return 0
    known = sum(len(recs) for recs in trace.records.get(reach, {}).get("high", {}).values())
    stated = {"accessed": trace.accessed, "taken": trace.taken}.get(reach)
    return max(0, stated.high - known) if stated else 0


def _said(trace: Trace, *, chosen: bool) -> dict[str, Any]:
    uncertain = sum(s.reading.status in {"interval", "not replayed"} for s in trace.shown)
    return by_reach(trace) | {
        "of_actors": chosen,
        "statements": len(trace.shown),
        "not_certain": uncertain,
        "accounts": [{"account": a, "people": c.as_json()} for a, c in trace.accounts.items()],
        "assumptions": trace.assumptions,
    }
