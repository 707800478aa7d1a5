"""Chance that falls the same way on every machine: a seeded generator with the few draws a replay needs.

Only `random.Random.random` is used below, whose sequence Python promises to keep between versions; its `choice` and
`shuffle` are not promised and therefore written out here.
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import MutableSequence, Sequence

T = TypeVar("T")


class Dice:
    """A stream of draws fixed by its label; streams with different labels do not disturb each other."""

    def __init__(self, *label: object) -> None:
        self._label = "\x1f".join(str(part) for part in label)
        digest = hashlib.sha256(self._label.encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))

    def child(self, *label: object) -> Dice:
        """Return another stream, fixed by this one's label and the given one, whatever was drawn before."""
        return Dice(self._label, *label)

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, not including, `bound`."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def fraction(self) -> float:
        """Return a number from 0 up to, not including, 1."""
        return self._random.random()

    def chance(self, probability: float) -> bool:
        """Return true with this probability."""
        return self._random.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, each equally likely."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[int]) -> T:
        """Return one of the items, likelier the greater its weight."""
        sums = list(accumulate(weights))
        return items[bisect(sums, self.below(sums[-1]))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a drawn order."""
        mixed = list(items)
        self._shuffle(mixed)
        return mixed

    def sample(self, items: Sequence[T], number: int) -> list[T]:
        """Return `number` different places' items (all of them where there are fewer), in a drawn order."""
        return self.shuffled(items)[:number]

    def sample_few(self, items: Sequence[T], number: int) -> list[T]:
        """Return as `sample`, in time that grows with `number` only; for few out of many."""
        taken: dict[int, T] = {}
        while len(taken) < min(number, len(items)):
            place = self.below(len(items))
            taken.setdefault(place, items[place])
        return list(taken.values())

    def digits(self, number: int) -> str:
        """Return a text of decimal digits."""
        return "".join(str(self.below(10)) for _ in range(number))

    def hexadecimal(self, number: int) -> str:
        """Return a text of lower-case hexadecimal digits."""
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(number))

    def letters(self, number: int, alphabet: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ") -> str:
        """Return a text of letters of the alphabet."""
        return "".join(alphabet[self.below(len(alphabet))] for _ in range(number))

    def _shuffle(self, items: MutableSequence[T]) -> None:
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
