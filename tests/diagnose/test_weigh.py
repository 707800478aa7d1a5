from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.diagnose.weigh import Scale
from kyumei.model.citation import Citation, EvidenceId
from kyumei.model.finding import Finding, Level

STRENGTHS = st.lists(st.floats(0, 1), max_size=5)


def finding(rule: str = "test.rule") -> Finding:
    cited = (Citation(EvidenceId("E-000000000000"), "a.log", 1),)
    return Finding(rule, {"ja": "あ", "en": "a"}, Level.HIGH, 1, 2, 1, cited)


def scale(pros: list[float], cons: list[float]) -> Scale:
    made = Scale()
    for strength in pros:
        made.pro(strength, "賛", "for", [finding()])
    for strength in cons:
        made.con(strength, "反", "against", [finding()])
    return made


def test_two_independent_pieces_add_up_as_stated() -> None:
    assert scale([0.5, 0.5], []).score == 0.75
    assert scale([0.5, 0.5], [0.2]).score == 0.6


def test_nothing_for_a_claim_scores_nothing() -> None:
    assert scale([], [0.5]).score == 0


@settings(derandomize=True)
@given(pros=STRENGTHS, cons=STRENGTHS, more=st.floats(0, 1))
def test_more_for_never_lowers_and_more_against_never_raises(pros: list[float], cons: list[float], more: float) -> None:
    score = scale(pros, cons).score
    assert scale([*pros, more], cons).score >= score - 0.001
    assert scale(pros, [*cons, more]).score <= score + 0.001


def test_a_sentence_without_finding_is_marked_as_assumed() -> None:
    made = Scale()
    made.ask("問", "question")
    made.ask("問", "question", [finding()])
    assert [s.assumed for s in made.unanswered] == [True, False]
