"""Sigma rules as the pySigma SQLite backend says them, executed on events in SQLite: a second opinion on what rules find.

Of ours only the decoded events, the mapping of log sources and the parsed conditions' fields are used; what a rule's condition
means is pySigma's and SQLite's.
"""

from __future__ import annotations

import importlib
import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt.applies import _may
from kyumei.detect.sigma.logsource import CHANNEL, EVENT_ID, fold, resolve
from kyumei.detect.sigma.tree import ANY, And, Leaf, Or, Text
from tests.detect.naive import _holds, _values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kyumei.detect.sigma.logsource import Sources
    from kyumei.detect.sigma.rule import Rule
    from kyumei.detect.sigma.tree import Node
    from kyumei.store.columns import Columns
    from tests.detect.naive import Names

FULL_TEXT: Final = "full text"
"""Column with all values of an event, for keywords."""
_LARGEST: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Query:
    """A rule as SQL; `wrong` says why there is none."""

    rule: Rule
    sql: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    wrong: str = ""


@dataclass(slots=True)
class Database:
    """Events in SQLite: a table for each log source, whose rows are numbered as the events are.

    Attributes:
        several: (table, column) → events with more than one value of a field, of which the table holds the first.
    """

    con: sqlite3.Connection
    tables: dict[Sources, str] = field(default_factory=dict)
    several: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    def hits(self, query: Query) -> set[int]:
        """Return the numbers of the events that a rule finds."""
        words = f"event FROM {self.table(query)}"
        return {n for sql in query.sql for (n,) in self.con.execute(sql.replace("* FROM logs", words, 1))}

    def table(self, query: Query) -> str:
        """Return the table with the events that a rule is about."""
        return self.tables[resolve(query.rule.logsource)]


def rows(parts: Iterable[Columns]) -> list[dict[str, str]]:
    """Return batches of events as maps of fields, names as they are decoded."""
    made: list[dict[str, str]] = []
    for columns in parts:
        start = len(made)
        made += [{"source": "windows.evtx"} for _ in range(columns.n)]
        for name, column in columns.fields.items():
            values = column.values.to_pylist()
            for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
                made[start + row][name] = values[code]
    return made


def queries(rules: Sequence[Rule], folder: Path) -> list[Query]:
    """Return the rules, parsed anew from their files, as queries of a table `logs` with folded names."""
    return [_query(rule, (folder / rule.about.path.partition("#")[0]).read_text("utf-8")) for rule in rules]


def _query(rule: Rule, text: str) -> Query:
    from sigma.collection import SigmaCollection
    from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
    from sigma.processing.transformations import FieldFunctionTransformation

    fields_folded = FieldFunctionTransformation(mapping={}, transform_func=lambda name: fold(name or ""))
    folded = ProcessingPipeline(items=[ProcessingItem(fields_folded)])
    backend: Any = importlib.import_module("sigma.backends.sqlite").sqliteBackend(
        folded, collate_nocase=True, fulltext_field=FULL_TEXT
    )
    try:
        found = SigmaCollection.from_yaml(text)
        sql = tuple(str(one) for one in backend.convert(found))
        fields = tuple(sorted({name for one in found.rules for name in backend.required_fields(one)}))
    except Exception as wrong:  # noqa: BLE001  # a peer's limits, whatever it raises
        return Query(rule, wrong=f"{type(wrong).__name__}: {' '.join(str(wrong).split())[:120]}")
    return Query(rule, sql, fields)


def database(events: Sequence[Mapping[str, str]], asked: Sequence[Query]) -> Database:
    """Return the events in SQLite, with every field that the queries ask for."""
    made = Database(sqlite3.connect(":memory:"))
    made.con.create_function("regexp", 2, _found, deterministic=True)
    wanted: dict[Sources, set[str]] = defaultdict(set)
    for query in asked:
        wanted[resolve(query.rule.logsource)].update(query.fields)
    kinds: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for n, row in enumerate(events):
        kinds[row["source"], row.get("channel", ""), row.get("event_id", "")].append(n)
    for sources, names in wanted.items():
        made.tables[sources] = f"source{len(made.tables)}"
        _fill(made, sources, sorted(names), events, kinds)
    return made


