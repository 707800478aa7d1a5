"""From one machine to many, and from a flagged VPN session to the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import calendar, logins, tracks
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.detect.tracks import Track
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "login.lateral"
_TAGS: Final = ("attack.t1021",)
MANY: Final = 5
VERY_MANY: Final = 10
_ONWARD: Final = f"""
    select s.track, list_sort(list(distinct l.account)), list_sort(list(distinct l.host)), list_sort(list(distinct l.src_ip)),
        list_sort(list(distinct s.src_ip)), list_sort(list(distinct l.way)),
        count(distinct (l.file_id, l.rec)), min(l.us), max(l.us), min(l.mark, 50)
    from stays s join logins l on l.src_ip = s.address and {tracks.within("l.us", "l.who")}
        and l.kind <> 'failed' and l.way not in ('vpn', 'service', 'mail') and not l.machine
    where s.address <> s.src_ip
    group by s.track order by s.track
"""
_FAN_OUT: Final = f"""
    with used as (
        select * from logins where kind = 'succeeded' and way in ('network', 'rdp', 'ssh') and not machine and node is not null
    ), began as (select min(us) as us from used), firsts as (
        select who, node, arg_min(host, us) as host, min(us) as us,
            arg_min(mark, us) as mark, arg_min(src_ip, us) as src_ip, arg_min(ts, us) as ts,
            arg_min(account, us) as account, arg_min(way, us) as way
        from used group by who, node
    ), counted as (
        select f.*, count(*) over (partition by f.who order by f.us range between 3600000000 preceding and current row) as dense
        from firsts f, began where f.us >= began.us + 3 * {tracks.DAY_US}
    ), peaks as (
        select who, max(dense) as hosts, arg_max(us, dense) as ended from counted group by who having max(dense) >= {MANY}
    ), own as (
        select p.who, count(*) as logins, count(distinct work_day(u.ts)) as days from peaks p join used u
            on u.who = p.who and u.us < p.ended - 3600000000 group by p.who
    )
    select p.who, coalesce(any_value(o.logins), 0), coalesce(any_value(o.days), 0), count(*) filter (is_night(c.ts)),
        list_sort(list(distinct c.account)), list_sort(list(distinct c.host)), list_sort(list(distinct c.src_ip)),
        list_sort(list(distinct c.way)), count(*), min(c.us), max(c.us), min(c.mark, 50)
    from peaks p join counted c on c.who = p.who and c.us between p.ended - 3600000000 and p.ended
    left join own o on o.who = p.who
    group by p.who order by min(c.us), p.who
"""


@analytic(NAME, ja="多数のサーバへの横展開", en="Spread to many servers", tags=_TAGS)
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out where a flagged VPN session went, and accounts that suddenly log in to many servers.

    What it asks:
        Which hosts were reached from an intruder's session, and which account reached hosts in numbers that it never did?

    Why it matters:
        It is the way from the door to the data, and it joins the outside address to the servers' own logs, which show
        only the address that the VPN assigned.

    How it decides:
        Logins whose source is the inside address of a flagged VPN session (`login.new_source` or
        `login.success_after_burst` of medium or more) while it lasted: that finding's level, one finding for each. Apart from
        that, an account that logs in by network, remote desktop or SSH to five or more hosts it had never used, within an
        hour, at least 3 days after the log begins and with 3 days and 20 logins of its own before: medium, high from ten
        hosts at night. An account without such a history needs ten hosts: a new employee's first morning has a few.

    When it is wrong:
        Roll-out of software, inventory scanners, a new administrator.

    References:
        MITRE ATT&CK T1021.
    """
    followed = tracks.prepare(store, settings)
    told: set[str] = set()
    for number, *row in store.rows(_ONWARD) if followed else []:
        told |= set(followed[number].who)
        yield _onward(store, followed[number], row)
    if logins.prepare(store):
        calendar.prepare(store, settings)
        yield from (_fan_out(store, row) for row in store.rows(_FAN_OUT) if row[0] not in told and _is_enough(row))


def _onward(store: Store, track: Track, row: list[Any]) -> Finding:
    names, hosts, assigned, sources, ways, *span = row
    said = Said(
        ja=f"{'、'.join(sources[:3])} からのVPNセッション(割当 {'、'.join(assigned[:3])})から"
        f" {len(hosts)} 台({'、'.join(hosts[:5])})へログイン",
        en=f"From the VPN session of {', '.join(sources[:3])} (given {', '.join(assigned[:3])}) logins to {len(hosts)} hosts"
        f" ({', '.join(hosts[:5])})",
        level=track.level,
        entities={"account": names, "host": hosts, "src_ip": [*assigned, *sources], "channel": ["vpn", *ways]},
        facts={
            "vpn_src_ip": sources[0] if len(sources) == 1 else sources,
            "assigned_ip": assigned[0] if len(assigned) == 1 else assigned,
            "hosts": hosts,
            "accounts": len(names),
            "channel": "vpn",
        },
        tags=_TAGS,
    )
    return finding(store, NAME, Span.join([track.sessions, Span.of(*span)]), said)


def _is_enough(row: tuple[Any, ...]) -> bool:
    _, own_logins, own_days, _, _, hosts, *_ = row
    return len(hosts) >= (MANY if own_days >= 3 and own_logins >= 20 else VERY_MANY)


def _fan_out(store: Store, row: tuple[Any, ...]) -> Finding:
    who, own_logins, own_days, nights, names, hosts, addresses, ways, *span = row
    said = Said(
        ja=f"{who} が1時間以内に、初めて使う {len(hosts)} 台のサーバへログイン",
        en=f"{who} logged in to {len(hosts)} hosts new to it within an hour",
        level=Level.HIGH if len(hosts) >= VERY_MANY and 2 * nights >= len(hosts) else Level.MEDIUM,
        entities={"account": names, "host": hosts, "src_ip": addresses, "channel": ways},
        facts={"hosts": hosts, "logins_before": own_logins, "days_before": own_days, "channel": ways[0]},
        tags=_TAGS,
    )
    return finding(store, NAME, Span.of(*span), said)
