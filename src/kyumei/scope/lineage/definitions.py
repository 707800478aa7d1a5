"""What a backup says of its tables besides their rows: types, keys, collations, counters, the instant it was made.

From SQL dumps (MySQL, MariaDB, PostgreSQL, scripts of SQL Server and Oracle) and SQLite files. A file that says nothing of the
kind gives nothing: types are then told from the values, and the instant from the name or the change time of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source

MAX_DEFINITION: Final = 256 * 1024
_CREATE: Final = re.compile(rb"^\s*CREATE\s+(?:(?!TABLE)\w+\s+){0,3}TABLE\b", re.IGNORECASE)
_MADE: Final = (
    re.compile(rb"^-- Dump completed on (\d{4}-\d\d-\d\d +\d{1,2}:\d\d:\d\d)"),
    re.compile(rb"^-- (?:Started|Completed) on (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"),
    re.compile(rb"^/\*{6} Object: .* Script Date: (\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d:\d\d) \*{6}/"),
)
_DATABASE: Final = re.compile(rb"^-- Host: .*Database: (\S+)|^-- Current Database: `([^`]+)`|^\\connect (\S+)")
_KEY: Final = re.compile(
    rb"ADD\s+(?:CONSTRAINT\s+\S+\s+)?PRIMARY\s+KEY\s+(?:(?:NON)?CLUSTERED\s*)?\(\s*[\"\[]?(\w+)[\"\]]?(?:\s+ASC)?\s*\)",
    re.IGNORECASE,
)
_ALTERED: Final = re.compile(rb"^\s*ALTER\s+TABLE\s+(?:ONLY\s+)?(\S+)", re.IGNORECASE)
_SEQUENCE: Final = re.compile(rb"^\s*CREATE\s+SEQUENCE\s+(\S+).*?\bSTART\s+WITH\s+(\d+)", re.IGNORECASE)
_END: Final = re.compile(rb"^\s*GO\s*$|;\s*$", re.IGNORECASE | re.MULTILINE)
_STORED: Final = re.compile(
    r"\bWITH\s*\((?:[^()]|\([^()]*\))*\)|\bON\s+\[\w+\]|\b(?:NON)?CLUSTERED\b|\bASC\b|\bSPARSE\b", re.IGNORECASE
)
"""How a table's keys are stored, which says nothing of its rows."""
_SETVAL: Final = re.compile(rb"setval\('(?:\w+\.)?\"?(\w+?)_(\w+)_seq\"?', (\d+), (true|false)\)")
_NAMED: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?:[-_T]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)"
)
_MARKS: Final = {
    "postgres": (b"postgresql database dump", b"pg_catalog"),
    "mysql": (b"`", b"mysql", b"mariadb"),
    "tsql": (b"[dbo].",),
    "oracle": (b"varchar2(", b"rem inserting into", b"--  ddl for table"),
}
"""Dialect → what only its scripts have at their beginning."""
_TEXTS: Final = {
    "TEXT",
    "VARCHAR",
    "CHAR",
    "NVARCHAR",
    "NCHAR",
    "ENUM",
    "SET",
    "MEDIUMTEXT",
    "LONGTEXT",
    "TINYTEXT",
    "NAME",
    "BPCHAR",
}


@dataclass(slots=True)
class Definition:
    """One table's definition.

    Attributes:
        types: column → type in DuckDB; columns whose type it has not are text.
        key: the one column of the primary key, empty where there is none or several.
        next_number: the next value of the key that the backup states, 0 where it does not.
        binary: text columns that compare with regard to case (collation `_bin`, `_cs`).
        defaults: column → literal that stands where an INSERT leaves it out; `now` for the present instant.
    """

    types: dict[str, str] = field(default_factory=dict)
    key: str = ""
    next_number: int = 0
    binary: set[str] = field(default_factory=set)
    defaults: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Defined:
    """What a backup says of itself.

    Attributes:
        made: microseconds since 1970 UTC, None where nothing says when.
        basis: what `made` rests on: content, name, change time.
    """

    tables: dict[str, Definition] = field(default_factory=dict)
    dialect: str = ""
    database: str = ""
    made: int | None = None
    basis: str = ""


def defined(source: Source) -> Defined:
    """Read what the source says of its tables; never raises on any bytes."""
    found = Defined()
    if source.head.startswith(b"SQLite format 3\0"):
        found.dialect = "sqlite"
    elif b"\0" not in source.head[:4096]:
        _script(source, found)
    if found.made is None:
        _made_by_file(source, found)
    return found


@dataclass(slots=True)
class _Told:
    """What a script says of its tables after it has defined them."""

    altered: bytes = b""
    keys: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def line(self, line: bytes) -> None:
        """Take what one line says."""
        if named := _ALTERED.match(line):
            self.altered = named[1]
        if key := _KEY.search(line):
            self.keys[_bare(self.altered)] = key[1].decode().lower()
        if counted := _SEQUENCE.match(line):
            self.sequences[_bare(counted[1])] = int(counted[2])
        for value in _SETVAL.finditer(line):
            self.numbers[_bare(value[1]), value[2].decode().lower()] = int(value[3]) + (value[4] == b"true")

    def put(self, found: Defined) -> None:
        """Put it into the definitions."""
        for table, key_name in self.keys.items():
            definition = found.tables.setdefault(table, Definition())
            definition.key = key_name
            definition.next_number = self.numbers.get((table, key_name), 0)
        for name, number in self.sequences.items():  # a sequence is told from its name, as it is usually given
            table = re.sub(r"^seq_|_?(?:id_)?seq$", "", name)
            if table in found.tables and not found.tables[table].next_number:
                found.tables[table].next_number = number


