"""The VPN appliance's log: weeks of telework, typing errors, strangers knocking, the intruder, and the cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import at, clock, days, is_workday
from kyumei.replay.writers import fortigate as fg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.tges_2024.house import Employee, House
    from kyumei.replay.incidents.tges_2024.intrusion import Intrusion, Visit

FIRST: Final = date(2024, 5, 27)
LAST: Final = date(2024, 6, 27)
"""The days that the logs cover."""
Entry = tuple[datetime, fg.Fields]


@dataclass(frozen=True, slots=True)
class Telework:
    """One ordinary session through the VPN."""

    who: Employee
    remote: str
    inner: str
    begin: datetime
    seconds: int


def telework(dice: Dice, house: House, cut: datetime) -> list[Telework]:
    """Return the ordinary sessions; some people also work late or at the week-end, nobody after the cut."""
    found = []
    for day in days(FIRST, LAST):
        for serial, person in enumerate(house.staff):
            usual = is_workday(day) and dice.chance(person.telework)
            extra = dice.chance(0.03 if is_workday(day) else 0.01) and person.telework > 0
            if not (usual or extra):
                continue
            hour = person.early if usual else dice.between(19, 22)
            begin = at(day, clock(hour) + dice.below(3000))
            seconds = dice.between(6, 9) * 3600 + dice.below(3600) if usual else dice.between(900, 7000)
            inner = f"{house.pool}.{10 + serial * 6 + dice.below(6)}"
            left = int((cut - begin).total_seconds())
            if left > 600:
                found.append(Telework(person, dice.pick(person.homes), inner, begin, min(seconds, left)))
    return found


def gateway_log(dice: Dice, house: House, sessions: Sequence[Telework], intruder: Intrusion) -> list[tuple[datetime, str]]:
    """Return the lines in order of time."""
    entries: list[Entry] = []
    for session in sessions:
        entries.extend(_session(dice, house, session))
    for visit in intruder.visits:
        entries.extend(_visit(dice, house, visit))
    entries.extend((guess.at, fg.login_failed(guess.user, guess.remote)) for guess in intruder.guesses)
    entries.extend(entry for entry in _strangers(dice, house) if entry[0] < intruder.cut)
    entries.extend(_administration(dice, house, intruder))
    ordered = sorted(enumerate(entries), key=lambda item: (item[1][0], item[0]))
    return [(instant, fg.line(house.appliance, instant, fields)) for _, (instant, fields) in ordered]


def _session(dice: Dice, house: House, session: Telework) -> Iterator[Entry]:
    tunnel = fg.Tunnel(session.who.identity.account, house.group, session.remote, session.inner, _number(dice))
    begin = _fine(dice, session.begin)
    for _ in range(dice.weighted((0, 1, 2), (22, 3, 1))):  # typing errors
        yield begin - timedelta(seconds=dice.between(15, 50)), fg.login_failed(tunnel.user, tunnel.remote)
    yield from _opened(tunnel, begin)
    for _ in range(dice.between(1, 5)):
        instant = begin + timedelta(seconds=dice.below(session.seconds))
        to = dice.pick(((house.server_address, 445), (f"{house.lan}.1.10", 53), (f"{house.lan}.1.30", 443)))
        sizes = (dice.between(2_000, 400_000), dice.between(10_000, 9_000_000))
        yield instant, fg.forwarded(tunnel, to, _ports(dice), sizes)
    end = begin + timedelta(seconds=session.seconds)
    reason = dice.pick(("User requested termination of service", "User requested termination of service", "Idle timeout"))
    sent, received = dice.between(3_000_000, 90_000_000), dice.between(1_000_000, 20_000_000)
    yield end, fg.tunnel_down(tunnel, (session.seconds, sent, received), reason)


def _visit(dice: Dice, house: House, visit: Visit) -> Iterator[Entry]:
    tunnel = fg.Tunnel(visit.who.identity.account, house.group, visit.remote, visit.inner, _number(dice))
    begin = _fine(dice, visit.begin)
    yield from _opened(tunnel, begin)
    for place in range(dice.between(3, 9)):  # looks for machines
        to = (f"{house.lan}.1.{dice.between(2, 60)}", dice.pick((445, 3389, 445)))
        instant, sizes = begin + timedelta(seconds=40 + place * 3), (dice.between(180, 900), dice.between(0, 900))
        yield instant, fg.forwarded(tunnel, to, _ports(dice), sizes, allowed=dice.chance(0.4))
    sizes = (visit.received * 8 // 10, visit.sent * 9 // 10)
    yield begin + timedelta(seconds=visit.seconds - 10), fg.forwarded(tunnel, (house.server_address, 445), _ports(dice), sizes)
    yield _fine(dice, visit.end), fg.tunnel_down(tunnel, (visit.seconds, visit.sent, visit.received))


def _opened(tunnel: fg.Tunnel, begin: datetime) -> Iterator[Entry]:
    yield begin - timedelta(seconds=3), fg.new_connection(tunnel.remote)
    yield begin, fg.web_login(tunnel)
    yield begin + timedelta(seconds=1), fg.tunnel_up(tunnel)


def _strangers(dice: Dice, house: House) -> Iterator[Entry]:
    """Yield what knocks at every appliance on the internet, every day, without success."""
    strangers = house.outside[300:460]
    for day in days(FIRST, LAST):
        for _ in range(dice.between(2, 9)):
            instant, remote = _fine(dice, at(day, dice.below(86_400))), dice.pick(strangers)
            yield instant, fg.new_connection(remote)
            if dice.chance(0.5):
                user = dice.pick(("admin", "root", "test", "user1", "vpn", "support"))
                yield instant + timedelta(seconds=2), fg.login_failed(user, remote, "sslvpn_login_unknown_user")


def _administration(dice: Dice, house: House, intruder: Intrusion) -> Iterator[Entry]:
    admin, desk = dice.pick(("admin", "fwadmin", "netadmin")), f"{house.lan}.10.{dice.between(20, 60)}"
    for day in dice.sample(list(days(FIRST, date(2024, 6, 21))), 5):
        instant = at(day, dice.between(clock(10), clock(17)))
        yield instant, fg.admin_login(admin, desk)
    cut = intruder.cut
    yield cut - timedelta(seconds=95), fg.admin_login(admin, desk)
    yield cut, fg.configured(admin, "vpn.ssl.settings", "status[enable->disable]", desk)
    yield cut + timedelta(seconds=41), fg.configured(admin, "system.interface", "status[up->down]", desk)
    yield cut + timedelta(seconds=42), fg.interface_down("wan1")


def _fine(dice: Dice, instant: datetime) -> datetime:
    return instant.replace(microsecond=dice.below(1_000_000))


def _number(dice: Dice) -> int:
    return dice.between(100_000_000, 1_900_000_000)


def _ports(dice: Dice) -> tuple[int, int]:
    return dice.between(49_152, 65_535), dice.between(100_000, 99_000_000)
