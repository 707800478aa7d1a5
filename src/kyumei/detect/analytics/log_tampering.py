"""Logs that were emptied, fell silent, or were told to record less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import commands, names
from kyumei.detect.build import MARK, SPAN, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

CLEARED: Final = "log.cleared"
GAP: Final = "log.gap"
AUDIT: Final = "audit.changed"
_EMPTIED: Final = f"""
    select host, list_sort(list(distinct account)), list_sort(list(distinct coalesce(object, channel))), {SPAN}
    from events where action = 'log.cleared' group by host order by min(ts), host
"""
_COMMANDS: Final = (
    r"wevtutil(\.exe)?\W?\s+(cl|clear-log)\b|\bclear-eventlog\b|remove-eventlog|fsutil(\.exe)?\s+usn\s+deletejournal"
    r"|\brm\s+(-\w+\s+)*/var/log/|(>|truncate\s.*)\s*/var/log/\S+|shred\s.*(/var/log|history)|history\s+-c\b|unset\s+histfile"
    r"|histsize=0|auditctl\s+-(e\s*0|d)\b|(systemctl|service)\s+(stop|disable)\s+(auditd|rsyslog|syslog)"
    r"|journalctl\s+--vacuum-time=\ds"
)
_BY_COMMAND: Final = """
    select host, list_sort(list(distinct account)), list_sort(list(distinct line[1:200]))[:20],
        count(*), min(us), max(us), min(mark, 50)
    from commands where regexp_matches(line, ?) group by host order by min(us), host
"""
_CHANGED: Final = f"""
    select host, list_sort(list(distinct account)), list_sort(list(distinct coalesce(object, message)))[:20],
        bool_and(is_machine(account) or account is null), {SPAN}
    from events where action = 'audit.changed' group by host order by min(ts), host
"""
HOURS: Final = 72
EVENTS: Final = 500
SILENT: Final = 3
"""So many whole hours without an event are a gap, in a log that otherwise has one in 19 hours out of 20."""
_SILENCES: Final = f"""
    with hours as (
        select source, host, hour, sum(events) as n from events_hour where hour is not null and host is not null group by all
    ), stepped as (
        select *, date_diff('hour', lag(hour) over mine, hour) - 1 as silent from hours
        window mine as (partition by source, host order by hour)
    ), logs as (
        select source, host, count(*) as seen, sum(n) as events, date_diff('hour', min(hour), max(hour)) + 1 as span,
            coalesce(sum(silent) filter (silent >= {SILENT}), 0) as lost, count(*) filter (silent >= {SILENT}) as gaps,
            median(n) as usual
        from stepped group by source, host
    )
    select s.source, s.host, s.hour - to_hours(s.silent + 1), s.hour, s.silent, l.usual, l.events
    from stepped s join logs l on l.source = s.source and l.host = s.host
    where s.silent >= {SILENT} and l.span >= {HOURS} and l.events >= {EVENTS} and l.gaps <= 5
        and l.seen >= 0.95 * (l.span - l.lost)
    order by s.hour, s.source, s.host
"""
_EDGES: Final = f"""
    select {SPAN} from (
        (select ts, evidence_id, file_id, rec from events where source = ? and host = ?
            and ts < ?::timestamptz + interval 1 hour order by ts desc, file_id, rec desc limit 1)
        union all
        (select ts, evidence_id, file_id, rec from events where source = ? and host = ? and ts >= ?::timestamptz
            order by ts, file_id, rec limit 1)
    )
"""
_HOLES: Final = f"""
    with every as (
        select file_id, channel, host, ts, evidence_id, rec, try_cast({{number}} as bigint) as number from {{view}}
        where coalesce(origin, 'live') = 'live' and file_id not in (select file_id from faults)
    ), open as (
        select file_id, channel, host from every group by all
        having count(*) >= {EVENTS} and max(number) - min(number) + 1 > count(*)
    ), numbered as (
        select e.* from every e semi join open o on o.file_id = e.file_id and o.channel is not distinct from e.channel
            and o.host is not distinct from e.host
        where number is not null
    ), stepped as (
        select *, number - lag(number) over (partition by file_id, channel, host order by number) - 1 as missing from numbered
    ), logs as (
        select file_id, channel, host, count(*) as n, count(*) filter (missing > 0) as holes from stepped group by all
    )
    select s.host, s.channel, sum(s.missing)::bigint, count(*), min(epoch_us(s.ts)), max(epoch_us(s.ts)), min(mark, 50)
    from (select *, {MARK} as mark from stepped where missing > 0) s join logs l on l.file_id = s.file_id
        and l.channel is not distinct from s.channel and l.host is not distinct from s.host
    where l.n >= {EVENTS} and l.holes <= 5 group by s.host, s.channel order by 5, 1, 2
