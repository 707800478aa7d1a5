"""Requests to a web server that name rows of a table, and the people whose rows they are.

What `kyumei.scope.lineage.named` finds is taken for rows of the table whose name the word before it is, in singular or plural,
by its key or by the column that the parameter names. Only answers of success count (2xx). Which columns a page shows is not in
the log: a row that was asked for and answered counts as read, and as gone to the address that asked.

A request is judged on the backup before it; what that has not is looked for in the next ones, because a row that was answered
was there. Of numbers that no backup has there may have been a person each.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.count import Count
from kyumei.scope.lineage.backups import folded, held_of
from kyumei.scope.lineage.definitions import defined
from kyumei.scope.lineage.named import named_in
from kyumei.scope.lineage.people import People, Witness
from kyumei.scope.lineage.state import State
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.model.source import Source
    from kyumei.scope.lineage.definitions import Defined
    from kyumei.scope.lineage.events import Wanted
    from kyumei.scope.tables.registry import Extractor
    from kyumei.store.query import Store

    Ints = npt.NDArray[np.int64]
    Objects = Sequence[tuple[Source, Extractor]]

RANGES: Final = 20
BODIES: Final = ("request_body", "requestbody", "post_data", "postdata", "body", "payload", "extra")
"""Native fields that hold what was sent, where a log has it."""


@dataclass(slots=True)
class Asked:
    """What one address asked of one table.

    Attributes:
        column: by which the rows were named. requests: how many were answered with success. bytes: how much was sent.
        values: those asked for. rows: those of them that a backup has.
        first, last: microseconds since 1970 UTC.
        records: table's id → records of the people.
    """

    client: str
    table: str
    column: str
    requests: int
    bytes: int
    first: int | None
    last: int | None
    values: tuple[str, ...]
    rows: Ints
    people: Count = field(default_factory=lambda: Count.exact(0, "no rows about persons"))
    records: dict[str, list[int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object of `kyumei.lineage/1`."""
        return {
            "client": self.client,
            "table": self.table,
            "column": self.column,
            "requests": self.requests,
            "bytes": self.bytes,
            "values": len(self.values),
            "ranges": ranges(self.values)[:RANGES],
            "rows": len(self.rows),
            "people": self.people.as_json(),
        }


def ranges(values: Sequence[str]) -> list[str]:
    """Return the whole numbers among the values as ranges, others as they are."""
    numbers = sorted({int(v) for v in values if v.isdigit()})
    found: list[str] = []
    start = 0
    for n, number in enumerate(numbers):
        if n + 1 == len(numbers) or numbers[n + 1] != number + 1:
            found.append(str(number) if start == n else f"{numbers[start]}-{number}")
            start = n + 1
    return [*found, *sorted({v for v in values if not v.isdigit()})]


def asked(store: Store, objects: Objects, wanted: Wanted) -> tuple[list[Asked], Count]:
    """Return what was asked of tables about persons, by address and table, and all people together.

    Args:
        store: holds the requests and the profile of the tables.
        objects: dumps, databases and tables in evidence.
        wanted: its clients, accounts and times choose the requests.
    """
    from kyumei.scope.lineage.trace import personal_columns

    personal = personal_columns(store)
    backups = _backups(objects)
    requests = _requests(store, wanted, [made for made, _ in backups[1:]]) if personal else []
    if not requests:
        return [], Count.exact(0, "no rows about persons")
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        state = State(Path(folder))
        try:
            found = _Found(state, Witness(state), requests)
            for number, (_, sources) in enumerate(backups):
                for about, source, extractor in sources:
                    _load(state, about, source, extractor, personal)
                found.look(number)
            return _counted(store, found, sorted(personal))
        finally:
            state.close()


def _backups(objects: Objects) -> list[tuple[int, list[tuple[Defined, Source, Extractor]]]]:
    """Return the backups by the instant they were made; the first group are those that say none, it may be empty."""
    found: dict[int, list[tuple[Defined, Source, Extractor]]] = {0: []}
    for source, extractor in sorted(objects, key=lambda o: o[0].path):
        about = defined(source)
        found.setdefault(about.made or 0, []).append((about, source, extractor))
    return sorted(found.items())


def _requests(store: Store, wanted: Wanted, made: Sequence[int]) -> list[_Request]:
    """Return the answered requests that name something, those of one address for one target between two backups together."""
    found: dict[tuple[str, str, str, int], _Request] = {}
    for reader in store.readers():
        fields = {f.lower(): f for f in store.fields(reader)}
        status = next((fields[f] for f in ("status", "sc-status", "sc_status") if f in fields), None)
        body = next((name(fields[f]) for f in BODIES if f in fields), "null")
        success = f"{name(status)} like '2%'" if status else "outcome = 'success'"
        sql = (
            f"select coalesce(src_ip, ''), object, coalesce({body}, '') as body,"
            " case when ts is null then len(?::bigint[]) else len(list_filter(?::bigint[], lambda m: m <= epoch_us(ts))) end,"
            " count(*), coalesce(sum(bytes), 0)::bigint, epoch_us(min(ts)), epoch_us(max(ts))"
            f" from {name(reader)} where action = 'web.request' and object is not null and {success}"
            " and regexp_matches(object || ' ' || body, '[0-9]|=') and (? is null or epoch_us(ts) >= ?)"
            " and (? is null or epoch_us(ts) <= ?)"
            " and (len(?::varchar[]) = 0 or list_contains(?::varchar[], lower(coalesce(account, ''))))"
            " group by all order by all"
        )
        accounts, since = sorted(wanted.accounts), list(made)
        span = (wanted.first, wanted.first, wanted.last, wanted.last)
        for client, target, sent, number, *facts in store.rows(sql, since, since, *span, accounts, accounts):
            if not wanted.clients or client in wanted.clients:
                found[client, target, sent, number] = _Request(client, number, tuple(named_in(target, sent)), *facts)
    return [request for _, request in sorted(found.items()) if request.named]


