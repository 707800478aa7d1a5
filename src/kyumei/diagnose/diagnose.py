"""Rank the explanations and say whether data leaked, what is still unknown and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.diagnose.actions import next_actions
from kyumei.diagnose.registry import HYPOTHESES
from kyumei.diagnose.weigh import sentence
from kyumei.model.hypothesis import HIGH, MEDIUM, Cause, Hypothesis

if TYPE_CHECKING:
    from kyumei.diagnose.actions import Action
    from kyumei.diagnose.view import View
    from kyumei.model.finding import FindingId
    from kyumei.model.hypothesis import Statement, Status

SHOWN: Final = 0.02
"""An explanation weaker than this is not listed."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer so far.

    Attributes:
        hypotheses: ranked, the strongest first; `unknown` alone where nothing speaks for any cause.
        leading: the one that the scope and the duties follow, None where none is likely enough.
        because: findings that the status rests on.
    """

    status: Status
    because: tuple[FindingId, ...]
    hypotheses: tuple[Hypothesis, ...]
    leading: Hypothesis | None
    unknowns: tuple[Statement, ...]
    actions: tuple[Action, ...]


def diagnose(view: View) -> Diagnosis:
    """Weigh every cause; equal scores are ordered by the cause's name."""
    weighed = [h for e in HYPOTHESES.all() if (h := e.weigh(view)) is not None and h.score >= SHOWN]
    ranked = sorted(weighed, key=lambda h: (-h.score, h.cause))
    leading = ranked[0] if ranked and ranked[0].score >= MEDIUM else None
    status = _status(leading)
    because = tuple(dict.fromkeys(i for s in leading.supports for i in s.findings)) if leading else ()
    unknowns = (*(s for h in ranked if h is leading or h.score >= MEDIUM for s in h.unanswered), *_dark(view))
    shown = tuple(ranked) or (Hypothesis(Cause.UNKNOWN, 0.0),)
    return Diagnosis(status, because, shown, leading, tuple(unknowns), tuple(next_actions(status, ranked, leading)))


def _dark(view: View) -> list[Statement]:
    """Return that cleared logs leave times of which nothing is known."""
    cleared = view.found("log.cleared")
    if not cleared:
        return []
    hosts = sorted({host for finding in cleared for host in finding.of("host")})
    places = "、".join(hosts[:5]) + (f" ほか {len(hosts) - 5} 台" if len(hosts) > 5 else "")
    named = ", ".join(hosts[:5]) + (f" and {len(hosts) - 5} more" if len(hosts) > 5 else "")
    return [
        sentence(
            f"ログが消去された {places or '機器'} で消去前に何があったか(この証拠からは分からない)",
            f"What happened on {named or 'the host'} before its logs were emptied? (this evidence does not tell)",
            cleared,
        )
    ]


def _status(leading: Hypothesis | None) -> Status:
    """Return confirmed only where the evidence shows data in other hands under a likely explanation."""
    if leading is None:
        return "not_found"
    if leading.score >= HIGH and any(e.status == "confirmed" for e in leading.exposures):
        return "confirmed"
    return "suspected"
