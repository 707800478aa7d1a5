"""From codes to rows: which rows of a batch pass which test of which field, all columns at once, and rows as sets."""

from __future__ import annotations

import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.columns import Column

_SHORT = 1 << 16


@dataclass(slots=True)
class Known:
    """What is known of a column's values: how many were read, and which passed which tests.

    Attributes:
        values: how many were read.
        any: by code, at least as long as `values`: whether the value passes some test.
        codes: of the pairs, ascending; tests: beside them; passed: which tests there are.
    """

    values: int = 0
    any: np.ndarray = field(default_factory=lambda: np.zeros(0, np.bool_))
    codes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    tests: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))

    passed: set[int] = field(default_factory=set)

    def add(self, values: int, tests: np.ndarray, codes: np.ndarray) -> None:
        """Add what passed of the values read since; the codes ascend and are above those known."""
        self.values = values
        if len(self.any) < values:
            grown = np.zeros(max(values, 2 * len(self.any)), np.bool_)
            grown[: len(self.any)] = self.any
            self.any = grown
        if not len(codes):
            return
        self.any[codes] = True
        self.codes = np.concatenate([self.codes, codes])
        self.tests = np.concatenate([self.tests, tests])
        self.passed.update(np.unique(tests).tolist())

    def rows(self, column: Column, test: int) -> np.ndarray:
        """Return the rows of a column that pass a test."""
        passing = np.zeros(max(self.values, len(column.values)), np.bool_)
        passing[self.codes[self.tests == test]] = True
        rows: np.ndarray = column.rows[passing[column.codes]]
        return rows


class ByTest:
    """Rows of a batch by test.

    Args:
        parts: columns, the number that stands for what was scanned for in each (`unit`), and what is known of their values.
    """

    def __init__(self, parts: Sequence[tuple[Column, int, Known]]) -> None:
        found = [one for column, unit, known in parts if (one := _matched(column, unit, known)) is not None]
        sizes = np.cumsum([0, *(len(one[0]) for one in found)])
        self._rows = np.concatenate([np.empty(0, np.uint32), *(one[0] for one in found)])
        spans = [np.stack([one[2] + start, one[3] + start]) for one, start in zip(found, sizes.tolist(), strict=False)]
        begin, end = np.concatenate([np.empty((2, 0), np.int64), *spans], axis=1)
        keys = np.concatenate([np.empty(0, np.int64), *(one[1] for one in found)])
        order = np.argsort(keys, kind="stable")
        self._begin, self._end = begin[order], end[order]
        names, first = np.unique(keys[order], return_index=True)
        bounds = np.append(first, len(keys)).tolist()
        self._spans = {name: (bounds[n], bounds[n + 1]) for n, name in enumerate(names.tolist())}

    def tests(self) -> list[tuple[int, int]]:
        """Return (unit, test) for which some row passes."""
        return [(key >> 32, key & 0xFFFFFFFF) for key in self._spans]

    def rows(self, unit: int, test: int) -> BitMap | None:
        """Return the rows that pass a test of a unit, None where there is none."""
        span = self._spans.get(unit << 32 | test)
        if span is None:
            return None
        at = range(*span)
        if len(at) == 1:
            return bitmap(self._rows[self._begin[at[0]] : self._end[at[0]]])
        begin, end = self._begin[span[0] : span[1]].tolist(), self._end[span[0] : span[1]].tolist()
        return bitmap(np.concatenate([self._rows[a:b] for a, b in zip(begin, end, strict=True)]))


def _matched(column: Column, unit: int, known: Known) -> tuple[np.ndarray, ...] | None:
    """Return rows by code, and for each pair (unit and test as one number) where its rows begin and end; None without any."""
    if not len(known.codes):
        return None
    has = np.flatnonzero(known.any[column.codes])
    if not len(has):
        return None
    codes, rows = column.codes[has], column.rows[has]
    order = np.argsort(codes.astype(np.uint16) if len(known.any) <= _SHORT else codes, kind="stable")
    codes, rows = codes[order], rows[order]
    change = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    begin = np.concatenate([[0], change])
    end = np.append(change, len(codes))
    used = codes[begin]
    low, high = np.searchsorted(known.codes, used, "left"), np.searchsorted(known.codes, used, "right")
    counts = high - low
    pairs = np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    keys = known.tests[pairs].astype(np.int64) | unit << 32
    return rows, keys, np.repeat(begin, counts), np.repeat(end, counts)


def bitmap(rows: np.ndarray) -> BitMap:
    """Return the rows as a set."""
    return BitMap(array.array("I", np.ascontiguousarray(rows, np.uint32).tobytes()))


def ascending(rows: BitMap) -> np.ndarray:
    """Return a set of rows as uint32, ascending."""
    return np.array(rows.to_array(), np.uint32)
