"""Statements of a database log run again, each on the tables as they stood at its instant.

Backups give rows, changes in the log carry them on, transactions are kept: what a session changed is seen by itself at once, by
others when it commits, and never where it is rolled back. Each SELECT gives the rows of the base tables whose values its result
shows. What cannot be replayed for certain gives an interval: `low` are the rows that were read in any case, `high` those that
may have been, `best` the likeliest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from kyumei.scope.lineage.changes import Change, define, prepared
from kyumei.scope.lineage.clocks import at_instant, reads_clock
from kyumei.scope.lineage.names import Unreplayable
from kyumei.scope.lineage.rewrite import NUMBERED, PLACE, rewritten
from kyumei.scope.lineage.statements import analyse
from kyumei.scope.lineage.walls import shifted, wall_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.lineage.rewrite import Mode, Rewritten
    from kyumei.scope.lineage.state import State
    from kyumei.scope.lineage.statements import Statement

    Rows = npt.NDArray[np.int64]

Status = Literal["exact", "interval", "not replayed", "nobody shown", "no rows in evidence"]
IDENTIFYING: Final = frozenset({
    "name", "family name", "given name", "kana", "email", "phone", "address", "student number", "employee number",
    "customer number", "my number", "passport", "licence", "residence card", "social insurance",
})  # fmt: skip
"""Kinds whose values tell who somebody is even where rows were put together by grouping."""
DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Logged:
    """A statement as a log has it.

    Attributes:
        file_id, rec: where it stands. ts: microseconds since 1970 UTC.
        session: what transactions belong to. rows: how many the log says were given, None where it does not.
        failed: whether the log says that it failed.
    """

    number: int
    ts: int | None
    file_id: str
    rec: int
    reader: str
    account: str
    src_ip: str
    session: str
    database: str
    text: str
    parameters: str | None
    rows: int | None
    failed: bool
    ends: bool = False

    @property
    def dialect(self) -> str:
        """Return the dialect of the database that wrote the log."""
        return next((d for part, d in _DIALECTS.items() if part in self.reader), "mysql")


_DIALECTS: Final = {"postgres": "postgres", "sqlserver": "tsql", "oracle": "oracle", "mysql": "mysql", "mariadb": "mysql"}


@dataclass(slots=True)
class Reading:
    """What one statement read.

    Attributes:
        low, best, high: table → row numbers whose values were shown.
        unseen: table → rows that may have been shown and that evidence does not have.
        shown: table → columns with personal data that were shown.
        behind: table → how many rows stand behind the result without being shown (counts, sums, bare ids).
        given: how many rows the replay gave, None where it was not run.
        most: how many rows it can have shown whichever they were, None where nothing says so.
        reasons: why the rows are not certain.
    """

    logged: Logged
    statement: Statement
    status: Status = "exact"
    low: dict[str, Rows] = field(default_factory=dict)
    best: dict[str, Rows] = field(default_factory=dict)
    high: dict[str, Rows] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    shown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    given: int | None = None
    most: int | None = None
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Session:
    """An open transaction's changes in order; a text is a savepoint."""

    changes: list[Change | str] | None = None
    autocommit: bool = True
    broken: bool = False


