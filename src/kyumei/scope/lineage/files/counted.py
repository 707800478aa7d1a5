"""The people behind the files that acts touched, each once, by reach; and the acts behind one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.count import Count
from kyumei.scope.count import count, link
from kyumei.scope.lineage.files.choose import WHICH, choice
from kyumei.scope.records import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.lineage.files.choose import Chosen
    from kyumei.store.query import Store

    Mask = npt.NDArray[np.bool_]

NOBODY: Final = Count.exact(0, "no records about persons")
METHOD: Final = "files by their version at that time"
DEGREES: Final = ("low", "best", "high")


@dataclass(frozen=True, slots=True)
class Touched:
    """What one group of like acts touched.

    Attributes:
        group: row of `kyumei.scope.lineage.files.choose.groups`, the first where several files fit one act.
        chosen: what each file held; several: one of them was meant (`one_of`), or all of them.
    """

    group: Mapping[str, Any]
    chosen: tuple[Chosen, ...]
    one_of: bool = False

    @property
    def why(self) -> tuple[str, ...]:
        """Return what was assumed, and why the answer is an interval."""
        found = [w for c in self.chosen for w in c.why] + ([WHICH] if self.one_of else [])
        return tuple(dict.fromkeys(found))


@dataclass(slots=True)
class Content:
    """Tables of files, and the records of those that only a part of is meant."""

    store: Store
    tables: dict[str, tuple[str, ...]]
    _records: Any = None
    _label: Any = None
    _known: dict[tuple[str, ...], Count] = field(default_factory=dict)
    _people: dict[str, npt.NDArray[np.int32]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> Content:
        """Return the tables of every file and container."""
        sql = "select file_id, list(distinct table_id order by table_id) from lineage_content group by 1 order by 1"
        return cls(store, {f: tuple(t) for f, t in store.rows(sql)})

    def whole(self, files: Iterable[str]) -> set[str]:
        """Return all tables of these files."""
        return {t for f in files for t in self.tables.get(f, ())}

    def count(self, tables: Iterable[str]) -> Count:
        """Return the people of whole tables."""
        key = tuple(sorted(tables))
        if key not in self._known:
            self._known[key] = count(self.store, key)[1] if key else NOBODY
        return self._known[key]

    def rows(self, files: Iterable[str]) -> int:
        """Return how many records about persons these files hold."""
        sql = "select coalesce(sum(records), 0)::bigint from tables where list_contains(?::varchar[], table_id)"
        return int(self.store.rows(sql, sorted(self.whole(files)))[0][0])

    def label(self, tables: Iterable[str]) -> None:
        """Link the records of all these tables once, for `persons`."""
        import numpy as np

        records = load(self.store, sorted(tables))
        label = link(records).label if len(records) else np.zeros(0, np.int32)
        for n, table in enumerate(records.tables):
            self._people[table] = np.unique(label[records.table == n])

    def persons(self, tables: Iterable[str]) -> int:
        """Return how many persons are in whole tables, by the one linking of `label`."""
        import numpy as np

        listed = [self._people[t] for t in sorted(tables)]
        return len(np.unique(np.concatenate(listed))) if listed else 0

    def common(self, files: Sequence[Sequence[str]], every: Sequence[str]) -> dict[str, list[int]]:
        """Return the records in the first of some sets of files of people who are in each of them.

        Args:
            files: sets of files.
            every: all tables that are ever compared.
        """
        import numpy as np

        if self._records is None:
            self._records = load(self.store, sorted(every))
            self._label = link(self._records).label if len(self._records) else np.zeros(0, np.int32)
        masks = [self._mask(self.whole(some)) for some in files]
        people = np.unique(self._label[masks[0]])
        for mask in masks[1:]:
            people = np.intersect1d(people, self._label[mask])
        kept = masks[0] & np.isin(self._label, people)
        found: dict[str, list[int]] = {}
        for n in np.unique(self._records.table[kept]).tolist():
            found[self._records.tables[n]] = self._records.rec[kept & (self._records.table == n)].tolist()
        return found

    def _mask(self, tables: set[str]) -> Mask:
        import numpy as np

        return np.isin(self._records.table, [n for n, t in enumerate(self._records.tables) if t in tables])


@dataclass(slots=True)
class Sum:
    """What several acts touched together: whole tables, and single records of others; `open`: people whom no copy has."""

    tables: dict[str, set[str]] = field(default_factory=lambda: {d: set() for d in DEGREES})
    rows: dict[str, set[int]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def add(self, touched: Touched, content: Content, every: Sequence[str]) -> None:
        """Add what one group touched."""
        best = [touched.chosen[0]] if touched.one_of else list(touched.chosen)
        self.tables["best"] |= content.whole(c.best for c in best)
        self.tables["high"] |= content.whole(f for c in touched.chosen for f in (c.best, *c.join))
        self.open |= {c.best for c in touched.chosen if c.open}
        if touched.one_of:
            self._common([c.meet for c in touched.chosen], content, every)
            return
        for each in touched.chosen:
            self._common([(f,) for f in each.meet], content, every)

    def _common(self, sets: Sequence[Sequence[str]], content: Content, every: Sequence[str]) -> None:
        if not sets or not all(content.whole(s) for s in sets):
            return
        if len(sets) == 1:
            self.tables["low"] |= content.whole(sets[0])
            return
        for table, recs in content.common(sets, every).items():
            self.rows.setdefault(table, set()).update(recs)

    def people(self, content: Content) -> Count:
        """Return the persons; those whom no copy has are at most as many as the copies hold."""
        best, high = content.count(self.tables["best"]), content.count(self.tables["high"])
        low = self._low(content)
        most = max(high.high + self.unseen(content), best.best)
        least = min(low.low, best.best)
        return Count(least, best.best, most, best.method if best.is_exact and least == most else METHOD)

    def unseen(self, content: Content) -> int:
        """Return how many people no copy may have, at most: as many as the copies hold."""
        return sum(content.rows([f]) for f in sorted(self.open))

    def persons(self, content: Content) -> Count:
        """Return the persons by one linking of everything; of single records, each counts one."""
        best = content.persons(self.tables["best"])
        whole = self.tables["low"]
        low = content.persons(whole) + sum(len(r) for t, r in self.rows.items() if t not in whole)
        high = content.persons(self.tables["high"]) + self.unseen(content)
        return Count(min(low, best), best, max(high, best), METHOD)

    def _low(self, content: Content) -> Count:
        whole = self.tables["low"]
        rows = {t: sorted(r) for t, r in self.rows.items() if t not in whole}
        if not rows:
            return content.count(whole)
        from kyumei.scope.lineage.people import records_of

        return records_of(load(content.store, sorted({*whole, *rows})), sorted(whole), rows)


def gathered(rows: Iterable[Mapping[str, Any]]) -> list[Touched]:
    """Return the groups with what each file held; files of which one act meant one are put together."""
    found: list[Touched] = []
    by_act: dict[tuple[Any, ...], list[tuple[Mapping[str, Any], Chosen]]] = {}
    for row in rows:
        chosen = choice(row)
        if chosen is None:
            continue
        if row["one_of"] is None:
            found.append(Touched(row, (chosen,)))
        else:
            by_act.setdefault((row["reach"], row["one_of"]), []).append((row, chosen))
    found += [Touched(g[0][0], tuple(c for _, c in g), one_of=len(g) > 1) for g in by_act.values()]
    return sorted(found, key=lambda t: (t.group["first"] or 0, str(t.group["said"]), t.group["series"], str(t.group["place"])))


def compared(touched: Iterable[Touched]) -> list[str]:
    """Return the files whose people are compared."""
    return sorted({f for t in touched if t.one_of or any(len(c.meet) > 1 for c in t.chosen) for c in t.chosen for f in c.meet})
