"""Which logins were the intruder's, and what those accounts reached from those addresses in that time.

An employee whose password was stolen goes on working. Only events that come from the intruder's own addresses, or from the
addresses that a VPN gave to the intruder's sessions while they lasted, count as the intruder's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.diagnose.view import View
    from kyumei.model.finding import Finding

DAY_US: Final = 86_400_000_000
HOUR_US: Final = 3_600_000_000
SESSION_US: Final = DAY_US
"""A VPN session whose end is not in the evidence is taken to last a day at most."""
_EXAMPLES: Final = tuple(ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
"""Documentation ranges (RFC 5737, RFC 3849) stand for public addresses wherever they are used."""
READS: Final = ("file.opened", "file.downloaded", "file.copied", "data.read", "data.exported")

_SESSIONS: Final = """
    with s as (
        select src_ip, dst, account, ts from events
        where action = 'session.started' and dst is not null and list_contains(?::varchar[], src_ip)
    )
    select s.dst, epoch_us(s.ts),
        coalesce(epoch_us(min(e.ts)), epoch_us(s.ts) + ?)
    from s left join events e on e.action = 'session.ended' and e.account = s.account and e.ts > s.ts
        and (e.dst = s.dst or e.src_ip = s.src_ip)
    group by s.dst, s.ts, s.account order by 1, 2
"""
_EVENTS: Final = """
    select action, host, object, account, src_ip, epoch_us(ts), coalesce(bytes, 0)
    from events
    where list_contains(?::varchar[], src_ip) and list_contains(?::varchar[], action) and ts is not null
    order by ts, file_id, rec
"""


@dataclass(slots=True)
class Intruder:
    """The intruder as far as logs show.

    Attributes:
        accounts: as spelt. addresses: outside addresses. assigned: (inside address, from, to) in microseconds.
        hosts: hosts with a successful login from those addresses. shares: shares reached. reads: objects read.
        read_events: number of reading events. first, last: of everything seen.
    """

    accounts: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    assigned: list[tuple[str, int, int]] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    shares: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    read_events: int = 0
    bytes_read: int = 0
    first: int | None = None
    last: int | None = None


def trace(view: View, findings: Sequence[Finding]) -> Intruder:
    """Follow the addresses of these findings through VPN sessions to hosts, shares and files."""
    found = Intruder()
    for finding in findings:
        found.accounts |= set(finding.of("account"))
        for address in finding.of("src_ip"):
            if is_inside(address):
                found.assigned.append((address, finding.start or 0, (finding.end or 0) + HOUR_US))
            else:
                found.addresses.add(address)
    sessions = view.store.rows(_SESSIONS, sorted(found.addresses), SESSION_US)
    found.assigned += [(str(a), int(start), int(end)) for a, start, end in sessions]
    found.assigned = sorted(set(found.assigned))
    _follow(view, found)
    times = [t for f in findings for t in (f.start, f.end) if t is not None]
    times += [t for t in (found.first, found.last) if t is not None]
    found.first, found.last = min(times, default=None), max(times, default=None)
    return found


def is_inside(address: str) -> bool:
    """Return whether the address is one of a private network (or none at all)."""
    try:
        return ip_address(address).is_private and not any(ip_address(address) in net for net in _EXAMPLES)
    except ValueError:
        return True


def _follow(view: View, found: Intruder) -> None:
    known = sorted(found.addresses | {address for address, _, _ in found.assigned})
    wanted = [*READS, "login.succeeded", "session.started", "session.ended", "share.accessed"]
    for action, host, thing, account, address, at, size in view.store.rows(_EVENTS, known, wanted):
        if address not in found.addresses and not any(a == address and start <= at <= end for a, start, end in found.assigned):
            continue
        found.first = at if found.first is None else min(found.first, at)
        found.last = at if found.last is None else max(found.last, at)
        found.accounts |= {account} if account else set()
        found.hosts |= {host} if host else set()
        if action == "share.accessed" and thing:
            found.shares.add(thing)
        elif action in READS and thing:
            found.reads.add(thing)
            found.read_events += 1
            found.bytes_read += size
