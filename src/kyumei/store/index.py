"""Build `index.duckdb` from a case's Parquet: derived, deleted and rebuilt at will.

Tables `sources`, `faults`, `tables`, `columns`, `people` and the view `person_values` as in `kyumei.store.schema`; for each
reader a view of its name with the common columns and all of its own fields (`select … from "windows.evtx"`); `events`, their
common columns together.
Names that differ only in case are one column, the second of them in the same file gets `_1` behind it (DuckDB's rule).

Text columns are plain text: enumerations were measured on two million events with DuckDB 2.0 and brought nothing.
Derived from these:

| name | one row per |
|---|---|
| `events_day`, `events_hour` | UTC day or hour (or null), source, action, host, account, src_ip, outcome; count `events` |
| `object_links` | object named by events × file it may be, or file in the folder it names: `kyumei.store.links` |
| `event_links` | event × row of `object_links` |
| `mail_attachments` | message × part found in it: `message_file_id`, `file_id`, `name`, `depth` (1: its own part) |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.event import COLUMNS
from kyumei.store import key, links, schema
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
    "found": ("objects/found", schema.FOUND),
    "faults": ("faults", schema.FAULTS),
    "people": ("people", schema.PEOPLE),
}
_SQL: Final = {"text": "varchar", "int": "bigint", "bool": "boolean", "time": "timestamptz", "float": "double"}
_MEMORY: Final = "1GB"
_ROLL_UPS: Final = """
create table events_{unit} as
select date_trunc('{unit}', ts){cast} as {unit}, source, action, host, account, src_ip, outcome, count(*) as events
from events group by all order by all
"""


def build(case: Path) -> Path:
    """Write the index of a case folder anew and return its path."""
    target, partial = case / INDEX, case / f".{INDEX}.partial"
    for left in (partial, partial.with_name(f"{partial.name}.wal")):  # of a run that was killed
        left.unlink(missing_ok=True)
    con = connect(partial, folders=[case], memory=_MEMORY)
    fill(con, case)
    con.close()
    partial.replace(target)
    return target


def fill(con: duckdb.DuckDBPyConnection, case: Path) -> None:
    """Make the tables of a case folder's Parquet in an empty database."""
    point_at(con, case)
    for table, (folder, columns) in _TABLES.items():
        _load(con, table, case / folder, columns)
    _load_sealed(con, case / "people")
    _view_values(con, case / "values")
    con.execute("create table sealed_with (id varchar)")
    con.execute("insert into sealed_with values (?)", [key.id_of(key.current())])
    _load_events(con, case / "events")
    con.execute(_ROLL_UPS.format(unit="hour", cast=""))
    con.execute(_ROLL_UPS.format(unit="day", cast="::date"))
    links.build(con)


def point_at(con: duckdb.DuckDBPyConnection, case: Path) -> None:
    """Tell the readers' views where the case folder lies now; it may have been moved since the index was built."""
    con.execute("set variable case_folder = ?", [str(case.resolve())])


def _load(con: duckdb.DuckDBPyConnection, table: str, folder: Path, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f"{name(c)} {_SQL[kind]}" for c, kind in columns.items())
    con.execute(f"create table {name(table)} ({listed})")
    if list(folder.rglob("*.parquet")):
        picked = ", ".join(name(c) for c in columns)
        files = text(str(folder.resolve() / "**/*.parquet"))
        con.execute(f"insert into {name(table)} select {picked} from read_parquet({files})")


def _load_sealed(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Take the sealed part of `people`; its digests are keyed, so the index need not be sealed."""
    from kyumei.store import sealed

    if files := sorted(folder.glob(f"*{sealed.SUFFIX}")):
        con.register("__sealed", sealed.tables(files))
        con.execute(f"insert into people select {', '.join(name(c) for c in schema.PEOPLE)} from __sealed")
        con.unregister("__sealed")


def _view_values(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make `person_values`, which stays in its Parquet files."""
    if list(folder.glob("*.parquet")):
        files = f"getvariable('case_folder') || {text('/values/*.parquet')}"
        con.execute(f"create view person_values as select * from read_parquet({files})")
    else:
        listed = ", ".join(f"{name(c)} {_SQL[kind]}" for c, kind in schema.PERSON_VALUES.items())
        con.execute(f"create table person_values ({listed})")


def _load_events(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    listed = ", ".join(f"{name(c)} {_SQL[kind]}" for c, kind in COLUMNS.items())
    con.execute(f"create table events ({listed})")
    picked = ", ".join(name(c) for c in COLUMNS)
    for reader in sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []:
        if not list(reader.glob("*.parquet")):
            continue
        files = f"getvariable('case_folder') || {text(f'/events/{reader.name}/*.parquet')}"
        con.execute(f"insert into events select {picked} from read_parquet({files})")
        con.execute(f"create view {name(reader.name)} as select * from read_parquet({files}, union_by_name = true)")
