"""What flagged sessions reached: shares, and files read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect import objects, tracks
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.run import Settings
    from kyumei.detect.tracks import Track
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "share.reached"
READ: Final = "file.flagged_read"
READS: Final = ("data.exported", "data.read", "file.copied", "file.downloaded", "file.opened")
_REACHED: Final = f"""
    select s.track, list_sort(list(distinct e.account)), list_sort(list(distinct e.host)),
        list_sort(list(distinct e.src_ip)), list_sort(list(distinct s.src_ip)), list_sort(list(distinct e.object))[:1000],
        count(distinct (e.file_id, e.rec)), min(epoch_us(e.ts)), max(epoch_us(e.ts)),
        min(struct_pack(us := epoch_us(e.ts), e := e.evidence_id, f := e.file_id, r := e.rec), 50)
    from stays s join events e on e.src_ip = s.address and {tracks.within("epoch_us(e.ts)", "folded(e.account)")}
    where e.action = 'share.accessed' and coalesce(e.outcome, '') <> 'failure'
    group by s.track order by s.track
"""
_READ: Final = f"""
    create or replace temp table flagged_reads as
    select s.track, s.src_ip as outside, e.*,
        struct_pack(us := epoch_us(e.ts), e := e.evidence_id, f := e.file_id, r := e.rec) as mark
    from stays s join events e on {tracks.within("epoch_us(e.ts)", "folded(e.account)")}
        and (e.src_ip = s.address or (e.src_ip is null and s.address <> s.src_ip and folded(e.account) = s.who))
    where e.action in {READS} and e.source not like 'web.%' and coalesce(e.outcome, '') <> 'failure'
    qualify row_number() over (partition by s.track, e.file_id, e.rec order by s.began, s.address) = 1
"""
_READ_BY_TRACK: Final = """
    select track, list_sort(list(distinct account)), list_sort(list(distinct host)),
        list_sort(list(distinct src_ip)), list_sort(list(distinct outside)), count(distinct object),
        coalesce(sum(bytes), 0)::bigint, coalesce(sum(rows), 0)::bigint, bool_and(src_ip is null), count(*),
        min(epoch_us(ts)), max(epoch_us(ts)), min(mark, 50)
    from flagged_reads group by track order by track
"""


@analytic(
    NAME, ja="不審なセッションからの共有フォルダ到達", en="Shares reached from a flagged session", tags=("attack.t1021.002",)
)
def find_shares(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out the network shares that were reached from a flagged login's address.

    What it asks:
        Which shares lay open to the intruder, and were they opened?

    Why it matters:
        What was reachable is what must be taken as possibly viewed, even where no file access was recorded.

    How it decides:
        Share events (Windows 5140, 5145) whose source is the address of a flagged login, or the inside address that the VPN
        gave to it, in that time (see `kyumei.detect.tracks`). The level is that of the login. Reaching a share reads no
        file; `file.flagged_read` says whether files were read.

    When it is wrong:
        As far as the flagged login is.

    References:
        Microsoft, audit events 5140 and 5145; MITRE ATT&CK T1021.002, T1039.
    """
    followed = tracks.prepare(store, settings) if tracks.has_events(store, "share.accessed") else []
    for number, *row in store.rows(_REACHED) if followed else []:
        names, hosts, inside, outside, shares, *span = row
        said = Said(
            ja=f"不審なログイン({'、'.join(outside[:3])})から {'、'.join(hosts[:3])} の共有 {len(shares)} 個に到達",
            en=f"{len(shares)} shares on {', '.join(hosts[:3])} reached from the flagged login of {', '.join(outside[:3])}",
            level=followed[number].level,
            entities={"account": names, "host": hosts, "src_ip": [*inside, *outside], "object": shares},
            facts=_addresses(outside, inside) | {"shares": shares, "hosts": hosts},
            tags=("attack.t1021.002",),
        )
        yield finding(store, NAME, Span.of(*span), said)


@analytic(READ, ja="不審なセッションからのファイル読み取り", en="Files read from a flagged session", tags=("attack.t1039",))
def find_reads(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out files and data that were read from a flagged login's address or session.

    What it asks:
        Did the intruder read files, and which?

    Why it matters:
        It is the difference between "could be viewed" and "was viewed".

    How it decides:
        Reading events whose source is the address of a flagged login or the inside address given to it, in that time.
        Where the event names no source, the account's reads during its flagged VPN session count;
        `facts.by_account_only` says where there are no others. The level is that of the login.

    When it is wrong:
        By account only: the owner may have worked at the same time.

    References:
        Microsoft, audit event 4663; MITRE ATT&CK T1039, T1213.
    """
    followed: list[Track] = tracks.prepare(store, settings) if tracks.has_events(store, *READS) else []
    if not followed:
        return
    store.rows(_READ)
    for number, *row in store.rows(_READ_BY_TRACK):
        yield _read(store, followed[number], row)


def _read(store: Store, track: Track, row: list[Any]) -> Finding:
    names, hosts, inside, outside, files, size, rows, by_account, *span = row
    sample = objects.sample(store, "flagged_reads", f"track = {track.number:d}")
    said = Said(
        ja=f"不審なログイン({'、'.join(outside[:3])})のセッションからファイル等 {files:,} 個の読み取り",
        en=f"{files:,} files or data objects read in the session of the flagged login of {', '.join(outside[:3])}",
        level=track.level,
        entities={"account": names, "host": hosts, "src_ip": [*inside, *outside], **sample.entities},
        facts=_addresses(outside, inside)
        | {
            "files": files,
            "bytes": size,
            "rows": rows,
            "folders": sample.folders,
            "by_account_only": by_account,
            "hosts": hosts,
        },
        tags=("attack.t1039",),
    )
    return finding(store, READ, Span.of(*span), said)


def _addresses(outside: list[str], inside: list[str]) -> dict[str, object]:
    assigned = [a for a in inside if a and a not in outside]
    return {"vpn_src_ip": _one(outside), "assigned_ip": _one(assigned)}


def _one(values: list[str]) -> object:
    return values[0] if len(values) == 1 else values or None
