"""Which distinct values of a column pass which tests. Only new values of a dictionary are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kyumei.detect.sigma import matcher, special
from kyumei.detect.sigma.regexes import compiled
from kyumei.detect.sigma.tree import Compare, Network, Regex, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    import pyarrow as pa

    from kyumei.detect.sigma.matcher import Matcher
    from kyumei.detect.sigma.regexes import Regexes
    from kyumei.detect.sigma.tree import Test


@dataclass(slots=True)
class Unit:
    """All tests on the columns of one name.

    Attributes:
        matcher: the patterns; number n of it is test `texts[n]`.
        regexes: regular expressions, and patterns that the matcher cannot compare.
        others: networks and comparisons by number of test.
    """

    matcher: Matcher
    texts: np.ndarray
    regexes: Regexes
    others: list[tuple[int, Network | Compare]]

    def scan(self, values: pa.StringArray, offset: timedelta) -> np.ndarray:
        """Return (test, position), int32, sorted, of the values that pass.

        Args:
            values: without null.
            offset: of the case's zone, for parts of times.
        """
        found: list[np.ndarray] = []
        if len(self.texts):
            bounds, data = special.buffers(values)
            pairs = self.matcher.scan(data, bounds, 0)
            pairs[:, 0] = self.texts[pairs[:, 0]]
            found.append(pairs)
        if self.regexes.database or self.regexes.slow:
            found.append(self.regexes.scan(values))
        found += self._others(values, offset)
        pairs = np.concatenate([*found, np.empty((0, 2), np.int32)])
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    def _others(self, values: pa.StringArray, offset: timedelta) -> list[np.ndarray]:
        read: dict[str, Any] = {}
        found = []
        for number, test in self.others:
            if isinstance(test, Network):
                if "address" not in read:
                    read["address"] = special.addresses(values)
                hits = special.within(read["address"], test)
            else:
                if test.part not in read:
                    read[test.part] = special.times(values, test.part, offset) if test.part else special.numbers(values)
                hits = special.compared(read[test.part], test)
            at = np.flatnonzero(hits).astype(np.int32)
            found.append(np.stack([np.full(len(at), number, np.int32), at], axis=1))
        return found


def unit(numbers: Sequence[int], tests: Sequence[Test]) -> Unit:
    """Return the tests of these numbers compiled."""
    chosen = [(n, tests[n]) for n in numbers]
    texts = [(n, test) for n, test in chosen if isinstance(test, Text) and matcher.native(test)]
    slow = [(n, test) for n, test in chosen if isinstance(test, Regex) or (isinstance(test, Text) and not matcher.native(test))]
    return Unit(
        matcher.compiled([test for _, test in texts]),
        np.array([n for n, _ in texts], np.int32),
        compiled(slow),
        [(n, test) for n, test in chosen if isinstance(test, Network | Compare)],
    )


@dataclass(slots=True)
class Scanned:
    """What is known of a column's values: how many were read, and which passed."""

    values: int = 0
    pairs: list[np.ndarray] = field(default_factory=list)

    def joined(self) -> np.ndarray:
        """Return (test, code), sorted."""
        if len(self.pairs) > 1:
            pairs = np.concatenate(self.pairs)
            self.pairs = [pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]]
        return self.pairs[0] if self.pairs else np.empty((0, 2), np.int32)


@dataclass(slots=True)
class Memory:
    """What was scanned, for the dictionaries of `owner`; forgotten when others come."""

    owner: object = None
    known: dict[tuple[str, str], Scanned] = field(default_factory=dict)

    def scanned(self, key: tuple[str, str], one: Unit, values: pa.StringArray, offset: timedelta) -> np.ndarray:
        """Return (test, code) of the values that pass, reading only those not read before.

        Args:
            key: column and unit.
            one: the unit's tests.
            values: the column's distinct values.
            offset: of the case's zone.
        """
        known = self.known.setdefault(key, Scanned())
        if known.values < len(values):
            pairs = one.scan(values.slice(known.values), offset)
            pairs[:, 1] += known.values
            known.values = len(values)
            if len(pairs):
                known.pairs.append(pairs)
        return known.joined()
