"""Time about which a log says nothing although it ought to: its rhythm, its rotation, its numbers, its records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kyumei.detect import names, rhythm, rotation
from kyumei.detect.build import MARK, SPAN, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

SILENT: Final = "log.silent"
ROTATION: Final = "log.rotation"
SEQUENCE: Final = "log.sequence"
WIPED: Final = "log.wiped"
_SILENT: Final = """
    select source, host, file_id, began, ended, expected, due, heard, usual, times from silences
    where times <= 5 and (rests or host = '') and due >= expected and heard * 2 >= due order by began, source, host, file_id
"""
_EDGES: Final = f"""
    select {SPAN} from (
        (select ts, evidence_id, file_id, rec from events
            where source = ? and coalesce(host, '') = ? and (? = '' or file_id = ?)
            and ts < ?::timestamptz + interval 1 hour order by ts desc, file_id, rec desc limit 1)
        union all
        (select ts, evidence_id, file_id, rec from events
            where source = ? and coalesce(host, '') = ? and (? = '' or file_id = ?)
            and ts >= ?::timestamptz order by ts, file_id, rec limit 1)
    )
"""
_LAST_AND_FIRST: Final = f"""
    select {SPAN} from (
        (select ts, evidence_id, file_id, rec from events where file_id = ? and ts is not null
            order by ts desc, rec desc limit 1)
        union all
        (select ts, evidence_id, file_id, rec from events where file_id = ? and ts is not null
            order by ts, rec limit 1)
    )
"""
_NUMBERS: Final = (("__SEQNUM", "seqnum", "sequence_number"), ("serial",), ("sequenceId",))
_IN_STRUCTURE: Final = "regexp_extract(structured_data, 'sequenceId=\"(\\d+)\"', 1)"
RECORDS: Final = 500
HOLES: Final = 5
_BREAKS: Final = f"""
    with every as (
        select file_id, host, ts, evidence_id, rec, try_cast(nullif({{number}}, '') as bigint) as number from {{view}}
        where coalesce(origin, 'live') = 'live' and file_id not in (select file_id from faults)
    ), once as (
        select file_id, host, number, min(ts) as ts, any_value(evidence_id) as evidence_id, min(rec) as rec
        from every where number is not null group by file_id, host, number
    ), stepped as (
        select *, number - lag(number) over mine - 1 as missing, rec < lag(rec) over mine as back, lag(ts) over mine as before
        from once
        window mine as (partition by file_id, host order by number)
    ), logs as (
        select file_id, host, count(*) as n, count(*) filter (missing > 0) as holes, count(*) filter (back) as backs
        from stepped group by file_id, host
    ), holed as (
        select s.*, {MARK} as mark from stepped s where s.missing > 0 and s.missing < 1000000
    )
    select h.host, sum(h.missing)::bigint, count(*), min(epoch_us(h.before)), max(epoch_us(h.ts)), min(h.mark, 50), h.file_id
    from holed h join logs l on l.file_id = h.file_id and l.host is not distinct from h.host
    where l.n >= {RECORDS} and l.holes <= {HOLES} and l.backs * 50 <= l.n
    group by h.file_id, h.host order by 4, h.file_id, h.host
"""
_WIPED: Final = """
    with bad as (
        select file_id, count(*) as places, sum(skipped)::bigint as bytes from faults
        where plugin = 'linux.utmp' group by file_id
    ), empty as (
        select file_id, count(*) as records from "linux.utmp"
        where {kind} in ('EMPTY', 'UNKNOWN') and ts is null group by file_id
    ), told as (
        select coalesce(b.file_id, e.file_id) as file_id, coalesce(b.places, 0) as places, coalesce(b.bytes, 0) as bytes,
            coalesce(e.records, 0) as records
        from bad b full join empty e on b.file_id = e.file_id
    )
    select t.file_id, s.path, t.places, t.bytes, t.records from told t join sources s on s.file_id = t.file_id
    where s.events > 0 order by s.path, t.file_id
"""
_SPAN_OF: Final = f"""
    select {SPAN} from events where file_id = ? and coalesce(origin, 'live') = 'live'
