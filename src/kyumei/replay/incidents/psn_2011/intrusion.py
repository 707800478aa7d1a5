"""What the intruder does: looks around, comes in through a known hole of an application server, reads accounts, leaves.

The statements page through the accounts by number; how many pages are reached before the servers restart differs by seed, and
in the variant `part` only the accounts of one country are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.incidents.psn_2011.house import NOTICED, PACIFIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.psn_2011.house import House
    from kyumei.replay.incidents.psn_2011.players import Player

COLUMNS: Final = (
    "account_id, online_id, email, password_sha1, first_name, last_name, birth_date, street, city, state, postal_code, country"
)
_BYTES_A_ROW: Final = 190


@dataclass(frozen=True, slots=True)
class Page:
    """One statement of the intruder and the accounts it gave."""

    at: datetime
    sql: str
    accounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """One session through the firewall to the intruder's machine; sizes are bytes."""

    at: datetime
    seconds: int
    sent: int
    received: int


@dataclass(frozen=True, slots=True)
class Intrusion:
    """Everything the intruder does, in order of time."""

    looked: tuple[tuple[datetime, str, int], ...]
    entered: datetime
    commands: tuple[tuple[datetime, str], ...]
    shell: str
    made: str
    pages: tuple[Page, ...]
    transfers: tuple[Transfer, ...]
    wiped_from: datetime
    wiped: datetime

    @property
    def accounts(self) -> set[int]:
        """Return the accounts that the statements gave."""
        return {number for page in self.pages for number in page.accounts}


def intrusion(dice: Dice, house: House, players: Sequence[Player], variant: str) -> Intrusion:
    """Return what this seed's intruder does."""
    looked_at = datetime(2011, 4, dice.between(13, 15), dice.between(20, 23), dice.below(60), tzinfo=PACIFIC)
    looked = [(looked_at + timedelta(seconds=7 * n), path, status) for n, (path, status) in enumerate(_knocks(dice))]
    entered = datetime(2011, 4, 16, dice.between(22, 23), dice.below(60), dice.below(60), tzinfo=PACIFIC)
    shell = f"/{dice.pick(('status', 'images', 'help'))}/{dice.pick(('sys', 'upd', 'idx'))}{dice.digits(2)}.jsp"
    said = ("id", "uname -a", "cat /etc/passwd", "netstat -an", f"mysql -h {house.database} -e 'show tables'", "ls -la /tmp")
    commands = tuple((entered + timedelta(seconds=40 + 55 * n + dice.below(20)), c) for n, c in enumerate(said))
    pages = _pages(dice, house, players, entered + timedelta(hours=1, minutes=dice.below(50)), variant)
    made = entered + timedelta(minutes=12)
    return Intrusion(
        tuple(looked),
        entered,
        (*commands, (made, "useradd -o -u 0 -g 0 svcupd")),
        shell,
        "svcupd",
        tuple(pages),
        tuple(_transfers(dice, pages)),
        entered - timedelta(minutes=dice.between(5, 30)),
        min(pages[-1].at + timedelta(hours=2), NOTICED - timedelta(hours=1)),
    )


def _knocks(dice: Dice) -> list[tuple[str, int]]:
    tried = [
        ("/manager/html", 401),
        ("/jmx-console/HtmlAdaptor?action=inspectMBean&name=jboss.system%3Atype%3DServerInfo", 404),
        ("/phpmyadmin/scripts/setup.php", 404),
        ("/web-console/ServerInfo.jsp", 404),
        ("/invoker/JMXInvokerServlet", 500),
        ("/../../../../etc/passwd", 400),
        ("/login?user=admin%27%20OR%20%271%27=%271", 403),
    ]
    return [*dice.sample(tried, 5), ("/invoker/JMXInvokerServlet", 500)]


def _pages(dice: Dice, house: House, players: Sequence[Player], begin: datetime, variant: str) -> list[Page]:
    step = dice.pick((500, 1000))
    numbers = [p.account for p in players]
    wanted = "US" if variant == "part" else ""
    tail = f" AND country = '{wanted}'" if wanted else ""
    pages = []
    at = begin
    for low in range(min(numbers) // step * step, max(numbers) + 1, step):
        inside = [p.account for p in players if low <= p.account < low + step and (not wanted or p.country == wanted)]
        sql = f"SELECT {COLUMNS} FROM {house.schema}.accounts WHERE account_id >= {low} AND account_id < {low + step}{tail}"
        pages.append(Page(at, sql, tuple(inside)))
        at += timedelta(seconds=9 + dice.below(12))
    return pages


def _transfers(dice: Dice, pages: Sequence[Page]) -> list[Transfer]:
    """Return the sessions that carry the pages out, packed to about a third, some pages at a time."""
    found = []
    each = max(1, len(pages) // dice.between(4, 7))
    for n in range(0, len(pages), each):
        part = pages[n : n + each]
        rows = sum(len(page.accounts) for page in part)
        sent = rows * _BYTES_A_ROW * 35 // 100 + 40_000 + dice.below(9_000)
        found.append(Transfer(part[-1].at + timedelta(seconds=40), 20 + sent // 90_000, sent, 9_000 + dice.below(4_000)))
    return found
