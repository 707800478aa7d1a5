"""Logins from addresses that were never seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import newcomers
from kyumei.detect.build import Said, Span, finding
from kyumei.detect.registry import analytic
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.detect.newcomers import Cluster
    from kyumei.detect.run import Settings
    from kyumei.model.finding import Finding
    from kyumei.store.query import Store

NAME: Final = "login.new_source"
_BYTES: Final = """
    select coalesce(sum(bytes), 0)::bigint from events
    where action = 'session.ended' and list_contains(?::varchar[], src_ip) and epoch_us(ts) >= ?
"""


@analytic(NAME, ja="初めて見る接続元", en="First-seen source address", tags=("attack.t1078", "attack.t1133"))
def find(store: Store, settings: Settings) -> Iterator[Finding]:
    """Point out remote logins from networks outside that nobody had used before.

    What it asks:
        Which accounts came in (VPN, remote desktop, SSH, web, mailbox) from an address never seen before, and is it more
        than somebody's new home?

    Why it matters:
        Stolen credentials look right in every respect but two: where they come from and when.

    How it decides:
        A network (/24, /48) is new when its first use comes at least 3 days and 20 remote logins after the log begins.
        First uses are put together where they share a network, or where each is at night and into the deep night (0 to 5
        o'clock), unlike the account's own earlier logins and far from its networks, and they lie within 12 hours (3 days
        for one wider network, /16 or /32). Points: several accounts 1, three or more 1 more; deep night unlike before 2,
        other night or day off unlike before 1; the account in use from a known network within the hour 1; failed logins
        from there 1; several networks 1; minus 1 where all accounts are known from the same wider network, minus 2 for an
        account that changes networks all the time. 3 points are high, 2 medium, 1 low. One account alone, or two from
        different providers, is high only from 4 points. Where a service is open to the public (a fifth of later logins
        from new networks), only ten or more accounts from one network count. Each account is compared with itself (with
        all where it has fewer than three earlier logins), before the network's first use only.

    When it is wrong:
        Colleagues who work together from a hotel at night; an intruder who was there before the log begins.

    References:
        ENGINE notes on login analytics; MITRE ATT&CK T1078, T1133.
    """
    for cluster in newcomers.clusters(store, settings):
        if cluster.score >= 0:
            yield _finding(store, cluster)


def level_of(cluster: Cluster) -> Level:
    """Return the level for the points."""
    alone = len(cluster.who) < 3 and not cluster.is_of_one_place
    score = cluster.score - 1 if alone and cluster.score >= 3 else cluster.score
    return (Level.INFORMATIONAL, Level.LOW, Level.MEDIUM, Level.HIGH)[max(0, min(score, 3))]


def _finding(store: Store, cluster: Cluster) -> Finding:
    ways = sorted({u.way for u in cluster.uses})
    addresses, accounts = cluster.each("addresses"), cluster.each("accounts")
    shown = "、".join(addresses[:3]) + (" ほか" if len(addresses) > 3 else "")
    span = Span.join([u.span for u in cluster.uses])
    said = Said(
        ja=f"初めて見る接続元 {shown} から {len(cluster.who)} アカウントがログイン({'、'.join(ways)})",
        en=f"{len(cluster.who)} accounts logged in from never-seen {', '.join(addresses[:3])} ({', '.join(ways)})",
        level=level_of(cluster),
        entities={"account": accounts, "src_ip": addresses, "host": cluster.each("hosts"), "channel": ways},
        facts={
            "channel": ways[0],
            "accounts": len(cluster.who),
            "public": True,
            "networks": sorted({u.net for u in cluster.uses}),
            "sessions": span.count,
            "night": sum(u.nights for u in cluster.uses),
            "deep_night": sum(u.deeps for u in cluster.uses),
            "days_off": sum(u.offs for u in cluster.uses),
            "logins_before": {u.who: u.before for u in cluster.uses},
            "failures": max(u.failures for u in cluster.uses),
            "session_bytes": store.rows(_BYTES, addresses, span.first)[0][0],
            "reasons": list(cluster.reasons),
        },
        tags=("attack.t1078", "attack.t1133"),
    )
    return finding(store, NAME, span, said)
