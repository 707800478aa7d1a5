"""Which copy of a file an act touched: the one that was there at that instant.

A copy was there from its last change until it was made. Where the instant lies in that span the copy is certain. Between an
older copy and a change seen on a newer one, the older one is the best; it is certain where the log tells of writes and has
none in between, else those in both copies are certain and those in either may be meant. Where the only copies were made
before the instant, or changed after it, other people may have stood there: nobody is certain then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.store.query import Store

UNCHANGED: Final = "writes are logged, none between the older copy and the event: that copy is taken"
BETWEEN: Final = "between the older copy and a later change nothing tells of other changes: the older copy is taken"
CHANGED: Final = "a change is logged between the older copy and the event"
EARLIER: Final = "the only copies are older than the event; later changes are not known"
LATER: Final = "the file was changed after the event; what it held then is not known"
UNTIMED: Final = "when the copies were last changed is not known"
ONE: Final = "the only copy in evidence; when it was last changed is not known"
WHICH: Final = "several files fit the name"
SIZE: Final = "told by the size alone"

_PICKED: Final = """
    create temp table lineage_picked as
    with asked as (select * from lineage_acts where {chosen}),
    single as (
        select id, object, kind, series, pinned, weak from asked join lineage_targets using (object) where sure is null
        union all
        select a.id, a.object, 'file', c.series, c.file_id, false from asked a join lineage_copies c on c.file_id = a.sure
    ),
    copies as (
        select x.*, a.as_of, c.file_id, c.content, c.m, c.live or x.pinned is not null as live, c.s
        from single x join lineage_acts a using (id) join lineage_copies c on c.series = x.series
            and (x.pinned is null or x.pinned = c.file_id)
    )
    select id, kind, series, pinned, bool_or(weak) as weak, any_value(as_of) as as_of,
        arg_max(file_id, (m, file_id)) filter (m <= as_of and (live or as_of <= s)) as inside,
        arg_max(file_id, (s, file_id)) filter (not live and s < as_of) as before,
        max(s) filter (not live and s < as_of) as before_at,
        arg_min(file_id, (m, file_id)) filter (m > as_of) as after,
        list(file_id order by coalesce(m, s), file_id)
            filter (as_of is null or (m is null and (live or coalesce(s, as_of) >= as_of))) as open,
        count(distinct content) as contents
    from copies group by id, kind, series, pinned
"""
_WRITTEN: Final = """
    create temp table lineage_writes as
    select distinct t.series, epoch_us(e.ts) as us from events e join lineage_targets_all t using (object)
    where e.action = 'file.written' and e.ts is not null;

    create temp table lineage_told as
    select source, min(us) as first from (
        select source, epoch_us(ts) as us from events where action = 'file.written' and ts is not null) group by source
"""
_ALL: Final = """
    create temp table lineage_targets_all as
    select distinct l.object, c.series from object_links l join lineage_copies c using (file_id)
    where l.kind = 'file' and not l.ambiguous
"""
_GROUPED: Final = """
    select a.reach, a.way, coalesce(a.account, '') as account, coalesce(a.host, '') as host, coalesce(a.src_ip, '') as src_ip,
        coalesce(a.dst, '') as dst, a.said, a.told_by, a.hops, p.kind, p.series, p.pinned, p.inside, p.before, p.after, p.open,
        p.contents, p.weak, a.sure, many.n > 1 as several, case when many.n > 1 and p.kind = 'file' then a.id end as one_of,
        exists (select 1 from lineage_writes w where w.series = p.series and w.us > p.before_at and w.us <= p.as_of) as written,
        exists (select 1 from lineage_told t where t.source = a.source and t.first <= p.before_at) as telling,
        count(*) as n, min(a.us) as first, max(a.us) as last, max(a.bytes) as bytes,
        min({{'us': coalesce(a.us, 0), 'e': a.evidence_id, 'f': a.file_id, 'r': a.rec}}) as place
    from lineage_picked p join lineage_acts a using (id)
    join (select id, count(*) as n from lineage_picked where kind = 'file' group by id
          union all select distinct id, 0 from lineage_picked where kind = 'folder'
              and id not in (select id from lineage_picked where kind = 'file')) many using (id)
    where (p.kind = 'file' or many.n = 0) and (p.kind = 'file' or a.whole or a.reach = 'exposed' or a.action = 'file.opened')
    group by all order by first, a.said, p.series, account
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one file is taken to have held when it was touched.

    Attributes:
        best: file's id. meet: the files whose common people are certain; empty: nobody is. join: those that may be meant.
        open: whether the file may have held people whom no copy has. why: reasons and assumptions.
    """

    best: str
    meet: tuple[str, ...]
    join: tuple[str, ...]
    open: bool = False
    why: tuple[str, ...] = ()


def groups(store: Store, chosen: str) -> list[dict[str, Any]]:
    """Return acts that are alike in who, what and which copy, together.

    Args:
        store: with the tables of `chains`.
        chosen: SQL over `lineage_acts`: which acts are asked about.
    """
    store.rows(_PICKED.format(chosen=chosen))
    if not store.rows("select 1 from duckdb_tables() where table_name = 'lineage_writes'"):
        store.rows(_ALL)
        store.rows(_WRITTEN)
    found: list[dict[str, Any]] = []
    for batch in store.batches(_GROUPED.format()):
        found += batch.to_pylist()
    store.rows("drop table lineage_picked")
    return found


def choice(group: Mapping[str, Any]) -> Chosen | None:
    """Return what a group's file held; None where no copy is left to choose from."""
    inside, before, after = group["inside"], group["before"], group["after"]
    left = tuple(group["open"] or ())
    size = (SIZE,) if group["sure"] and group["told_by"] == "size" else ()
    if group["sure"]:
        return Chosen(group["sure"], (group["sure"],), (group["sure"],), why=size)
    if inside:
        return Chosen(inside, (inside,), (inside,))
    listed = tuple(f for f in (before, *left, after if not before else None) if f)
    if left:
        sure = group["contents"] == 1
        return Chosen(listed[0], listed, listed, why=(ONE if sure else UNTIMED,))
    if before and (after or group["telling"]):
        return _between(group, before, after)
    if before:
        return Chosen(before, (), (before,), open=True, why=(EARLIER,))
    return Chosen(after, (), (after,), open=True, why=(LATER,)) if after else None


def _between(group: Mapping[str, Any], before: str, after: str | None) -> Chosen:
    pair = (before, after) if after else (before,)
    if group["written"]:
        return Chosen(before, pair if after else (), pair, open=True, why=(CHANGED,))
    if group["telling"]:
        return Chosen(before, (before,), (before,), why=(UNCHANGED,))
    return Chosen(before, pair, pair, why=(BETWEEN,))
