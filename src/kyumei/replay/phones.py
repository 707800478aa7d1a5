"""Telephone numbers handed out without a repetition, however many are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice

_STEP = 7_368_787  # prime to every power of ten, so that counting in this step meets each number once


class Phones:
    """Hands out numbers nobody has (see `kyumei.replay.people`), each only once."""

    def __init__(self, dice: Dice) -> None:
        self._begin = dice.below(1_000_000)
        self._given: dict[str, int] = {}

    def mobile(self) -> str:
        """Return a mobile number; after thirty million of them they repeat."""
        place = self._next("mobile")
        digits = f"{(self._begin + place // 3 * _STEP) % 10_000_000:07d}"
        return f"0{(9, 8, 7)[place % 3]}0-0{digits[:3]}-{digits[3:]}"

    def landline(self, area: str) -> str:
        """Return a number below the area code; a mobile one where the area is exhausted."""
        width = 9 - len(area)
        place = self._next(area)
        if place >= 10**width:
            return self.mobile()
        digits = f"{(self._begin + place * _STEP) % 10**width:0{width}d}"
        return f"{area}-0{digits[:-4]}-{digits[-4:]}"

    def _next(self, kind: str) -> int:
        place = self._given.get(kind, 0)
        self._given[kind] = place + 1
        return place
