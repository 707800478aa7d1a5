"""Where flagged logins led: the addresses and times in which an account was, or may have been, in other hands.

An account whose password was stolen goes on being used by its owner, so an account alone leads nowhere. What counts is what
came from the flagged outside addresses themselves, or from the inside addresses that a VPN gave to those sessions while they
lasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.detect import logins, names, newcomers
from kyumei.detect.analytics.login_burst import find_success
from kyumei.detect.analytics.login_new_source import level_of
from kyumei.detect.build import Span
from kyumei.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.detect.run import Settings
    from kyumei.store.query import Store

DAY_US: Final = 86_400_000_000
SKEW_US: Final = 300_000_000
"""So far apart two machines' clocks may be; allowed for the session's own account only, for the address soon has another."""
_FROM_VPN: Final = """
    select who, src_ip, assigned, us, ended, mark from vpn_sessions
    where list_contains(?::varchar[], src_ip) and list_contains(?::varchar[], who) and us between ? and ?
    order by us, file_id, rec
"""
_STAYS: Final = """
    create or replace temp table stays (track integer, who varchar, src_ip varchar, address varchar, began bigint, ended bigint)
"""


@dataclass(frozen=True, slots=True)
class Track:
    """One intrusion, as far as the logins tell.

    Attributes:
        number: its place in the list.
        who: folded accounts. addresses: outside. first, last: of the flagged logins.
        assigned: inside addresses of the VPN sessions, sorted. sessions: the places of those sessions' events.
    """

    number: int
    level: Level
    who: tuple[str, ...]
    addresses: tuple[str, ...]
    assigned: tuple[str, ...]
    sessions: Span


def prepare(store: Store, settings: Settings) -> list[Track]:
    """Return the tracks of medium and higher level, and make the table `stays`, one row per address and time of each.

    An address outside stays in question from its first flagged login to a day after the last; one given by the VPN for the
    length of the session.
    """
    store.rows(_STAYS)
    if not logins.prepare(store):
        return []
    logins.prepare_sessions(store)
    return [_track(store, number, *flagged) for number, flagged in enumerate(_flagged(store, settings))]


def _flagged(store: Store, settings: Settings) -> list[tuple[Level, tuple[str, ...], tuple[str, ...], int, int]]:
    found: list[tuple[Level, tuple[str, ...], tuple[str, ...], int, int]] = []
    for cluster in newcomers.clusters(store, settings):
        level = level_of(cluster)
        if level.rank >= Level.MEDIUM.rank:
            span = Span.join([u.span for u in cluster.uses])
            found.append((level, cluster.who, tuple(cluster.each("addresses")), span.first or 0, span.last or 0))
    for success in find_success(store, settings):
        who = tuple(
            sorted(r[0] for r in store.rows("select distinct folded(unnest(?::varchar[]))", list(success.of("account"))))
        )
        found.append((success.level, who, success.of("src_ip"), success.start or 0, success.end or 0))
    return sorted(found, key=lambda f: (f[3], f[1], f[2]))


def _track(store: Store, number: int, level: Level, who: Sequence[str], addresses: Sequence[str], *span: int) -> Track:
    first, last = span
    sessions = store.rows(_FROM_VPN, list(addresses), list(who), first, last)
    stays = [(number, None, a, a, first, last + DAY_US) for a in addresses]
    stays += [(number, person, source, given, began, ended) for person, source, given, began, ended, _ in sessions]
    for stay in stays:
        store.rows("insert into stays values (?, ?, ?, ?, ?, ?)", *stay)
    marks = tuple(s[-1] for s in sessions)
    taken = Span(len(sessions), sessions[0][3] if sessions else None, sessions[-1][3] if sessions else None, marks)
    return Track(number, level, tuple(who), tuple(addresses), tuple(sorted({s[2] for s in sessions})), taken)


def within(us: str, who: str) -> str:
    """Return SQL over a row `s` of `stays`: whether an event at this time, of this folded account, lies in the stay."""
    return f"({us} between s.began and s.ended or ({who} = s.who and {us} between s.began - {SKEW_US} and s.ended + {SKEW_US}))"


def has_events(store: Store, *actions: str) -> bool:
    """Return whether there is any event of these actions."""
    return bool(names.readers_of(store, actions))
