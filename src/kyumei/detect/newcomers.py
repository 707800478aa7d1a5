"""Addresses outside that were never seen before, who came from them, and how strange that is.

The unit is a cluster: all first uses that belong together, because they share a network (/24, /48) or because they are as
strange and close in time. The baseline of a network is everything before its first use, that of an account its own logins
before it; an account with fewer than three is compared with all accounts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import calendar, logins, names
from kyumei.detect.build import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

DAY_US: Final = 86_400_000_000
BASELINE_DAYS: Final = 3
BASELINE_LOGINS: Final = 20
"""Nothing is new before the log has run so long and seen so many remote logins that way."""
WINDOW_DAYS: Final = 14
"""So long after its first use a network still counts as new."""
NEAR_US: Final = 3 * DAY_US
"""Strange first uses from one wider network this close belong together."""
SAME_NIGHT_US: Final = DAY_US // 2
"""Strange first uses this close belong together wherever they come from."""
_REMOTE: Final = f"""
    create temp table remote as
    select l.*, net_of(src_ip) as net, wide_net_of(src_ip) as wide, is_night(ts) as night, is_deep_night(ts) as deep,
        work_day(ts) in (select day from days_off) as off
    from logins l
    where way in {logins.REMOTE} and kind <> 'failed' and not machine and src_ip is not null and not is_inside(src_ip)
"""
_NETS: Final = f"""
    create temp table new_nets as
    with began as (select way, min(us) as us from remote group by way),
    nets as (select net, min(us) as first, arg_min(way, us) as way from remote group by net),
    counted as (
        select n.net, n.way, n.first, count(*) as before, count(*) filter (r.night) as nights,
            count(*) filter (r.off) as offs
        from nets n join began b on b.way = n.way and n.first >= b.us + {BASELINE_DAYS} * {DAY_US}
        join remote r on r.way = n.way and r.us < n.first group by all
    )
    select * from counted where before >= {BASELINE_LOGINS}
"""
_PUBLIC: Final = f"""
    select r.way, count(*) as later, count(distinct case when n.first = r.us then r.net end) as introduced
    from remote r join (select way, min(us) as us from remote group by way) b
        on b.way = r.way and r.us >= b.us + {BASELINE_DAYS} * {DAY_US}
    left join new_nets n on n.net = r.net
    group by r.way
"""
_KEEP_SHARED: Final = """
    delete from new_nets where list_contains(?::varchar[], way::varchar) and net not in (
        select net from remote group by net having count(distinct who) >= 10)
"""
_PAIRS: Final = f"""
    with used as (
        select r.*, n.first as net_first from remote r join new_nets n on n.net = r.net
        where r.us <= n.first + {WINDOW_DAYS} * {DAY_US}
    ), pairs as (
        select net, who, arg_min(way, us) as way, any_value(wide) as wide, count(*) as n, min(us) as first, max(us) as last,
            min(mark, 50) as marks, list_sort(list(distinct account)) as accounts,
            list_sort(list(distinct src_ip)) as addresses, list_sort(list(distinct host)) as hosts,
            count(*) filter (night) as nights, count(*) filter (deep) as deeps, count(*) filter (off) as offs,
            min(net_first) as net_first
        from used group by net, who
    ), own as (
        select p.net, p.who, count(*) as logins, count(distinct r.net) as nets, count(*) filter (r.night) as nights,
            count(*) filter (r.off) as offs,
            count(*) filter (r.wide = p.wide) as near
        from pairs p join remote r on r.who = p.who and r.us < p.net_first
        group by p.net, p.who
    ), elsewhere as (
        select distinct p.net, p.who from pairs p join remote u on u.net = p.net and u.who = p.who
            and u.us <= p.net_first + {WINDOW_DAYS} * {DAY_US}
        join remote r on r.who = p.who and r.net <> p.net and abs(r.us - u.us) <= 3600000000
            and r.net not in (select net from new_nets)
    ), failed as (
        select net_of(src_ip) as net, count(*) as n from logins
        where kind = 'failed' and src_ip is not null and net_of(src_ip) in (select net from new_nets)
        group by 1
    )
    select p.net, p.who, p.way, p.accounts, p.addresses, p.hosts, p.nights, p.deeps, p.offs, p.n, p.first, p.last, p.marks,
        coalesce(o.logins, 0), coalesce(o.nets, 0), coalesce(o.nights, 0), coalesce(o.offs, 0), coalesce(o.near, 0),
        e.who is not null, coalesce(f.n, 0), w.before, w.nights, w.offs
    from pairs p left join own o on o.net = p.net and o.who = p.who
    left join elsewhere e on e.net = p.net and e.who = p.who
    left join failed f on f.net = p.net
    join new_nets w on w.net = p.net
    order by p.first, p.net, p.who
