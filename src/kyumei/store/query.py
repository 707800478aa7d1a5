"""Ask a case's index. SQL is the contract: DuckDB's dialect, every answer in an explicit, total order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyumei.errors import UserError
from kyumei.store.connect import connect, name, text
from kyumei.store.index import INDEX, point_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa


class Store:
    """The events, objects and people of one case, for reading.

    The tables are those of `kyumei.store.index`. Times come back as `datetime` in UTC; use `epoch_us(ts)` in SQL for
    microseconds.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    @classmethod
    def open(cls, case: Path) -> Store:
        """Return the store of a case folder.

        Raises:
            UserError: the folder holds no index, or the key that is set is not the case's.
        """
        path = case / INDEX
        if not path.is_file():
            raise UserError(f"{case} holds no {INDEX}", hint="run kyumei triage with --case on this folder first")
        con = connect(path, read_only=True, folders=[case])
        point_at(con, case)
        try:
            _unseal(con, case)
        except Exception:
            con.close()
            raise
        return cls(con)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the answer as tuples; `?` in the SQL stands for the parameters in turn."""
        return self._con.execute(sql, parameters).fetchall()

    def arrow(self, sql: str, *parameters: object) -> pa.Table:
        """Return the answer as an Arrow table."""
        return self._con.sql(sql, params=list(parameters)).to_arrow_table()

    def batches(self, sql: str, *parameters: object, rows: int = 20_000) -> Iterator[pa.RecordBatch]:
        """Yield the answer in Arrow batches of about that many rows, at least one; use it up before asking anything else."""
        import pyarrow as pa

        reader = self._con.sql(sql, params=list(parameters)).to_arrow_reader(rows)
        empty = True
        for batch in reader:
            empty = False
            yield batch
        if empty:
            yield pa.RecordBatch.from_arrays([pa.array([], f.type) for f in reader.schema], schema=reader.schema)

    def give(self, table: str, rows: pa.Table) -> None:
        """Make a temporary table of an Arrow table."""
        self._con.register("__given", rows)
        self._con.execute(f"create temp table {name(table)} as select * from __given")
        self._con.unregister("__given")

    def spare(self, memory: str = "300MB") -> None:
        """Let queries take no more memory than this from now on: the caller needs the rest."""
        self._con.execute(f"set memory_limit = {text(memory)}").fetchall()

    def readers(self) -> tuple[str, ...]:
        """Return the readers that gave events, sorted; each is a view with its own fields."""
        return tuple(r[0] for r in self.rows("select distinct source from events order by source"))

    def parts(self, reader: str) -> tuple[Path, ...]:
        """Return the Parquet files with the events of a reader, in the order of their names.

        Each has the columns of its own events only, which is far less than the reader's view where readers have many.
        """
        ((folder,),) = self.rows("select getvariable('case_folder')")
        return tuple(sorted((Path(folder) / "events" / reader).glob("*.parquet")))

    def fields(self, reader: str) -> tuple[str, ...]:
        """Return the columns of a reader's view; empty where that reader gave no events."""
        if reader not in self.readers():
            return ()
        return tuple(str(r[0]) for r in self.rows(f"describe {name(reader)}"))

    def close(self) -> None:
        """Close the connection."""
        self._con.close()


def _unseal(con: duckdb.DuckDBPyConnection, case: Path) -> None:
    """See that the key is the case's, and show the sealed `person_values`, which are read block by block."""
    from kyumei.store import key, sealed

    if not con.execute("select 1 from duckdb_tables() where table_name = 'sealed_with'").fetchall():
        return
    ((wanted,),) = con.execute("select id from sealed_with").fetchall()
    key.check(str(wanted), str(case))
    if files := sorted((case / "values").glob(f"*{sealed.SUFFIX}")):
        con.register("person_values", sealed.tables(files))
