"""The Security logs of domain controller and file server: a working house by day, a backup and the intruder by night."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from kyumei.replay.calendar import at, clock, days, is_workday
from kyumei.replay.incidents.tges_2024.gateway import FIRST, LAST
from kyumei.replay.writers import security as sec
from kyumei.replay.writers.evtx import evtx

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.tges_2024.folders import Filed
    from kyumei.replay.incidents.tges_2024.gateway import Telework
    from kyumei.replay.incidents.tges_2024.house import Employee, House
    from kyumei.replay.incidents.tges_2024.intrusion import Intrusion, Loot, Visit
    from kyumei.replay.writers.evtx import Record


@dataclass(slots=True)
class Machines:
    """Two machines that log, and the logon numbers they have given out."""

    dice: Dice
    house: House
    controller: list[Record] = field(default_factory=list["Record"])
    server: list[Record] = field(default_factory=list["Record"])
    _logons: int = 0x1_0000

    def fine(self, instant: datetime) -> datetime:
        """Return the instant with a drawn fraction of its second."""
        return instant.replace(microsecond=self.dice.below(1_000_000))

    def logon_id(self) -> int:
        """Return a logon number not given out before."""
        self._logons += self.dice.between(40, 9000)
        return self._logons

    def peer(self, address: str, workstation: str = "-") -> sec.Peer:
        """Return that machine with a drawn port."""
        return sec.Peer(address, self.dice.between(49_152, 65_535), workstation)

    def service(self, name: str) -> tuple[str, str]:
        """Return a machine account as a service: name and SID."""
        number = 1000 if name == self.house.controller else 1103
        return f"{name}$", f"{self.house.domain_sid}-{number}"

    def files(self) -> dict[str, bytes]:
        """Return host name → Security log."""
        logs = {self.house.controller: self.controller, self.house.file_server: self.server}
        return {host: evtx(sec.channel(f"{host}.{self.house.fqdn}"), sorted(found, key=_order)) for host, found in logs.items()}


def _order(record: Record) -> tuple[datetime, int]:
    return record.time, record.event_id


def staff_at_work(machines: Machines, loot: Loot, sessions: Sequence[Telework]) -> None:
    """Log the working days of the staff: each reads the tables of the clients that are theirs."""
    house, dice = machines.house, machines.dice.child("work")
    duties = {person.identity.account: dice.sample(sorted(loot.clients), dice.between(2, 7)) for person in house.staff}
    remote = {(session.begin.date(), session.who.identity.account): session for session in sessions}
    for day in days(FIRST, LAST):
        for person in house.staff:
            session = remote.get((day, person.identity.account))
            if session or (is_workday(day) and dice.chance(0.93)):
                shelf = [file for client in duties[person.identity.account] for file in loot.clients[client]]
                _day(machines, dice, person, _place(person, session, day, dice), shelf)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a person sits today, and from when on for how long."""

    address: str
    begin: datetime
    seconds: int


def _place(person: Employee, session: Telework | None, day: date, dice: Dice) -> _Place:
    if session:
        return _Place(session.inner, session.begin + timedelta(seconds=30), session.seconds - 60)
    return _Place(person.address, at(day, clock(person.early) + dice.below(3000)), dice.between(7, 11) * 3600)


