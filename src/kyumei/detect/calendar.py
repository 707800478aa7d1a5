"""Nights and days off by the Japanese calendar, in SQL.

Night is 22:00 to 05:00, the hours for which the Labour Standards Act (Art. 37 (4)) asks a night supplement; deep night, when
even those who stay late have gone, begins at 0:00. Off days are Saturdays, Sundays, national holidays and 29 December to
3 January (Act on Holidays of Administrative Organs, Art. 1), as most companies keep them. A day on which a quarter of
the people were at work all the same is no day off for them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.detect import logins, names
from kyumei.model.holidays import holidays
from kyumei.store.connect import text

if TYPE_CHECKING:
    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

JAPAN: Final = "Asia/Tokyo"
_MACROS: Final = """
    create or replace temp macro local_time(ts) as timezone({zone}, ts);
    create or replace temp macro is_night(ts) as hour(local_time(ts)) >= 22 or hour(local_time(ts)) < 5;
    create or replace temp macro is_deep_night(ts) as hour(local_time(ts)) < 5;
    create or replace temp macro work_day(ts) as cast(local_time(ts) - interval 5 hour as date);
"""
_WORKED: Final = f"""
    delete from days_off where day in (
        with used as (
            select work_day(ts) as day, who from logins where way in {logins.AT_HAND} and kind <> 'failed' and not machine
        )
        select day from used, (select count(distinct who) as everybody from used) where everybody >= 8
        group by day having count(distinct who) * 4 >= any_value(everybody)
    )
"""


def prepare(store: Store, settings: Settings) -> None:
    """Make the macros and the table `days_off(day)`, which covers the span of the case's logins and file events.

    Days on which a quarter of all accounts (of eight or more) were at work are not in it. `local_time(ts)`, `is_night(ts)`,
    `is_deep_night(ts)`; `work_day(ts)` is the day a night belongs to, that of its evening.
    """
    store.rows(_MACROS.format(zone=text(settings.zone)))
    if names.has(store, "days_off"):
        return
    first, last = store.rows(
        "select cast(min(ts) - interval 2 day as date), cast(max(ts) + interval 2 day as date) from events"
    )[0]
    store.rows("create temp table days_off (day date)")
    if first is not None:
        store.rows("insert into days_off select unnest(?::date[])", days_off(first, last, japanese=settings.zone == JAPAN))
    if logins.prepare(store):
        store.rows(_WORKED)


def days_off(first: date, last: date, *, japanese: bool) -> list[date]:
    """Return the days on which people do not work, from first to last; events with absurd dates make no endless list."""
    first = max(first, date(1990, 1, 1))
    last = min(last, first + timedelta(days=100 * 366))
    national = _holidays(first, last) if japanese else set()
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [d for d in every if d.weekday() >= 5 or d in national or (japanese and _is_year_end(d))]


def _holidays(first: date, last: date) -> set[date]:
    """Return the national holidays of the years in which the span lies."""
    return {day for year in range(first.year, last.year + 1) for day in holidays(year)}


def _is_year_end(day: date) -> bool:
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
