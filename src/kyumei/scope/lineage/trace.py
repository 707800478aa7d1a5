"""The whole lineage of a database: logged statements and backups in, people by reach out.

`accessed` are the people whose rows were shown to the accounts asked about; `taken` those whose rows were written to a file or
a dump, or went to an address outside; `exposed` all people in the tables that hold them. Each with bounds.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.count import Count
from kyumei.scope.lineage.backups import Backups, backup_of, dumps_in, folded, span_of
from kyumei.scope.lineage.people import People, Witness
from kyumei.scope.lineage.replay import Replay
from kyumei.scope.lineage.state import State
from kyumei.scope.lineage.statements import analyse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.model.source import Source
    from kyumei.scope.lineage.replay import Logged, Reading
    from kyumei.scope.tables.registry import Extractor
    from kyumei.store.query import Store

    Rows = npt.NDArray[np.int64]
    Objects = Sequence[tuple[Source, Extractor]]

METHOD: Final = "statements replayed on the restored tables"
NOBODY: Final = Count.exact(0, "no rows about persons")


@dataclass(frozen=True, slots=True)
class Shown:
    """One statement that read, with the people it showed."""

    reading: Reading
    people: Count
    taken: bool


@dataclass(slots=True)
class Trace:
    """The answer.

    Attributes:
        shown: the reading statements that were asked about, in the order of the log.
        accessed, taken, exposed: people. accounts: account → people it was shown.
        rows: table → how many rows were shown, at least, at best, at most.
        skipped: changes that could not be applied. assumptions: what was taken for granted.
        statements: how many statements the log has, by kind.
        records: accessed and taken → low, best and high → table's id → records; negative ones were changed by the log.
    """

    shown: list[Shown] = field(default_factory=list)
    accessed: Count = NOBODY
    taken: Count = NOBODY
    exposed: Count = NOBODY
    accounts: dict[str, Count] = field(default_factory=dict)
    rows: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    skipped: list[tuple[Logged, str]] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)
    records: dict[str, dict[str, dict[str, list[int]]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Sum:
    """Rows of several readings together.

    Attributes:
        open: rows of readings of which nothing says how many rows they showed at most.
        unseen: table → rows that these may have shown and evidence does not have; missing: the same for all readings.
        more: what the others may have shown beyond `low`, at most.
    """

    low: dict[str, Rows] = field(default_factory=dict)
    best: dict[str, Rows] = field(default_factory=dict)
    high: dict[str, Rows] = field(default_factory=dict)
    open: dict[str, Rows] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    more: int = 0

    def add(self, reading: Reading) -> None:
        """Add the rows of one reading."""
        _unite(self.low, reading.low)
        _unite(self.best, reading.best)
        _unite(self.high, reading.high)
        for table, rows in reading.unseen.items():
            self.missing[table] = max(self.missing.get(table, 0), rows)
        _unite(self.open, reading.high if reading.most is None else reading.low)
        if reading.most is not None:
            self.more += max(0, min(reading.most, _size(reading.high) + sum(reading.unseen.values())) - _size(reading.low))
            return
        for table, rows in reading.unseen.items():
            self.unseen[table] = max(self.unseen.get(table, 0), rows)

    def people(self, people: People) -> Count:
        """Return the persons, the bounds of linking inside those of the replay."""
        low = people.count(people.places(self.low))
        best = people.count(people.places(self.best))
        most = people.count(people.places(self.open) | people.places(self.low)).high + sum(self.unseen.values()) + self.more
        known = people.count(people.places(self.high) | people.places(self.best)).high
        most = min(most, known + sum(self.missing.values()))
        return bounded(low.low, best.best, most, METHOD if low.low != most else best.method)


def _unite(mine: dict[str, Rows], theirs: Mapping[str, Rows]) -> None:
    import numpy as np

    for table, rows in theirs.items():
        mine[table] = np.union1d(mine[table], rows) if table in mine else rows


def _size(rows: Mapping[str, Rows]) -> int:
    return sum(len(part) for part in rows.values())


def bounded(low: int, best: int, high: int, method: str) -> Count:
    """Return the count with bounds in order."""
    return Count(min(low, best), best, max(high, best), method)


def trace(
    events: Iterable[Logged], objects: Objects, store: Store, *, zone: str, wanted: Callable[[Logged], bool] = lambda _: True
) -> Trace:
    """Replay a log on the tables of some data objects.

    Args:
        events: all statements of the log, in any order; those not asked about change the tables too.
        objects: dumps, databases and tables in evidence, each with what extracts it.
        store: holds their profile (`tables`, `columns`, `people`).
        zone: IANA name of the zone of the database's clock.
        wanted: which statements the answer is about.
    """
    ordered = _in_order(events)
    result = Trace()
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        state = State(Path(folder))
        try:
            _run(ordered, objects, store, (state, zone, wanted), result)
        finally:
            state.close()
    return result


def _in_order(events: Iterable[Logged]) -> list[Logged]:
    from dataclasses import replace

    ordered = sorted(events, key=lambda e: (e.ts is None, e.ts or 0, e.file_id, e.rec, e.number))
    return [replace(event, number=n) for n, event in enumerate(ordered, 1)]


def _run(
    events: Sequence[Logged], objects: Objects, store: Store, how: tuple[State, str, Callable[[Logged], bool]], result: Trace
) -> None:
    state, zone, wanted = how
    named, inserted = _named(events, result)
    personal = personal_columns(store)
    dumped = dumps_in(events)
    backups = []
    for source, extractor in objects:
        tables = {folded(t): t.id for t in _tables(source, extractor)}
        if tables.keys() & named:
            backups.append(backup_of(source, extractor, set(tables) & named, dumped))
    span = span_of(store, events, inserted)
    loading = Backups(state, backups, personal, events[0].dialect if events else "mysql", span)
    witness = Witness(state)
    replay = Replay(state, zone, loading.arrive, witness.seen)
    readings = [r for r in replay.run(events) if wanted(r.logged)]
    result.skipped, result.assumptions = replay.skipped, loading.assumptions
    ids = sorted({i for i in personal if i in _held_ids(state)} | {t for t in state.rowed.tables if t in personal})
    people = People.of(store, state, witness, ids)
    _sum_up(readings, people, ids, result)


def _held_ids(state: State) -> set[str]:
    return {held.table_id for held in state.tables.values()}


def _named(events: Sequence[Logged], result: Trace) -> tuple[set[str], dict[str, int]]:
    """Return the tables that any statement names, and how many rows are inserted into them."""
    named: set[str] = set()
    inserted: dict[str, int] = {}
    for event in events:
        for statement in analyse(event.text, event.dialect) if event.text else ():
            named.update(statement.tables)
            for table in statement.tables if statement.kind in {"insert", "load"} else ():
                inserted[table] = inserted.get(table, 0) + 1
            result.statements[statement.kind] = result.statements.get(statement.kind, 0) + 1
    result.statements = dict(sorted(result.statements.items()))
    return named, inserted


def personal_columns(store: Store) -> dict[str, dict[str, str]]:
    """Return table's id → column → kind, of tables about persons."""
    sql = (
        "select c.table_id, c.name, c.kind from columns c join tables t using (table_id)"
        " where t.personal and c.kind is not null order by c.table_id, c.ordinal"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in store.rows(sql):
        found.setdefault(table, {})[column] = kind
    return found


def _tables(source: Source, extractor: Extractor) -> list[Any]:
    """Return the tables of a data object without their rows."""
    found = []
    for table in extractor.extract(source):
        found.append(table)
        for _ in table.batches:
            pass
    return found


def _sum_up(readings: Sequence[Reading], people: People, ids: Sequence[str], result: Trace) -> None:
    accessed, taken, accounts = _Sum(), _Sum(), dict[str, _Sum]()
    for reading in readings:
        alone = _Sum()
        alone.add(reading)
        is_taken = leaves(reading)
        result.shown.append(Shown(reading, alone.people(people), is_taken))
        accessed.add(reading)
        accounts.setdefault(reading.logged.account, _Sum()).add(reading)
        if is_taken:
            taken.add(reading)
    result.accessed, result.taken = accessed.people(people), taken.people(people)
    result.exposed = people.count(people.tables(ids))
    result.accounts = {account: rows.people(people) for account, rows in sorted(accounts.items())}
    tables = sorted({*accessed.low, *accessed.best, *accessed.high})
    result.rows = {t: tuple(len(part.get(t, ())) for part in (accessed.low, accessed.best, accessed.high)) for t in tables}  # type: ignore[misc]  # three of them
    result.records = {
        reach: {degree: _records(getattr(rows, degree), people) for degree in ("low", "best", "high")}
        for reach, rows in (("accessed", accessed), ("taken", taken))
    }


def _records(rows: Mapping[str, Rows], people: People) -> dict[str, list[int]]:
    """Return table's id → records in evidence that these rows are; changed rows have negative ones."""
    import numpy as np

    found: dict[str, list[int]] = {}
    for at in np.flatnonzero(people.places(rows)).tolist():
        found.setdefault(people.records.tables[int(people.records.table[at])], []).append(int(people.records.rec[at]))
    return found


def leaves(reading: Reading) -> bool:
    """Return whether what the statement showed left the database for a file or for an address outside."""
    if reading.statement.kind == "export":
        return True
    try:
        address = ip_address(reading.logged.src_ip)
    except ValueError:
        return False
    return address.is_global
