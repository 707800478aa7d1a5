"""What a rule says about itself, as a hunt shows it, and the engine that was built from the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np

    from kyumei.store.columns import Columns

LEVELS: Final = ("informational", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule, correlation or analytic.

    Attributes:
        file: path of the rule's file. own: whether it is one of our analytics.
    """

    id: str
    title: str
    level: str
    author: str = ""
    license: str = ""
    status: str = ""
    modified: str = ""
    tags: Sequence[str] = ()
    file: str = ""
    digest: str = ""

    @property
    def rank(self) -> int:
        """Return 0 for informational up to 4 for critical."""
        return LEVELS.index(self.level)


class Detector:
    """Finds the rows that each rule matches; rules are numbered in their order."""

    def __init__(self, rules: Sequence[RuleFacts]) -> None:
        self.rules = rules

    def run(self, columns: Columns) -> Iterator[tuple[int, np.ndarray]]:
        """Yield number and rows of each rule that matches."""
        for number in range(len(self.rules) if columns.n else 0):
            yield from self._one(number, columns)

    def _one(self, number: int, columns: Columns) -> Iterator[tuple[int, np.ndarray]]:
        raise NotImplementedError


def detector(rules: Sequence[str], cache: Path) -> Detector:
    """Return the detector of these files and folders of rules.

    Raises:
        UserError: rules are given, which nothing evaluates yet.
    """
    if rules:
        raise UserError("rules cannot be evaluated yet", hint=f"leave --rules out; {cache} stays unused")
    return Detector(())
