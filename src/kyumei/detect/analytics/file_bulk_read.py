"""Files read, fetched or copied in numbers far above habit, and devices connected beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import calendar, names, objects
from kyumei.detect.build import MARK, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

BULK: Final = "file.bulk_read"
DEVICE: Final = "device.removable"
FLOOR: Final = 100
FACTOR: Final = 5
_READS: Final = f"""
    create temp view file_reads as
    select folded(account) as who, account, host, src_ip, file_id, object, bytes, ts, epoch_us(ts) as us, work_day(ts) as day,
        is_night(ts) as night, work_day(ts) in (select day from days_off) as off, {MARK} as mark
    from events where action in ('file.opened', 'file.downloaded', 'file.copied') and account is not null and object is not null
        and ts is not null and not is_machine(account) and coalesce(outcome, '') <> 'failure'
"""
_BUSY: Final = f"""
    create temp table busy_days as
    with daily as (
        select who, day, count(distinct hash(object)) as files from file_reads group by who, day
    ), compared as (
        select *, count(*) over mine as own_days, max(files) over mine as own_most from daily
        window mine as (partition by who order by day rows between unbounded preceding and 1 preceding)
    ), candidates as (
        select * from compared where files >= {FLOOR} and (own_days < 5 or files >= {FACTOR} * own_most)
    ), others as (
        select c.day, count(*) as all_days, quantile_disc(d.files, 0.99) as all_most
        from (select distinct day from candidates) c join daily d on d.day < c.day group by c.day
    ), flagged as (
        select c.*, o.all_days, o.all_most from candidates c join others o on o.day = c.day
        where all_days >= 10 and ((own_days >= 5 and files >= 2 * all_most)
            or (own_days < 5 and files >= 2 * {FACTOR} * all_most))
    )
    select *, case when own_days >= 5 then own_most else all_most end as usual,
        sum(case when gap <= 3 then 0 else 1 end) over (partition by who order by day rows unbounded preceding) as run
    from (select *, date_diff('day', lag(day) over (partition by who order by day), day) as gap from flagged)
"""
_BULK: Final = """
    select b.who, b.run, any_value(b.files), max(b.usual), bool_or(b.own_days >= 5), count(distinct b.day),
        list_sort(list(distinct r.account)), list_sort(list(distinct r.host)), list_sort(list(distinct r.src_ip)),
        count(distinct r.object), coalesce(sum(r.bytes), 0)::bigint, 2 * count(*) filter (r.night or r.off) >= count(*),
        count(*), min(r.us), max(r.us), min(r.mark, 50)
    from busy_days b join file_reads r on r.who = b.who and r.day = b.day
    group by b.who, b.run order by min(r.us), b.who
"""
BUILT_IN: Final = (
    r"^(PCI|PCIIDE|ACPI|ACPI_HAL|BTH|DISPLAY|HDAUDIO|HID|HTREE|IDE|PRINTENUM|ROOT|SW|UEFI|VMBUS)\\"
    r"|^SWD\\(IP_TUNNEL|MMDEVAPI|PRINTENUM|RADIO)"
)
"""Buses inside a machine, as the first part of a device instance id; nothing can be carried out on them."""
_DEVICES: Final = f"""
    with plugged as (
        select coalesce(device, object, message, '?') as thing, host, account, ts, {MARK} as mark from events
        where action = 'device.connected' and not regexp_matches(upper(coalesce(device, object, '')), '{BUILT_IN}')
            and coalesce(device, object) is not null
    )
    select thing, host, list_sort(list(distinct account)), count(*), min(epoch_us(ts)), max(epoch_us(ts)), min(mark, 50)
    from plugged group by thing, host order by 5, 1, 2
"""
_BY_TIME: Final = """
    create temp table timed_reads as
    select us, who, day, host, account, object, bytes, day in (select day from busy_days) as busy from file_reads order by us
"""
_NEAR: Final = """
    select count(distinct object), coalesce(sum(bytes), 0)::bigint, list_sort(list(distinct account))
    from timed_reads where us between ? and ? and (host is not distinct from ? or who in (select folded(unnest(?::varchar[]))))