@dataclass(slots=True)
class Replay:
    """A replay on its way.

    Attributes:
        state: the tables.
        arrive: called before each statement with its instant; loads backups that are due.
        seen: called with a table and the numbers of rows that were shown, while the state is that of the statement.
        skipped: changes that could not be applied, with the reason.
    """

    state: State
    zone: str
    arrive: Callable[[int | None, str], None]
    seen: Callable[[str, Rows], None]
    skipped: list[tuple[Logged, str]] = field(default_factory=list)
    _sessions: dict[str, _Session] = field(default_factory=dict)
    _implicit: bool = False

    def run(self, events: Iterable[Logged]) -> Iterator[Reading]:
        """Yield what each reading statement read, in the order of the log."""
        ordered = list(events)
        self._implicit = any(e.dialect == "oracle" and _ENDS.match(e.text) for e in ordered)
        for event in ordered:
            self.arrive(event.ts, event.text)
            if event.ends:
                self._leave(event)
                continue
            for statement in analyse(event.text, event.dialect, event.parameters):
                reading = self._step(event, statement)
                if reading is not None:
                    yield reading

    def _leave(self, event: Logged) -> None:
        """End a session: what is open is rolled back, but Oracle commits it where somebody disconnects."""
        session = self._sessions.pop(event.session, None)
        if session is not None and event.dialect == "oracle":
            self._commit(session)

    def _session(self, event: Logged) -> _Session:
        """Return the session; Oracle's transactions begin by themselves, if the log has the words that end them."""
        begun = self._implicit and event.dialect == "oracle"
        return self._sessions.setdefault(event.session, _Session([], autocommit=False) if begun else _Session())

    def _step(self, event: Logged, statement: Statement) -> Reading | None:
        session = self._session(event)
        if event.failed:
            session.broken = session.broken or (session.changes is not None and event.dialect == "postgres")
            return None
        if statement.kind in {"read", "export"}:
            return self._read(event, statement, session)
        if statement.kind == "unreadable":
            return self._unreadable(event, statement)
        if statement.kind in {"insert", "update", "delete", "load", "define"}:
            self._change(event, statement, session)
        else:
            self._transact(statement, session)
        return None

    def _unreadable(self, event: Logged, statement: Statement) -> Reading | None:
        if not statement.tables or event.text.lstrip()[:6].lower() in {"insert", "update", "delete", "replac", "merge "}:
            self._doubt(event, statement.tables, statement.reason)
            return None
        reading = Reading(event, statement, "not replayed", reasons=[statement.reason])
        self._all_of(reading, statement.tables)
        return reading

    def _transact(self, statement: Statement, session: _Session) -> None:
        text = statement.text.lower()
        if statement.kind == "begin":
            self._commit(session)
            session.changes = []
        elif statement.kind == "commit":
            self._commit(session)
        elif statement.kind == "rollback":
            session.changes, session.broken = self._fresh(session), False
        elif statement.kind == "savepoint" and session.changes is not None:
            _savepoint(text, session)
        elif text.startswith("set") and ("autocommit" in text or "implicit_transactions" in text):
            is_off = text.rstrip("; ").endswith(("0", "off", "false"))
            session.autocommit = is_off if "implicit_transactions" in text else not is_off
            if session.autocommit:
                self._commit(session)
            session.changes = self._fresh(session)

    def _fresh(self, session: _Session) -> list[Change | str] | None:
        return None if session.autocommit else []

    def _commit(self, session: _Session) -> None:
        for change in session.changes or () if not session.broken else ():
            if isinstance(change, Change):
                self._apply(change)
        session.changes, session.broken = self._fresh(session), False

    def _change(self, event: Logged, statement: Statement, session: _Session) -> None:
        try:
            if statement.kind == "define":
                if event.dialect in {"mysql", "oracle"}:
                    self._commit(session)
                define(statement, self.state)
                return
            change = prepared(statement, self.state, event.number, wall_of(event.ts, self.zone))
        except Exception as wrong:  # noqa: BLE001  # DuckDB's and the parser's many kinds
            self._doubt(event, statement.tables, _said(wrong))
            return
        if session.changes is None:
            self._apply(change, event)
        else:
            session.changes.append(change)

    def _apply(self, change: Change, event: Logged | None = None) -> None:
        try:
            for sql in change.sql:
                self.state.con.execute(sql)
            self.state.tables[change.table].sorted.clear()
        except Exception as wrong:  # noqa: BLE001  # DuckDB's many kinds
            if change.table in self.state.tables:
                self.state.tables[change.table].doubts.append(f"a change could not be applied: {_said(wrong)}")
            if event is not None:
                self.skipped.append((event, _said(wrong)))

    def _doubt(self, event: Logged, tables: Sequence[str], why: str) -> None:
        """Note that tables may differ from what was there from now on."""
        self.skipped.append((event, why))
        for table in tables:
            if table in self.state.tables:
                self.state.tables[table].doubts.append(f"a change could not be applied: {why}")

    def _read(self, event: Logged, statement: Statement, session: _Session) -> Reading:
        reading = Reading(event, statement)
        pending = [c for c in session.changes or () if isinstance(c, Change)]
        self.state.con.execute("begin transaction")
        try:
            for change in pending:
                self._apply(change)
            self._run(reading, statement)
        except Unreplayable as why:
            reading.status, reading.reasons = "not replayed", [str(why)]
        except Exception as wrong:  # noqa: BLE001  # DuckDB's many kinds
            reading.status, reading.reasons = "not replayed", [_said(wrong)]
        finally:
            self.state.con.execute("rollback")
        if reading.status == "not replayed":
            known = [t for t in statement.tables if t in self.state.tables]
            self._all_of(reading, known)
            reading.status = reading.status if known else "no rows in evidence"
        return reading

    def _run(self, reading: Reading, statement: Statement) -> None:
        if statement.tree is None:
            raise Unreplayable(statement.reason or "not understood")
        wall = wall_of(reading.logged.ts, self.zone)
        timed = reads_clock(statement.tree)
        walls = [wall, shifted(wall, -1), shifted(wall, 1)] if timed else [wall]
        best = self._rows(statement, "best", wall, reading)
        certain, possible = [best], [best]
        is_paged = reading.reasons[:1] == [_PAGED]
        if is_paged or timed:
            reading.reasons = [r for r in reading.reasons if r != _PAGED]
            for at in walls:
                certain.append(self._rows(statement, "certain" if is_paged else "best", at, None))
                possible.append(self._rows(statement, "possible" if is_paged else "best", at, None))
        reading.best = best
        reading.low = _within(certain[1:] or [best], best)
        reading.high = _together(possible)
        if timed:
            reading.reasons.append("the clock is taken from the log, a day more or less")
        self._doubts(reading, statement)
        self._settle(reading)
        for table, rows in reading.high.items():
            self.seen(table, rows)

    def _rows(self, statement: Statement, mode: Mode, wall: str, reading: Reading | None) -> dict[str, Rows]:
        """Return table → rows whose values are shown; the first call fills in the rest of the reading."""
        import numpy as np

        tree = at_instant(statement.tree, wall) if statement.tree is not None else None
        if tree is None:
            return {}
        done = rewritten(tree, self.state.types(), mode, self.state.sorts_alike, statement.dialect, self.state.keys())
        self.state.con.execute(f"create or replace temp table __result as {done.tree.sql('duckdb')}")
        found: dict[str, list[Rows]] = {}
        for k, table in done.mentions.items():
            columns = self._shown(done, k)
            extremes = self._personal(table, done.extremes.get(k, set()))
            if not self._has(f"{PLACE}{k}"):
                continue
            rows = self.state.numbers_of(f"select unnest({PLACE}{k}) from __result")
            if columns:
                found.setdefault(table, []).append(rows)
            if reading is not None:
                self._tell(reading, table, rows, (columns, extremes))
        if reading is not None:
            reading.given = self.state.count("__result")
            single = [k for k in done.mentions if self._shown(done, k)]
            if not done.grouped.intersection(single):
                reading.most = reading.given * len(single)
            reading.reasons = ([_PAGED] if done.paged else []) + [
                *done.doubts,
                *([statement.reason] if statement.reason else []),
            ]
        return {table: np.unique(np.concatenate(parts)) for table, parts in found.items()}

    def _tell(self, reading: Reading, table: str, rows: Rows, kinds: tuple[set[str], set[str]]) -> None:
        columns, extremes = kinds
        if columns:
            reading.shown[table] = tuple(sorted({*reading.shown.get(table, ()), *columns}))
        elif len(rows) and self.state.tables[table].personal:
            reading.behind[table] = max(reading.behind.get(table, 0), len(rows))
            if extremes:
                reading.reasons.append("a smallest or largest value is shown: of which row is not told")

    def _has(self, column: str) -> bool:
        return column in self.state.con.sql("select * from __result limit 0").columns

    def _shown(self, done: Rewritten, k: int) -> set[str]:
        """Return the columns with personal data that are shown; put together by grouping, only those that identify count."""
        table = done.mentions[k]
        columns = self._personal(table, done.shown.get(k, set()))
        if k not in done.grouped:
            return columns
        kinds = self.state.tables[table].personal
        return columns if any(kinds[c] in IDENTIFYING for c in columns) else set()

    def _personal(self, table: str, columns: set[str]) -> set[str]:
        return {c for c in columns if c in self.state.tables[table].personal}

    def _doubts(self, reading: Reading, statement: Statement) -> None:
        """Widen where the tables themselves are in doubt or the log counted other rows."""
        doubts = list(dict.fromkeys(d for t in statement.tables if t in self.state.tables for d in self.state.tables[t].doubts))
        if statement.reason.startswith("cursor"):
            reading.low = {}
        logged = reading.logged.rows
        if logged is not None and reading.given is not None and logged != reading.given:
            doubts.append(f"the log counts {logged} rows, the replay gives {reading.given}")
        numbered = [r for r in reading.reasons if r == NUMBERED]
        if not (doubts or numbered) or not reading.shown:
            return
        tables = len(reading.shown)
        reading.most = logged * tables if logged is not None and reading.most is not None else None
        reading.reasons += doubts
        reading.low = {}
        self._all_of(reading, [*reading.shown])

    def _all_of(self, reading: Reading, tables: Iterable[str]) -> None:
        """Make every row of the tables one that may have been read, with those of which only the number is known."""
        for table in tables:
            held = self.state.tables.get(table)
            if held is not None and held.personal:
                reading.high[table] = _union(reading.high.get(table), self.state.rows(table))
                reading.unseen[table] = self.state.unseen(table)
                self.seen(table, reading.high[table])

    def _settle(self, reading: Reading) -> None:
        same = all(len(reading.low.get(t, ())) == len(rows) for t, rows in reading.high.items())
        if not same or any(reading.unseen.values()):
            reading.status = "interval"
            reading.reasons = reading.reasons or ["rows tie where the page is cut"]
        elif not reading.high:
            reading.status = "nobody shown"


