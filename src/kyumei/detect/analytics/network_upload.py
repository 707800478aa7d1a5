"""Data sent to addresses outside in amounts that the sending machine does not usually send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import calendar, names
from kyumei.detect.build import MARK, Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "network.upload"
ACTIONS: Final = ("network.allowed", "session.ended", "record.written")
SENT: Final = (
    "sentbyte",
    "sent_bytes",
    "bytes_sent",
    "bytes_out",
    "bytes_toserver",
    "orig_bytes",
    "tx_bytes",
    "sent",
    "out_bytes",
)
RECEIVED: Final = (
    "rcvdbyte",
    "received_bytes",
    "bytes_received",
    "bytes_in",
    "bytes_toclient",
    "resp_bytes",
    "rx_bytes",
    "rcvd",
)
FLOOR: Final = 200_000
LARGE: Final = 50_000_000
FACTOR: Final = 10
_FLOWS: Final = f"""
    select src_ip as source, coalesce(native_address(dst), dst) as place, account, host, work_day(ts) as day,
        epoch_us(ts) as us, try_cast({{sent}} as bigint) as sent, coalesce(try_cast({{received}} as bigint), 0) as received,
        {MARK} as mark
    from {{reader}}
    where ts is not null and src_ip is not null and dst is not null and coalesce(outcome, '') <> 'failure'
        and is_inside(src_ip) and not is_inside(coalesce(native_address(dst), dst)) and try_cast({{sent}} as bigint) > 0
"""
_DAILY: Final = """
    create temp table upload_days as
    select source, place, day, sum(sent)::bigint as sent, sum(received)::bigint as received from flows group by all
"""
_FLAGGED: Final = f"""
    create temp table uploads as
    with places as (
        select place, min(day) as began from upload_days group by place
    ), known as (
        select p.place, (select count(distinct d.day) from upload_days d where d.day < p.began) as before from places p
    ), own as (
        select source, place, day, quantile_disc(sent, 0.99) over (
            partition by source order by day range between unbounded preceding and interval 1 day preceding) as usual,
            count(*) over (
            partition by source order by day range between unbounded preceding and interval 1 day preceding) as times
        from upload_days
    ), everybody as (
        select c.day, quantile_disc(d.sent, 0.99) as usual, count(*) as times
        from (select distinct day from upload_days) c join upload_days d on d.day < c.day group by c.day
    )
    select d.*, k.before >= 3 as is_new, coalesce(o.usual, e.usual) as usual
    from upload_days d join known k using (place) join own o using (source, place, day) join everybody e using (day)
    where e.times >= 10 and d.sent >= 3 * d.received and d.sent >= {FACTOR} * greatest(coalesce(o.usual, 0), 1)
        and (o.times >= 5 or d.sent >= {FACTOR} * e.usual)
        and ((k.before >= 3 and d.sent >= {FLOOR} and d.sent >= e.usual) or (d.sent >= {LARGE} and d.sent >= 2 * e.usual))
"""
_BY_PLACE: Final = """
    select u.source, u.place, bool_or(u.is_new), max(u.usual), sum(f.sent)::bigint, sum(f.received)::bigint,
        list_sort(list(distinct f.account)), list_sort(list(distinct f.host)), count(*), min(f.us), max(f.us), min(f.mark, 50)
    from uploads u join flows f on f.source = u.source and f.place = u.place and f.day = u.day
    group by u.source, u.place order by min(f.us), u.source, u.place
"""


def prepare(store: Store, settings: Settings) -> bool:
    """Make the tables of what machines inside sent outside, once a session; return whether there is anything."""
    if not names.has(store, "flows"):
        names.prepare(store)
        calendar.prepare(store, settings)
        parts = [sql for reader in names.readers_of(store, ACTIONS) if (sql := _flows(store, reader))]
        if not parts:
            return False
        store.rows("create temp table flows as " + " union all ".join(parts))
        store.rows(_DAILY)
        store.rows(_FLAGGED)
    return True


def _flows(store: Store, reader: str) -> str:
    """Return SQL for the reader's sessions; nothing where it does not say how much was sent."""
    sent, received = names.native(store, reader, *SENT), names.native(store, reader, *RECEIVED)
    return "" if sent.startswith("null") else _FLOWS.format(sent=sent, received=received, reader=name(reader))


@analytic(NAME, ja="外部への異常な送信", en="Unusual upload to an address outside", tags=("attack.t1048", "attack.t1567"))
def find_uploads(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out machines inside that sent an address outside far more than they ever send.

    What it asks:
        Which machine sent how much to whom, and was that address known before?

    Why it matters:
        What was gathered has to leave; the firewall counts its bytes whatever the program was.

    How it decides:
        Bytes sent per inside address, outside address and working day, from logs that count both directions. Flagged where
        three times as much was sent as received, ten times what 99 % of the machine's earlier days and addresses stay under
        (those of all machines, where it has fewer than five), and either the address was first met after three days of log
        and got 200,000 bytes or more, or it got 50 MB and twice what 99 % of all stay under. Medium; high from 50 MB to
        an address not met before.

    When it is wrong:
        A new backup or cloud service, video conferences, an upload of a web site.

    References:
        MITRE ATT&CK T1048, T1567, T1030.
    """
    for row in store.rows(_BY_PLACE) if prepare(store, settings) else []:
        yield _said(store, row)


def _said(store: Store, row: tuple[Any, ...]) -> Finding:
    source, place, is_new, usual, sent, received, accounts, hosts, *span = row
    new_ja, new_en = ("初めて接続した", "not met before, ") if is_new else ("", "")
    said = Said(
        ja=f"{source} から{new_ja}外部 {place} へ {sent:,} バイト送信(通常は1日1宛先 {usual or 0:,} バイトまで)",
        en=f"{source} sent {sent:,} bytes to {place} ({new_en}usually up to {usual or 0:,} a day and address)",
        level=Level.HIGH if is_new and sent >= LARGE else Level.MEDIUM,
        entities={"src_ip": [source], "destination": [place], "account": accounts, "host": hosts},
        facts={"bytes_out": sent, "bytes_in": received, "usual": usual or 0, "new_destination": bool(is_new)},
        tags=("attack.t1048",),
    )
    return finding(store, NAME, Span.of(*span), said)
