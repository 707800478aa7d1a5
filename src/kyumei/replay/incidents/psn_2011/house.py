"""The house: a network for players, its machines, and where intruder and players come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from kyumei.replay.writers.fortigate import Appliance

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice

PACIFIC: Final = timezone(timedelta(hours=-7), "PDT")
FIRST: Final = datetime(2011, 4, 1, tzinfo=PACIFIC)
NOTICED: Final = datetime(2011, 4, 19, 16, 15, tzinfo=PACIFIC)
"""Servers restarted by themselves; the logs end some hours later (Hirai's letter to Congress, 2011-05-03)."""
AWARE: Final = (
    datetime(2011, 4, 20, 13, 0, tzinfo=PACIFIC),  # first evidence of an intrusion, network shut down
    datetime(2011, 4, 23, 18, 0, tzinfo=PACIFIC),  # escalation and deleted logs confirmed
)
COLLECTED: Final = datetime(2011, 4, 22, 9, 0, tzinfo=PACIFIC)


@dataclass(frozen=True, slots=True)
class House:
    """Names and addresses that depend on the seed."""

    company: str
    domain: str
    front: str
    applications: tuple[str, ...]
    taken_over: str
    database: str
    schema: str
    account: str
    reporter: str
    firewall: Appliance
    lan: str
    players: tuple[str, ...]
    noise: tuple[str, ...]
    remote: str
    drop: str

    def address(self, host: str) -> str:
        """Return a machine's inner address."""
        order = (self.front, self.database, *self.applications)
        return f"{self.lan}.{20 + order.index(host)}"


def house(dice: Dice) -> House:
    """Return the house of this seed."""
    name, domain = dice.pick((("Northstar Play", "northstar"), ("Orbit Arcade", "orbit"), ("Kestrel Online", "kestrel")))
    stem = dice.pick(("app", "jb", "commerce", "svc"))
    applications = tuple(f"{stem}{n:02d}" for n in range(1, 5))
    nets = dice.shuffled(("192.0.2", "198.51.100", "203.0.113"))
    outside = dice.shuffled([f"{net}.{last}" for net in nets for last in range(1, 255)])
    lan = dice.pick(("10.31.4", "172.20.8", "10.90.1"))
    return House(
        company=f"{name} Network America LLC",
        domain=f"{domain}.example",
        front=dice.pick(("web01", "www1", "edge01")),
        applications=applications,
        taken_over=dice.pick(applications),
        database=dice.pick(("db01", "acctdb1", "mysql-a")),
        schema=dice.pick(("accounts", "player", "network")),
        account=dice.pick(("acctsvc", "app_rw", "storefront")),
        reporter=dice.pick(("reports", "bi_ro")),
        firewall=Appliance(f"fw-{dice.pick(('sd', 'core', 'edge'))}1", f"FG1K5D{dice.digits(10)}", f"{lan}.1", relayed=False),
        lan=lan,
        players=tuple(outside[:420]),
        noise=tuple(outside[420:560]),
        remote=outside[700],
        drop=outside[701],
    )