"""


def said_of(first: int | None, last: int | None, zone: str) -> tuple[str, str]:
    """Return the sentence that nothing can be said about an interval, in Japanese and English."""
    if first is None or last is None:
        return "この間については何も言えない", "nothing can be said about what is missing"
    begin, end = (datetime.fromtimestamp(us / 1e6, UTC).astimezone(ZoneInfo(zone)) for us in (first, last))
    told = f"{begin:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
    return f"{told} については何も言えない", f"nothing can be said about {told}"


@analytic(
    SILENT, ja="ログの沈黙(そのログの平常のリズムとの比較)", en="Log silent against its own rhythm", tags=("attack.t1070",)
)
def find_silences(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out logs of which nothing is there in hours in which they always have events, while other logs go on.

    What it asks:
        From when to when does a log say nothing although it ought to?

    Why it matters:
        What happened then left no trace there, whether the log was deleted, switched off or never collected.

    How it decides:
        A log (a reader and a host, or a file) of 500 events on ten days or more. Its rhythm, on working days and days off
        apart, is which hours of the day have events on 85 % of the days. A run of empty hours with three or more expected
        ones is a silence, if the other logs of the case that were due in the same hours had events in half of them or
        more. So nights, weekends, national holidays and days on which the whole office was closed are none. Logs with more
        than five silences have no rhythm that could be relied on. Medium.

    When it is wrong:
        Maintenance of one machine, a holiday that one team alone takes. A case with a single log has nothing to compare
        with; `log.gap` then speaks where the log never rests.

    References:
        MITRE ATT&CK T1070, T1562.
    """
    rhythm.prepare(store, settings)
    for source, host, file_id, began, ended, expected, due, heard, usual, _ in store.rows(_SILENT):
        log = (source, host, file_id, file_id)
        span = Span.of(*store.rows(_EDGES, *log, began, *log, ended)[0])
        ja, en = said_of(span.first, span.last, settings.zone)
        where = host or _path(store, file_id)
        said = Said(
            ja=f"{where} のログ({source})が平常なら記録のある {expected} 時間にわたり途絶。{ja}",
            en=f"{where} logged nothing ({source}) in {expected} hours that usually have events; {en}",
            level=Level.MEDIUM,
            entities={"host": [host], "file_id": [file_id]},
            facts={
                "expected_hours": expected,
                "usual_an_hour": usual,
                "source": source,
                "other_logs": {"due": due, "heard": heard},
            },
            tags=("attack.t1070",),
        )
        yield finding(store, SILENT, span, said)


