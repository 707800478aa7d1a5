"""A reading account: 37 statements of mixed shape on a shop's database, and whose data each of them showed.

No public incident: statements as an insider with a reporting account sends them, in four databases' dialects, dumps and logs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.catalogue import Replay
from kyumei.replay.dice import Dice
from kyumei.replay.incidents.query_2025.dumps import dump
from kyumei.replay.incidents.query_2025.logs import NAMES, log
from kyumei.replay.incidents.query_2025.reads import everything
from kyumei.replay.incidents.query_2025.shop import DIALECTS, PREFECTURES, READER, Shop
from kyumei.replay.scene import stamp

if TYPE_CHECKING:
    from kyumei.replay.scene import Scene, Wish

GAP: Final = "-gap"
"""Ending of the variants in which the newer of two dumps is missing."""


def stage(scene: Scene, wish: Wish) -> None:
    """Write dumps, log and truth."""
    dialect = next(d for d in DIALECTS if wish.variant.removesuffix(GAP) == d)
    shop = Shop(Dice(wish.name, wish.seed, dialect), dialect)
    _dumped(scene, shop)
    quietly_changed(shop)
    shop.say(12, "app", "SELECT 1 FROM dual" if dialect == "oracle" else "SELECT 1")
    shop.clock += timedelta(seconds=1)
    if not wish.variant.endswith(GAP):
        _dumped(scene, shop)
    everything(shop)
    scene.write(f"db/{NAMES[dialect]}", log(shop).encode(), shop.clock + timedelta(minutes=1))
    found = shop.clock + timedelta(days=3)
    scene.close([found], truth(wish, shop), found + timedelta(days=1))


def quietly_changed(shop: Shop) -> None:
    """Change rows without a word in the log, over two days."""
    for _ in range(14):
        shop.insert("customers", shop.customer(person := shop.new_person()), person)
    for number in shop.dice.sample(range(1, 180), 12):
        shop.db.execute("update customers set pref = ? where id = ?", (shop.dice.pick(PREFECTURES), number))
    for number in shop.dice.sample(range(150, 180), 5):
        shop.db.execute("delete from customers where id = ?", (number,))
    shop.clock += timedelta(days=2)


def _dumped(scene: Scene, shop: Shop) -> None:
    at = shop.clock + timedelta(hours=9)
    scene.write(f"db/shop_{at:%Y%m%d_%H%M%S}.sql", dump(shop).encode(), shop.clock)


def taken(shop: Shop) -> set[int]:
    """Return the persons whose data went into files: by the last two statements where the dialect can say so."""
    return set().union(*shop.reads[-2:]) if shop.dialect in {"mysql", "postgres"} else set()


def truth(wish: Wish, shop: Shop) -> dict[str, object]:
    """Return what `truth.json` holds: whose data was shown, statement by statement and in all."""
    return {
        "schema": "kyumei.truth/1",
        "replay": wish.name,
        "seed": wish.seed,
        "scale": wish.scale,
        "variant": wish.variant,
        "cause": "insider.query",
        "accounts": [READER],
        "window": {"first": stamp(shop.lines[0].at), "last": stamp(shop.lines[-1].at)},
        "statements": [{"text": text, "people": len(shown)} for text, shown in zip(shop.texts, shop.reads, strict=True)],
        "people": {"best": len(set().union(*shop.reads)), "rule": "one person for each drawn person, registered twice or not"},
        "people_taken": len(taken(shop)),
    }


REPLAY: Final = Replay(
    name="query-2025",
    title="A reading account: 37 statements of mixed shape showed exactly these people",
    scale=1.0,
    variants=(*DIALECTS, *(f"{dialect}{GAP}" for dialect in DIALECTS)),
    stage=stage,
)
