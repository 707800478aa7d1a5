"""One batch of columns under evaluation: which rows pass which test of which field, made only where a rule asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from kyumei.detect.sigma import made_columns
from kyumei.detect.sigma.logsource import OWN, SOURCE, TIME, keys
from kyumei.detect.sigma.program import AND, NOT
from kyumei.detect.sigma.rows import ByTest, bitmap
from kyumei.detect.sigma.same import same_rows
from kyumei.detect.sigma.tree import Absent, Empty, Present, SameAs
from kyumei.store.columns import Column, Columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.program import Binding, Tree
    from kyumei.detect.sigma.rows import Known
    from kyumei.detect.sigma.scan import Memory
    from kyumei.detect.sigma.stored import Kept

_MINUTE: Final = 60_000_000


def with_time(columns: Columns, ts: np.ndarray, kept: Kept) -> Columns:
    """Return the batch with the events' own time as a field, where a rule asks for it and no field has it.

    Args:
        columns: the batch.
        ts: by row, microseconds since 1970 UTC, the smallest int64 where there is no time.
        kept: the compiled rules.
    """
    named = {key for name in columns.fields for key in keys(name)}
    if not set(OWN[TIME]) & kept.units.keys() or set(OWN[TIME]) & named:
        return columns
    rows = np.flatnonzero(ts != np.iinfo(np.int64).min).astype(np.uint32)
    asked = [kept.units[name] for name in OWN[TIME] if name in kept.units]
    whole = ts[rows] // _MINUTE * _MINUTE if all(one.parts_of_time for one in asked) else ts[rows]
    moments, codes = np.unique(whole, return_inverse=True)
    texts = [f"{moment}Z" for moment in np.datetime_as_string(moments.view("datetime64[us]"), unit="us").tolist()]
    column = Column(rows, codes.astype(np.int32), pa.array(texts, pa.string()))
    return Columns(columns.n, columns.fields | {TIME: column}, columns.dictionary)


class Batch:
    """A batch of columns and what rules ask of it.

    Args:
        columns: the batch.
        kept: the compiled rules.
        memory: what is known of the dictionaries' values.
        source: name of the reader where there is no column `source`.
        offset: of the case's zone.
    """

    def __init__(self, columns: Columns, kept: Kept, memory: Memory, source: str, offset: timedelta) -> None:
        self._n = columns.n
        self._kept = kept
        self._memory = memory
        self._offset = offset
        self._columns = dict(columns.fields)
        self._own = [name for name in columns.fields if name not in {SOURCE, TIME}]
        self._named: dict[str, list[str]] = {}
        for name in sorted(columns.fields):
            for key in keys(name):
                self._named.setdefault(key, []).append(name)
        self._give_source(source)
        self._all = BitMap(range(self._n))
        self._units = {name: number for number, name in enumerate(kept.units)}
        self._anywhere: dict[str, dict[str, Known]] = {}
        self._by_test = ByTest(self._scanned())
        self._leaves: dict[int, BitMap] = {}
        self._wheres: dict[int, BitMap] = {}
        self._bases: dict[int, BitMap] = {}
        for name, sources in kept.program.keywords.items():
            self._anywhere[name] = self._keywords(name, sources)

    def _give_source(self, source: str) -> None:
        if SOURCE in self._named:
            return
        source = source or ("windows.evtx" if "system_channel" in self._named else "")
        if source:
            rows = np.arange(self._n, dtype=np.uint32)
            self._columns[SOURCE] = Column(rows, np.zeros(self._n, np.int32), pa.array([source]))
            self._named[SOURCE] = [SOURCE]

    def _scanned(self) -> list[tuple[Column, int, Known]]:
        """Return each column with what was looked for in its values, keywords set apart."""
        found: list[tuple[Column, int, Known]] = []
        for name, one in self._kept.units.items():
            if name in self._kept.program.keywords:
                continue
            columns = {column: self._columns[column] for column in self._of(name)}
            if not columns:
                continue
            memory = self._memory if isinstance(name, str) and not {SOURCE, TIME} & columns.keys() else type(self._memory)()
            known = memory.scanned(name, one, columns, self._offset)
            found += [(columns[column], self._units[name], one) for column, one in known.items()]
        return found

    def _keywords(self, name: str, sources: Sequence[int]) -> dict[str, Known]:
        """Return the columns in whose values such keywords were found, none where no rule with one has rows to look at."""
        if name not in self._kept.units or not any(self.base(source) for source in sources):
            return {}
        known = self._memory.scanned(name, self._kept.units[name], {c: self._columns[c] for c in self._own}, self._offset)
        return {column: one for column, one in known.items() if len(one.codes)}

    def passed(self) -> list[tuple[str | Made, set[int]]]:
        """Return, by name of column, the tests that some row passes; by name of keywords, those that some known value does."""
        names = list(self._units)
        found: dict[str | Made, set[int]] = {}
        for unit, test in self._by_test.tests():
            found.setdefault(names[unit], set()).add(test)
        anywhere = {name: set().union(*(one.passed for one in known.values())) for name, known in self._anywhere.items()}
        return [*found.items(), *anywhere.items()]

    def _of(self, name: str | Made) -> list[str]:
        """Return the columns that are called so."""
        if name in self._kept.program.keywords:  # the batch's own, none that were made of others for one rule
            return self._own
        if isinstance(name, str):
            return self._named.get(name, [])
        key = repr(name)
        if key not in self._named:
            column = made_columns.column(name, [self._columns[c] for part in name.of for c in self._named.get(part, ())[:1]])
            self._named[key] = [key] if len(column.rows) else []
            self._columns[key] = column
        return self._named[key]

    def _rows(self, name: str | Made, test: int) -> BitMap | None:
        if not isinstance(name, str) or name not in self._anywhere:
            return self._by_test.rows(self._units[name], test) if name in self._units else None
        held = [(column, known) for column, known in self._anywhere[name].items() if test in known.passed]
        return bitmap(np.concatenate([known.rows(self._columns[column], test) for column, known in held])) if held else None

    def base(self, source: int) -> BitMap:
        """Return the rows of a log source."""
        if source not in self._bases:
            rows = BitMap()
            for where in self._kept.program.sources[source]:
                rows |= self._where(where)
            self._bases[source] = rows
        return self._bases[source]

    def _where(self, number: int) -> BitMap:
        if number < 0:
            return self._all
        if number not in self._wheres:
            self._wheres[number] = self.evaluate(self._kept.program.wheres[number], self._all)
        return self._wheres[number]

    def evaluate(self, tree: Tree, base: BitMap) -> BitMap:
        """Return the rows of `base` that the tree holds for."""
        if not base:
            return base
        if isinstance(tree, int):
            return base & self._leaf(tree)
        op, *members = tree
        if op == NOT:
            return base - self.evaluate(members[0], base)
        if op == AND:
            return self._both(members, base)
        found = BitMap()
        for member in members:
            found |= self.evaluate(member, base)
        return found

    def _both(self, members: list[Any], base: BitMap) -> BitMap:
        later = [one for one in members if isinstance(one, list) and one[0] == NOT]
        for member in (one for one in members if not (isinstance(one, list) and one[0] == NOT)):
            base = self.evaluate(member, base)
            if not base:
                return base
        for member in later:
            base = self.evaluate(member, base)
        return base

    def _leaf(self, number: int) -> BitMap:
        if number not in self._leaves:
            binding, test, other = self._kept.program.leaves[number]
            self._leaves[number] = self._tested(self._kept.program.bindings[binding], test, other)
        return self._leaves[number]

    def _tested(self, binding: Binding, number: int, other: int) -> BitMap:
        test = self._kept.program.tests[number]
        if isinstance(test, Present):
            return self._present(binding)
        if isinstance(test, Absent):
            return self._all - self._present(binding)
        if isinstance(test, Empty):
            return (self._all - self._present(binding)) | self._passing(binding, self._kept.program.empty)
        if isinstance(test, SameAs):
            pair = self._held(binding), self._held(self._kept.program.bindings[other])
            return bitmap(same_rows(test, *pair))
        return self._passing(binding, number)

    def _passing(self, binding: Binding, test: int) -> BitMap:
        found = BitMap()
        for where, name in ((-1, binding.field), *binding.extra):
            rows = self._rows(name, test)
            if rows is not None:
                found |= rows & self._where(where) if where >= 0 else rows
        return found

    def _present(self, binding: Binding) -> BitMap:
        found = BitMap()
        for where, name in ((-1, binding.field), *binding.extra):
            for column in self._of(name):
                found |= bitmap(self._columns[column].rows) & self._where(where)
        return found

    def _held(self, binding: Binding) -> list[tuple[Column, BitMap]]:
        return [
            (self._columns[column], self._where(where))
            for where, name in ((-1, binding.field), *binding.extra)
            for column in self._of(name)
        ]