_PAGED: Final = "\0paged"
_ENDS: Final = re.compile(r"\s*(?:commit|rollback)\b", re.IGNORECASE)


def _savepoint(text: str, session: _Session) -> None:
    changes = session.changes or []
    mark = text.rsplit(maxsplit=1)[-1].strip('`"[];')
    if text.startswith("rollback"):
        session.broken = False
        if mark in changes:
            del changes[len(changes) - 1 - changes[::-1].index(mark) + 1 :]
    elif text.startswith("save"):
        changes.append(mark)


def _said(wrong: Exception) -> str:
    return str(wrong).split("\n", 1)[0][:160] or type(wrong).__name__


def _union(one: Rows | None, other: Rows) -> Rows:
    import numpy as np

    return other if one is None else np.union1d(one, other)


def _together(parts: Sequence[dict[str, Rows]]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for part in parts:
        for table, rows in part.items():
            found[table] = _union(found.get(table), rows)
    return found


def _within(parts: Sequence[dict[str, Rows]], best: dict[str, Rows]) -> dict[str, Rows]:
    """Return the rows that all of the parts have, and the best guess too."""
    import numpy as np

    found: dict[str, Any] = dict(best)
    for part in parts:
        found = {table: np.intersect1d(rows, part[table]) for table, rows in found.items() if table in part}
    return found
