"""TGES 2024: stolen credentials through the VPN of a processor; 51 suppliers' data viewable, no trace that it was read.

Published facts: law/INCIDENTS.md, case 3. Detected 2024-06-26, stolen credentials known 2024-07-09, about 4.16 million
people entrusted by 51 suppliers, 3,000 own employees and 90 contacts. Scale 0.01 is usual; own data never falls below
30 employees and 5 contacts. Variants: `viewable` (as published), `read` (the intruder read some tables), `read-exfil`
(and much left through the tunnel).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import JST, at, clock
from kyumei.replay.catalogue import Replay
from kyumei.replay.dice import Dice
from kyumei.replay.incidents.tges_2024.clients import PUBLISHED, clients, customers
from kyumei.replay.incidents.tges_2024.folders import file_away
from kyumei.replay.incidents.tges_2024.gateway import gateway_log, telework
from kyumei.replay.incidents.tges_2024.house import house
from kyumei.replay.incidents.tges_2024.intrusion import Loot, intrusion
from kyumei.replay.incidents.tges_2024.own import own_data
from kyumei.replay.incidents.tges_2024.truth import Kept, truth
from kyumei.replay.incidents.tges_2024.windows import Machines, intruder_inside, nights, staff_at_work
from kyumei.replay.phones import Phones
from kyumei.replay.writers.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.incidents.tges_2024.clients import Customer
    from kyumei.replay.incidents.tges_2024.gateway import Telework
    from kyumei.replay.incidents.tges_2024.house import House
    from kyumei.replay.incidents.tges_2024.intrusion import Intrusion
    from kyumei.replay.scene import Scene, Wish

_COLLECTED: Final = at(date(2024, 6, 28), clock(9, 10))
_POOL: Final = 150


def stage(scene: Scene, wish: Wish) -> None:
    """Write the share, the appliance's log, two Security logs, roster, parties and truth."""
    dice = Dice(wish.name, wish.seed)  # the variant changes what the intruder does and nothing else
    home = house(dice.child("house"), max(30, round(3000 * wish.scale)), active=6 + round(min(22, 2200 * wish.scale)))
    phones = Phones(dice.child("phones"))
    kept = _entrusted(scene, dice, home, phones, round((PUBLISHED + dice.below(5000)) * wish.scale))
    own = own_data(scene, dice.child("own"), home, phones, max(5, round(90 * wish.scale)))
    loot = Loot({one.client.serial: list(one.filed) for one in kept}, own.filed)
    intruder = intrusion(dice.child("intrusion"), home, loot, wish.variant)
    sessions = telework(dice.child("telework"), home, intruder.cut)
    _appliance(scene, dice.child("appliance"), home, sessions, intruder)
    _windows(scene, dice.child("windows"), home, sessions, (loot, intruder))
    _lists(scene, home, kept)
    aware = [intruder.detected, intruder.stolen_known]
    scene.close(aware, truth(wish, home, kept, own, intruder), _COLLECTED)


def _entrusted(scene: Scene, dice: Dice, home: House, phones: Phones, total: int) -> list[Kept]:
    """Write every supplier's folder; some people are customers of two suppliers in the same prefecture."""
    kept = []
    pools: dict[str, dict[str, Customer]] = {}
    for client in clients(dice.child("clients"), total):
        one = dice.child("customers", client.serial)
        pool = pools.setdefault(client.place.prefecture, {})
        found, both = customers(one, client, phones, list(pool.values()))
        filed = file_away(scene, one, client, found, home.clients_share.name)
        pool.update((customer.phone, customer) for customer in found[:_POOL])
        kept.append(Kept(client, tuple(filed), len(found), both))
    return kept


def _appliance(scene: Scene, dice: Dice, home: House, sessions: Sequence[Telework], intruder: Intrusion) -> None:
    """Write the appliance's log, in one file or one a day."""
    lines = gateway_log(dice, home, sessions, intruder)
    daily = dice.chance(0.5)
    parts: dict[str, list[str]] = {}
    last = {}
    for instant, line in lines:
        name = f"vpn/{home.appliance.name}_{instant.astimezone(JST):%Y%m%d}.log" if daily else f"vpn/{home.appliance.name}.log"
        parts.setdefault(name, []).append(line)
        last[name] = instant
    for name, found in parts.items():
        scene.write(name, ("\n".join(found) + "\n").encode(), last[name])


def _windows(scene: Scene, dice: Dice, home: House, sessions: Sequence[Telework], what: tuple[Loot, Intrusion]) -> None:
    loot, intruder = what
    machines = Machines(dice, home)
    staff_at_work(machines, loot, sessions)
    nights(machines, loot)
    intruder_inside(machines, intruder)
    for host, data in machines.files().items():
        scene.write(f"servers/{host}/winevt/Logs/Security.evtx", data, _COLLECTED)


def _lists(scene: Scene, home: House, kept: Sequence[Kept]) -> None:
    heads = ("account", "name", "role", "employer", "department", "joined", "left", "mail")
    people = [
        (
            p.identity.account,
            f"{p.name.family} {p.name.given}",
            p.role,
            home.company,
            p.department,
            p.joined.isoformat(),
            "",
            p.mail,
        )
        for p in home.employees
    ]
    services = [
        (who.account, what, "サービスアカウント", home.company, "情報システム部", "", "", "")
        for who, what in ((home.backup, "バックアップ"), (home.batch, "夜間バッチ"))
    ]
    scene.write("roster.csv", table([heads, *people, *services], "utf-8-sig"), _COLLECTED)
    parties = [
        (one.client.title, "entrusted", f"{home.clients_share.name}/{one.client.folder}", one.client.contact) for one in kept
    ]
    own = (home.company, "own", home.own_share.name, f"privacy@{home.fqdn}")
    scene.write("parties.csv", table([("party", "role", "path", "contact"), *parties, own], "utf-8-sig"), _COLLECTED)


REPLAY: Final = Replay(
    name="tges-2024",
    title="Stolen credentials through a processor's VPN: 51 clients' data viewable, no trace of access",
    scale=0.01,
    variants=("viewable", "read", "read-exfil"),
    stage=stage,
)
