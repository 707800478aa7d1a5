"""The lineage the other way round: by which acts one person's data was touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.errors import UserError
from kyumei.scope.count import link
from kyumei.scope.lineage.files import choose
from kyumei.scope.lineage.files.counted import Content, gathered
from kyumei.scope.lineage.files.trace import prepare
from kyumei.scope.records import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.scope.lineage.files.counted import Touched
    from kyumei.store.query import Store


@dataclass(frozen=True, slots=True)
class Person:
    """One person's records, and what touched them.

    Attributes:
        records: table's id and record.
        touched: the acts, each with whether it is certain that the person was in what it touched.
    """

    records: tuple[tuple[str, int], ...]
    touched: tuple[tuple[Touched, bool], ...]


def of_person(store: Store, row: str, zone: str, domains: Sequence[str] = ()) -> Person:
    """Return by which acts the data of the person in one record was touched.

    Args:
        store: of a triaged case.
        row: the path of the file, a colon, and the record's offset or number, as citations give them.
        zone: IANA name of the zone of dates in paths.
        domains: the organisation's mail domains.

    Raises:
        UserError: there is no such record about a person.
    """
    start = _record(store, row)
    prepare(store, zone, domains)
    content = Content.of(store)
    records = load(store, sorted({t for tables in content.tables.values() for t in tables}))
    label = link(records).label
    at = (records.table == records.tables.index(start[0])) & (records.rec == start[1])
    same = label == label[at][0]
    mine = tuple((records.tables[t], r) for t, r in zip(records.table[same].tolist(), records.rec[same].tolist(), strict=True))
    tables = {t for t, _ in mine}
    found = [(t, _certain(t, content, tables)) for t in gathered(choose.groups(store, "true")) if _possible(t, content, tables)]
    return Person(mine, tuple(found))


def _record(store: Store, row: str) -> tuple[str, int]:
    path, _, place = row.rpartition(":")
    sql = (
        "select p.table_id, p.rec from people p join tables t using (table_id) join sources s using (file_id)"
        " where s.path = ? and p.rec = try_cast(? as bigint) order by 1 limit 1"
    )
    found = store.rows(sql, path, place)
    if not found:
        raise UserError(f"{row}: no record about a person there", hint="write PATH:OFFSET as `kyumei people --clusters` does")
    return str(found[0][0]), int(found[0][1])


def _possible(touched: Touched, content: Content, tables: set[str]) -> bool:
    return bool(content.whole(f for c in touched.chosen for f in (c.best, *c.join)) & tables)


def _certain(touched: Touched, content: Content, tables: set[str]) -> bool:
    """Return whether the person is in every version that may be meant of one file at least."""
    sure = [bool(c.meet) and all(content.whole([f]) & tables for f in c.meet) for c in touched.chosen]
    return all(sure) if touched.one_of else any(sure)