"""


@analytic(CLEARED, ja="ログの消去", en="Log emptied", tags=("attack.t1070.001",))
def find_cleared(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out logs that were emptied, by the log's own record of it or by the command that does it.

    What it asks:
        Where and by whom were logs emptied?

    Why it matters:
        Who empties a log hides what it held; absence of traces there proves nothing.

    How it decides:
        Windows 1102 and 104, and other readers' `log.cleared`; and commands (`wevtutil cl`, `Clear-EventLog`,
        `rm /var/log/…`, `history -c`, stopping auditd, …). One finding a host. High.

    When it is wrong:
        Administrators who empty a log to make room, mostly before the log begins to matter.

    References:
        Microsoft, audit event 1102; MITRE ATT&CK T1070.001, T1070.002, T1562.001.
    """
    del settings
    for host, accounts, logs, *span in store.rows(_EMPTIED):
        yield _cleared(store, (host, accounts, logs), Span.of(*span), by="record")
    for host, accounts, lines, *span in store.rows(_BY_COMMAND, _COMMANDS) if commands.prepare(store) else []:
        yield _cleared(store, (host, accounts, lines), Span.of(*span), by="command")


@analytic(GAP, ja="ログの空白", en="Gap in a log", tags=("attack.t1070",))
def find_gaps(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out hosts that log all the time and fell silent, and files from which records are missing.

    What it asks:
        Where is something missing that ought to be there?

    Why it matters:
        Deleted or lost records look like nothing having happened.

    How it decides:
        Per reader and host, in whole hours: a log of at least 3 days and 500 events that has an event in 95 % of its hours,
        its at most five gaps left out, and was silent for 3 hours or more. Machines that are switched off at night never
        fulfil that. Where records carry a running number (EventRecordID), files of 500 records with at most five holes in
        the numbers and no unreadable place; more holes mean a filtered export. Medium.

    When it is wrong:
        Maintenance, power cuts, a collection that stopped.

    References:
        MITRE ATT&CK T1070; Fox-IT on removed event records (danderspritz-evtx).
    """
    del settings
    for source, host, before, after, silent, usual, events in store.rows(_SILENCES):
        span = Span.of(*store.rows(_EDGES, source, host, before, source, host, after)[0])
        said = Said(
            ja=f"{host} のログ({source})が {silent} 時間途絶(通常は1時間に約 {usual:.0f} 件)",
            en=f"{host} logged nothing ({source}) for {silent} hours (usually about {usual:.0f} an hour)",
            level=Level.MEDIUM,
            entities={"host": [host]},
            facts={"silent_hours": silent, "usual_an_hour": usual, "events": int(events), "source": source},
            tags=("attack.t1070",),
        )
        yield finding(store, GAP, span, said)
    for reader in store.readers():
        yield from _holes(store, reader)


@analytic(AUDIT, ja="監査設定・時刻の変更", en="Audit policy or clock changed", tags=("attack.t1562.002",))
def find_changes(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out changes to what is logged, and of the clock.

    What it asks:
        Who changed the audit policy or set the clock?

    Why it matters:
        Less is recorded afterwards, or under wrong times.

    How it decides:
        Windows 4719, 4616 and other readers' `audit.changed`. Medium; informational where only the system itself did it,
        as group policy and time service do. One finding a host.

    When it is wrong:
        Administration.

    References:
        Microsoft, audit events 4719 and 4616; MITRE ATT&CK T1562.002.
    """
    del settings
    names.prepare(store)
    for host, accounts, what, by_system, *span in store.rows(_CHANGED):
        said = Said(
            ja=f"{host or '不明なホスト'} で監査設定または時刻が変更された",
            en=f"Audit policy or clock changed on {host or 'an unknown host'}",
            level=Level.INFORMATIONAL if by_system else Level.MEDIUM,
            entities={"host": [host], "account": accounts},
            facts={"what": [w for w in what if w]},
            tags=("attack.t1562.002",),
        )
        yield finding(store, AUDIT, Span.of(*span), said)


def _cleared(store: Store, row: tuple[Any, ...], span: Span, *, by: str) -> Finding:
    host, accounts, what = row
    said = Said(
        ja=f"{host or '不明なホスト'} でログが消去された",
        en=f"Logs were emptied on {host or 'an unknown host'}",
        level=Level.HIGH,
        entities={"host": [host], "account": accounts},
        facts={"by": by, "what": [w for w in what if w]},
        tags=("attack.t1070.001",),
    )
    return finding(store, CLEARED, span, said)


def _holes(store: Store, reader: str) -> Iterator[Finding]:
    number = names.native(store, reader, "EventRecordID", "RecordNumber")
    if number.startswith("null"):
        return
    view = '"' + reader.replace('"', '""') + '"'
    for host, channel, missing, *span in store.rows(_HOLES.format(number=number, view=view)):
        said = Said(
            ja=f"{host} の {channel} ログから {missing:,} 件のレコードが欠落",
            en=f"{missing:,} records are missing from the log {channel} of {host}",
            level=Level.MEDIUM,
            entities={"host": [host]},
            facts={"missing": missing, "channel": channel, "source": reader},
            tags=("attack.t1070",),
        )
        yield finding(store, GAP, Span.of(*span), said)