@dataclass(frozen=True, slots=True)
class _Request:
    """Requests of one address for the same: how many backups were made before them, what they name, and their sums."""

    client: str
    after: int
    named: tuple[tuple[str, str], ...]
    requests: int
    bytes: int
    first: int | None
    last: int | None


@dataclass(slots=True)
class _Found:
    """Rows that requests named, on their way from backup to backup.

    Attributes:
        asked: address, table and column → what was asked. values: the same → the values.
        rows: table and column → value in lower case → rows; absent ones are not there.
    """

    state: State
    witness: Witness
    requests: list[_Request]
    asked: dict[tuple[str, str, str], list[_Request]] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, tuple[int, ...]]] = field(default_factory=dict)
    values: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    _known: set[tuple[int, str, str]] = field(default_factory=set)

    def look(self, number: int) -> None:
        """Look in the state after so many backups for what was asked after them, and for what the earlier ones had not."""
        wanted: dict[tuple[str, str], set[str]] = {}
        for n, request in enumerate(self.requests):
            for word, value in request.named if request.after <= number else ():
                place = _column(self.state, word)
                if place is None:
                    continue
                if (n, *place) not in self._known:
                    self._known.add((n, *place))
                    self.asked.setdefault((request.client, *place), []).append(request)
                self.values.setdefault((request.client, *place), set()).add(value)
                if value.lower() not in self.rows.get(place, {}):
                    wanted.setdefault(place, set()).add(value.lower())
        for (table, column), values in sorted(wanted.items()):
            there = _rows(self.state, table, column, sorted(values))
            self.rows.setdefault((table, column), {}).update(there)
            self.witness.seen(table, _array(row for rows in there.values() for row in rows))

    def of(self, key: tuple[str, str, str]) -> tuple[Ints, int]:
        """Return the rows that one address asked for, and how many values no backup has."""
        there = self.rows.get(key[1:], {})
        listed = {value.lower() for value in self.values[key]}
        return _array(row for v in listed for row in there.get(v, ())), len(listed - there.keys())


def _load(
    state: State, about: Defined, source: Source, extractor: Extractor, personal: Mapping[str, Mapping[str, str]]
) -> None:
    """Load the tables about persons of one backup."""
    for table in extractor.extract(source):
        if table.id in personal and table.columns:
            held = held_of(table, personal[table.id])
            state.load(held, table.batches, about.tables.get(folded(table)), about.dialect)
        else:
            for _ in table.batches:
                pass


def _column(state: State, word: str) -> tuple[str, str] | None:
    """Return the table and column that a word stands for."""
    plain = re.sub(r"[^a-z0-9_]", "", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower())
    for table, held in sorted(state.tables.items()):
        stem = _singular(table)
        if held.key and _singular(plain) == stem:
            return table, held.key
        if held.key and plain in {f"{stem}_id", f"{table}_id", f"{stem}id", f"{stem}_no"}:
            return table, held.key if plain not in held.types else plain
    for table, held in sorted(state.tables.items()):
        if plain in held.types and plain != held.key and held.personal.get(plain, "").endswith("number"):
            return table, plain
    return None


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return re.sub(r"(?:(?<=[sxz])es|(?<=[cs]h)es|(?<!s)s)$", "", word)


def _rows(state: State, table: str, column: str, values: list[str]) -> dict[str, tuple[int, ...]]:
    """Return value → rows, for the values that the column has now."""
    import pyarrow as pa

    state.con.register("__asked_for", pa.table({"v": pa.array(values, pa.string())}))
    try:
        same = f"lower({name(column)}::varchar) = v"
        sql = f"select v, list(__row) from {name(table)} join __asked_for on {same} group by 1 order by 1"
        return {str(value): tuple(sorted(rows)) for value, rows in state.con.execute(sql).fetchall()}
    finally:
        state.con.unregister("__asked_for")


def _array(rows: Iterable[int]) -> Ints:
    import numpy as np

    return np.unique(np.fromiter(rows, np.int64))


def _counted(store: Store, found: _Found, ids: Sequence[str]) -> tuple[list[Asked], Count]:
    import numpy as np

    people = People.of(store, found.state, found.witness, ids)
    every, absent = np.zeros(len(people.records), bool), set[tuple[str, str, str]]()
    listed = []
    for key, requests in sorted(found.asked.items()):
        client, table, column = key
        rows, missing = found.of(key)
        mask = people.places({table: rows})
        kept = people.records.table[mask]
        records = {people.records.tables[n]: people.records.rec[mask][kept == n].tolist() for n in sorted(set(kept.tolist()))}
        first = min((r.first for r in requests if r.first is not None), default=None)
        last = max((r.last for r in requests if r.last is not None), default=None)
        sums = (sum(r.requests for r in requests), sum(r.bytes for r in requests), first, last)
        values = tuple(sorted(found.values[key]))
        listed.append(Asked(client, table, column, *sums, values, rows, _wider(people.count(mask), missing), records))
        absent |= {(table, column, v.lower()) for v in values if v.lower() not in found.rows.get((table, column), {})}
        every |= mask
    return listed, _wider(people.count(every), len(absent))


def _wider(count: Count, absent: int) -> Count:
    """Return the count with a person more for each number that was answered and that no backup has."""
    if not absent:
        return count
    return Count(count.low, count.best, count.high + absent, f"{count.method}; {absent} answered numbers are in no backup")
