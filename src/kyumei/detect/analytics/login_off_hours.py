"""People at work at night and on days off who never were before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import calendar, logins
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "login.off_hours"
FLAGGED: Final = 12
"""Bits of surprise from which an account's off-hours are pointed out: one in 4,096 by its own and its peers' habits."""
_DAYS: Final = f"""
    with used as (
        select *, work_day(ts) as day, is_night(ts) as night, work_day(ts) in (select day from days_off) as holiday
        from logins where way in {logins.AT_HAND} and kind <> 'failed' and not machine
    ), days as (
        select who, day, count(*) filter (night or holiday) as odd, count(*) filter (night) as nights,
            count(*) filter (holiday) as holidays, min(us) filter (night or holiday) as first,
            max(us) filter (night or holiday) as last, min(mark, 50) filter (night or holiday) as marks,
            list(distinct account) filter (night or holiday) as accounts,
            list(distinct host) filter (night or holiday) as hosts,
            list(distinct src_ip) filter (night or holiday) as addresses,
            list(distinct way) filter (night or holiday) as ways
        from used group by who, day
    ), before as (
        select *, min(day) over mine as own_first, count(*) over mine as own_days, count(*) over everyone as all_days,
            count(*) filter (nights > 0) over mine as own_nights, count(*) filter (nights > 0) over everyone as all_nights,
            count(*) filter (holidays > 0) over mine as own_off, count(*) filter (holidays > 0) over everyone as all_off
        from days
        window mine as (partition by who order by day rows between unbounded preceding and 1 preceding),
            everyone as (order by day range between unbounded preceding and interval 1 day preceding)
    ), rated as (
        select *, case when nights > 0 then (own_nights + 5 * (all_nights + 0.5) / (all_days + 1)) / (own_days + 5) else 1 end
                as at_night,
            case when holidays > 0 and 4 <= (select count(*) from days_off o where o.day >= own_first and o.day < b.day)
                then (own_off + 5 * (all_off + 0.5) / (all_days + 1)) / (own_days + 5) else 1 end
                as on_holiday
        from before b
    ), told as (
        select *, -log2(least(at_night, on_holiday)) as bits from rated
        where own_days + all_days >= 60 and own_days >= 5 and least(at_night, on_holiday) <= 1 / 8
    ), runs as (
        select *, sum(case when date_diff('day', previous, day) <= 7 then 0 else 1 end)
            over (partition by who order by day rows unbounded preceding) as run
        from (select *, lag(day) over (partition by who order by day) as previous from told)
    )
    select who, sum(bits), count(*), sum(nights)::bigint, sum(holidays)::bigint, arg_min(own_days, day),
        arg_min(own_nights + own_off, day),
        list_distinct(flatten(list(accounts))), list_distinct(flatten(list(hosts))),
        list_distinct(flatten(list(addresses))), list_sort(list_distinct(flatten(list(ways)))),
        sum(odd)::bigint, min(first), max(last), list_sort(flatten(list(marks)))[:50]
    from runs group by who, run having sum(bits) >= {FLAGGED} order by min(first), who
"""


@analytic(NAME, ja="夜間・休日の利用", en="Work at night or on days off", tags=("attack.t1078",))
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out accounts in use at night or on days off that hardly ever were before.

    What it asks:
        Who was at a machine, on the VPN or in a remote session at hours at which that account is not used?

    Why it matters:
        Those who take data, from outside or inside, prefer hours without witnesses.

    How it decides:
        Sessions at the machine, by remote desktop, SSH, VPN and web, by people's accounts; nights 22 to 5 o'clock and
        Japanese days off in the case's zone. For each day an account was used, the share of its earlier days with such
        use is smoothed with that of all accounts (weight of 5 days): p = (k + 5·q) / (n + 5). The surprise of a day is
        -log2 p bits, nights and days off rated apart. Days of less than 3 bits do not count; the others of one run (at
        most 7 days between two) add up, and from 12 bits the run is pointed out: low, medium from three such days. Needs 5
        earlier days of the account and 60 of all together; for days off, 4 of them since the account's first day. Never
        more than medium: it says when, not what.

    When it is wrong:
        Overtime before a deadline; a change of shift; travel to another time zone.

    References:
        ENGINE notes, hour-of-week surprise; Labour Standards Act Art. 37 (4); Act on National Holidays.
    """
    if not logins.prepare(store):
        return
    calendar.prepare(store, settings)
    for who, bits, days, nights, holidays, own_days, own_odd, names, hosts, addresses, ways, *span in store.rows(_DAYS):
        said = Said(
            ja=f"{who} が普段と異なる夜間・休日に利用({days} 日、以前は {own_days} 日中 {own_odd} 日)",
            en=f"{who} in use at night or on days off ({days} days; before, {own_odd} of {own_days} days)",
            level=Level.MEDIUM if days >= 3 else Level.LOW,
            entities={"account": names, "host": hosts, "src_ip": addresses, "channel": ways},
            facts={
                "days": days,
                "night_logins": nights,
                "holiday_logins": holidays,
                "bits": round(bits, 1),
                "days_before": own_days,
                "odd_days_before": own_odd,
            },
            tags=("attack.t1078",),
        )
        yield finding(store, NAME, Span.of(*span), said)
