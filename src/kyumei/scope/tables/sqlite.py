"""SQLite files: `table.sqlite`. User tables; a record's place is its rowid. The file is opened read-only and immutable.

A write-ahead log beside the file is not applied (it is evidence of its own), and deleted rows are not recovered here.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.fault import Fault
from kyumei.model.source import CERTAIN
from kyumei.scope.tables.registry import Batch, Table, extractor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source

BATCH_ROWS: Final = 16_384
_MAGIC: Final = b"SQLite format 3\0"


def accepts(source: Source) -> int:
    """Return `CERTAIN` for the header of a SQLite 3 database."""
    return CERTAIN if source.head.startswith(_MAGIC) else 0


@extractor("table.sqlite", accepts=accepts, title="SQLite database", spec="https://www.sqlite.org/fileformat2.html")
def extract(source: Source) -> Iterator[Table]:
    """Yield the tables in the order of their names; views and SQLite's own tables are left out."""
    with _on_disk(source) as path:
        try:
            con = sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error:
            yield _unreadable(source, "", "database cannot be opened")
            return
        con.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        with closing(con):
            try:
                names = [str(row[0]) for row in con.execute(_TABLES)]
            except sqlite3.Error:
                yield _unreadable(source, "", "schema cannot be read")
                return
            for name in names:
                yield _table(source, con, name)


_TABLES: Final = "select name from sqlite_master where type = 'table' and name not like 'sqlite^_%' escape '^' order by name"


def _table(source: Source, con: sqlite3.Connection, name: str) -> Table:
    try:
        columns = tuple(str(row[1]) for row in con.execute(f"pragma table_info({_name(name)})"))
    except sqlite3.Error:
        return _unreadable(source, name, "columns cannot be read")
    table = Table(source, name, columns, iter(()))
    table.batches = _batches(table, con)
    return table


def _batches(table: Table, con: sqlite3.Connection) -> Iterator[Batch]:
    """Yield the records; where the table has no rowid, their place is their number from 1."""
    listed = ", ".join(_name(column) for column in table.columns)
    name = _name(table.name)
    done = 0
    for query in (f"select rowid, {listed} from {name} order by rowid", f"select row_number() over (), {listed} from {name}"):
        try:
            cursor = con.execute(query)
            while rows := cursor.fetchmany(BATCH_ROWS):
                done += len(rows)
                cells = [[_text(cell) for cell in column] for column in list(zip(*rows, strict=True))[1:]]
                yield Batch.of([int(row[0]) for row in rows], cells)
        except sqlite3.OperationalError as wrong:
            if "rowid" in str(wrong) and not done:
                continue
            table.faults.append(Fault(done, "records after this one cannot be read"))
        except sqlite3.Error:
            table.faults.append(Fault(done, "records after this one cannot be read"))
        return


@contextmanager
def _on_disk(source: Source) -> Iterator[Path]:
    if source.local is not None:
        yield source.local
        return
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        path = Path(folder) / "copy.sqlite"
        with source.open() as stream, path.open("wb") as target:
            shutil.copyfileobj(stream, target)
        yield path


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "backslashreplace")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15 else str(cell)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    """Return the path for a SQLite URI: per cent signs, question and number signs escaped."""
    text = path.resolve().as_posix()
    return text.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _unreadable(source: Source, name: str, reason: str) -> Table:
    table = Table(source, name, (), iter(()))
    table.faults.append(Fault(0, reason, source.size))
    return table
