"""Which rules can hit at all, from the leaves that some value passes: an index, so that most rules cost nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kyumei.detect.sigma.program import AND, NOT
from kyumei.detect.sigma.tree import Absent, Empty, Present, SameAs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.detect.sigma.logsource import Made
    from kyumei.detect.sigma.program import Program, Tree


class Index:
    """Rules by a set of leaves of which each needs one at least.

    Args:
        program: the rules.
    """

    def __init__(self, program: Program) -> None:
        self._rules: dict[int, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._trees = [tree for _, tree in program.rules]
        for number, tree in enumerate(self._trees):
            needed = _needed(tree)
            if needed is None:
                self._always.append(number)
            for leaf in sorted(needed or ()):
                self._rules[leaf].append(number)
        self._leaves: dict[tuple[str | Made, int], list[int]] = defaultdict(list)
        self._unknown: set[int] = set()
        for leaf, (binding, test, _) in enumerate(program.leaves):
            if isinstance(program.tests[test], SameAs | Present | Absent | Empty):
                self._unknown.add(leaf)
            bound = program.bindings[binding]
            for name in (bound.field, *(column for _, column in bound.extra)):
                self._leaves[name, test].append(leaf)

    def candidates(self, passed: Iterable[tuple[str | Made, set[int]]]) -> list[int]:
        """Return the rules that may hit, ascending.

        Args:
            passed: by name of column, the tests that some row passes.
        """
        matched = self._unknown.union(*(self._leaves.get((name, t), ()) for name, tests in passed for t in tests))
        numbers = {number for leaf in matched for number in self._rules.get(leaf, ())}
        return [n for n in sorted(numbers.union(self._always)) if _possible(self._trees[n], matched)]


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
