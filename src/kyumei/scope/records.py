"""The linkage keys of the records of some tables, read from the store one column at a time."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.likelihood import Found
    from kyumei.store.query import Store

    Digests = npt.NDArray[np.uint64]

HELD: Final = 8_000_000
"""Records up to which columns stay in memory; those of more are read from the store once and then from files without names."""
CHUNK: Final = 2_000_000
"""Records that are read at once."""
PERSONAL: Final = ("student number", "employee number")
"""Kinds of number of which a person has only one."""


class Stored:
    """The records of some tables as they lie in the store: `kyumei.scope.cascade.Columns`.

    Beside the keys of `kyumei.store.schema.PEOPLE` there are the columns `table` (place in `tables`, from 1), `dataset` (a
    digest of the file), `numbering` (like `scope`, but equal for files that number the same persons alike) and `personal`.

    Args:
        store: the case.
        table_ids: the tables.
        likely: whether near matches are looked for too. They are weighed by what the records themselves look like, so what
            goes to an authority is counted without them: exact keys say why two records are one person.
    """

    def __init__(self, store: Store, table_ids: Sequence[str], *, likely: bool = False) -> None:
        self._store = store
        self._likely = likely
        self.tables = tuple(sorted(table_ids))
        self._held: dict[str, Digests | IO[bytes]] = {}
        self._listed = list(self.tables)
        ((self._length, *filled),) = store.rows(
            f"select count(*), {', '.join(f'count({c})' for c in _KEYS)} from people "
            "where list_contains(?::varchar[], table_id)",
            self._listed,
        )
        self._filled: dict[str, int] = dict(zip(_KEYS, filled, strict=True))
        self._scopes: dict[int, int] | None = None
        self._sorted: npt.NDArray[np.int32] | None = None
        ((other,),) = store.rows("select count(*) from people where not list_contains(?::varchar[], table_id)", self._listed)
        self._all = other == 0
        if self._length > HELD:
            store.spare()

    def __len__(self) -> int:
        return int(self._length)

    def has(self, name: str) -> bool:
        """Return whether any record has this key."""
        return self._filled.get({"numbering": "number"}.get(name, name), 1) > 0

    def all_numbered(self) -> bool:
        """Return whether every record has a number."""
        return self._filled["number"] == len(self)

    def column(self, name: str, begin: int = 0, end: int | None = None) -> Digests:
        """Return some records of one column, 0 where a record has none; see `kyumei.scope.cascade.Columns`."""
        import numpy as np

        if name not in self._held:
            values = self._read(name)
            if len(self) <= HELD:
                self._held[name] = values
            else:
                self._held[name] = spool = tempfile.TemporaryFile(prefix="kyumei-")  # noqa: SIM115  # closed with its owner
                values.tofile(spool)
            del values
        held, end = self._held[name], len(self) if end is None else min(end, len(self))
        if isinstance(held, np.ndarray):
            return held[begin:end].copy()
        held.seek(8 * begin)
        return np.fromfile(held, np.uint64, end - begin)

    def places(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return for each record its table's place in `tables`, from 0, and its place in the table."""
        import numpy as np

        return self.column("table").view(np.int64) - 1, self.column("rec").view(np.int64)

    def near(self, label: npt.NDArray[np.int32]) -> Found:
        """Return pairs of records of different persons (`label`) that may be one, if they were asked for."""
        from kyumei.scope.likelihood import Found, near

        return near(self._store, self.tables, label) if self._likely else Found()

    def _read(self, name: str) -> Digests:
        """Return a column in the order of table and place."""
        import numpy as np

        if name in {"dataset", "personal"}:
            by_table = np.array([0, *self._of_tables(name)], np.int64).view(np.uint64)
            return by_table[self.column("table").view(np.int64)]
        stored = self._as_stored(name)
        if self._sorted is None:
            self._order()
        if self._sorted is not None and len(self._sorted):
            ordered = np.empty_like(stored)
            ordered[self._sorted] = stored
            stored = ordered
        return self._numbered(stored) if name == "numbering" else stored

    def _order(self) -> None:
        """Find out where each record as it lies in the store belongs; nowhere else, mostly."""
        import numpy as np

        table, rec = self._as_stored("table"), self._as_stored("rec").view(np.int64)
        in_order = (table[1:] > table[:-1]) | ((table[1:] == table[:-1]) & (rec[1:] >= rec[:-1]))
        self._sorted = np.zeros(0, np.int32)
        if not in_order.all():
            self._sorted = np.empty(len(table), np.int32)
            self._sorted[np.lexsort((rec, table))] = np.arange(len(table), dtype=np.int32)

    def _as_stored(self, name: str) -> Digests:
        import numpy as np

        ((rows,),) = self._store.rows("select count(*) from people")
        sql = (
            f"select {self._expression(name)} as v from people where rowid >= ? and rowid < ?"
            f"{'' if self._all else ' and list_contains(?::varchar[], table_id)'}"  # the order of rows is kept
        )
        result = np.zeros(len(self), np.uint64)
        at = 0
        for begin in range(0, rows, CHUNK):
            found = self._store.arrow(sql, begin, begin + CHUNK, *([] if self._all else [self._listed])).column(0)
            result[at : at + len(found)] = found.to_numpy().view(np.uint64)
            at += len(found)
        return result

    def _expression(self, name: str) -> str:
        if name == "table":
            return f"list_position({_texts(self.tables)}, table_id)::bigint"
        return f"coalesce({'scope' if name == 'numbering' else name}, 0)"

    def _of_tables(self, name: str) -> list[int]:
        """Return for each table its file's digest, or whether its numbers are personal."""
        from kyumei.scope.digest import seed

        if name == "dataset":
            rows = self._store.rows("select table_id, file_id from tables order by all")
            values = {table: seed(f"file\0{file}") >> 1 | 1 for table, file in rows}
        else:
            sql = "select table_id, max((kind in (?, ?))::int) from columns group by table_id order by all"
            values = {table: int(personal or 0) for table, personal in self._store.rows(sql, *PERSONAL)}
        return [values.get(table, 0) for table in self.tables]

    def _numbered(self, scope: Digests) -> Digests:
        import numpy as np

        if self._scopes is None:
            self._scopes = numberings(self._store, self.tables)
        for old, new in sorted(self._scopes.items()):
            scope[scope == np.int64(old).astype(np.uint64)] = np.int64(new).astype(np.uint64)
        return scope