def _fill(
    made: Database,
    sources: Sources,
    names: Sequence[str],
    events: Sequence[Mapping[str, str]],
    kinds: Mapping[tuple[str, str, str], Sequence[int]],
) -> None:
    table = made.tables[sources]
    held: dict[int, list[str | None]] = {}
    for read in sources.reads:
        aliases = dict(read.fields)
        near = sorted(n for kind, numbers in kinds.items() if _may(read.where, kind) for n in numbers)
        for n in (n for n in near if n not in held and _holds(read.where, events[n], {})):
            cells: list[str | None] = []
            for name in names:
                values = ["\n".join(events[n].values())] if name == FULL_TEXT else _values(name, events[n], aliases)
                cells.append(values[0] if values else None)
                if len(set(values)) > 1:
                    made.several[table, name].add(n)
            held[n] = cells
    columns = [f'"{name}" {_type(cells[n] for cells in held.values())}' for n, name in enumerate(names)]
    made.con.execute(f"create table {table} ({', '.join(['event integer primary key', *columns])})")
    marks = ", ".join("?" * (len(names) + 1))
    made.con.executemany(f"insert into {table} values ({marks})", ((n, *cells) for n, cells in sorted(held.items())))


def _type(values: Iterable[str | None]) -> str:
    """Return a column's type as tools that fill such tables choose it: whole numbers, or text without case."""
    given = [value for value in values if value is not None]
    whole = all(re.fullmatch(r"0|-?[1-9]\d{0,18}", value) and abs(int(value)) < _LARGEST for value in given)
    return "integer" if given and whole else "text collate nocase"


def _found(pattern: str, value: Any) -> bool:
    return value is not None and _compiled(pattern).search(str(value)) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def one_table(events: Sequence[Mapping[str, str]], asked: Sequence[Query]) -> tuple[sqlite3.Connection, list[str]]:
    """Return all events in one table, as tools keep them, and the rules with their log sources as queries of it.

    There is an index over channel and number. A field's cell is the value of that name, else what stands for it by the first
    log source that has the event.
    """
    con = sqlite3.connect(":memory:")
    con.create_function("regexp", 2, _found, deterministic=True)
    reads = {read: None for query in asked for read in resolve(query.rule.logsource).reads}
    wheres = {field for read in reads for field in _fields(read.where)}
    names = sorted({CHANNEL, EVENT_ID, *wheres, *(name for query in asked for name in query.fields)})
    cells = [
        [*_cells(row, names, [dict(read.fields) for read in reads if read.fields and _holds(read.where, row, {})])]
        for row in events
    ]
    columns = [f'"{name}" {_type(row[n] for row in cells)}' for n, name in enumerate(names)]
    con.execute(f"create table logs (event integer primary key, {', '.join(columns)})")
    con.executemany(f"insert into logs values (?, {', '.join('?' * len(names))})", ((n, *row) for n, row in enumerate(cells)))
    con.execute(f'create index places on logs ("{CHANNEL}", "{EVENT_ID}")')
    con.execute("analyze")
    return con, [_placed(sql, query.rule) for query in asked for sql in query.sql]


def _cells(row: Mapping[str, str], names: Sequence[str], aliases: Sequence[Names]) -> Iterator[str | None]:
    for name in names:
        if name == FULL_TEXT:
            yield "\n".join(row.values())
            continue
        found = (values[0] for fields in (*aliases, {}) if (values := _values(name, row, fields)))
        yield next(found, None)


def _placed(sql: str, rule: Rule) -> str:
    head, _, condition = sql.partition(" WHERE ")
    places = " OR ".join(f"({_said(read.where)})" for read in resolve(rule.logsource).reads)
    return f"{head.replace('*', 'event', 1)} WHERE ({places}) AND ({condition})"


def _fields(where: Node) -> Iterator[str]:
    match where:
        case And(nodes) | Or(nodes):
            for one in nodes:
                yield from _fields(one)
        case Leaf(str(field)):
            yield fold(field)


def _said(where: Node) -> str:
    """Return a log source's condition as SQL."""
    match where:
        case And(nodes):
            return " AND ".join(f"({_said(one)})" for one in nodes)
        case Or(nodes):
            return " OR ".join(f"({_said(one)})" for one in nodes)
        case Leaf(str(field), Text(parts)):
            name = fold(field)
            if all(isinstance(part, str) for part in parts):
                return f"\"{name}\" = '{''.join(map(str, parts))}' collate nocase"
            return f"\"{name}\" like '{''.join('%' if part == ANY else str(part) for part in parts)}'"
    msg = f"a log source asks for {where}"
    raise ValueError(msg)
