"""Extended conditions of temporal correlations: `a and not (b or c)` over names of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def parsed(expression: str) -> Any:
    """Return the expression's tree."""
    from sigma.correlations import SigmaExtendedCorrelationCondition

    return SigmaExtendedCorrelationCondition.parse(expression)


def true(tree: Any, has: Callable[[str, bool], bool], *, denied: bool = False) -> bool:
    """Return whether the expression holds.

    Args:
        tree: of `parsed`.
        has: whether a rule (name) occurs; the second argument says whether the expression denies it there.
        denied: whether the tree stands below an odd number of `not`.
    """
    from sigma.correlations import CorrelationConditionAND, CorrelationConditionNOT, CorrelationConditionOR

    if isinstance(tree, CorrelationConditionNOT):
        return not true(tree.args[0], has, denied=not denied)
    if isinstance(tree, CorrelationConditionAND):
        return all(true(arg, has, denied=denied) for arg in tree.args)
    if isinstance(tree, CorrelationConditionOR):
        return any(true(arg, has, denied=denied) for arg in tree.args)
    return has(tree.reference, denied)
