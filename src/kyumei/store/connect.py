"""The one place that opens DuckDB: no extension is fetched, nothing outside the named folders is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb


def connect(
    database: Path | None = None,
    *,
    read_only: bool = False,
    folders: Sequence[Path] = (),
    threads: int = 2,
    memory: str = "1GB",
) -> duckdb.DuckDBPyConnection:
    """Return a connection in UTC.

    Args:
        database: file of the database, None for one in memory.
        read_only: open the file for reading only.
        folders: the only folders whose files SQL may read or write.
        memory: how much of it queries may take before they go to a folder beside the database, or in the first of `folders`.
        threads: how many threads a query may use; answers do not depend on it.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": threads,
        "memory_limit": memory,
        "preserve_insertion_order": True,
    }
    if database is None and folders:
        config["temp_directory"] = str(folders[0].resolve() / ".queries")
    con = duckdb.connect(str(database) if database else ":memory:", read_only=read_only, config=config)
    con.execute("set timezone = 'UTC'")
    listed = ", ".join(text(str(folder.resolve())) for folder in folders)
    con.execute(f"set allowed_directories = [{listed}]")
    con.execute("set enable_external_access = false")
    return con


def name(identifier: str) -> str:
    """Return the identifier quoted for SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return the text quoted for SQL, for the few places that take no parameter."""
    return "'" + value.replace("'", "''") + "'"
