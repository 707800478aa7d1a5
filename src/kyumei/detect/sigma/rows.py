"""From codes to rows: a test's rows in one column, and rows as sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

if TYPE_CHECKING:
    from kyumei.store.columns import Column


class ByTest:
    """Rows of one column by test.

    Args:
        column: the column.
        pairs: (test, code), sorted: the values that pass.
    """

    def __init__(self, column: Column, pairs: np.ndarray) -> None:
        codes = np.unique(pairs[:, 1])
        mark = np.full(max(len(column.values), 1), -1, np.int32)
        mark[codes] = np.arange(len(codes), dtype=np.int32)
        found = mark[column.codes]
        has = found >= 0
        found, rows = found[has], column.rows[has]
        order = np.argsort(found.astype(np.uint16) if len(codes) < 65536 else found, kind="stable")
        self._rows = rows[order]
        self._begin = np.searchsorted(found[order], np.arange(len(codes) + 1))
        here = mark[pairs[:, 1]]
        used = self._begin[here + 1] > self._begin[here]
        self._codes = here[used]
        tests = pairs[:, 0][used]
        names, begin = np.unique(tests, return_index=True)
        ends = np.append(begin, len(tests))[1:]
        self._spans = dict(zip(names.tolist(), zip(begin.tolist(), ends.tolist(), strict=True), strict=True))

    def tests(self) -> set[int]:
        """Return the tests that some row passes."""
        return set(self._spans)

    def rows(self, test: int) -> BitMap | None:
        """Return the rows that pass, None where there is none."""
        span = self._spans.get(test)
        if span is None:
            return None
        codes = self._codes[span[0] : span[1]]
        if len(codes) == 1:
            return bitmap(self._rows[self._begin[codes[0]] : self._begin[codes[0] + 1]])
        return bitmap(np.concatenate([self._rows[self._begin[c] : self._begin[c + 1]] for c in codes.tolist()]))


def bitmap(rows: np.ndarray) -> BitMap:
    """Return the rows as a set."""
    import array

    return BitMap(array.array("I", np.ascontiguousarray(rows, np.uint32).tobytes()))


def ascending(rows: BitMap) -> np.ndarray:
    """Return a set of rows as uint32, ascending."""
    return np.array(rows.to_array(), np.uint32)
