"""Which distinct values of a column pass which tests. Only new values of a dictionary are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kyumei.detect.sigma import matcher, special
from kyumei.detect.sigma.plain import Plain
from kyumei.detect.sigma.regexes import compiled
from kyumei.detect.sigma.rows import Known
from kyumei.detect.sigma.tree import Compare, Network, Regex, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.matcher import Matcher
    from kyumei.detect.sigma.regexes import Regexes
    from kyumei.detect.sigma.tree import Test
    from kyumei.store.columns import Column


@dataclass(slots=True)
class Unit:
    """All tests on the columns of one name.

    Attributes:
        matcher: the patterns; number n of it is test `texts[n]`.
        regexes: regular expressions, and patterns that the matcher cannot compare.
        others: networks and comparisons by number of test.
        tests: all tests by number.
    """

    matcher: Matcher
    texts: np.ndarray
    regexes: Regexes
    others: list[tuple[int, Network | Compare]]
    tests: Sequence[Test]
    _plain: Plain | None = None

    @property
    def parts_of_time(self) -> bool:
        """Return whether nothing is asked but the minute, the hour and larger parts of times."""
        plain = len(self.texts) or self.regexes.database or self.regexes.slow
        return not plain and all(isinstance(test, Compare) and test.part for _, test in self.others)

    def scan(self, values: pa.StringArray, offset: timedelta) -> np.ndarray:
        """Return (test, position), int32, by position, of the values that pass.

        Args:
            values: without null.
            offset: of the case's zone, for parts of times.
        """
        found: list[np.ndarray] = []
        if len(self.texts):
            bounds, data = special.buffers(values)
            pairs = self._matching().scan(data, bounds, 0)
            pairs[:, 0] = self.texts[pairs[:, 0]]
            found.append(pairs)
        if self.regexes.database or self.regexes.slow:
            found.append(self.regexes.scan(values))
        found += self._others(values, offset)
        if len(found) == 1:
            return found[0]
        pairs = np.concatenate([*found, np.empty((0, 2), np.int32)])
        return pairs[np.argsort(pairs[:, 1], kind="stable")]

    def _matching(self) -> Matcher | Plain:
        """Return what matches the patterns: native code, or plain Python where there is none."""
        if matcher.native_code() is not None:
            return self.matcher
        if self._plain is None:
            self._plain = Plain([test for n in self.texts.tolist() if isinstance(test := self.tests[n], Text)])
        return self._plain

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
        tests,
    )


@dataclass(slots=True)
class Memory:
    """What was scanned, for the dictionaries of `owner`; forgotten when others come."""

    owner: object = None
    known: dict[tuple[str, str | Made], Known] = field(default_factory=dict)

    def scanned(self, name: str | Made, one: Unit, columns: Mapping[str, Column], offset: timedelta) -> dict[str, Known]:
        """Return by column what is known of its values, reading only those not read before, of all columns in one go.

        Args:
            name: of the unit.
            one: its tests.
            columns: columns in whose values to look for it.
            offset: of the case's zone.
        """
        every = {column: self.known.setdefault((column, name), Known()) for column in columns}
        new = [(known, columns[column].values) for column, known in every.items()]
        new = [(known, values.slice(known.values)) for known, values in new if known.values < len(values)]
        if not new:
            return every
        pairs = one.scan(new[0][1] if len(new) == 1 else pa.concat_arrays([values for _, values in new]), offset)
        starts = np.cumsum([0, *(len(values) for _, values in new)])
        bounds = np.searchsorted(pairs[:, 1], starts).tolist() if len(new) > 1 else [0, len(pairs)]
        for n, (known, values) in enumerate(new):
            part = pairs[bounds[n] : bounds[n + 1]]
            known.add(known.values + len(values), part[:, 0], part[:, 1] + (known.values - int(starts[n])))
        return every
