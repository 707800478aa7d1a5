r"""Database dumps as SQL text: `table.sqldump`.

mysqldump and MariaDB (extended and complete INSERT, backslash escapes, `_binary`, hexadecimal literals), pg_dump in plain
format (COPY and `--inserts`), SQLite `.dump` and SQL Server scripts (`INSERT [dbo].[t] … N'…'`). A record's place is the byte
offset of its opening parenthesis or, in COPY, of its line. Columns come from the INSERT or COPY, else from CREATE TABLE.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN, LIKELY
from kyumei.scope.tables.blocks import Flaws, Lines
from kyumei.scope.tables.header import named
from kyumei.scope.tables.registry import Batch, Table, extractor
from kyumei.scope.tables.sql_lex import name_of
from kyumei.scope.tables.sql_script import Broken, Created, events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.fault import Fault
    from kyumei.model.source import Source
    from kyumei.scope.tables.sql_script import Event, Rows

_SIGNED: Final = re.compile(
    r"^(?:-- (?:MySQL|MariaDB) dump|--\s*\n-- PostgreSQL database dump|PRAGMA foreign_keys=OFF;\s*BEGIN TRANSACTION|"
    r"/\*!\d+\s+SET|-- phpMyAdmin SQL Dump)",
    re.MULTILINE,
)
_STATEMENT: Final = re.compile(
    rb"^\s*(?:(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?(?:INTO\s+)?[\w.`\"\[\]$]+\s*(?:\([^()]*\))?\s*VALUES?\s*\(|"
    rb"COPY\s+[\w.\"]+\s*\([^()]*\)\s+FROM\s+stdin|CREATE\s+TABLE\s)",
    re.IGNORECASE | re.MULTILINE,
)
_LOG: Final = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*(?:LOG|ERROR|STATEMENT):", re.MULTILINE)
_BEGINS: Final = re.compile(
    rb"^[ \t]*(?:(?:INSERT|REPLACE)(?:[ \t]+(?:IGNORE|LOW_PRIORITY|DELAYED))*(?:[ \t]+INTO)?|COPY)[ \t]+"
    rb"([^\s(]+|`[^`\n]+`|\"[^\"\n]+\")",
    re.IGNORECASE | re.MULTILINE,
)
_MYSQL: Final = re.compile(rb"`|MySQL|MariaDB|ENGINE\s*=", re.IGNORECASE)
_CHARSETS: Final = (
    (re.compile(rb"SET (?:NAMES|client_encoding\s*=)\s*'?(?:sjis|cp932|shift_jis\w*)", re.IGNORECASE), "cp932"),
    (re.compile(rb"SET (?:NAMES|client_encoding\s*=)\s*'?(?:ujis|eucjpms|euc_jp\w*)", re.IGNORECASE), "euc_jp"),
)


def accepts(source: Source) -> int:
    """Return `CERTAIN` for a dump that says it is one, `LIKELY` where a line begins an INSERT, COPY or CREATE TABLE."""
    text = source.sample.text
    if _SIGNED.search(text):
        return CERTAIN
    statement = _STATEMENT.search(text.encode("utf-8", "backslashreplace"))
    return LIKELY if statement and not _LOG.search(text) else 0


@extractor("table.sqldump", accepts=accepts, title="SQL dump", spec="https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html")
def extract(source: Source) -> Iterator[Table]:
    """Yield the tables in the order in which rows of them first appear, then those without rows.

    A table whose statements are scattered between those of others is gathered in a pass of its own.
    """
    scattered = _scattered(source)
    stream = _Stream(source)
    seen: dict[str, int] = {}
    while (event := stream.rows()) is not None:
        if event.table in scattered:
            if event.table not in seen:
                yield _table(source, event, stream, _Stream(source, only=event.table))
        else:
            stream.push(event)
            number = seen.get(event.table, 0)
            table = _table(source, event, stream, stream)
            table.name += f" ({number + 1})" if number else ""
            yield table
            for _ in table.batches:
                pass
        seen[event.table] = seen.get(event.table, 0) + 1
    for name, columns in stream.created.items():
        if name not in seen:
            yield Table(source, name, named(columns, len(columns)), iter(()))
    if stream.faults:
        yield Table(source, "", (), iter(()), faults=stream.faults)


class _Stream:
    """The script's events one by one, with one event of look-ahead; `only` leaves out the rows of other tables."""

    def __init__(self, source: Source, *, only: str = "") -> None:
        self.created: dict[str, tuple[str, ...]] = {}
        self.faults: list[Fault] = []
        self.flaws = Flaws()
        self._only = only
        self._pushed: Rows | None = None
        self._events = _events(source, self.flaws)

    def push(self, event: Rows) -> None:
        """Give an event back, to be the next one."""
        self._pushed = event

    def rows(self) -> Rows | None:
        """Return the next rows; definitions and faults on the way are kept."""
        if self._pushed is not None:
            event, self._pushed = self._pushed, None
            return event
        for found in self._events:
            if isinstance(found, Created):
                self.created.setdefault(found.table, found.columns)
            elif isinstance(found, Broken):
                self.faults.append(found.fault)
            elif not self._only or found.table == self._only:
                return found
        return None

    def taken(self) -> tuple[list[Fault], list[Fault]]:
        """Return the faults and flaws since the last call."""
        faults, self.faults = self.faults, []
        flaws = self.flaws.all()
        self.flaws.listed.clear()
        self.flaws.more = 0
        return faults, flaws


def _table(source: Source, first: Rows, definitions: _Stream, stream: _Stream) -> Table:
    columns = first.columns or definitions.created.get(first.table, ())
    width = max(len(columns), int(first.grid.width.max(initial=0)) if not columns else 0)
    table = Table(source, first.table, named(columns, width), iter(()))
    table.batches = _batches(table, stream)
    return table


def _batches(table: Table, stream: _Stream) -> Iterator[Batch]:
    import pyarrow as pa

    name = table.name
    while (event := stream.rows()) is not None:
        if event.table != name:
            stream.push(event)
            break
        for row in (event.grid.width != len(event.columns or table.columns)).nonzero()[0].tolist():
            stream.flaws.add(int(event.recs[row]), f"row of {int(event.grid.width[row])} values")
        places = [event.columns.index(c) if c in event.columns else -1 for c in table.columns]
        if not event.columns or -1 in places:
            places = list(range(len(table.columns)))
        yield Batch(pa.array(event.recs, pa.int64()), tuple(event.grid.column(n) for n in places))
    faults, flaws = stream.taken()
    table.faults.extend(faults)
    table.flaws.extend(flaws)


def _events(source: Source, flaws: Flaws) -> Iterator[Event]:
    backslash = _MYSQL.search(source.sample.text.encode("utf-8", "backslashreplace")) is not None
    with source.open() as stream:
        yield from events(Lines(stream, _encoding(source), flaws, whole=False), backslash=backslash)


def _scattered(source: Source) -> set[str]:
    """Return the tables to which the script comes back after another one, by the beginnings of lines alone."""
    seen: set[str] = set()
    scattered: set[str] = set()
    last = ""
    with source.open() as stream:
        for block in Lines(stream, _encoding(source), Flaws(), whole=False):
            for found in _BEGINS.finditer(block.text):
                name = name_of(found[1])
                if name != last and name in seen:
                    scattered.add(name)
                seen.add(name)
                last = name
    return scattered


def _encoding(source: Source) -> str:
    """Return the codec that the content shows, or where that is ASCII so far, the one that the script states."""
    stated = next((codec for pattern, codec in _CHARSETS if pattern.search(source.head)), "")
    return stated if stated and source.head.isascii() else source.sample.encoding
