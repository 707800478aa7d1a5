"""The logs: requests to the web servers, statements in the database, words of the machines, sessions through the firewall."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.incidents.psn_2011.house import FIRST, NOTICED, PACIFIC
from kyumei.replay.writers import fortigate as fg
from kyumei.replay.writers.lines import Request, combined, syslog
from kyumei.replay.writers.mysql import HEAD, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.psn_2011.house import House
    from kyumei.replay.incidents.psn_2011.intrusion import Intrusion
    from kyumei.replay.incidents.psn_2011.players import Player

DAYS: Final = 19
BACKUP: Final = FIRST + timedelta(days=14, hours=3, minutes=10)
"""The nightly backup whose file is at hand."""
_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 6.1; rv:2.0) Gecko/20100101 Firefox/4.0",
    "Mozilla/5.0 (PLAYSTATION 3; 3.60)",
    "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_7) AppleWebKit/533.20 Safari/533.20",
)
_PAGES: Final = (
    "/",
    "/store/",
    "/store/new",
    "/login",
    "/account/summary",
    "/games/top",
    "/img/logo.png",
    "/css/site.css",
    "/news/4",
)
Line = tuple[datetime, str]


def web(dice: Dice, house: House, intruder: Intrusion) -> list[Line]:
    """Return the lines of the access log: players, a crowd that only wants to be a nuisance, scanners, the intruder."""
    found = list(_players(dice.child("players"), house))
    found += _crowd(dice.child("crowd"), house)
    agent = dice.pick(("-", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "Java/1.6.0_22"))
    for at, target, status in intruder.looked:
        found.append((at, combined(at, Request(house.remote, "GET", target, status, 310, "-", agent))))
    hit = Request(house.remote, "POST", "/invoker/JMXInvokerServlet", 200, 1_432, "-", agent)
    found.append((intruder.entered, combined(intruder.entered, hit)))
    for at, command in intruder.commands:
        asked = f"{intruder.shell}?cmd={command.replace(' ', '%20').replace(chr(39), '%27')}"
        found.append((at, combined(at, Request(house.remote, "GET", asked, 200, 200 + dice.below(3_000), "-", agent))))
    return sorted(found)


def _players(dice: Dice, house: House) -> Iterator[Line]:
    for day in range(DAYS):
        for _ in range(420):
            at = FIRST + timedelta(days=day, seconds=dice.below(86_400))
            if at < NOTICED:
                size = 300 + dice.below(40_000)
                request = Request(dice.pick(house.players), "GET", dice.pick(_PAGES), 200, size, "-", dice.pick(_AGENTS))
                yield at, combined(at, request)


def _crowd(dice: Dice, house: House) -> Iterator[Line]:
    """Yield two evenings of the same page asked again and again from many addresses, mostly refused."""
    for evening in (4, 5):
        begin = datetime(2011, 4, evening, 18, 0, tzinfo=PACIFIC)
        for _ in range(2_500):
            at = begin + timedelta(seconds=dice.below(4 * 3600))
            status = 503 if dice.chance(0.8) else 200
            target = f"/?{dice.digits(6)}" if dice.chance(0.5) else "/store/"
            yield (
                at,
                combined(at, Request(dice.pick(house.noise), "GET", target, status, 0 if status == 503 else 9_000, "-", "-")),
            )


def statements(dice: Dice, house: House, players: Sequence[Player], intruder: Intrusion) -> str:
    """Return the database's general log: logins of players, a report at night, the backup, the intruder's pages."""
    found: list[Line] = []
    number = 40
    for day in range(DAYS):
        for _ in range(90):
            number += 1
            at = FIRST + timedelta(days=day, seconds=dice.below(86_400))
            who, host = dice.pick(players), house.address(dice.pick(house.applications))
            asked = f"SELECT account_id, password_sha1 FROM accounts WHERE email = '{who.email}'"
            found += _session(at, number, (house.account, host, house.schema), [asked, _seen(who, at)])
        number += 1
        night = BACKUP + timedelta(days=day - 14)
        asked = "SELECT /*!40001 SQL_NO_CACHE */ * FROM `accounts`"
        found += _session(night, number, ("backup", "localhost", house.schema), ["SHOW TABLES", asked])
        number += 1
        report = "SELECT country, COUNT(*) FROM accounts GROUP BY country"
        host = f"{house.lan}.60"
        found += _session(night + timedelta(hours=3), number, (house.reporter, host, house.schema), [report])
    number += 1
    first, last = intruder.pages[0].at, intruder.pages[-1].at
    host = house.address(house.taken_over)
    begin = first - timedelta(minutes=3)
    found.append((begin, record(begin, number, "Connect", f"{house.account}@{host} on {house.schema} using TCP/IP")))
    for n, sql in enumerate(("SHOW TABLES", "SELECT COUNT(*) FROM accounts")):
        found.append(
            (begin + timedelta(seconds=20 * n + 9), record(begin + timedelta(seconds=20 * n + 9), number, "Query", sql))
        )
    found += [(page.at, record(page.at, number, "Query", page.sql)) for page in intruder.pages]
    end = last + timedelta(seconds=30)
    found.append((end, record(end, number, "Quit", "")))
    return HEAD + "".join(text for at, text in sorted(found) if at < NOTICED)


def _seen(who: Player, at: datetime) -> str:
    return f"UPDATE accounts SET last_seen = '{at:%Y-%m-%d %H:%M:%S}' WHERE account_id = {who.account}"


def _session(at: datetime, number: int, who: tuple[str, str, str], asked: Sequence[str]) -> Iterator[Line]:
    account, host, schema = who
    way = "Socket" if host == "localhost" else "TCP/IP"
    yield at, record(at, number, "Connect", f"{account}@{host} on {schema} using {way}")
    for n, sql in enumerate(asked, 1):
        then = at + timedelta(milliseconds=12 * n)
        yield then, record(then, number, "Query", sql)
    end = at + timedelta(milliseconds=12 * (len(asked) + 1))
    yield end, record(end, number, "Quit", "")


def machine(dice: Dice, house: House, host: str, intruder: Intrusion) -> list[Line]:
    """Return a machine's syslog; on the one taken over the lines from before the entry until the wiping are gone."""
    found: list[Line] = []
    for day in range(DAYS):
        for minute in range(0, 1440, 30):
            at = FIRST + timedelta(days=day, minutes=minute, seconds=dice.below(50))
            found.append((at, syslog(at, host, f"CROND[{dice.between(2000, 30000)}]", "(root) CMD (/usr/lib64/sa/sa1 1 1)")))
        at = FIRST + timedelta(days=day, hours=dice.between(9, 17), minutes=dice.below(60))
        admin = dice.pick(("kmills", "tharada", "rvega"))
        source = f"{house.lan}.{dice.between(100, 120)}"
        found.append((at, syslog(at, host, "sshd[4410]", f"Accepted publickey for {admin} from {source} port 51022 ssh2")))
    found = [line for line in found if line[0] < NOTICED]
    found += [(NOTICED, syslog(NOTICED, host, "kernel", "Kernel logging (proc) stopped."))]
    up = NOTICED + timedelta(minutes=3)
    found += [(up, syslog(up, host, "kernel", "Initializing cgroup subsys cpuset"))]
    if host == house.taken_over:
        found = [line for line in found if not intruder.wiped_from <= line[0] < intruder.wiped]
    return sorted(found)