"""
HOUR_US: Final = 3_600_000_000


def prepare(store: Store, settings: Settings) -> bool:
    """Make the tables of file reads once a session; return whether there is any."""
    if not names.readers_of(store, ("file.opened", "file.downloaded", "file.copied")):
        return False
    if not names.has(store, "file_reads"):
        names.prepare(store)
        calendar.prepare(store, settings)
        store.rows(_READS)
        store.rows(_BUSY)
    return True


@analytic(BULK, ja="ファイルの大量読み取り", en="Files read in bulk", tags=("attack.t1039", "attack.t1005"))
def find_bulk(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out accounts that read, fetched or copied far more files in a day than they and others ever did.

    What it asks:
        Who gathered files, how many, from where?

    Why it matters:
        Taking data out begins with gathering it.

    How it decides:
        Different objects per account and working day (from 5 to 5 o'clock). Flagged from 100, and five times the most of the
        account's earlier days, and twice what 99 % of all accounts' earlier days stay under; an account with fewer than five
        earlier days needs ten times the latter. At least ten account days must lie before. Days with at most 3 between them
        are one finding. Medium; high from 500 files at ten times the habit, or mostly at night or on days off.

    When it is wrong:
        Moving to a new computer, tidying up, a first inventory.

    References:
        Microsoft, audit event 4663; MITRE ATT&CK T1039, T1005, T1213.
    """
    for row in store.rows(_BULK) if prepare(store, settings) else []:
        yield _bulk(store, row)


@analytic(DEVICE, ja="外部記憶装置の接続", en="Removable device connected", tags=("attack.t1052.001",))
def find_devices(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out removable and portable devices, and file activity beside them.

    What it asks:
        Which storage or telephone was connected where, and were files read in bulk at that time?

    Why it matters:
        It is the oldest way out; telephones over MTP pass by controls meant for drives.

    How it decides:
        `device.connected` events that name storage, USB or portable devices. Informational by itself; medium where within an
        hour before and eight after, on that host or by that account, 100 or more different files were read; high where the
        account's reading is flagged as bulk on that day (`file.bulk_read`). One finding a device and host.

    When it is wrong:
        Charging a telephone; a backup drive.

    References:
        MITRE ATT&CK T1052.001, T1091.
    """
    has_reads = prepare(store, settings)
    if has_reads and not names.has(store, "timed_reads"):
        store.rows(_BY_TIME)
    for thing, host, accounts, *span in store.rows(_DEVICES):
        files, size, readers, bulk = _beside(store, span, host, accounts) if has_reads and span[1] else (0, 0, [], False)
        level = Level.HIGH if bulk else Level.MEDIUM if files >= FLOOR else Level.INFORMATIONAL
        said = Said(
            ja=f"{host or '不明なホスト'} に機器を接続({thing[:80]})"
            + (f"、前後に {files:,} ファイルの読み取り" if files else ""),
            en=f"Device connected to {host or 'an unknown host'} ({thing[:80]})" + (f", {files:,} files read" if files else ""),
            level=level,
            entities={"device": [thing], "host": [host], "account": [*accounts, *(readers if bulk else [])]},
            facts={"files": files, "bytes": size, "readers": readers[:20]},
            tags=("attack.t1052.001",),
        )
        yield finding(store, DEVICE, Span.of(*span), said)


def _bulk(store: Store, row: tuple[Any, ...]) -> Finding:
    who, run, _, usual, own, days, accounts, hosts, addresses, files, size, odd, *span = row
    where = "who = ? and day in (select day from busy_days where who = ? and run = ?)"
    sample = objects.sample(store, "file_reads", where, who, who, run)
    grave = odd or (files >= 5 * FLOOR and files >= 2 * FACTOR * (usual or 1))
    said = Said(
        ja=f"{who} が {files:,} 種のファイルを読み取り(通常は1日 {usual:,} 種まで)",
        en=f"{who} read {files:,} different files (usually up to {usual:,} a day)",
        level=Level.HIGH if grave else Level.MEDIUM,
        entities={"account": accounts, "host": hosts, "src_ip": addresses, **sample.entities},
        facts={
            "files": files,
            "bytes": size,
            "baseline": usual,
            "baseline_of": "account" if own else "all accounts",
            "days": days,
            "off_hours": odd,
            "folders": sample.folders,
        },
        tags=("attack.t1039",),
    )
    return finding(store, BULK, Span.of(*span), said)


def _beside(store: Store, span: list[Any], host: str | None, accounts: list[str]) -> tuple[int, int, list[str], bool]:
    first, last = span[1] - HOUR_US, span[2] + 8 * HOUR_US
    files, size, readers = store.rows(_NEAR, first, last, host, accounts)[0]
    bulk = store.rows(
        "select 1 from busy_days b join timed_reads r on r.who = b.who and r.day = b.day where r.busy"
        " and r.us between ? and ?"
        " and (r.host is not distinct from ? or b.who in (select folded(unnest(?::varchar[])))) limit 1",
        first,
        last,
        host,
        accounts,
    )
    return files, size, readers or [], bool(bulk)
