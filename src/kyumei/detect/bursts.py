"""Bursts of failed logins: the temporary table `bursts`, shared by the analytics that look at them and at what followed.

`bursts` has one row per source and episode: `place` (address or workstation, account@host where the log has neither), `n`,
`accounts`, `hosts`, `origins`, `way`, `first`, `last`, `peak` (most failures in five minutes), `marks`, `account_names[]`,
`host_names[]`, `addresses[]`, `folded_names[]`, `good` (successes from there, from the first failure to an hour after the last
one).
`bursts_by_account` has the same, without `good`, per account that fails from many sources; its `place` is the account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import logins, names

if TYPE_CHECKING:
    from kyumei.store.query import Store

HOUR_US: Final = 3_600_000_000
FAST: Final = 10
"""So many failures within five minutes are no person's typing."""
SPRAYED: Final = 5
"""So many accounts failing from one source within an episode are no person's own."""
# What is few is found first: the places of the first 50 events take a kilobyte a group, and most failures stand alone.
_EPISODES: Final = f"""
    create temp table {{table}} as
    with failed as (
        select us, file_id, rec, mark, who, account, host, way, src_ip, origin, {{origin}} as place,
            us - lag(us) over (partition by {{origin}} order by us, file_id, rec) as gap,
            count(*) over (partition by {{origin}} order by us range between 300000000 preceding and current row) as dense
        from logins where kind = 'failed' and {{only}}
    ), numbered as materialized (
        select *, sum(case when gap <= {HOUR_US} then 0 else 1 end) over (
            partition by place order by us, file_id, rec rows unbounded preceding) as episode
        from failed
    ), big as (
        select place, episode, count(*) as n, count(distinct who) as accounts, count(distinct origin) as origins
        from numbered group by place, episode having {{enough}}
    )
    select b.place, b.episode, any_value(b.n) as n, any_value(b.accounts) as accounts, count(distinct host) as hosts,
        any_value(b.origins) as origins, mode(way) as way, min(us) as first, max(us) as last, max(dense) as peak,
        min(mark, 50) as marks, list_sort(list(distinct account)) as account_names,
        list_sort(list(distinct host)) as host_names, list_sort(list(distinct src_ip)) as addresses,
        list_sort(list(distinct who)) as folded_names
    from big b join numbered f on f.place = b.place and f.episode = b.episode
    group by b.place, b.episode
"""
_GOOD: Final = f"""
    create temp table bursts as
    select b.*, (select count(*) from logins g where g.kind <> 'failed' and g.origin = b.place
                 and g.us between b.first and b.last + {HOUR_US}) as good
    from bursts_by_origin b
"""


def prepare(store: Store) -> bool:
    """Make the tables once a session; return whether there is any burst."""
    if not logins.prepare(store):
        return False
    if not names.has(store, "bursts"):
        enough = f"n >= {FAST} or (accounts >= {SPRAYED} and n >= 2 * {SPRAYED})"
        origin = "coalesce(origin, who || '@' || coalesce(host, '?'))"
        store.rows(_EPISODES.format(table="bursts_by_origin", origin=origin, only="true", enough=enough))
        store.rows(_GOOD)
        only = f"way <> 'domain' and origin is not null and origin not in (select place from bursts where {QUALIFIED})"
        wide = f"n >= 2 * {FAST} and origins >= {SPRAYED}"
        store.rows(_EPISODES.format(table="bursts_by_account", origin="who", only=only, enough=wide))
    return bool(store.rows("select 1 from bursts union all select 1 from bursts_by_account limit 1"))


QUALIFIED: Final = f"""
    (peak >= {FAST} or (accounts >= {SPRAYED} and n >= 2 * {SPRAYED})) and n >= 4 * good
"""
"""SQL over `bursts`: guessing rather than typing, and not an address behind which a whole office sits."""
