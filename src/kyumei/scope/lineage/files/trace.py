"""The lineage of files: what accounts reached, read and took, by the content of each file at that time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.scope.lineage.files import acts, chains, choose, mailed, series
from kyumei.scope.lineage.files.counted import NOBODY, Content, Sum, compared, gathered
from kyumei.store.connect import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.count import Count
    from kyumei.scope.lineage.events import Wanted
    from kyumei.scope.lineage.files.counted import Touched
    from kyumei.store.query import Store

REACHES: Final = ("exposed", "accessed", "taken")
LISTED: Final = 200
_UNKNOWN: Final = """
    select said, way, coalesce(account, '') as account, coalesce(dst, '') as dst, count(*) as n, sum(bytes)::bigint as bytes,
        min(us) as first, min({{'us': coalesce(us, 0), 'e': evidence_id, 'f': file_id, 'r': rec}}) as place
    from lineage_acts where reach = 'taken' and sure is null and ({chosen})
        and object not in (select object from lineage_targets)
        and object not in (select object from lineage_links where kind = 'file')
    group by said, way, account, dst order by bytes desc nulls last, n desc, said, account, dst
"""


@dataclass(slots=True)
class Files:
    """The answer.

    Attributes:
        touched: groups of like acts with the files they touched, what left first, at most `LISTED`.
        counted: people of each listed group. sums: reach → everything that was reached so far or further.
        people: reach → persons. accounts: account → reach → persons.
        unseen: reach → people whom no copy may have, at most.
        unknown: what left without a copy of it in evidence: name, bytes, place. groups: how many groups there are in all.
    """

    touched: list[Touched] = field(default_factory=list)
    counted: list[Count] = field(default_factory=list)
    sums: dict[str, Sum] = field(default_factory=lambda: {r: Sum() for r in REACHES})
    people: dict[str, Count] = field(default_factory=lambda: dict.fromkeys(REACHES, NOBODY))
    accounts: dict[str, dict[str, Count]] = field(default_factory=dict)
    unknown: list[dict[str, Any]] = field(default_factory=list)
    unseen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REACHES, 0))
    groups: int = 0


def prepare(store: Store, zone: str, domains: Sequence[str] = ()) -> bool:
    """Make the tables of acts and copies once a session; return whether any event touched a file.

    Args:
        store: of a triaged case.
        zone: IANA name of the zone of dates in paths.
        domains: the organisation's mail domains.
    """
    if not store.rows("select 1 from duckdb_tables() where table_name = 'lineage_acts'"):
        series.prepare(store, zone)
        acts.prepare(store)
        chains.prepare(store)
        mailed.add(store, domains)
    return bool(store.rows("select 1 from lineage_acts limit 1"))


def traced(store: Store, wanted: Wanted | str, zone: str, domains: Sequence[str] = (), *, people: bool = True) -> Files:
    """Return whose data files held that were reached, read or taken.

    Args:
        store: of a triaged case.
        wanted: which accounts, addresses and times are asked about, accounts without their domain too; or SQL over
            `lineage_acts` that says so.
        zone: IANA name of the zone of dates in paths.
        domains: the organisation's mail domains; a message from there takes what it carries.
        people: whether persons are counted; else only the tables are told, in `sums`.
    """
    found = Files()
    if not prepare(store, zone, domains):
        return found
    chosen = wanted if isinstance(wanted, str) else asked(wanted)
    rows = choose.groups(store, chosen)
    every = gathered(rows)
    content = Content.of(store)
    tables = sorted(content.whole(compared(every)))
    by_account: dict[str, dict[str, Sum]] = {}
    for touched in every:
        for reach in REACHES[: REACHES.index(touched.group["reach"]) + 1]:
            found.sums[reach].add(touched, content, tables)
            own = by_account.setdefault(touched.group["account"], {r: Sum() for r in REACHES})
            own[reach].add(touched, content, tables)
    found.unseen = {reach: found.sums[reach].unseen(content) for reach in REACHES}
    found.groups = len(every)
    found.touched = sorted(every, key=lambda t: -REACHES.index(t.group["reach"]))[:LISTED]
    found.unknown = unknown(store, chosen)
    if people:
        _count(found, by_account, content, tables)
    return found


def _count(found: Files, by_account: dict[str, dict[str, Sum]], content: Content, tables: Sequence[str]) -> None:
    content.label({t for s in found.sums.values() for listed in s.tables.values() for t in listed})
    found.people = {reach: found.sums[reach].people(content) for reach in REACHES}
    found.accounts = {a: {r: own[r].persons(content) for r in REACHES} for a, own in sorted(by_account.items())}
    for touched in found.touched:
        one = Sum()
        one.add(touched, content, tables)
        found.counted.append(one.persons(content))


def unknown(store: Store, chosen: str) -> list[dict[str, Any]]:
    """Return what left and of which no copy is in evidence."""
    return [row for batch in store.batches(_UNKNOWN.format(chosen=chosen)) for row in batch.to_pylist()]


def asked(wanted: Wanted) -> str:
    """Return SQL over `lineage_acts` that chooses what is asked about."""
    said = ["true"]
    if wanted.accounts:
        listed = ", ".join(text(a.lower()) for a in sorted(wanted.accounts))
        bare = r"regexp_replace(regexp_replace(lower(coalesce(account, '')), '^.*\\', ''), '@.*$', '')"
        said.append(f"(lower(coalesce(account, '')) in ({listed}) or {bare} in ({listed}))")
    if wanted.clients:
        said.append(f"src_ip in ({', '.join(text(c) for c in sorted(wanted.clients))})")
    if wanted.first is not None:
        said.append(f"us >= {int(wanted.first)}")
    if wanted.last is not None:
        said.append(f"us <= {int(wanted.last)}")
    return " and ".join(said)
