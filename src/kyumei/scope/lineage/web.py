"""Requests to a web server that name rows of a table, and the people whose rows they are.

`/customers/123`, `/customer/123/edit`, `/customer.php?id=123`, `?customer_id=123`, `?member_no=M107` and GraphQL variables
(`variables={"customerId": 123}`) are taken for rows of the table whose name the word before them is, in singular or plural, by
its key or by the column that the parameter names. Only answers of success count (2xx). Which columns a page shows is not in
the log: a row that was asked for and answered counts as read, and as gone to the address that asked.
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
from kyumei.scope.lineage.people import People, Witness
from kyumei.scope.lineage.state import State
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.model.source import Source
    from kyumei.scope.lineage.events import Wanted
    from kyumei.scope.tables.registry import Extractor
    from kyumei.store.query import Store

    Objects = Sequence[tuple[Source, Extractor]]

RANGES: Final = 20
_ESCAPED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_VALUE: Final = r"[A-Za-z]{0,4}-?\d{1,18}"
_STEP: Final = re.compile(rf"/([A-Za-z][\w-]*)/({_VALUE})(?=[/.?#;]|$)")
_PARAMETER: Final = re.compile(rf"[?&;]([A-Za-z_][\w.\[\]-]*)=({_VALUE})(?=[&;#]|$)")
_VARIABLE: Final = re.compile(rf'"([A-Za-z_]\w*)"\s*:\s*"?({_VALUE})"?(?=\s*[,}}])')
_PAGE: Final = re.compile(r"/([A-Za-z][\w-]*?)(?:\.\w+)?/?(?:[?#]|$)")


@dataclass(slots=True)
class Asked:
    """What one address asked of one table.

    Attributes:
        column: by which the rows were named. requests: how many were answered with success. bytes: how much was sent.
        values: those asked for. rows: those of them that the table has. absent: how many it has not.
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
    rows: npt.NDArray[np.int64]
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


def named_in(target: str) -> list[tuple[str, str]]:
    """Return (word, value) for each identifier in a request's target; the word of a bare `id` is that of the page."""
    text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), target)
    path = text.split("?", 1)[0]
    found = [(m[1], m[2]) for m in _STEP.finditer(path) if not re.fullmatch(r"v\d+", m[2])]
    page = _PAGE.search(path[path.rfind("/") :]) if "/" in path else None
    for word, value in [*_PARAMETER.findall(text), *_VARIABLE.findall(text)]:
        bare = word.lower() in {"id", "no", "key", "uid", "pk"}
        found.append((page[1] if bare and page else word, value))
    return found


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

    requests = _requests(store, wanted)
    nobody = Count.exact(0, "no rows about persons")
    personal = personal_columns(store)
    if not requests or not personal:
        return [], nobody
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        state = State(Path(folder))
        try:
            _load(state, objects, personal)
            found = _found(state, requests)
            return _counted(store, state, found, sorted(personal)) if found else ([], nobody)
        finally:
            state.close()


def _requests(store: Store, wanted: Wanted) -> list[tuple[str, str, int, int, int | None, int | None]]:
    """Return address, target, number, bytes, first and last of answered requests."""
    found: dict[tuple[str, str], list[Any]] = {}
    for reader in store.readers():
        fields = {f.lower(): f for f in store.fields(reader)}
        status = next((fields[f] for f in ("status", "sc-status", "sc_status") if f in fields), None)
        success = f"{name(status)} like '2%'" if status else "outcome = 'success'"
        sql = (
            "select coalesce(src_ip, ''), object, count(*), coalesce(sum(bytes), 0)::bigint,"
            " epoch_us(min(ts)), epoch_us(max(ts))"
            f" from {name(reader)} where action = 'web.request' and object is not null and {success}"
            " and regexp_matches(object, '[0-9]') and (? is null or epoch_us(ts) >= ?) and (? is null or epoch_us(ts) <= ?)"
            " and (len(?::varchar[]) = 0 or list_contains(?::varchar[], lower(coalesce(account, ''))))"
            " group by all order by all"
        )
        accounts = sorted(wanted.accounts)
        for client, target, n, size, first, last in store.rows(
            sql, wanted.first, wanted.first, wanted.last, wanted.last, accounts, accounts
        ):
            if not wanted.clients or client in wanted.clients:
                found[client, target] = [n, size, first, last]
    return [(client, target, *facts) for (client, target), facts in sorted(found.items())]


def _load(state: State, objects: Objects, personal: Mapping[str, Mapping[str, str]]) -> None:
    """Load the tables about persons, older backups first so that later ones renew them."""
    said = sorted(((defined(s), s, e) for s, e in objects), key=lambda o: (o[0].made or 0, o[1].path))
    for about, source, extractor in said:
        for table in extractor.extract(source):
            if table.id in personal and table.columns:
                held = held_of(table, personal[table.id])
                state.load(held, table.batches, about.tables.get(folded(table)), about.dialect)
            else:
                for _ in table.batches:
                    pass


def _found(state: State, requests: Sequence[tuple[str, str, int, int, int | None, int | None]]) -> list[Asked]:
    gathered: dict[tuple[str, str, str], list[Any]] = {}
    for client, target, n, size, first, last in requests:
        for word, value in named_in(target):
            place = _column(state, word)
            if place is None:
                continue
            sums = gathered.setdefault((client, *place), [0, 0, [], [], set()])
            sums[0] += n
            sums[1] += size
            sums[2] += [first] if first is not None else []
            sums[3] += [last] if last is not None else []
            sums[4].add(value)
    return [
        Asked(client, table, column, n, size, min(firsts, default=None), max(lasts, default=None), tuple(sorted(values)), rows)
        for (client, table, column), (n, size, firsts, lasts, values) in sorted(gathered.items())
        for rows in [_rows(state, table, column, sorted(values))]
    ]


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


def _rows(state: State, table: str, column: str, values: list[str]) -> npt.NDArray[np.int64]:
    import pyarrow as pa

    state.con.register("__asked_for", pa.table({"v": pa.array(values, pa.string())}))
    try:
        sql = f"select __row from {name(table)} join __asked_for on lower({name(column)}::varchar) = lower(v)"
        return state.numbers_of(sql)
    finally:
        state.con.unregister("__asked_for")


def _counted(store: Store, state: State, found: list[Asked], ids: Sequence[str]) -> tuple[list[Asked], Count]:
    import numpy as np

    witness = Witness(state)
    for each in found:
        witness.seen(each.table, each.rows)
    people = People.of(store, state, witness, ids)
    every = np.zeros(len(people.records), bool)
    for each in found:
        mask = people.places({each.table: each.rows})
        each.people = people.count(mask)
        kept = people.records.table[mask]
        each.records = {
            people.records.tables[n]: people.records.rec[mask][kept == n].tolist() for n in sorted(set(kept.tolist()))
        }
        every |= mask
    return found, people.count(every)
