"""Rows whose field has, or contains, the value of another field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pyroaring import BitMap

    from kyumei.detect.sigma.tree import SameAs
    from kyumei.store.columns import Column


def same_rows(test: SameAs, left: list[tuple[Column, BitMap]], right: list[tuple[Column, BitMap]]) -> np.ndarray:
    """Return the rows (uint32, ascending) that have both fields and where they compare so.

    Args:
        test: how.
        left: columns of the field, each with the rows in which it counts.
        right: those of the field it refers to.
    """
    found = [_pair(test, *a, *b) for a in left for b in right]
    return np.unique(np.concatenate([*found, np.empty(0, np.uint32)])).astype(np.uint32)


def _pair(test: SameAs, left: Column, left_rows: BitMap, right: Column, right_rows: BitMap) -> np.ndarray:
    rows, at_left, at_right = np.intersect1d(left.rows, right.rows, assume_unique=True, return_indices=True)
    if not len(rows):
        return rows
    codes = left.codes[at_left].astype(np.int64) << 32 | right.codes[at_right].astype(np.int64)
    pairs, inverse = np.unique(codes, return_inverse=True)
    texts = left.values.take(pairs >> 32).to_pylist(), right.values.take(pairs & 0xFFFFFFFF).to_pylist()
    holds = np.array([_compares(test, a, b) for a, b in zip(*texts, strict=True)], np.bool_)
    allowed = np.array([row in left_rows and row in right_rows for row in rows[holds[inverse]].tolist()], np.bool_)
    return rows[holds[inverse]][allowed]


def _compares(test: SameAs, value: str, other: str) -> bool:
    if not test.cased:
        value, other = value.casefold(), other.casefold()
    if test.starts and test.ends:
        return other in value
    if test.starts:
        return value.startswith(other)
    return value.endswith(other) if test.ends else value == other
