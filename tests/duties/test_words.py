"""What is said beside the verdict: notes, arithmetic in words, roles."""

from __future__ import annotations

import pytest

from kyumei.duties.conditions import Leaf, Not, truth
from kyumei.duties.facts import Facts
from kyumei.duties.values import Members
from tests.duties.plain import facts, judged


def test_final_report_explains_its_counting_and_hides_no_other_length() -> None:
    found = judged(aware="2024-06-07", persons__total=2000)["jp.appi.ppc.final"]
    assert [note["ja"][:6] for note in found.notes] == ["知った日を1", "全ての事項("]


def test_at_once_is_explained_by_the_law_or_in_plain_words() -> None:
    found = judged(aware="2024-06-07", persons__total=2000, event__wrongful_purpose=True)
    assert found["jp.appi.person"].deadlines[0].arithmetic["ja"].startswith("当該事態の状況に応じて速やかに")
    assert found["jp.police"].deadlines[0].arithmetic["en"] == "At once; the law names no number of days."


def test_note_on_a_deadline_at_once_is_not_said_twice() -> None:
    found = judged(aware="2024-06-07", persons__total=2000)["jp.appi.person"]
    assert [note["en"][:14] for note in found.notes] == ["2026 amendment"]


def test_first_day_after_the_start_is_named_in_english() -> None:
    sg = {"org__sectors": ["sg_org"], "persons__total": 600, "t__assessed_notifiable": "2024-07-01"}
    notice = judged(aware="2024-06-01", **sg)["sg.pdpa.pdpc"].deadlines[1]
    assert notice.arithmetic["en"] == "Day 1 is 2024-07-02; day 3 is 2024-07-04 (Thu)"


def test_missing_awareness_is_said_once_and_only_then() -> None:
    undated = judged(persons__total=2000)["jp.appi.ppc.prelim"]
    assert undated.notes[0]["en"].startswith("When the organisation became aware is unknown")
    assert (undated.aware, undated.role) == ("", "controller")
    dated = judged(aware="2024-06-07", persons__total=2000)["jp.appi.ppc.prelim"]
    assert not any("unknown" in note["en"] for note in dated.notes)


def test_rule_out_of_force_says_from_when_to_when_it_was() -> None:
    early = judged(aware="2021-01-01", persons__total=2000)
    assert early["jp.appi.ppc.prelim"].notes == (
        {
            "ja": "知った日に施行されていない(効力 2022-04-01 から 2024-04-01、2024-04-01 から …)",
            "en": "Not in force on the day of awareness (in force 2022-04-01 to 2024-04-01, 2024-04-01 to …).",
        },
    )


def test_unknown_role_is_shown_as_nothing() -> None:
    assert judged(role=None, persons__total=2000)["jp.appi.ppc.prelim"].role == ""


def test_notice_to_clients_that_does_not_apply_is_one_line_not_one_a_client() -> None:
    from kyumei.duties.judge import judge

    own = facts(aware="2024-06-26", persons__by_client={"A": 1, "B": 2})
    found = [each for each in judge(own) if each.id == "jp.appi.processor_to_client"]
    assert [(each.verdict, each.to["ja"]) for each in found] == [("does_not", "各委託元")]


@pytest.mark.parametrize(
    ("members", "op", "value", "outcome"),
    [
        (Members(frozenset("a")), "contains", frozenset("a"), True),
        (Members(frozenset("a")), "contains", frozenset("b"), False),
        (Members(frozenset("a"), frozenset("b")), "contains", frozenset("b"), None),
        (Members(frozenset("a"), closed=False), "intersects", frozenset("bc"), None),
        (Members(frozenset("a"), frozenset("b")), "intersects", frozenset("cd"), False),
    ],
)
def test_membership_is_open_only_for_what_may_be_in(
    members: Members, op: str, value: frozenset[str], *, outcome: bool | None
) -> None:
    known = Facts({"org.sectors": members})
    assert truth(Leaf("org.sectors", op, value), known) is outcome
    assert truth(Not(Leaf("org.sectors", op, value)), known) is (None if outcome is None else not outcome)


@pytest.mark.parametrize(("op", "outcome"), [("!=", True), ("==", False), ("exists", True)])
def test_words_are_compared_and_may_just_be_there(op: str, *, outcome: bool) -> None:
    assert truth(Leaf("role", op, "processor"), Facts({"role": "controller"})) is outcome


def test_what_is_absent_is_unknown_to_every_comparison() -> None:
    assert [truth(Leaf("role", op, "processor"), Facts()) for op in ("==", "!=", "exists")] == [None, None, None]
