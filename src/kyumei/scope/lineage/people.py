"""From row numbers of a replay to records about persons, and to how many persons they are.

A row is taken as it was when it was first read. One that the backup has so is the record of that table that is counted
everywhere else; one that the log changed or made gets keys of its own, by the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from kyumei.model.count import Count
from kyumei.scope.classify import Column
from kyumei.scope.clean import distinct
from kyumei.scope.count import count_people
from kyumei.scope.keys import KEYS, identified, keys, plan
from kyumei.scope.recognise.registry import ordered
from kyumei.scope.records import load
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.lineage.state import State
    from kyumei.scope.records import Records
    from kyumei.store.query import Store

    Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Witness:
    """Keeps what rows held when they were first read.

    Attributes:
        version: table → row → version at the first reading.
        cells: table → row → cells, for rows that the log changed.
    """

    state: State
    version: dict[str, dict[int, int]] = field(default_factory=dict)
    cells: dict[str, dict[int, tuple[str | None, ...]]] = field(default_factory=dict)

    def seen(self, table: str, rows: Rows) -> None:
        """Remember rows that are being read now."""
        import numpy as np
        import pyarrow as pa

        known = self.version.setdefault(table, {})
        fresh = np.array([row for row in rows.tolist() if row not in known], np.int64)
        if not len(fresh):
            return
        con = self.state.con
        con.register("__asked", pa.table({"r": fresh}))
        pairs = con.execute(f"select __row, __ver from {name(table)} join __asked on r = __row order by 1, 2").fetchall()
        con.unregister("__asked")
        known.update((int(row), int(version)) for row, version in pairs)
        changed = [int(row) for row, version in pairs if version > 0]
        if changed:
            store = self.cells.setdefault(table, {})
            found = self.state.contents(table, changed)
            for row, _, *cells in zip(*(found.column(n).to_pylist() for n in range(found.num_columns)), strict=True):
                store.setdefault(row, tuple(cells))


@dataclass(slots=True)
class People:
    """All records about persons that a replay may count.

    Attributes:
        records: those of the tables in evidence, then those of rows that the log changed.
        index: table → row number → place in `records`.
        counted: what was counted before, by the mask.
    """

    records: Records
    index: dict[str, dict[int, int]]
    counted: dict[bytes, Count] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, state: State, witness: Witness, table_ids: Sequence[str]) -> People:
        """Load the records of the tables and add the changed rows."""
        records = load(store, sorted(table_ids))
        place = {
            (records.tables[table], rec): n
            for n, (table, rec) in enumerate(zip(records.table.tolist(), records.rec.tolist(), strict=True))
        }
        index: dict[str, dict[int, int]] = {}
        for table, versions in witness.version.items():
            index[table] = _placed(state, versions, place)
            extra = witness.cells.get(table)
            if extra:
                added, rows = _added(store, state, table, extra, records)
                index[table] |= {row: len(records) + n for n, row in enumerate(rows)}
                records = _joined(records, added)
        return cls(records, index)

    def places(self, rows: Mapping[str, Rows]) -> npt.NDArray[np.bool_]:
        """Return a mask of the records that these rows are."""
        import numpy as np

        mask = np.zeros(len(self.records), bool)
        for table, numbers in rows.items():
            known = self.index.get(table, {})
            mask[[known[row] for row in numbers.tolist() if row in known]] = True
        return mask

    def tables(self, table_ids: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return a mask of all records of whole tables."""
        import numpy as np

        wanted = [n for n, table in enumerate(self.records.tables) if table in set(table_ids)]
        return np.isin(self.records.table, wanted)

    def count(self, mask: npt.NDArray[np.bool_]) -> Count:
        """Return how many persons the records are about."""
        known = mask.tobytes()
        if known not in self.counted:
            self.counted[known] = count_people(taken(self.records, mask))
        return self.counted[known]


