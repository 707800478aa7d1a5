"""Windows in which rules occur together, in order, or as an extended condition says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kyumei.detect.sigma import windows
from kyumei.detect.sigma.expression import parsed, true

if TYPE_CHECKING:
    from kyumei.detect.sigma.rule import Correlation


def qualifying(one: Correlation, ts: np.ndarray, rule: np.ndarray) -> list[tuple[int, int]]:
    """Return (first, last) event of the windows of one group that a temporal correlation holds for.

    A rule that an extended condition denies must occur neither in the window nor within the timespan before its first event.

    Args:
        one: temporal_ordered, or temporal with an expression.
        ts: times, ascending; of the same time, in the order of the rules.
        rule: by event, place of its rule in the correlation's list.
    """
    if not one.condition.expression:
        tests = one.condition.tests
        many = len(one.rules)
        lengths = np.arange(many + 1)
        enough = windows.holds(lengths, one.condition) if tests else lengths >= many
        return windows.ordered(ts, rule.tolist(), many, one.timespan, lambda n: bool(enough[n]))
    return _expressed(one, ts, rule)


def _expressed(one: Correlation, ts: np.ndarray, rule: np.ndarray) -> list[tuple[int, int]]:
    tree = parsed(one.condition.expression)
    begin, end = windows.bounds(ts, one.timespan)
    found = []
    for here in range(len(ts)):
        inside = rule[here : end[here]]
        names = {one.rules[n] for n in inside.tolist()}
        around = names | {one.rules[n] for n in rule[begin[here] : here].tolist()}
        if not true(tree, lambda name, denied: name in (around if denied else names)):  # noqa: B023  # called at once
            continue
        places = sorted({int(n) for n in inside})
        if one.kind == "temporal_ordered" and not _in_order(inside.tolist(), places):
            continue
        found.append((here, int(end[here]) - 1))
    return found


def _in_order(inside: list[int], places: list[int]) -> bool:
    wanted = iter(places)
    waiting = next(wanted, None)
    for place in inside:
        if place == waiting:
            waiting = next(wanted, None)
    return waiting is None
