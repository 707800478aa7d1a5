"""What a rule says about itself, as a hunt shows it, and the engine that was built from the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    rules: Sequence[RuleFacts] = ()

    def run(self, columns):
        return []


def detector(rules, cache):
    return Detector()
