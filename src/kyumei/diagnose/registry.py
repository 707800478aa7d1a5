"""Hypotheses: one module a cause, each a function that weighs what was found for it, found by walking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.diagnose.view import View
    from kyumei.model.hypothesis import Hypothesis

    Weigh = Callable[["View"], Hypothesis | None]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cause and the function that weighs it; it returns None where nothing found speaks for it."""

    name: str
    weigh: Weigh


HYPOTHESES: Registry[Explanation] = Registry("hypotheses", "kyumei.diagnose.hypotheses")


def hypothesis(cause: str) -> Callable[[Weigh], Weigh]:
    """Register the decorated function as the one that weighs this cause (see `kyumei.model.hypothesis.Cause`)."""

    def register(weigh: Weigh) -> Weigh:
        HYPOTHESES.add(Explanation(cause, weigh))
        return weigh

    return register