"""


@dataclass(frozen=True, slots=True)
class FirstUse:
    """One account's logins from one network that nobody had used before.

    `nights`, `deeps` (0 to 5 o'clock) and `offs` (days off) are numbers of its logins; `before`, `nets_before`,
    `nights_before`, `offs_before` and `near_before` (from the same wide network) are the account's own, earlier ones;
    `elsewhere` is whether the account was also in use from a known network within the hour; `failures` those of the
    network; `all_before` and the like are the earlier logins of all accounts that way.
    """

    net: str
    who: str
    way: str
    accounts: Sequence[str]
    addresses: Sequence[str]
    hosts: Sequence[str]
    nights: int
    deeps: int
    offs: int
    span: Span
    before: int
    nets_before: int
    nights_before: int
    offs_before: int
    near_before: int
    elsewhere: bool
    failures: int
    all_before: int
    all_nights_before: int
    all_offs_before: int

    @property
    def is_odd_hour(self) -> bool:
        """Return whether mostly at an hour at which this account (of too few logins: anybody) was hardly ever seen."""
        night, off, of = self.nights_before, self.offs_before, self.before
        if of < 3:
            night, off, of = self.all_nights_before, self.all_offs_before, self.all_before
        at_night = 2 * self.nights >= self.span.count and 10 * night <= of + 5
        return at_night or (2 * self.offs >= self.span.count and 10 * off <= of + 5)

    @property
    def is_strange(self) -> bool:
        """Return whether mostly at night, also deep in it, unlike the account's own logins and far from its networks."""
        return self.is_odd_hour and 2 * self.nights >= self.span.count and self.deeps > 0 and not self.near_before

    @property
    def wide(self) -> str:
        """Return the wider network (/16, /32), as `wide_net_of` in SQL does."""
        mark, parts = (":", 2) if ":" in self.net else (".", 2)
        return mark.join(self.net.split(mark)[:parts])


@dataclass(frozen=True, slots=True)
class Cluster:
    """First uses that belong together; `reasons` say why they are strange, `score` is the sum of their weights."""

    uses: tuple[FirstUse, ...]
    reasons: tuple[str, ...]
    score: int

    @property
    def is_of_one_place(self) -> bool:
        """Return whether two accounts share a wider network; strangers in one night may be two people abroad."""
        places: dict[str, set[str]] = defaultdict(set)
        for use in self.uses:
            places[use.wide].add(use.who)
        return any(len(accounts) >= 2 for accounts in places.values())

    @property
    def who(self) -> tuple[str, ...]:
        """Return the folded accounts."""
        return tuple(sorted({u.who for u in self.uses}))

    def each(self, kind: str) -> list[str]:
        """Return the distinct values of a list attribute of the uses, sorted."""
        return sorted({v for u in self.uses for v in getattr(u, kind) if v})


WEIGHT: Final = {
    "several_accounts": 1,
    "three_or_more_accounts": 1,
    "deep_night_unlike_before": 2,
    "night_or_day_off_unlike_before": 1,
    "account_in_use_elsewhere": 1,
    "failures_from_there": 1,
    "several_networks": 1,
    "same_provider_as_before": -1,
    "account_roams": -2,
}


def clusters(store: Store, settings: Settings) -> list[Cluster]:
    """Return the clusters of first uses, earliest first."""
    if not logins.prepare(store):
        return []
    if not names.has(store, "remote"):
        calendar.prepare(store, settings)
        store.rows(_REMOTE)
        store.rows(_NETS)
        public = [way for way, later, introduced in store.rows(_PUBLIC) if later >= 200 and introduced * 5 > later]
        store.rows(_KEEP_SHARED, public)
    uses = [_use(row) for row in store.rows(_PAIRS)]
    grouped = [_judge(group) for group in _together(uses)]
    return [c for c in grouped if c.reasons or any(u.before for u in c.uses)]  # else the account's own first login ever


def _use(row: Sequence[Any]) -> FirstUse:
    values: list[Any] = [*row[:9], Span.of(*row[9:13]), *row[13:]]
    return FirstUse(*values)


def _together(uses: Iterable[FirstUse]) -> list[list[FirstUse]]:
    """Return the uses in groups: the same network; or strange both, and close in time."""
    by_net: dict[str, list[FirstUse]] = defaultdict(list)
    for use in uses:
        by_net[use.net].append(use)
    groups: list[list[FirstUse]] = []
    for group in by_net.values():
        near = next((g for g in reversed(groups) if _belong(g, group)), None)
        if near is None:
            groups.append(group)
        else:
            near.extend(group)
    return groups


def _belong(one: Sequence[FirstUse], other: Sequence[FirstUse]) -> bool:
    if not any(u.is_strange for u in one) or not any(u.is_strange for u in other):
        return False
    apart = min(u.span.first or 0 for u in other) - max(u.span.last or 0 for u in one)
    same_provider = bool({u.wide for u in one} & {u.wide for u in other})
    return apart <= (NEAR_US if same_provider else SAME_NIGHT_US)


def _judge(uses: list[FirstUse]) -> Cluster:
    accounts = {u.who for u in uses}
    deep = any(u.is_odd_hour and 2 * u.deeps >= u.span.count for u in uses)
    roams = len(accounts) == 1 and all(u.before >= 5 and 10 * u.nets_before >= 3 * u.before for u in uses)
    said = {
        "several_accounts": len(accounts) >= 2,
        "three_or_more_accounts": len(accounts) >= 3,
        "deep_night_unlike_before": deep,
        "night_or_day_off_unlike_before": not deep and any(u.is_odd_hour for u in uses),
        "account_in_use_elsewhere": any(u.elsewhere for u in uses),
        "failures_from_there": max(u.failures for u in uses) >= 3,
        "several_networks": len({u.net for u in uses}) >= 2,
        "same_provider_as_before": all(u.near_before for u in uses),
        "account_roams": roams,
    }
    reasons = tuple(r for r in WEIGHT if said[r])
    return Cluster(tuple(uses), reasons, sum(WEIGHT[r] for r in reasons))
