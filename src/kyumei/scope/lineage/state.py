"""The tables of a database as they stood at an instant: a backup's rows in DuckDB, and changes applied to them.

Every row has a number (`__row`) that it keeps through updates, and the number of the event that last changed it (`__ver`, 0 for
a row as the backup has it). Rows of later backups take over the numbers of rows with the same key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.lineage.definitions import Definition
from kyumei.store.connect import connect, name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import duckdb
    import numpy as np
    import pyarrow as pa

    from kyumei.scope.tables.registry import Batch

_WHOLE: Final = r"^-?(0|[1-9]\d{0,17})$"
_DATE: Final = r"^\d{4}-\d\d-\d\d$"
_TIME: Final = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?$"
_DECIMAL: Final = r"^-?(0|[1-9]\d*)\.\d+$"


@dataclass(slots=True)
class Held:
    """One table as it is held.

    Attributes:
        types: column → type in DuckDB, in the order of the backup.
        written: column in lower case → as the backup writes it.
        key: column of the primary key. next_number: what the next row gets in it.
        table_id, file_id: where the rows come from; "" for a table made by the log.
        personal: column → the kind of personal data in it. count: rows taken from backups.
        doubts: why the rows may differ from what was there.
        added: how many rows may have been added unseen.
        earlier: whether the rows are those of a backup made before the log begins, so that none is missing that was there then.
        folds_case: whether texts compare without regard to case.
    """

    table: str
    types: dict[str, str]
    written: dict[str, str]
    key: str = ""
    next_number: int = 1
    table_id: str = ""
    file_id: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    folds_case: bool = False
    added: int = 0
    earlier: bool = False
    sorted: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Rowed:
    """Where rows come from, by their numbers: record in a table of evidence, or the event that made them."""

    first: list[int] = field(default_factory=list)
    recs: list[np.ndarray[Any, Any]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def add(self, start: int, recs: np.ndarray[Any, Any], table_id: str) -> None:
        """Add the rows from `start` on."""
        self.first.append(start)
        self.recs.append(recs)
        self.tables.append(table_id)

    def places(self, rows: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
        """Return table → records for rows that came from a backup."""
        import numpy as np

        found: dict[str, list[Any]] = {}
        for start, recs, table in zip(self.first, self.recs, self.tables, strict=True):
            inside = rows[(rows >= start) & (rows < start + len(recs))]
            if len(inside):
                found.setdefault(table, []).append(recs[inside - start])
        return {table: np.concatenate(parts) for table, parts in found.items()}


class State:
    """All tables held, in a database of its own.

    Args:
        folder: for the database's file; small states stay in memory all the same.
        memory: what DuckDB may take before it writes to the folder.
    """

    def __init__(self, folder: Path, memory: str = "1GB") -> None:
        self.con: duckdb.DuckDBPyConnection = connect(folder / "state.duckdb", folders=[folder], memory=memory)
        self.tables: dict[str, Held] = {}
        self.rowed = Rowed()
        self._next_row = 1

    def close(self) -> None:
        """Close the database."""
        self.con.close()

    def answer(self, sql: str, *parameters: object) -> tuple[Any, ...]:
        """Return the first row of an answer, used up."""
        rows = self.con.execute(sql, parameters).fetchall()
        return rows[0] if rows else ()

    def types(self) -> dict[str, dict[str, str]]:
        """Return table → column → type."""
        return {table: held.types for table, held in self.tables.items()}

    def keys(self) -> dict[str, str]:
        """Return table → its primary key."""
        return {table: held.key for table, held in self.tables.items() if held.key}

    def numbers(self, count: int) -> int:
        """Return the first of so many new row numbers."""
        first = self._next_row
        self._next_row += count
        return first

    def load(self, held: Held, batches: Iterable[Batch], definition: Definition | None, dialect: str) -> None:
        """Take a table's rows from a backup; rows of a table already held are replaced, and keep their numbers by the key."""
        recs = self._stage(held, batches)
        definition = definition or Definition()
        self._typed(held, definition, dialect)
        first = self.numbers(len(recs))
        before = self.tables.get(held.table)
        self._number(held, first, before)
        self.rowed.add(first, recs, held.table_id)
        self.con.execute("drop table __typed")
        held.key = definition.key if definition.key in held.types else _likely_key(held)
        held.defaults = definition.defaults
        (top,) = self.answer(f"select max(try_cast({name(held.key)} as bigint)) from {name(held.table)}") if held.key else (0,)
        held.next_number = max(definition.next_number, (top or 0) + 1, before.next_number if before else 1)
        self.tables[held.table] = held

    def define(self, held: Held) -> None:
        """Make an empty table."""
        columns = ", ".join(f"{name(c)} {_collated(t, c, held.folds_case, set())}" for c, t in held.types.items())
        self.con.execute(f"create or replace table {name(held.table)} ({columns}, __row bigint, __ver bigint)")
        self.tables[held.table] = held

    def drop(self, table: str) -> None:
        """Remove a table."""
        if self.tables.pop(table, None):
            self.con.execute(f"drop table {name(table)}")

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self.answer(f"select count(*) from {name(table)}")[0])

    def rows(self, table: str) -> np.ndarray[Any, Any]:
        """Return the numbers of all rows of a table."""
        return self.numbers_of(f"select __row from {name(table)}")

    def numbers_of(self, sql: str) -> np.ndarray[Any, Any]:
        """Return the one column of an answer as sorted distinct numbers, without nulls."""
        import numpy as np

        found = self.con.sql(sql).to_arrow_table().column(0).drop_null()
        return np.unique(found.to_numpy()).astype(np.int64)

    def unseen(self, table: str) -> int:
        """Return how many numbers of the key were given out of which no row is left: rows that may have been there.

        Where an earlier backup is all the doubt, rows may have been added since and none that was there is missing.
        """
        held = self.tables[table]
        if (held.earlier and len(held.doubts) == 1) or not held.key or held.types[held.key] != "BIGINT":
            return held.added
        (low, count) = self.answer(
            f"select coalesce(min({name(held.key)}), 1), count(distinct {name(held.key)}) from {name(table)}"
        )
        return max(0, held.next_number - min(int(low), 1) - int(count)) + held.added

    def sorts_alike(self, table: str, column: str) -> bool:
        """Return whether a column sorts here as it does in the database: numbers and times, and plain ASCII words."""
        held = self.tables[table]
        if held.types.get(column) != "VARCHAR":
            return column in held.types
        if column not in held.sorted:
            pattern = "^([a-z0-9]*|[A-Z0-9]*)$"
            (odd,) = self.answer(f"select count(*) from {name(table)} where not regexp_full_match({name(column)}, ?)", pattern)
            held.sorted[column] = odd == 0
        return held.sorted[column]

    def contents(self, table: str, rows: Sequence[int]) -> pa.Table:
        """Return row, version and cells as text of rows that were changed after the backup."""
        held = self.tables[table]
        columns = ", ".join(f"{name(c)}::varchar as {name(c)}" for c in held.types)
        listed = ", ".join(map(str, rows)) or "null"
        sql = f"select __row, __ver, {columns} from {name(table)} where __ver <> 0 and __row in ({listed}) order by 1, 2"
        return self.con.sql(sql).to_arrow_table()

    def _stage(self, held: Held, batches: Iterable[Batch]) -> np.ndarray[Any, Any]:
        import numpy as np
        import pyarrow as pa

        columns = ", ".join(f"{name(c)} varchar" for c in held.types)
        self.con.execute(f"create or replace temp table __staged ({columns}, __n bigint)")
        recs = [np.zeros(0, np.int64)]
        done = 0
        for batch in batches:
            table = pa.table(
                [*batch.columns, pa.array(range(done, done + len(batch.recs)), pa.int64())], names=[*held.types, "__n"]
            )
            self.con.register("__batch", table)
            self.con.execute("insert into __staged select * from __batch")
            self.con.unregister("__batch")
            recs.append(batch.recs.to_numpy())
            done += len(batch.recs)
        return np.concatenate(recs)

    def _typed(self, held: Held, definition: Definition, dialect: str) -> None:
        held.folds_case = dialect in {"mysql", "tsql"}
        for column in held.types:
            held.types[column] = self._fitting(column, definition.types.get(column))
        casts = ", ".join(f"try_cast({name(c)} as {t}) as {name(c)}" for c, t in held.types.items())
        self.con.execute(f"create or replace temp table __typed as select {casts}, __n from __staged order by __n")
        self.con.execute("drop table __staged")
        for column in held.types:
            held.types[column] = _collated(held.types[column], column, held.folds_case, definition.binary)

    def _fitting(self, column: str, stated: str | None) -> str:
        """Return the stated type if every value has it, else the one that the values have."""
        c = name(column)
        if stated:
            (odd,) = self.answer(f"select count(*) from __staged where {c} is not null and try_cast({c} as {stated}) is null")
            return "VARCHAR" if odd else stated
        for pattern, kind in ((_WHOLE, "BIGINT"), (_DATE, "DATE"), (_TIME, "TIMESTAMP"), (_DECIMAL, "DOUBLE")):
            misfit = f"not regexp_full_match({c}, ?) or try_cast({c} as {kind}) is null"
            odd, filled = self.answer(f"select count(*) filter ({misfit}), count({c}) from __staged", pattern)
            if filled and not odd:
                return kind
        return "VARCHAR"

    def _number(self, held: Held, first: int, before: Held | None) -> None:
        """Make the table out of the staged rows; a row whose key was there before takes over its number."""
        table = name(held.table)
        columns = ", ".join(f"{name(c)} {t}" for c, t in held.types.items())
        listed = ", ".join(f"s.{name(c)}" for c in held.types)
        key = before.key if before and before.key in held.types and before.key in before.types else ""
        if key:
            self.con.execute(
                f"create or replace temp table __before as select {name(key)} as k, min(__row) as r from {table} group by 1"
            )
        self.con.execute(f"create or replace table {table} ({columns}, __row bigint, __ver bigint)")
        # a row that a later backup shows anew is read from there: its content is the later one's
        joined = f" left join __before b on b.k = s.{name(key)}" if key else ""
        number = f"coalesce(b.r, {first} + s.__n)" if key else f"{first} + s.__n"
        version = f"case when b.r is null then 0 else -{first} - s.__n end" if key else "0"
        self.con.execute(f"insert into {table} select {listed}, {number}, {version} from __typed s{joined} order by s.__n")
        held.types = {c: t.split(" ", 1)[0] if t.startswith("VARCHAR") else t for c, t in held.types.items()}


def _collated(kind: str, column: str, folds_case: bool, binary: set[str]) -> str:  # noqa: FBT001
    return "VARCHAR collate nocase" if kind == "VARCHAR" and folds_case and column not in binary else kind


def _likely_key(held: Held) -> str:
    """Return the column that numbers the rows where no definition says so: `id`, `<table>_id`, the first that ends so."""
    names = list(held.types)
    singular = held.table.removesuffix("s")
    for wanted in ("id", f"{held.table}_id", f"{singular}_id", f"{singular}id", f"{held.table}id"):
        if wanted in names:
            return wanted
    return names[0] if names and names[0].endswith("id") and held.types[names[0]] == "BIGINT" else ""