def records_of(records: Records, tables: Sequence[str], rows: Mapping[str, Sequence[int]]) -> Count:
    """Return the persons of whole tables and of single records of others; records that are not there count one each."""
    import numpy as np

    wanted = [n for n, table in enumerate(records.tables) if table in set(tables)]
    mask = np.isin(records.table, wanted)
    others = 0
    for table, recs in rows.items():
        inside = np.array([rec for rec in recs if rec >= 0], np.int64)
        others += len(recs) - len(inside)
        mask |= (records.table == _code(records, table)) & np.isin(records.rec, inside)
    counted = count_people(taken(records, mask))
    return Count(counted.low, counted.best + others, counted.high + others, counted.method)


def taken(records: Records, mask: npt.NDArray[np.bool_]) -> Records:
    """Return some of the records."""
    changes: dict[str, Any] = {}
    for each in fields(records):
        value = getattr(records, each.name)
        if each.name == "tables":
            continue
        changes[each.name] = {k: v[mask] for k, v in value.items()} if isinstance(value, dict) else value[mask]
    return replace(records, **changes)


def _placed(state: State, versions: Mapping[int, int], place: Mapping[tuple[str, int], int]) -> dict[int, int]:
    """Return row → place in the records for rows as a backup has them."""
    import numpy as np

    found: dict[int, int] = {}
    origin = {row: row if version == 0 else -version for row, version in versions.items() if version <= 0}
    numbers = np.array(sorted(origin.values()), np.int64)
    back = {number: row for row, number in origin.items()}
    for start, recs, table in zip(state.rowed.first, state.rowed.recs, state.rowed.tables, strict=True):
        inside = numbers[(numbers >= start) & (numbers < start + len(recs))]
        for number in inside.tolist():
            at = place.get((table, int(recs[number - start])))
            if at is not None:
                found[back[number]] = at
    return found


def _added(
    store: Store, state: State, table: str, cells: Mapping[int, tuple[str | None, ...]], records: Records
) -> tuple[Records, list[int]]:
    """Return records for rows that the log changed, keyed as the table's others are; rows about nobody are left out."""
    import numpy as np
    import pyarrow as pa

    held = state.tables[table]
    columns = _columns(store, held.table_id)
    chosen = plan(columns, held.file_id)
    rows = sorted(cells)
    spelt = [held.written.get(c, c) for c in held.types]
    by_name = {spelt[n]: [cells[row][n] if n < len(cells[row]) else None for row in rows] for n in range(len(spelt))}
    coded = [distinct(pa.array([v or None for v in by_name.get(c.header, [None] * len(rows))], pa.string())) for c in columns]
    found = keys(chosen, coded)
    told = np.flatnonzero(identified(found))
    same = np.flatnonzero(records.table == _code(records, held.table_id))
    scope = records.key["scope"][same[:1]] if len(same) else np.array([chosen.scope], np.int64).view(np.uint64)
    sample = {
        e.name: getattr(records, e.name)[same[:1]] for e in fields(records) if e.name not in {"tables", "key"} and len(same)
    }
    size = len(told)
    key = {k: found[k][told] if k in KEYS else np.repeat(scope, size) for k in records.key}
    given: dict[str, Any] = {k: np.repeat(v, size) for k, v in sample.items()} | {"rec": -np.array(rows, np.int64)[told]}
    if not len(same):
        return taken(records, np.zeros(len(records), bool)), []
    return replace(records, key=key, **given), [rows[n] for n in told.tolist()]


def _columns(store: Store, table_id: str) -> list[Column]:
    kinds = {r.name: r for r in ordered()}
    sql = "select ordinal, name, kind from columns where table_id = ? order by ordinal"
    return [Column(int(n), header, kinds.get(kind or "")) for n, header, kind in store.rows(sql, table_id)]


def _code(records: Records, table_id: str) -> int:
    return records.tables.index(table_id) if table_id in records.tables else -1


def _joined(one: Records, other: Records) -> Records:
    import numpy as np

    changes: dict[str, Any] = {}
    for each in fields(one):
        a, b = getattr(one, each.name), getattr(other, each.name)
        if each.name == "tables":
            continue
        changes[each.name] = {k: np.concatenate([a[k], b[k]]) for k in a} if isinstance(a, dict) else np.concatenate([a, b])
    return replace(one, **changes)
