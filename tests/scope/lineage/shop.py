"""The shop of `kyumei.replay.incidents.query_2025`, made from a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.replay.dice import Dice
from kyumei.replay.incidents.query_2025 import dumps, logs, shop

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.incidents.query_2025.shop import Dialect


class Shop(shop.Shop):
    """The shop with its files at hand."""

    def __init__(self, seed: int, dialect: Dialect) -> None:
        super().__init__(Dice("shop", seed), dialect)

    def dump(self, at: datetime | None = None) -> str:
        """Return the tables as they are, as the database's own tool writes them."""
        return dumps.dump(self, at)

    def log(self) -> str:
        """Return the log in the database's own form."""
        return logs.log(self)
