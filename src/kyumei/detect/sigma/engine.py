"""Rules evaluated on batches of columns: distinct values first, rows only where something was found.

An engine belongs to one thread. It remembers what it read in the dictionaries of the batch before (`Columns.dictionary`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.detect.sigma import stored
from kyumei.detect.sigma.batch import Batch, with_time
from kyumei.detect.sigma.rows import ascending
from kyumei.detect.sigma.rule import Rule
from kyumei.detect.sigma.scan import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kyumei.detect.sigma.rule import Correlation, Problem
    from kyumei.store.columns import Columns

_UTC: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Hits:
    """What the rules found in one batch.

    Attributes:
        rules: those that hit something, in the order of the engine's `rules`.
        rows: for each, its rows: uint32, ascending, never empty.
    """

    rules: tuple[Rule, ...]
    rows: tuple[np.ndarray, ...]

    def __iter__(self) -> Iterator[tuple[Rule, np.ndarray]]:
        return iter(zip(self.rules, self.rows, strict=True))

    def of(self, rule_id: str) -> np.ndarray:
        """Return the rows of the rule of that id, empty where it hit nothing."""
        for rule, rows in self:
            if rule.id == rule_id:
                return rows
        return np.empty(0, np.uint32)


@dataclass(slots=True)
class Engine:
    """Compiled rules.

    Attributes:
        rules: the rules that apply to events this program reads, in the order given.
        not_applicable: the others, and why.
    """

    rules: Sequence[Rule]
    not_applicable: tuple[Problem, ...]
    _kept: stored.Kept
    _memory: Memory = field(default_factory=Memory)

    @classmethod
    def build(cls, rules: Sequence[Rule | Correlation], cache_dir: Path | None = None) -> Engine:
        """Return the engine of some rules; correlations among them are left out (see `correlate`).

        Args:
            rules: as `parse_rules` gives them.
            cache_dir: folder where what was compiled is kept, made where it is missing; None keeps nothing.
        """
        single = [rule for rule in rules if isinstance(rule, Rule)]
        kept = stored.compiled(single, cache_dir)
        return cls(tuple(single[n] for n in kept.rules), tuple(kept.left), kept)

    def run(self, columns: Columns, *, source: str = "", offset: timedelta = _UTC, ts: np.ndarray | None = None) -> Hits:
        """Return what the rules find.

        Args:
            columns: one batch.
            source: name of the reader, for batches without a column `source`.
            offset: of the case's zone, for rules that ask for the hour or the day of a time in UTC.
            ts: by row, microseconds since 1970 UTC, the smallest int64 without a time: what `TimeCreated` means where the
                batch has no such column.
        """
        found = self.numbered(columns, source=source, offset=offset, ts=ts)
        return Hits(tuple(self.rules[n] for n, _ in found), tuple(rows for _, rows in found))

    def numbered(
        self, columns: Columns, *, source: str = "", offset: timedelta = _UTC, ts: np.ndarray | None = None
    ) -> list[tuple[int, np.ndarray]]:
        """Return what `run` does, each rule by its place in `rules`."""
        columns = columns if ts is None else with_time(columns, ts, self._kept)
        batch = Batch(columns, self._kept, self._remembered(columns), source, offset)
        numbers = self._kept.index.candidates(batch.passed())
        return [(n, rows) for n in numbers if (rows := self._evaluate(batch, n)) is not None]

    def _remembered(self, columns: Columns) -> Memory:
        if self._memory.owner is not columns.dictionary:
            self._memory = Memory(columns.dictionary)
        return self._memory

    def _evaluate(self, batch: Batch, number: int) -> np.ndarray | None:
        source, tree = self._kept.program.rules[number]
        rows = batch.evaluate(tree, batch.base(source))
        return ascending(rows) if rows else None
