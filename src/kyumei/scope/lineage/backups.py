"""Which backup's rows the tables hold at an instant of the log, and how far that can be trusted."""

from __future__ import annotations

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

HOUR: Final = 3_600_000_000
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
    begins: int | None
    assumptions: list[str] = field(default_factory=list)
    _due: list[Backup] = field(default_factory=list)
    _started: bool = False

    def arrive(self, ts: int | None, text: str) -> None:
        """Load what holds at this instant."""
        del text
        if not self._started:
            self._start(ts)
        while self._due and ts is not None and (self._due[0].made or 0) <= ts:
            self._load(self._due.pop(0), self._due_tables, "")

    @property
    def _due_tables(self) -> set[str]:
        return set().union(*(b.tables for b in self.backups))

    def _start(self, ts: int | None) -> None:
        """Load for each table the last backup before the log, or the first one there is."""
        self._started = True
        ordered = sorted(self.backups, key=lambda b: (b.made or 0, b.source.path))
        at = ts if ts is not None else 0
        earlier = [b for b in ordered if b.made is None or b.made <= at]
        later = [b for b in ordered if b not in earlier]
        done: set[str] = set()
        for backup in reversed(earlier):
            self._load(backup, backup.tables - done, self._gap(backup))
            done |= backup.tables
        for backup in later:
            self._load(backup, backup.tables - done, "the only backup is later than the statement")
            done |= backup.tables
        self._due = later

    def _gap(self, backup: Backup) -> str:
        if backup.made is None or backup.said.basis == "change time":
            self._assume(f"{backup.source.path}: {NO_INSTANT}")
            return ""
        if self.begins is not None and backup.made < self.begins:
            hours = -(-(self.begins - backup.made) // HOUR)
            return f"changes of {hours} h between the backup and the beginning of the log are not known"
        return ""

    def _assume(self, what: str) -> None:
        if what not in self.assumptions:
            self.assumptions.append(what)

    def _load(self, backup: Backup, wanted: set[str], doubt: str) -> None:
        if not wanted:
            return
        for table in backup.extractor.extract(backup.source):
            key = folded(table)
            if key in wanted and table.columns:
                held = held_of(table, self.personal.get(table.id, {}))
                self.state.load(held, table.batches, backup.said.tables.get(key), backup.said.dialect or self.dialect)
                held.doubts = [doubt] if doubt else []
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
        marks = [e.ts for e in dumped if e.ts is not None and _of(e.text) in tables and made - 24 * HOUR <= e.ts <= made + HOUR]
        made = max(marks) if marks and said.basis == "content" else made
    return Backup(source, extractor, said, tables, made)


def dumps_in(events: Sequence[Logged]) -> list[Logged]:
    """Return the statements with which dumps read whole tables."""
    return [event for event in events if _of(event.text)]


def _of(text: str) -> str:
    found = _DUMPED.match(text)
    named = (found["a"] or found["b"]) if found else ""
    return named.rsplit(".", 1)[-1].strip('`"').lower() if named else ""
