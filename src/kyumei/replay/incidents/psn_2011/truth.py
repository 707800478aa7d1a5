"""The truth about this seed's intrusion, for checking what an analysis says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kyumei.replay.incidents.psn_2011.house import AWARE, NOTICED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.incidents.psn_2011.house import House
    from kyumei.replay.incidents.psn_2011.intrusion import Intrusion
    from kyumei.replay.incidents.psn_2011.players import Player
    from kyumei.replay.scene import Wish


def truth(wish: Wish, house: House, players: Sequence[Player], intruder: Intrusion) -> dict[str, object]:
    """Return what `truth.json` holds for this replay; instants are in the house's own time (UTC-7)."""
    read = intruder.accounts
    return {
        "schema": "kyumei.truth/1",
        "replay": wish.name,
        "seed": wish.seed,
        "scale": wish.scale,
        "variant": wish.variant,
        "cause": "external.web_attack",
        "leak_status": "confirmed",
        "window": {"first": intruder.entered.isoformat(), "last": intruder.pages[-1].at.isoformat()},
        "entry_point": {"host": house.front, "behind": house.taken_over, "remote_addresses": [house.remote]},
        "database": {"account": house.account, "client": house.address(house.taken_over), "statements": len(intruder.pages)},
        "destination": {"address": house.drop, "bytes": sum(t.sent for t in intruder.transfers)},
        "held": _counted(players),
        "read": _counted([p for p in players if p.account in read]),
        "categories": ["id.name", "id.address", "id.email", "id.dob", "auth.password_hash"],
        "logs_wiped": {
            "host": house.taken_over,
            "first": intruder.wiped_from.isoformat(),
            "last": intruder.wiped.isoformat(),
        },
        "restarted": NOTICED.isoformat(),
        "aware": [at.isoformat() for at in AWARE],
        "must_not_claim": [
            "that the nightly backup's or the report's reads are the intruder's",
            "that the crowd of the first week took data",
            "that card numbers were readable: they are encrypted, and no statement asked for them",
        ],
        "unknowns": [{"question": "what was done on the machine while its log is missing?"}],
    }


def _counted(players: Sequence[Player]) -> dict[str, object]:
    people = {p.person: p.place for p in players}
    return {
        "accounts": len(players),
        "people": len(people),
        "by_residence": dict(sorted(Counter(people.values()).items())),
        "with_card": len({p.person for p in players if p.card}),
    }
