"""From the leading hypothesis's exposures to holdings: what of whom, how many records, how many people."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kyumei.model.categories import CATEGORIES
from kyumei.model.holding import Holding
from kyumei.scope.count import counted
from kyumei.scope.found import in_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.holding import CategoryStatus
    from kyumei.model.hypothesis import Access, Exposure, Hypothesis
    from kyumei.scope.count import Counted
    from kyumei.store.query import Store

STRENGTH: Final[dict[Access, int]] = {"exposed": 0, "accessed": 1, "taken": 2}


def holdings(store: Store, leading: Hypothesis | None) -> list[Holding]:
    """Return one holding for each party, role and data set, counted over the tables concerned."""
    if leading is None:
        return []
    grouped: dict[tuple[str, str, str], list[Exposure]] = defaultdict(list)
    for exposure in leading.exposures:
        grouped[exposure.party, exposure.role, exposure.dataset].append(exposure)
    return [_holding(store, grouped[key]) for key in sorted(grouped)]


def overall(store: Store, found: Sequence[Holding]) -> Counted | None:
    """Return the people over all holdings, each counted once; None where there is no holding."""
    tables = sorted({t for h in found for t in h.tables})
    return counted(store, tables) if tables else None


def _holding(store: Store, exposures: Sequence[Exposure]) -> Holding:
    tables = sorted({t for e in exposures for t in e.tables})
    found = counted(store, tables)
    confirmed = {t for e in exposures if e.status == "confirmed" for t in e.tables}
    strongest = max(exposures, key=lambda e: STRENGTH[e.access])
    return Holding(
        strongest.party,
        strongest.role,
        strongest.dataset,
        _categories(store, tables, confirmed),
        found.records,
        found.people,
        strongest.access,
        tuple(tables),
        tuple(in_text(store, tables)),
        tuple(found.residents.items()),
    )


def _categories(store: Store, tables: Sequence[str], confirmed: set[str]) -> tuple[tuple[str, CategoryStatus], ...]:
    sql = (
        "select category, list(distinct table_id) filter (where \"by\" is distinct from 'text' or matching > 0) from columns"
        " where list_contains(?::varchar[], table_id) and category is not null and filled > 0 group by category"
    )
    found = {category: set(sure or ()) for category, sure in store.rows(sql, list(tables))}
    return tuple((c, "confirmed" if found[c] & confirmed else "suspected") for c in CATEGORIES if c in found)
