"""Which backup's rows the tables hold at an instant of the log, and how far that can be trusted."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.scope.lineage.definitions import defined
from kyumei.scope.lineage.state import Held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.model.source import Source
    from kyumei.scope.lineage.definitions import Defined
    from kyumei.scope.lineage.replay import Logged
    from kyumei.scope.lineage.state import State
    from kyumei.scope.tables.registry import Extractor, Table
    from kyumei.store.query import Store

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
_DUMPED: Final = re.compile(
    r"^\s*(?:select\s+/\*!40001\s+sql_no_cache\s*\*/\s+.*?\sfrom\s+(?P<a>\S+)|copy\s+(?P<b>[\w.\"]+)\s*\([^()]*\)\s+to\s+stdout)",
    re.IGNORECASE | re.DOTALL,
)
NO_INSTANT: Final = "when the backup was made is not known; it is taken to be older than the log"


@dataclass(slots=True)
class Backup:
    """One data object with tables, and what it says of itself.

    Attributes:
        tables: names in lower case of the tables that are wanted.
        made: the instant from which on its rows hold; None where not known.
    """

    source: Source
    extractor: Extractor
    said: Defined
    tables: set[str]
    made: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """What of the time a log covers.

    Attributes:
        begins: its first instant. gaps: times between two of its files of which nothing is recorded.
        inserts: table → how many rows are added in an hour of the log.
    """

    begins: int | None
    gaps: tuple[tuple[int, int], ...] = ()
    inserts: Mapping[str, float] = field(default_factory=dict)


def span_of(store: Store, events: Sequence[Logged], inserted: Mapping[str, int]) -> Span:
    """Return what the database logs in a store cover.

    A time between two files counts as a gap where it is longer than an hour and three times the longest pause inside any file.
    """
    files = store.rows(
        "select epoch_us(min(ts)), epoch_us(max(ts)), max(pause) from (select *, epoch_us(ts) - lag(epoch_us(ts)) over"
        " (partition by file_id order by ts) as pause from events where source like 'database.%' and ts is not null)"
        " group by file_id order by 1, 2"
    )
    stated = [e.ts for e in events if e.ts is not None]
    begins = min([*stated, *(first for first, _, _ in files[:1])], default=None)
    ends = max([*stated, *(last for _, last, _ in files)], default=None)
    longest = max([HOUR, *(3 * (pause or 0) for _, _, pause in files)])
    gaps: list[tuple[int, int]] = []
    reached = files[0][1] if files else 0
    for first, last, _ in files[1:]:
        if first - reached > longest:
            gaps.append((reached, first))
        reached = max(reached, last)
    hours = max(1.0, ((ends or 0) - (begins or 0)) / HOUR)
    return Span(begins, tuple(gaps), {table: count / hours for table, count in inserted.items()})


@dataclass(slots=True)
class Backups:
    """Loads what is due before each statement.

    Attributes:
        personal: table's id → column as written → kind of personal data.
        assumptions: what was taken for granted, for the report.
    """

    state: State
    backups: list[Backup]
    personal: Mapping[str, Mapping[str, str]]
    dialect: str
    span: Span
    assumptions: list[str] = field(default_factory=list)
    _due: list[Backup] = field(default_factory=list)
    _gaps: list[tuple[int, int]] = field(default_factory=list)
    _loaded: dict[str, int] = field(default_factory=dict)
    _started: bool = False

    def arrive(self, ts: int | None, text: str) -> None:
        """Load what holds at this instant."""
        del text
        if not self._started:
            self._start(ts)
        while self._due and ts is not None and (self._due[0].made or 0) <= ts:
            backup = self._due.pop(0)
            self._load(backup, backup.tables, "", 0)
        while self._gaps and ts is not None and self._gaps[0][1] <= ts:
            self._pass(*self._gaps.pop(0))

    def _pass(self, start: int, end: int) -> None:
        """Doubt the tables after a time of which nothing is recorded, unless a backup was loaded since."""
        for table, held in self.state.tables.items():
            if self._loaded.get(table, 0) < end:
                hours = -(-(end - start) // HOUR)
                held.doubts.append(f"nothing is recorded of {hours} h between two files of the log")
                held.added += self._grown(table, hours)

    def _grown(self, table: str, hours: int) -> int:
        """Return how many rows may have been added in so many hours, three times what the log's own rate says."""
        return math.ceil(3 * hours * self.span.inserts.get(table, 0.0)) + self.state.count(table) // 100 + 5

    def _start(self, ts: int | None) -> None:
        """Load for each table the last backup before the log, or the first one there is."""
        self._started = True
        self._gaps = [gap for gap in self.span.gaps if ts is None or gap[1] > ts]
        ordered = sorted(self.backups, key=lambda b: (b.made or 0, b.source.path))
        at = ts if ts is not None else 0
        earlier = [b for b in ordered if b.made is None or b.made <= at]
        later = [b for b in ordered if b not in earlier]
        done: set[str] = set()
        for backup in reversed(earlier):
            self._load(backup, backup.tables - done, *self._gap(backup))
            done |= backup.tables
        for backup in later:
            self._load(backup, backup.tables - done, "the only backup is later than the statement", 0)
            done |= backup.tables
        self._due = later

    def _gap(self, backup: Backup) -> tuple[str, int]:
        """Return why the rows are in doubt at the beginning of the log, and the hours of which nothing is known."""
        if backup.made is None or backup.said.basis == "change time":
            self._assume(f"{backup.source.path}: {NO_INSTANT}")
            return "", 0
        if self.span.begins is not None and backup.made < self.span.begins:
            hours = -(-(self.span.begins - backup.made) // HOUR)
            return f"changes of {hours} h between the backup and the beginning of the log are not known", hours
        return "", 0

    def _assume(self, what: str) -> None:
        if what not in self.assumptions:
            self.assumptions.append(what)

    def _load(self, backup: Backup, wanted: set[str], doubt: str, hours: int) -> None:
        if not wanted:
            return
        for table in backup.extractor.extract(backup.source):
            key = folded(table)
            if key in wanted and table.columns:
                held = held_of(table, self.personal.get(table.id, {}))
                self.state.load(held, table.batches, backup.said.tables.get(key), backup.said.dialect or self.dialect)
                held.doubts = [doubt] if doubt else []
                held.added = self._grown(key, hours) if hours else 0
                held.earlier = hours > 0
                self._loaded[key] = backup.made or 0
            else:
                for _ in table.batches:
                    pass


def folded(table: Table) -> str:
    """Return the name by which statements call a table: that of the file where the file is the table."""
    name = table.name or re.sub(r"\.(?:csv|tsv|txt|json|jsonl)$", "", table.source.name, flags=re.IGNORECASE)
    name = re.sub(r"[-_.]?(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d.*$", "", name) or name
    return name.rsplit(".", 1)[-1].lower()


def held_of(table: Table, personal: Mapping[str, str]) -> Held:
    """Return the table without rows."""
    written: dict[str, str] = {}
    for column in table.columns:
        written.setdefault(column.lower(), column)
    types = dict.fromkeys(written, "VARCHAR")
    kinds = {column.lower(): kind for column, kind in personal.items()}
    return Held(folded(table), types, written, table_id=table.id, file_id=table.source.file_id, personal=kinds)


def backup_of(source: Source, extractor: Extractor, tables: set[str], dumped: Sequence[Logged]) -> Backup:
    """Return the backup with its instant: that of the dump's own reading in the log where it is there, else what it says.

    Args:
        source: the data object.
        extractor: what gives its tables.
        tables: those wanted.
        dumped: statements of the log that read whole tables as dumps do.
    """
    said = defined(source)
    made = said.made
    if made is not None and said.basis in {"content", "name"}:
        marks = [
            e.ts for e in dumped if e.ts is not None and _of(e.text) in tables and made - 24 * HOUR <= e.ts < made + SECOND
        ]
        made = max(marks) if marks and said.basis == "content" else made
    return Backup(source, extractor, said, tables, made)


def dumps_in(events: Sequence[Logged]) -> list[Logged]:
    """Return the statements with which dumps read whole tables."""
    return [event for event in events if _of(event.text)]


def _of(text: str) -> str:
    found = _DUMPED.match(text)
    named = (found["a"] or found["b"]) if found else ""
    return named.rsplit(".", 1)[-1].strip('`"').lower() if named else ""