@analytic(ROTATION, ja="ローテーションされたログの欠番", en="Rotated log missing", tags=("attack.t1070.004",))
def find_holes(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out rotated log files that are missing between others that are there.

    What it asks:
        Which files of a row of rotated logs are not in the evidence?

    Why it matters:
        Rotation numbers or dates files without a hole; a file was removed or not collected, and its time with it.

    How it decides:
        `log`, `log.1`, `log.3` without `log.2`; files named by the day at a step of a day or a week where one is left out
        (four files at least, three quarters of them at that step). What may have followed the oldest or preceded the
        newest is not missed. The interval is that between the events of both neighbours. Medium.

    When it is wrong:
        Rotation that makes no file on a day without events (`notifempty`); a collection by date.

    References:
        logrotate(8); MITRE ATT&CK T1070.004.
    """
    files = store.rows("select path, file_id from sources where reader is not null and events > 0 order by 1, 2")
    for hole in rotation.holes(files):
        span = Span.of(*store.rows(_LAST_AND_FIRST, hole.older, hole.newer)[0])
        if not span.marks:
            continue
        ja, en = said_of(span.first, span.last, settings.zone)
        listed = ", ".join(hole.missing[:5]) + (" …" if len(hole.missing) > 5 else "")
        said = Said(
            ja=f"ローテーションされたログ {hole.series} の {len(hole.missing)} 件が欠落({listed})。{ja}",
            en=f"{len(hole.missing)} rotated file(s) of {hole.series} are missing ({listed}); {en}",
            level=Level.MEDIUM,
            entities={"file_id": [hole.older, hole.newer]},
            facts={"missing": list(hole.missing[:50]), "files": len(hole.missing), "series": hole.series},
            tags=("attack.t1070.004",),
        )
        yield finding(store, ROTATION, span, said)


@analytic(SEQUENCE, ja="連番の欠落", en="Break in running numbers", tags=("attack.t1070",))
def find_breaks(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out files whose records carry a running number of which some are missing.

    What it asks:
        Which records were there once and are not now?

    Why it matters:
        Single records can be cut out of a text log without a gap in time that anybody would see.

    How it decides:
        Numbers of syslog (RFC 5424 `sequenceId`), of the systemd journal (`__SEQNUM`) and of auditd (the serial behind the
        time), in files of 500 records without unreadable places. At most five holes, else the file is an extract by
        some filter; where numbers do not rise with the file's order it is no such count. EventRecordID is the
        business of `log.gap`. Medium.

    When it is wrong:
        Messages lost on the way (UDP), a daemon that counts what it does not write.

    References:
        RFC 5424, 7.3.1 sequenceId; systemd.journal-fields(7); auditd(8).
    """
    for reader in store.readers():
        for number in _numbers(store, reader):
            for host, missing, holes, first, last, marks, file_id in store.rows(
                _BREAKS.format(number=number, view=name(reader))
            ):
                span = Span.of(holes, first, last, marks)
                ja, en = said_of(first, last, settings.zone)
                where = _path(store, file_id)
                said = Said(
                    ja=f"{where} の連番が {holes} か所で飛び、{missing:,} 件が欠落。{ja}",
                    en=f"{missing:,} records are missing from {where} by their running numbers ({holes} holes); {en}",
                    level=Level.MEDIUM,
                    entities={"host": [host], "file_id": [file_id]},
                    facts={"missing": missing, "holes": holes, "source": reader},
                    tags=("attack.t1070",),
                )
                yield finding(store, SEQUENCE, span, said)


@analytic(WIPED, ja="ログイン記録の抹消・切断", en="Login records wiped or cut", tags=("attack.t1070.002",))
def find_wiped(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out files of login records (wtmp, btmp) with records made empty, bytes that are none, or a cut end.

    What it asks:
        Were login records blanked or cut away?

    Why it matters:
        Tools that hide a login overwrite its record with zeros; the system itself never does in wtmp.

    How it decides:
        Records of type 0 without a time, or bytes in which no record could be read. One finding a file. Medium.

    When it is wrong:
        A file copied while it was written; a full disk; utmp itself, which the system does blank, is read by the same
        reader.

    References:
        utmp(5); MITRE ATT&CK T1070.002.
    """
    del settings
    if "linux.utmp" not in store.readers():
        return
    kind = names.native(store, "linux.utmp", "type")
    for file_id, path, places, size, records in store.rows(_WIPED.format(kind=kind)):
        if path.rsplit("/", 1)[-1].startswith("utmp"):
            continue
        said = Said(
            ja=f"ログイン記録 {path} に抹消または破損の跡(空の記録 {records} 件、読めない箇所 {places} か所 {size:,} バイト)",
            en=f"Login records {path} were wiped or cut ({records} empty, {places} places of {size:,} bytes without a record)",
            level=Level.MEDIUM,
            entities={"file_id": [file_id]},
            facts={"empty_records": records, "places": places, "bytes": size},
            tags=("attack.t1070.002",),
        )
        yield finding(store, WIPED, Span.of(*store.rows(_SPAN_OF, file_id)[0]), said)


def _numbers(store: Store, reader: str) -> Iterator[str]:
    """Yield SQL of the running numbers that the reader's records may carry."""
    fields: set[str] = set(store.fields(reader))
    for group in _NUMBERS:
        number: str = names.native(store, reader, *group)
        if not number.startswith("null") and (group != ("serial",) or reader in {"linux.auditd", "linux.laurel"}):
            yield number
    if "structured_data" in fields:
        yield _IN_STRUCTURE


def _path(store: Store, file_id: str) -> str:
    found: list[tuple[Any, ...]] = store.rows("select path from sources where file_id = ? order by 1 limit 1", file_id)
    return str(found[0][0]) if found else file_id
