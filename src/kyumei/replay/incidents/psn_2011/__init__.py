"""PSN 2011: a known hole of an application server; the account database read page by page; people of many states.

Published facts: law/INCIDENTS.md, case 2. Intrusion 17 to 19 April 2011, noticed on the 19th when servers restarted, logs
deleted, 77 million accounts, notices state by state. Scale 0.0001 is usual; never fewer than 1,500 accounts. Variants: `all`
(every account is read) and `part` (only those of one country).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.catalogue import Replay
from kyumei.replay.dice import Dice
from kyumei.replay.incidents.psn_2011 import logs
from kyumei.replay.incidents.psn_2011.house import AWARE, COLLECTED, NOTICED, house
from kyumei.replay.incidents.psn_2011.intrusion import intrusion
from kyumei.replay.incidents.psn_2011.players import PUBLISHED, players
from kyumei.replay.incidents.psn_2011.truth import truth
from kyumei.replay.writers.mysql import dump

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.replay.incidents.psn_2011.house import House
    from kyumei.replay.incidents.psn_2011.players import Player
    from kyumei.replay.scene import Scene, Wish
    from kyumei.replay.writers.mysql import Cell, Table

_ACCOUNTS: Final = (
    "`account_id` int(11) NOT NULL",
    "`online_id` varchar(64) NOT NULL",
    "`email` varchar(255) NOT NULL",
    "`password_sha1` char(40) NOT NULL",
    "`first_name` varchar(64)",
    "`last_name` varchar(64)",
    "`birth_date` date",
    "`street` varchar(128)",
    "`city` varchar(64)",
    "`state` varchar(8)",
    "`postal_code` varchar(16)",
    "`country` char(2)",
    "`last_seen` datetime",
    "PRIMARY KEY (`account_id`)",
)
_CARDS: Final = (
    "`card_id` int(11) NOT NULL",
    "`account_id` int(11) NOT NULL",
    "`brand` varchar(12)",
    "`pan_cipher` varbinary(64)",
    "`key_id` varchar(16)",
    "`expires` char(7)",
    "PRIMARY KEY (`card_id`)",
)


def stage(scene: Scene, wish: Wish) -> None:
    """Write the backup, the logs of web servers, database, machines and firewall, and the truth."""
    dice = Dice(wish.name, wish.seed)  # the variant changes which accounts are read and nothing else
    home = house(dice.child("house"))
    found = players(dice.child("players"), max(1_500, round(PUBLISHED * wish.scale)))
    intruder = intrusion(dice.child("intrusion"), home, found, wish.variant)
    _backup(scene, dice.child("cards"), home, found)
    _lines(scene, f"web/{home.front}/access_log", logs.web(dice.child("web"), home, intruder))
    log = logs.statements(dice.child("statements"), home, found, intruder)
    scene.write(f"db/{home.database}/general.log", log.encode(), NOTICED)
    for host in home.applications:
        _lines(scene, f"servers/{host}/messages", logs.machine(dice.child("machine", host), home, host, intruder))
    _lines(scene, f"firewall/{home.firewall.name}.log", logs.firewall(dice.child("firewall"), home, intruder))
    scene.close(AWARE, truth(wish, home, found, intruder), COLLECTED)


def _backup(scene: Scene, dice: Dice, home: House, found: Sequence[Player]) -> None:
    accounts = [
        (p.account, p.online, p.email, p.digest, p.name.latin_given, p.name.latin_family, p.birth, *_where(p), None)
        for p in found
    ]
    tables: list[Table] = [("accounts", _ACCOUNTS, accounts), ("payment_cards", _CARDS, list(_cards(dice, found)))]
    ended = logs.BACKUP + timedelta(seconds=74)
    text = dump(home.schema, tables, ended)
    scene.write(f"db/{home.database}/backup/{home.schema}_{ended:%Y%m%d}.sql", text.encode(), ended)


def _where(who: Player) -> tuple[str, ...]:
    return who.street, who.town, who.state, who.postal, who.country


def _cards(dice: Dice, found: Sequence[Player]) -> Iterator[tuple[Cell, ...]]:
    for number, who in enumerate((p for p in found if p.card), 1):
        expires = date(dice.between(2010, 2015), dice.between(1, 12), 1)
        cipher = bytes.fromhex(dice.hexadecimal(64))
        yield number, who.account, dice.pick(("visa", "master", "amex")), cipher, "hsm-2009-1", f"{expires:%Y-%m}"


def _lines(scene: Scene, path: str, lines: Sequence[logs.Line]) -> None:
    scene.write(path, "".join(text for _, text in lines).encode(), lines[-1][0])


REPLAY: Final = Replay(
    name="psn-2011",
    title="A known hole of an application server: accounts read page by page, people of many states and countries",
    scale=0.0001,
    variants=("all", "part"),
    stage=stage,
)
