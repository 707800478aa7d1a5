"""What the intruder does: guesses, comes in with stolen credentials at odd hours, looks at shares, in variants reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import at, clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.tges_2024.folders import Filed
    from kyumei.replay.incidents.tges_2024.house import Employee, House

DETECTED_ON: Final = date(2024, 6, 26)
STOLEN_KNOWN_ON: Final = date(2024, 7, 9)


@dataclass(frozen=True, slots=True)
class Reading:
    """One file read in one session. `share` is 0 for the clients' share and 1 for the own one."""

    at: datetime
    share: int
    client: int
    file: Filed


@dataclass(frozen=True, slots=True)
class Visit:
    """One session of the intruder through the VPN; bytes are those the appliance counts."""

    who: Employee
    remote: str
    inner: str
    begin: datetime
    seconds: int
    sent: int
    received: int
    readings: tuple[Reading, ...]

    @property
    def end(self) -> datetime:
        """Return the instant at which the tunnel goes down."""
        return self.begin + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Guess:
    """A login that failed before the intruder had what was needed."""

    at: datetime
    user: str
    remote: str


@dataclass(frozen=True, slots=True)
class Intrusion:
    """Everything the intruder does, and when it was noticed and cut off."""

    stolen: tuple[Employee, ...]
    remotes: tuple[str, ...]
    workstation: str
    kerberos: bool
    lists_root: bool
    guesses: tuple[Guess, ...]
    visits: tuple[Visit, ...]
    detected: datetime
    cut: datetime
    stolen_known: datetime

    @property
    def readings(self) -> list[Reading]:
        """Return all readings in order of time."""
        return sorted((one for visit in self.visits for one in visit.readings), key=lambda one: (one.at, one.file.path))


@dataclass(frozen=True, slots=True)
class Loot:
    """What could be read: the tables of each client by its serial number, and the own ones."""

    clients: dict[int, list[Filed]]
    own: tuple[Filed, ...]


def intrusion(dice: Dice, house: House, loot: Loot, variant: str) -> Intrusion:
    """Return the intrusion of this seed; the day of detection is always the same."""
    stolen = tuple(dice.sample(house.staff, dice.between(3, 5)))
    remotes = tuple(house.outside[-dice.between(2, 4) :])
    first_day = DETECTED_ON - timedelta(days=dice.between(5, 13))
    detected = at(DETECTED_ON, dice.between(clock(7, 40), clock(10, 30)))
    nights = _nights(dice, first_day)
    visits = [_visit(dice, house, stolen[n % len(stolen)], dice.pick(remotes), night) for n, night in enumerate(nights)]
    if variant != "viewable":
        visits = _with_readings(dice, visits, loot, sends=variant == "read-exfil")
    return Intrusion(
        stolen=stolen,
        remotes=remotes,
        workstation=_workstation(dice),
        kerberos=dice.chance(0.35),
        lists_root=dice.chance(0.5),
        guesses=tuple(_guesses(dice, house, stolen, remotes, visits[0].begin)),
        visits=tuple(visits),
        detected=detected,
        cut=detected + timedelta(minutes=dice.between(50, 420)),
        stolen_known=at(STOLEN_KNOWN_ON, dice.between(clock(10), clock(18))),
    )


def _workstation(dice: Dice) -> str:
    name = dice.letters(11, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789")
    return dice.pick((f"DESKTOP-{name[:7]}", f"WIN-{name}", "kali"))


def _nights(dice: Dice, first_day: date) -> list[datetime]:
    """Return when visits begin: at the latest in the small hours of the day of detection, never two at once."""
    span = (DETECTED_ON - first_day).days
    chosen = {0, span, *(dice.below(span) for _ in range(dice.between(4, 8)))}
    return [at(first_day + timedelta(days=day), dice.between(clock(0, 20), clock(4, 40))) for day in sorted(chosen)]


def _visit(dice: Dice, house: House, who: Employee, remote: str, begin: datetime) -> Visit:
    inner = f"{house.pool}.{dice.between(180, 250)}"
    seconds = dice.between(420, 4800)
    return Visit(who, remote, inner, begin, seconds, dice.between(180_000, 3_500_000), dice.between(90_000, 900_000), ())


def _guesses(dice: Dice, house: House, stolen: Sequence[Employee], remotes: Sequence[str], first: datetime) -> list[Guess]:
    """Return failed logins on the nights before the first visit, and right before it; the names are staff's and common ones."""
    names = [person.identity.account for person in (*stolen, *dice.sample(house.staff, 12))]
    names += ["admin", "test", "guest", "vpnuser"]
    found = []
    for night in range(dice.between(1, 3), 0, -1):
        instant = at(first.date() - timedelta(days=night), dice.between(clock(0, 30), clock(3)))
        for _ in range(dice.between(25, 70)):
            found.append(Guess(instant, dice.pick(names), dice.pick(remotes)))
            instant += timedelta(seconds=dice.between(4, 55))
    last = (310, 170, 60)[: dice.between(1, 3)]
    found.extend(Guess(first - timedelta(seconds=back), stolen[0].identity.account, remotes[0]) for back in last)
    return found


def _with_readings(dice: Dice, visits: Sequence[Visit], loot: Loot, *, sends: bool) -> list[Visit]:
    """Return the visits with tables of some clients read in some of them, in seeds also the own ones."""
    chosen = sorted(dice.sample(sorted(loot.clients), dice.between(3, 9)))
    shelves = [(0, serial, file) for serial in chosen for file in loot.clients[serial]]
    if dice.chance(0.5):
        shelves += [(1, 0, file) for file in loot.own]
    reading_visits = sorted(dice.sample(range(len(visits)), min(len(visits), dice.between(1, 3))))
    found = list(visits)
    for place, number in enumerate(reading_visits):
        mine = shelves[place :: len(reading_visits)]
        found[number] = _reading(dice, visits[number], mine, sends=sends)
    return found


def _reading(dice: Dice, visit: Visit, shelves: Sequence[tuple[int, int, Filed]], *, sends: bool) -> Visit:
    step = max(2, (visit.seconds - 200) // (len(shelves) + 1))
    readings = [
        Reading(visit.begin + timedelta(seconds=120 + step * place + dice.below(step)), share, client, file)
        for place, (share, client, file) in enumerate(shelves)
    ]
    moved = sum(file.size for _, _, file in shelves)
    sent = visit.sent + moved * 21 // 20
    if sends:
        sent += dice.between(350, 950) * 1_000_000  # other files of the share went along
    return replace(visit, sent=sent, readings=tuple(readings))