def _day(machines: Machines, dice: Dice, person: Employee, place: _Place, shelf: Sequence[Filed]) -> None:
    house, who = machines.house, person.identity
    here = machines.peer(place.address)
    begin = machines.fine(place.begin)
    for back in range(dice.weighted((0, 1, 2), (30, 3, 1))):  # typing errors
        machines.controller.append(sec.password_wrong(begin - timedelta(seconds=8 + 9 * back), who, here))
    machines.controller.append(sec.ticket_granted(begin, who, here, house.krbtgt))
    for name in (house.controller, house.file_server):
        machines.controller.append(sec.service_ticket(begin + timedelta(milliseconds=40), who, here, machines.service(name)))
    _controller_session(machines, dice, person, place, begin)
    for _ in range(dice.between(1, 2)):
        start = machines.fine(begin + timedelta(seconds=dice.below(max(60, place.seconds // 2))))
        last = begin + timedelta(seconds=place.seconds)
        _server_session(machines, dice, (who, place.address), (start, last), shelf)


def _controller_session(machines: Machines, dice: Dice, person: Employee, place: _Place, begin: datetime) -> None:
    number, here = machines.logon_id(), machines.peer(place.address)
    machines.controller.append(sec.logon(begin + timedelta(milliseconds=90), person.identity, here, number))
    if person.role == "課長" and person.department == "情報システム部":
        machines.controller.append(sec.privileges(begin + timedelta(milliseconds=91), person.identity, number))
    machines.controller.append(sec.logoff(begin + timedelta(seconds=dice.between(8, 40)), person.identity, number))
    if dice.chance(0.2):
        later = begin + timedelta(seconds=dice.below(max(60, place.seconds)))
        machines.controller.append(sec.ntlm_checked(machines.fine(later), person.identity.account, person.machine))


def _server_session(
    machines: Machines, dice: Dice, from_: tuple[sec.Identity, str], span: tuple[datetime, datetime], shelf: Sequence[Filed]
) -> None:
    house, (who, address), (start, last) = machines.house, from_, span
    number, here = machines.logon_id(), machines.peer(address)
    reach = sec.Reach(who, here, number, house.clients_share)
    machines.server.append(sec.logon(start, who, here, number))
    machines.server.append(sec.share_reached(start + timedelta(milliseconds=200), who, here, number, sec.Share("IPC$", "")))
    machines.server.append(sec.share_reached(start + timedelta(milliseconds=300), who, here, number, house.clients_share))
    machines.server.append(sec.share_checked(start + timedelta(milliseconds=310), reach, "\\", sec.LIST))
    seconds = max(120, int((last - start).total_seconds()))
    for _ in range(dice.between(3, 16)):
        _read(machines, machines.fine(start + timedelta(seconds=5 + dice.below(seconds))), reach, dice.pick(shelf).relative)
    machines.server.append(sec.logoff(last + timedelta(seconds=dice.between(1, 300)), who, number))


def _read(machines: Machines, instant: datetime, reach: sec.Reach, relative: str) -> None:
    folder = relative.rpartition("\\")[0]
    machines.server.append(sec.share_checked(instant - timedelta(milliseconds=800), reach, folder, sec.ATTRIBUTES))
    machines.server.append(sec.share_checked(instant, reach, relative, sec.READ))
    handle = machines.dice.between(0x200, 0x3FFF) * 4
    machines.server.append(sec.file_read(instant + timedelta(milliseconds=3), reach, relative, handle))


def nights(machines: Machines, loot: Loot) -> None:
    """Log what runs by itself: the backup that reads every table each night, a batch, machines renewing tickets."""
    house, dice = machines.house, machines.dice.child("nights")
    hour = dice.between(0, 4)
    tables = [file.relative for client in sorted(loot.clients) for file in loot.clients[client]]
    for day in days(FIRST, LAST):
        start = machines.fine(at(day, clock(hour, 30) + dice.below(120)))
        here = machines.peer(f"{house.lan}.1.40")
        number = machines.logon_id()
        reach = sec.Reach(house.backup, here, number, house.clients_share)
        machines.server.append(sec.logon(start, house.backup, here, number))
        machines.server.append(sec.privileges(start + timedelta(milliseconds=1), house.backup, number))
        machines.server.append(
            sec.share_reached(start + timedelta(milliseconds=150), house.backup, here, number, house.clients_share)
        )
        for place, relative in enumerate(tables):
            machines.server.append(sec.share_checked(start + timedelta(seconds=2 + place * 3), reach, relative, sec.READ))
        machines.server.append(sec.logoff(start + timedelta(seconds=20 + len(tables) * 3), house.backup, number))
        _batch(machines, at(day, clock(23, 15) + dice.below(60)))
        _machine_accounts(machines, dice, day)


def _batch(machines: Machines, instant: datetime) -> None:
    number, who = machines.logon_id(), machines.house.batch
    machines.server.append(sec.logon(machines.fine(instant), who, sec.Peer("-", 0), number, kind=5))
    machines.server.append(sec.logoff(machines.fine(instant + timedelta(minutes=7)), who, number, kind=5))


def _machine_accounts(machines: Machines, dice: Dice, day: date) -> None:
    house = machines.house
    for serial, person in enumerate(house.staff):
        if not is_workday(day):
            continue
        who = sec.Identity(f"{person.machine}$", house.netbios, house.fqdn, f"{house.domain_sid}-{2100 + serial}")
        instant, here, number = (
            machines.fine(at(day, dice.between(clock(7), clock(20)))),
            machines.peer(person.address),
            machines.logon_id(),
        )
        machines.controller.append(sec.ticket_granted(instant, who, here, house.krbtgt))
        machines.controller.append(sec.logon(instant + timedelta(milliseconds=60), who, here, number))
        machines.controller.append(sec.logoff(instant + timedelta(seconds=11), who, number))


def intruder_inside(machines: Machines, intruder: Intrusion) -> None:
    """Log the intruder's sessions: logons by NTLM from the VPN's addresses, shares reached, in variants tables read."""
    for visit in intruder.visits:
        _visit(machines, machines.dice.child("visit", visit.begin), visit, intruder)


def _visit(machines: Machines, dice: Dice, visit: Visit, intruder: Intrusion) -> None:
    house, who = machines.house, visit.who.identity
    here = machines.peer(visit.inner, intruder.workstation)
    start, number = machines.fine(visit.begin + timedelta(seconds=75)), machines.logon_id()
    for place in range(dice.weighted((0, 2, 4), (3, 2, 1))):  # tries another stolen name that does not fit here
        name = dice.pick(("administrator", "admin", dice.pick(house.staff).identity.account))
        instant = start - timedelta(seconds=20 - 3 * place)
        known = name != "admin"
        machines.server.append(sec.logon_failed(instant, name, house.netbios, here, known=known))
        status = 0xC000006A if known else 0xC0000064
        machines.controller.append(sec.ntlm_checked(instant, name, intruder.workstation, status))
    _proof(machines, who, here, start, kerberos=intruder.kerberos)
    machines.server.append(sec.logon(start + timedelta(milliseconds=15), who, here, number, ntlm=not intruder.kerberos))
    instant = start + timedelta(milliseconds=220)
    for share in (sec.Share("IPC$", ""), house.clients_share, house.own_share):
        machines.server.append(sec.share_reached(instant, who, here, number, share))
        if share.local and intruder.lists_root:
            reach = sec.Reach(who, here, number, share)
            machines.server.append(sec.share_checked(instant + timedelta(milliseconds=40), reach, "\\", sec.LIST))
        instant += timedelta(seconds=dice.between(2, 30))
    for reading in visit.readings:
        share = house.own_share if reading.share else house.clients_share
        _read(machines, machines.fine(reading.at), sec.Reach(who, here, number, share), reading.file.relative)
    machines.server.append(sec.logoff(visit.end - timedelta(seconds=2), who, number))


def _proof(machines: Machines, who: sec.Identity, here: sec.Peer, start: datetime, *, kerberos: bool) -> None:
    """Log how the domain controller was asked about the intruder's password."""
    if not kerberos:
        machines.controller.append(sec.ntlm_checked(start, who.account, here.workstation))
        return
    house = machines.house
    machines.controller.append(sec.ticket_granted(start - timedelta(milliseconds=60), who, here, house.krbtgt))
    machines.controller.append(sec.service_ticket(start, who, here, machines.service(house.file_server)))
