"""Which events of one group lie in a window of time that a correlation's condition holds for.

Events are ordered by time. A window is `timespan` long, both ends included; it may begin at any event.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kyumei.detect.sigma.rule import Condition

ALWAYS: Final = np.int64(2**62)
"""A timespan that no two instants exceed."""
_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
    "neq": operator.ne,
}


def holds(values: np.ndarray, condition: Condition) -> np.ndarray:
    """Return which values pass all tests; NaN passes none."""
    passed = ~np.isnan(values.astype(np.float64))
    for op, number in condition.tests:
        passed &= _OPERATORS[op](values, number)
    return passed


def bounds(ts: np.ndarray, timespan: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, by event, the first event of the window that ends with it, and the end (exclusive) of the one it begins."""
    span = np.int64(timespan) if timespan else ALWAYS
    low, high = np.maximum(ts, np.iinfo(np.int64).min + span) - span, np.minimum(ts, np.iinfo(np.int64).max - span) + span
    return np.searchsorted(ts, low, "left"), np.searchsorted(ts, high, "right")


def counts(ts: np.ndarray, timespan: int) -> np.ndarray:
    """Return the number of events in the window that begins with each event."""
    return bounds(ts, timespan)[1] - np.arange(len(ts))


def distinct(ts: np.ndarray, codes: np.ndarray, timespan: int) -> np.ndarray:
    """Return the number of different codes (−1: none) in the window that begins with each event."""
    ends = bounds(ts, timespan)[1].tolist()
    listed = codes.tolist()
    inside: dict[int, int] = {}
    found, end = np.zeros(len(ts), np.int64), 0
    for start in range(len(listed)):
        while end < ends[start]:
            inside[listed[end]] = inside.get(listed[end], 0) + 1
            end += 1
        found[start] = len(inside) - (-1 in inside)
        if inside[listed[start]] == 1:
            del inside[listed[start]]
        else:
            inside[listed[start]] -= 1
    return found


def fullest(ts: np.ndarray, values: np.ndarray, timespan: int) -> np.ndarray:
    """Return, by event, the largest value of the windows it lies in.

    Args:
        ts: times.
        values: by event, of the window that begins with it.
        timespan: length of the windows.
    """
    first = bounds(ts, timespan)[0]
    levels = [values]
    while len(values) - (1 << len(levels)) >= 0:
        half = 1 << (len(levels) - 1)
        levels.append(np.maximum(levels[-1][:-half], levels[-1][half:]))
    here = np.arange(len(values))
    depth = np.frexp((here - first + 1).astype(np.float64))[1] - 1
    found = np.empty_like(values)
    for level in range(len(levels)):
        at = depth == level
        found[at] = np.maximum(levels[level][first[at]], levels[level][here[at] - (1 << level) + 1])
    return found


def metric(kind: str, ts: np.ndarray, numbers: np.ndarray, timespan: int, percentile: float) -> np.ndarray:
    """Return the sum, average, percentile or median of the window that ends with each event, NaN without numbers.

    Args:
        kind: value_sum, value_avg, value_percentile or value_median.
        ts: times.
        numbers: by event; NaN counts as no value.
        timespan: length of the windows.
        percentile: of value_percentile; between two values it lies on the straight line that joins them.
    """
    first = bounds(ts, timespan)[0]
    valid = ~np.isnan(numbers)
    if kind in {"value_sum", "value_avg"}:
        sums = np.concatenate([[0.0], np.cumsum(np.where(valid, numbers, 0.0))])
        many = np.concatenate([[0], np.cumsum(valid)])
        here = np.arange(1, len(ts) + 1)
        total, n = sums[here] - sums[first], many[here] - many[first]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(n > 0, total if kind == "value_sum" else total / n, np.nan)
    return _ranks(numbers, first.tolist(), 50.0 if kind == "value_median" else percentile)


def _ranks(numbers: np.ndarray, first: list[int], percentile: float) -> np.ndarray:
    inside: list[float] = []
    found, start = np.full(len(numbers), np.nan), 0
    listed = numbers.tolist()
    for here, number in enumerate(listed):
        if number == number:  # noqa: PLR0124  # not NaN
            insort(inside, number)
        while start < first[here]:
            if listed[start] == listed[start]:
                inside.pop(bisect_left(inside, listed[start]))
            start += 1
        if inside:
            place = (len(inside) - 1) * percentile / 100
            low = int(place)
            high = min(low + 1, len(inside) - 1)
            found[here] = inside[low] + (inside[high] - inside[low]) * (place - low)
    return found


def ordered(
    ts: np.ndarray, kinds: Sequence[int], many: int, timespan: int, enough: Callable[[int], bool]
) -> list[tuple[int, int]]:
    """Return (first event, last event) of chains of events in the order of the rules.

    Args:
        ts: times.
        kinds: by event, its rule's place in the correlation's list; of the same time, in that order.
        many: number of rules.
        timespan: how long a chain may last.
        enough: whether a chain of so many rules counts.
    """
    best: list[list[int]] = [[-1] * (many + 1) for _ in range(many)]  # by last rule and length: latest first event
    found: list[tuple[int, int]] = []
    times = ts.tolist()
    span = timespan or int(ALWAYS)
    for here, kind in enumerate(kinds):
        best[kind][1] = here
        for length in range(2, kind + 2):
            before = max((best[other][length - 1] for other in range(kind)), default=-1)
            best[kind][length] = max(best[kind][length], before)
        starts = [best[kind][n] for n in range(1, kind + 2) if enough(n)]
        start = max((s for s in starts if s >= 0), default=-1)
        if start >= 0 and times[here] - times[start] <= span:
            found.append((start, here))
    return found


def covered(n: int, windows: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return which of n events lie in a window (first, last)."""
    change = np.zeros(n + 1, np.int64)
    for first, last in windows:
        change[first] += 1
        change[last + 1] -= 1
    return np.asarray(np.cumsum(change)[:n] > 0)