def _script(source: Source, found: Defined) -> None:
    head = source.head.lower()
    found.dialect = next((name for name, marks in _MARKS.items() if any(mark in head for mark in marks)), "")
    told = _Told()
    for line in _lines(source):
        if _CREATE.match(line):
            _define(line, found)
        else:
            told.line(line)
        _about(line, found, source.zone)
    told.put(found)


def _lines(source: Source) -> Iterator[bytes]:
    """Yield the script's lines, those of a table's definition together; rows of data are cut at their beginning."""
    definition = b""
    with source.open() as stream:
        while line := stream.readline(64 * 1024):
            if definition or _CREATE.match(line):
                definition += line
                if _END.search(line) or len(definition) > MAX_DEFINITION:
                    yield definition
                    definition = b""
            else:
                yield line[:400]
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
    if definition:
        yield definition


def _about(line: bytes, found: Defined, zone: str) -> None:
    for pattern in _MADE:
        if made := pattern.match(line):
            text = re.sub(r" +(\d):", r" 0\1:", made[1].decode()).replace("  ", " ").replace("/", "-")
            found.made, found.basis = _instant(text, zone), "content"
    if (named := _DATABASE.match(line)) and not found.database:
        found.database = next(part for part in named.groups() if part).decode("utf-8", "backslashreplace")


def _instant(text: str, zone: str) -> int | None:
    try:
        wall = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return None
    return int(wall.timestamp()) * 1_000_000


def _define(text: bytes, found: Defined) -> None:
    dialect = found.dialect or "mysql"
    script = text.decode("utf-8", "backslashreplace")
    bare = _STORED.sub(" ", _columns_only(script)) if dialect in {"tsql", "oracle"} else script
    try:
        tree = sqlglot.parse_one(bare, read=dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return
    schema = tree.this
    if not isinstance(tree, exp.Create) or not isinstance(schema, exp.Schema):
        return
    definition = Definition()
    for column in schema.find_all(exp.ColumnDef):
        column_of(column, definition)
        if dialect == "oracle":
            _of_oracle(column, definition)
    keys = [p for p in schema.find_all(exp.PrimaryKey) if len(p.expressions) == 1]
    if keys:
        definition.key = str(keys[0].expressions[0].name).lower()
    counter = re.search(r"AUTO_INCREMENT=(\d+)", script)
    definition.next_number = int(counter[1]) if counter else 0
    found.tables[schema.this.name.lower()] = definition


def _of_oracle(column: exp.ColumnDef, definition: Definition) -> None:
    """Oracle's DATE has a time of day, and what a NUMBER without digits holds is told from its values."""
    name = column.name.lower()
    if definition.types[name] == "DATE":
        definition.types[name] = "TIMESTAMP"
    elif definition.types[name] == "DOUBLE":
        del definition.types[name]


def _columns_only(script: str) -> str:
    """Return the definition up to the end of its list of columns; what follows says where the table is stored."""
    depth, quote = 0, ""
    for at, letter in enumerate(script):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if letter == ")" and depth == 0:
                return script[: at + 1]
    return script


def column_of(column: exp.ColumnDef, definition: Definition) -> None:
    """Add a column of a table definition."""
    name = column.name.lower()
    definition.types[name] = _type(column.kind)
    for constraint in column.find_all(exp.ColumnConstraint):
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            definition.key = name
        elif isinstance(kind, exp.CollateColumnConstraint) and re.search(r"_(?:bin|cs)$", kind.this.name, re.IGNORECASE):
            definition.binary.add(name)
        elif isinstance(kind, exp.DefaultColumnConstraint):
            _default(name, kind.this, definition)


def _default(name: str, value: Any, definition: Definition) -> None:
    if isinstance(value, exp.Literal):
        definition.defaults[name] = value.name
    elif isinstance(value, exp.Boolean):
        definition.defaults[name] = str(value.this).lower()
    elif isinstance(value, exp.CurrentTimestamp | exp.CurrentDate) or "now" in value.sql().lower():
        definition.defaults[name] = "now"


def _type(kind: exp.DataType | None) -> str:
    """Return the type in DuckDB: numbers, dates and times as such, everything else as text."""
    if kind is None:
        return "VARCHAR"
    if kind.is_type(*exp.DataType.INTEGER_TYPES) or kind.is_type("serial", "bigserial", "smallserial"):
        return "BIGINT"
    if kind.is_type(*exp.DataType.REAL_TYPES):
        return _number_type(kind)
    if kind.is_type("date"):
        return "DATE"
    if kind.is_type(*exp.DataType.TEMPORAL_TYPES) and not kind.is_type("time", "timetz", "year"):
        return "TIMESTAMPTZ" if kind.is_type("timestamptz") else "TIMESTAMP"
    return "BOOLEAN" if kind.is_type("boolean") else "VARCHAR"


def _number_type(kind: exp.DataType) -> str:
    digits = [part.name for part in kind.expressions]
    if len(digits) == 2 and digits[1] == "0" and int(digits[0]) <= 18:
        return "BIGINT"
    return kind.sql("duckdb") if digits else "DOUBLE"


def _made_by_file(source: Source, found: Defined) -> None:
    if named := _NAMED.search(source.name):
        year, month, day, *clock = (int(part or 0) for part in named.groups())
        try:
            wall = datetime(year, month, day, clock[0], clock[1], clock[2], tzinfo=ZoneInfo(source.zone))
        except ValueError:
            wall = datetime(1970, 1, 1, tzinfo=UTC)
        found.made, found.basis = int(wall.timestamp()) * 1_000_000, "name"
    elif source.mtime is not None:
        found.made, found.basis = source.mtime, "change time"


def _bare(name: bytes) -> str:
    return name.rsplit(b".", 1)[-1].strip(b'`"[]').decode("utf-8", "backslashreplace").lower()