@dataclass(frozen=True, slots=True)
class Records:
    """Records in memory, for who adds some or takes some away: `kyumei.scope.cascade.Columns`; 0 where absent.

    Attributes:
        key: the columns of `kyumei.store.schema.PEOPLE` by name.
        tables: the ids of the tables, sorted.
        table: for each record, its table's place in `tables`. rec: its place in the table.
        dataset: a digest for each record's file.
        personal: for each record, whether its number is one that a person has only one of (student, employee).
        numbering: like `scope`, but equal for files that number the same persons alike.
    """

    key: dict[str, Digests]
    tables: tuple[str, ...]
    table: npt.NDArray[np.int64]
    rec: npt.NDArray[np.int64]
    dataset: Digests
    personal: npt.NDArray[np.bool_]
    numbering: Digests

    def __len__(self) -> int:
        return len(self.table)

    def has(self, name: str) -> bool:
        """Return whether any record has this key."""
        named = {"numbering": "number"}.get(name, name)
        return named not in self.key or bool((self.key[named] != 0).any())

    def all_numbered(self) -> bool:
        """Return whether every record has a number."""
        return bool((self.key["number"] != 0).all())

    def column(self, name: str, begin: int = 0, end: int | None = None) -> Digests:
        """Return some records of one column; see `kyumei.scope.cascade.Columns`."""
        import numpy as np

        if name == "table":
            return self.table[begin:end].astype(np.uint64) + np.uint64(1)
        values: Digests = self.key[name] if name in self.key else getattr(self, name)
        return values[begin:end].astype(np.uint64)

    def near(self, label: npt.NDArray[np.int32]) -> Found:  # noqa: ARG002
        """Return nothing: texts are not held here."""
        from kyumei.scope.likelihood import Found

        return Found()

    def places(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return for each record its table's place in `tables`, from 0, and its place in the table."""
        return self.table, self.rec


def load(store: Store, table_ids: Sequence[str]) -> Records:
    """Return the records of some tables in memory, ordered by table and place."""
    import numpy as np

    stored = Stored(store, table_ids)
    table, rec = stored.places()
    return Records(
        key={name: stored.column(name) for name in ("scope", *_KEYS)},
        tables=stored.tables,
        table=table,
        rec=rec,
        dataset=stored.column("dataset"),
        personal=stored.column("personal").astype(np.bool_),
        numbering=stored.column("numbering"),
    )


_KEYS: Final = ("number", "official", "name", "reading", "given", "dob", "email", "phone", "address", "postal", "row")


def _texts(values: Sequence[str]) -> str:
    from kyumei.store.connect import text

    return f"[{', '.join(text(v) for v in values)}]::varchar[]"


def numberings(store: Store, table_ids: Sequence[str]) -> dict[int, int]:
    """Return which scopes number the same persons alike: scope → the one that stands for all of them.

    Two files are taken to share a numbering where at least three numbers occur in both, and nine in ten of these stand with
    the same name, e-mail address, telephone number or address.
    """
    pairs = store.rows(
        """with s as (select distinct scope, number, name, reading, email, phone, address from people
                      where list_contains(?::varchar[], table_id) and number is not null and number % greatest(1, (
                        select count(*) // 100000 from people
                        where list_contains(?::varchar[], table_id) and number is not null)) = 0)
           select a.scope, b.scope from s a join s b on a.number = b.number and a.scope < b.scope
           group by all having count(*) >= 3 and 0.9 * count(*) <= count(*) filter (
             a.name = b.name or a.reading = b.reading or a.email = b.email or a.phone = b.phone or a.address = b.address)
           order by all""",
        list(table_ids),
        list(table_ids),
    )
    leader: dict[int, int] = {}
    for one, other in pairs:
        first, second = leader.get(one, one), leader.get(other, other)
        leader |= {s: min(first, second) for s in [one, other, *(s for s, top in leader.items() if top in {first, second})]}
    return leader