def firewall(dice: Dice, house: House, intruder: Intrusion) -> list[Line]:
    """Return the firewall's sessions: the machines' small everyday ones, the reports' upload, the intruder's transfers."""
    found: list[Line] = []
    for day in range(DAYS):
        for host in house.applications:
            for _ in range(6):
                at = FIRST + timedelta(days=day, seconds=dice.below(86_400))
                found.append(_traffic(dice, house, at, (house.address(host), dice.pick(house.players)), (900, 6_000, 2)))
        night = FIRST + timedelta(days=day, hours=6, minutes=20)
        found.append(
            _traffic(dice, house, night, (f"{house.lan}.60", house.players[-1]), (60_000 + dice.below(9_000), 5_000, 9))
        )
    for t in intruder.transfers:
        pair = (house.address(house.taken_over), house.drop)
        found.append(_traffic(dice, house, t.at, pair, (t.sent, t.received, t.seconds)))
    return sorted(line for line in found if line[0] < NOTICED)


def _traffic(dice: Dice, house: House, at: datetime, pair: tuple[str, str], counted: tuple[int, int, int]) -> Line:
    sent, received, seconds = counted
    fields: fg.Fields = {
        "logid": "0000000013", "type": "traffic", "subtype": "forward", "level": "notice", "vd": "root", "srcip": pair[0],
        "srcport": dice.between(32_000, 60_000), "srcintf": "dmz", "dstip": pair[1], "dstport": 443, "dstintf": "wan1",
        "sessionid": dice.between(10_000, 900_000), "proto": 6, "action": "close", "policyid": 7, "service": "HTTPS",
        "duration": seconds, "sentbyte": sent, "rcvdbyte": received,
    }  # fmt: skip
    return at, fg.line(house.firewall, at, fields) + "\n"
