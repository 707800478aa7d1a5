"""Hours in which a log ought to have said something, told by the log's own rhythm: the temporary table `silences`.

A log is what one reader read of one host, or of one file where events name no host. Its rhythm is the share of its days, of
working days and of days off apart, on which each hour of the local day had an event. `silences` has one row for each run of
empty hours: `source`, `host`, `file_id` (where there is no host), `began`, `ended` (the hours before and behind it, UTC),
`expected` (hours in it that usually have an event), `due` and `heard` (how many hours other logs were due in just these
hours, and in how many of them they had events), `usual` (median events of an hour), `times` (silences of
this log) and `rests` (whether the log has hours, as nights, in which nothing is expected).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import calendar, names

if TYPE_CHECKING:
    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

REGULAR: Final = 0.85
"""An hour of the day that has events on this share of the days is expected to have some."""
DAYS: Final = 10
"""Days of a kind that a log must have been seen on before its rhythm is believed."""
EVENTS: Final = 500
HOURS: Final = 3
"""So many expected hours without an event are a silence."""
_LOGS: Final = f"""
    create temp table log_hours as
    with every as (
        select source, coalesce(host, '') as host, case when host is null then file_id else '' end as file_id,
            date_trunc('hour', ts) as hour, count(*) as n
        from events where ts is not null and coalesce(origin, 'live') = 'live' group by all
    ), kept as (
        select source, host, file_id from every group by all
        having sum(n) >= {EVENTS} and count(distinct cast(hour as date)) >= {DAYS}
            and date_diff('day', min(hour), max(hour)) < 4000
    )
    select dense_rank() over (order by source, host, file_id) as log, e.* from every e join kept using (source, host, file_id)
"""
_RHYTHM: Final = f"""
    create temp table log_rhythm as
    with spans as (
        select log, min(hour) as first, max(hour) as last from log_hours group by log
    ), every as (
        select log, unnest(generate_series(first, last, interval 1 hour)) as hour from spans
    ), told as (
        select log, hour, hour(local_time(hour)) as clock, cast(local_time(hour) as date) in (select day from days_off) as off
        from every
    ), marked as (
        select t.*, h.n is not null as said from told t left join log_hours h on h.log = t.log and h.hour = t.hour
    ), shares as (
        select log, clock, off, count(*) as days, count(*) filter (said) as said from marked group by all
    )
    select m.log, m.hour, m.said, s.days >= {DAYS} and s.said >= {REGULAR} * s.days as expected
    from marked m join shares s on s.log = m.log and s.clock = m.clock and s.off = m.off
"""
_SILENCES: Final = f"""
    create temp table silences as
    with all_due as (
        select hour, count(*) as due, count(*) filter (said) as heard from log_rhythm where expected group by hour
    ), numbered as (
        select *, sum(said::int) over (partition by log order by hour rows unbounded preceding) as run from log_rhythm
    ), runs as (
        select n.log, n.run, min(n.hour) as first, max(n.hour) as last, count(*) filter (n.expected) as expected,
            coalesce(sum(a.due - 1) filter (n.expected), 0)::bigint as due,
            coalesce(sum(a.heard) filter (n.expected), 0)::bigint as heard
        from numbered n left join all_due a on a.hour = n.hour where not n.said group by n.log, n.run
        having count(*) filter (n.expected) >= {HOURS}
    ), usual as (
        select log, any_value(source) as source, any_value(host) as host, any_value(file_id) as file_id, median(n) as usual
        from log_hours group by log
    ), resting as (
        select log, avg(expected::int) < 0.95 as rests from log_rhythm group by log
    )
    select u.source, u.host, u.file_id, r.first - interval 1 hour as began, r.last + interval 1 hour as ended,
        r.expected, r.due, r.heard, u.usual, count(*) over (partition by r.log) as times, q.rests
    from runs r join usual u using (log) join resting q using (log)
"""


def prepare(store: Store, settings: Settings) -> None:
    """Make the table once a session."""
    names.prepare(store)
    if names.has(store, "silences"):
        return
    calendar.prepare(store, settings)
    for sql in (_LOGS, _RHYTHM, _SILENCES):
        store.rows(sql)
    for table in ("log_rhythm", "log_hours"):
        store.rows(f"drop table {table}")
