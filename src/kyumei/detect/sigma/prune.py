"""Which rules can hit at all, from the leaves that some value passes: an index, so that most rules cost nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from kyumei.detect.sigma.program import AND, NOT
from kyumei.detect.sigma.tree import Absent, Empty, Present, SameAs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.program import Program, Tree


class Index:
    """Rules by a set of leaves of which each needs one at least.

    Args:
        program: the rules.
        arrays: as `build` gives them.
    """

    def __init__(self, program: Program, arrays: Mapping[str, np.ndarray]) -> None:
        self.arrays = arrays
        self._trees = [tree for _, tree in program.rules]
        self._units = {name: number for number, name in enumerate(program.units)}
        self._always: list[int] = arrays["always"].tolist()
        self._unknown: list[int] = arrays["unknown"].tolist()

    def candidates(self, passed: Iterable[tuple[str | Made, set[int]]]) -> list[int]:
        """Return the rules that may hit, ascending.

        Args:
            passed: by name of column, the tests that some row passes.
        """
        keys = [np.fromiter(tests, np.int64, len(tests)) | self._units[name] << 32 for name, tests in passed]
        leaves = _listed(self.arrays, "leaves", np.concatenate([np.empty(0, np.int64), *keys]))
        matched = {*leaves.tolist(), *self._unknown}
        numbers = {*_listed(self.arrays, "rules", np.array(sorted(matched), np.int64)).tolist(), *self._always}
        return [n for n in sorted(numbers) if _possible(self._trees[n], matched)]


def build(program: Program) -> dict[str, np.ndarray]:
    """Return the index of some rules: rules that may hit without any leaf, leaves that no test of values tells, lists by key.

    A list by key is three arrays: its keys, sorted, where what belongs to each begins, and that: `leaves` by unit and test,
    `rules` by leaf.
    """
    rules: dict[int, list[int]] = defaultdict(list)
    always: list[int] = []
    for number, (_, tree) in enumerate(program.rules):
        needed = _needed(tree)
        if needed is None:
            always.append(number)
        for leaf in sorted(needed or ()):
            rules[leaf].append(number)
    units = {name: number for number, name in enumerate(program.units)}
    leaves: dict[int, list[int]] = defaultdict(list)
    unknown: list[int] = []
    for leaf, (binding, test, _) in enumerate(program.leaves):
        if isinstance(program.tests[test], SameAs | Present | Absent | Empty):
            unknown.append(leaf)
        bound = program.bindings[binding]
        for name in (bound.field, *(column for _, column in bound.extra)):
            if name in units:
                leaves[units[name] << 32 | test].append(leaf)
    arrays = {"always": np.array(always, np.int32), "unknown": np.array(unknown, np.int32)}
    for name, lists in (("leaves", leaves), ("rules", rules)):
        keys = sorted(lists)
        arrays[f"{name} keys"] = np.array(keys, np.int64)
        arrays[f"{name} begin"] = np.cumsum([0, *(len(lists[key]) for key in keys)])
        arrays[name] = np.array([one for key in keys for one in lists[key]], np.int32)
    return arrays


def _listed(arrays: Mapping[str, np.ndarray], name: str, keys: np.ndarray) -> np.ndarray:
    """Return what the lists of these keys hold; keys without a list have nothing."""
    known, begin = arrays[f"{name} keys"], arrays[f"{name} begin"]
    at = np.searchsorted(known, keys)
    at = at[at < len(known)][known[at[at < len(known)]] == keys[at < len(known)]]
    counts = begin[at + 1] - begin[at]
    ends = np.cumsum(counts)
    places = np.repeat(begin[at] - ends + counts, counts) + np.arange(int(ends[-1]) if len(ends) else 0)
    return arrays[name][places]


def _needed(tree: Tree) -> frozenset[int] | None:
    """Return leaves of which one at least must pass for the tree to hold, None where it may hold without any."""
    if isinstance(tree, int):
        return frozenset({tree})
    op, *members = tree
    if op == NOT:
        return None
    inner = [_needed(member) for member in members]
    if op == AND:
        return min((one for one in inner if one is not None), key=len, default=None)
    if any(one is None for one in inner):
        return None
    return frozenset().union(*(one for one in inner if one is not None))


def _possible(tree: Tree, matched: set[int]) -> bool:
    if isinstance(tree, int):
        return tree in matched
    op, *members = tree
    if op == NOT:
        return True
    return all(_possible(one, matched) for one in members) if op == AND else any(_possible(one, matched) for one in members)
