"""Build `index.duckdb` from a case's Parquet: derived, deleted and rebuilt at will.

Tables `events` (common columns), `sources`, `faults`, `tables`, `columns`, `people` as in `kyumei.store.schema`, and for each
reader a view of its name with the common columns and all of its own fields (`select … from "windows.evtx"`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.event import COLUMNS
from kyumei.store import schema
from kyumei.store.connect import connect, name, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

INDEX: Final = "index.duckdb"
_TABLES: Final[dict[str, tuple[str, Mapping[str, str]]]] = {
    "sources": ("objects/sources", schema.SOURCES),
    "tables": ("objects/tables", schema.TABLES),
    "columns": ("objects/columns", schema.COLUMNS_OF_TABLES),
    "faults": ("faults", schema.FAULTS),
    "people": ("people", schema.PEOPLE),
}
_SQL: Final = {"text": "varchar", "int": "bigint", "bool": "boolean", "time": "timestamptz", "float": "double"}


def build(case: Path) -> Path:
    """Write the index of a case folder anew and return its path."""
    target, partial = case / INDEX, case / f".{INDEX}.partial"
    partial.unlink(missing_ok=True)
    con = connect(partial, folders=[case])
    for table, (folder, columns) in _TABLES.items():
        _load(con, table, case / folder, columns)
    _load_events(con, case / "events")
    con.close()
    partial.replace(target)
    return target


def _load(con: duckdb.DuckDBPyConnection, table: str, folder: Path, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f"{name(c)} {_SQL[kind]}" for c, kind in columns.items())
    con.execute(f"create table {name(table)} ({listed})")
    if any(folder.rglob("*.parquet")):
        picked = ", ".join(name(c) for c in columns)
        con.execute(f"insert into {name(table)} select {picked} from read_parquet({text(str(folder / '**/*.parquet'))})")


def _load_events(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    listed = ", ".join(f"{name(c)} {_SQL[kind]}" for c, kind in COLUMNS.items())
    con.execute(f"create table events ({listed})")
    picked = ", ".join(name(c) for c in COLUMNS)
    for reader in sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []:
        files = f"read_parquet({text(str(reader.resolve() / '*.parquet'))}, union_by_name = true)"
        con.execute(f"insert into events select {picked} from {files}")
        con.execute(f"create view {name(reader.name)} as select * from {files}")
