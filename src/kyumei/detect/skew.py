"""How far clocks of two machines are apart, estimated from acts that both recorded. Nothing is ever corrected by it.

| `basis` | one act, seen twice |
|---|---|
| `mail` | a message (Message-ID) on two machines that passed it on; the difference includes its way |
| `vpn` | the begin of a VPN session, and the first packet from that address that the firewall let through |
| `logon` | a service ticket for a machine on the domain controller (4769), and the logon on that machine (4624, type 3) |

Acts count only where they stand alone: the first after `QUIET_US` without another of the same key, with one partner within
`REACH_US`; so dense logs do not pull the estimate to zero, and offsets past `REACH_US` are not seen (mail has no such limit).
The estimate is the median; its interval the order statistics that hold the median with 95 % (binomial). Fewer than `LEAST`
pairs, or pairs that scatter (median absolute deviation over `SCATTER_US`), give no estimate.

David & Nagaraja, Order Statistics (3rd ed.), 7.1: distribution-free intervals for quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import TYPE_CHECKING, Final

from kyumei.detect import logins, names
from kyumei.store.connect import name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.query import Store

QUIET_US: Final = 1_800_000_000
REACH_US: Final = 900_000_000
LEAST: Final = 8
SCATTER_US: Final = 60_000_000
SHOWN: Final = 200
"""So many estimates are given at most, those of the most pairs first."""
_IDS: Final = (
    "message-id",
    "message_id",
    "Message-ID",
    "messageid",
    "internet_message_id",
    "InternetMessageId",
    "network_message_id",
)
_MAIL: Final = """
    create temp table mail_hops as
    select key, node_of(host) as node, min(us) as us from ({each}) where key <> '' and host is not null group by 1, 2
"""
_MAIL_PAIRS: Final = """
    select 'mail', a.node, b.node, b.us - a.us from mail_hops a join mail_hops b on a.key = b.key and a.node < b.node
    where abs(b.us - a.us) < 86400000000 order by 1, 2, 3, 4
"""
_PAIRS: Final = f"""
    with every_a as ({{a}}), every_b as ({{b}}),
    a as (
        select * from every_a qualify coalesce(us - lag(us) over (partition by key, node order by us), {QUIET_US}) >= {QUIET_US}
    ), b as (
        select * from every_b qualify coalesce(us - lag(us) over (partition by key, node order by us), {QUIET_US}) >= {QUIET_US}
    ), met as (
        select a.key, a.node as one, b.node as other, a.us as at_one, b.us as at_other
        from a join b on a.key = b.key and a.node <> b.node and b.us between a.us - {REACH_US} and a.us + {REACH_US}
        qualify count(*) over (partition by a.key, a.node, a.us, b.node) = 1
            and count(*) over (partition by b.key, b.node, b.us, a.node) = 1
    )
    select '{{basis}}', one, other, at_other - at_one from met order by 1, 2, 3, 4
"""
_VPN: Final = (
    "select distinct src_ip as key, node, us from logins where way = 'vpn' and kind <> 'failed' and not is_inside(src_ip)"
)
_FIREWALL: Final = """
    select distinct src_ip as key, node_of(host) as node, epoch_us(ts) as us from events
    where action = 'network.allowed' and ts is not null and host is not null
        and src_ip in (select src_ip from logins where way = 'vpn' and kind <> 'failed' and not is_inside(src_ip))
"""
_TICKET: Final = """
    select distinct folded(account) || '@' || lower(rtrim(object, '$')) as key, node_of(host) as node, epoch_us(ts) as us
    from events where event_id = 4769 and action = 'login.succeeded' and object like '%$' and ts is not null
        and host is not null and account is not null
"""
_LOGON: Final = """
    select distinct who || '@' || node as key, node, us from logins where way = 'network' and kind = 'succeeded' and not machine
"""


@dataclass(frozen=True, slots=True)
class Skew:
    """By how many seconds the clock of `other` is ahead of that of `one` (negative: behind), with interval and pairs."""

    one: str
    other: str
    basis: str
    seconds: float
    low: float
    high: float
    pairs: int

    @property
    def apart(self) -> bool:
        """Return whether the interval leaves out everything within two seconds of agreement."""
        return self.low > 2 or self.high < -2


def estimates(store: Store) -> list[Skew]:
    """Return the estimates, those of clocks that are apart first, then by pairs and names."""
    names.prepare(store)
    differences: dict[tuple[str, str, str], list[int]] = {}
    for basis, one, other, us in _differences(store):
        differences.setdefault((str(basis), str(one), str(other)), []).append(int(str(us)))
    told = [s for key, values in differences.items() if (s := estimate(key, values)) is not None]
    return sorted(told, key=lambda s: (not s.apart, -s.pairs, s.one, s.other, s.basis))[:SHOWN]


def estimate(key: tuple[str, str, str], differences: Sequence[int]) -> Skew | None:
    """Return the estimate for basis and two machines, None where the pairs are too few or scatter too much.

    Args:
        key: basis, one machine, the other.
        differences: µs by which the act was later on the other machine.
    """
    values = sorted(differences)
    n = len(values)
    if n < LEAST:
        return None
    middle = _median(values)
    if _median(sorted(abs(v - middle) for v in values)) > SCATTER_US:
        return None
    rank = max(0, floor((n - 1.96 * sqrt(n)) / 2))
    low, high = values[rank], values[n - 1 - rank]
    basis, one, other = key
    seconds, least, most = (round(v / 1e6, 3) for v in (middle, low, high))
    return Skew(one, other, basis, seconds, least, most, n)


def _median(values: Sequence[float]) -> float:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _differences(store: Store) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    each = [
        f"select lower(trim({ident}, '<> ')) as key, host, epoch_us(ts) as us from {name(reader)}"
        f" where ts is not null and {ident} is not null"
        for reader in store.readers()
        if not (ident := names.native(store, reader, *_IDS)).startswith("null")
    ]
    if each:
        if not names.has(store, "mail_hops"):
            store.rows(_MAIL.format(each=" union all ".join(each)))
        found += store.rows(_MAIL_PAIRS)
    if logins.prepare(store):
        found += store.rows(_PAIRS.format(a=_VPN, b=_FIREWALL, basis="vpn"))
        found += store.rows(_PAIRS.format(a=_TICKET, b=_LOGON, basis="logon"))
    return found
