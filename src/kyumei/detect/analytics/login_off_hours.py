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
        select who, day, count(*) filter (night) as nights, count(*) filter (holiday) as holidays from used group by who, day
    ), totals as (
        select day, sum(n) over earlier as all_days, sum(nights) over earlier as all_nights, sum(offs) over earlier as all_off
        from (select day, count(*) as n, count(*) filter (nights > 0) as nights, count(*) filter (holidays > 0) as offs
              from days group by day)
        window earlier as (order by day rows between unbounded preceding and 1 preceding)
    ), passed as (
        select d.day, count(o.day) as offs_before from (select distinct day from days) d left join days_off o on o.day < d.day
        group by d.day
    ), before as (
        select d.*, count(*) over mine as own_days,
            count(*) filter (nights > 0) over mine as own_nights, count(*) filter (holidays > 0) over mine as own_off,
            coalesce(t.all_days, 0) as all_days, coalesce(t.all_nights, 0) as all_nights, coalesce(t.all_off, 0) as all_off,
            p.offs_before - coalesce(min(p.offs_before) over mine, p.offs_before) as offs_passed
        from days d join totals t on t.day = d.day join passed p on p.day = d.day
        window mine as (partition by who order by d.day rows between unbounded preceding and 1 preceding)
    ), rated as (
        select *,
            case when nights > 0 then (own_nights + 5 * (all_nights + 0.5) / (all_days + 1)) / (own_days + 5) else 1 end
                as at_night,
            case when holidays > 0 and offs_passed >= 4
                then (own_off + 5 * (all_off + 0.5) / (all_days + 1)) / (own_days + 5) else 1 end as on_holiday
        from before
    ), told as (
        select *, -log2(least(at_night, on_holiday)) as bits from rated
        where own_days + all_days >= 60 and own_days >= 5 and least(at_night, on_holiday) <= 1 / 8
    ), runs as (
        select *, sum(case when date_diff('day', previous, day) <= 7 then 0 else 1 end)
            over (partition by who order by day rows unbounded preceding) as run
        from (select *, lag(day) over (partition by who order by day) as previous from told)
    ), flagged as (
        select who, run, sum(bits) as bits, min(day) as began, arg_min(own_days, day) as own_days,
            arg_min(own_nights + own_off, day) as own_odd
        from runs group by who, run having sum(bits) >= {FLAGGED}
    )
    select f.who, any_value(f.bits), count(distinct r.day), count(*) filter (u.night), count(*) filter (u.holiday),
        any_value(f.own_days), any_value(f.own_odd), list_sort(list(distinct u.account)), list_sort(list(distinct u.host)),
        list_sort(list(distinct u.src_ip)), list_sort(list(distinct u.way)),
        count(*), min(u.us), max(u.us), min(u.mark, 50)
    from flagged f join runs r on r.who = f.who and r.run = f.run
    join used u on u.who = r.who and u.day = r.day and (u.night or u.holiday)
    group by f.who, f.run order by min(u.us), f.who
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
