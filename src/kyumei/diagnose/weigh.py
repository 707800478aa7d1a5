"""How evidence for and against becomes a score, stated so that it can be checked by hand.

Each piece for a claim has a strength s between 0 and 1; pieces are taken as independent, so together they give
1 - Π(1 - s). Each piece against has a strength c and leaves the fraction 1 - c of that. The score is a ranking, not a
probability: strengths are judgements, written beside the sentence that they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

from kyumei.model.hypothesis import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.model.finding import Finding


@dataclass(slots=True)
class Scale:
    """The pieces for and against one claim, gathered in the order in which they are said."""

    supports: list[Statement] = field(default_factory=list[Statement])
    contradicts: list[Statement] = field(default_factory=list[Statement])
    unanswered: list[Statement] = field(default_factory=list[Statement])
    _for: list[float] = field(default_factory=list[float])
    _against: list[float] = field(default_factory=list[float])

    def pro(self, strength: float, ja: str, en: str, findings: Iterable[Finding] = ()) -> None:
        """Add a sentence that speaks for the claim; without findings it is an assumption and said to be one."""
        self.supports.append(sentence(ja, en, findings))
        self._for.append(strength)

    def con(self, strength: float, ja: str, en: str, findings: Iterable[Finding] = ()) -> None:
        """Add a sentence that speaks against it."""
        self.contradicts.append(sentence(ja, en, findings))
        self._against.append(strength)

    def ask(self, ja: str, en: str, findings: Iterable[Finding] = ()) -> None:
        """Add a question that the evidence does not answer."""
        self.unanswered.append(sentence(ja, en, findings))

    @property
    def score(self) -> float:
        """Return the score, rounded to three decimals."""
        return round((1 - prod(1 - s for s in self._for)) * prod(1 - c for c in self._against), 3)


def sentence(ja: str, en: str, findings: Iterable[Finding] = ()) -> Statement:
    """Return a statement; it counts as assumed where no finding carries it."""
    ids = tuple(dict.fromkeys(f.id for f in findings))
    return Statement({"ja": ja, "en": en}, ids, assumed=not ids)
