from __future__ import annotations

from kyumei.model.obligation import Deadline, Obligation

NONE = {"ja": "", "en": ""}


def deadline(due: str) -> Deadline:
    return Deadline(NONE, due, "", NONE, "statutory")


def obligation(*deadlines: Deadline) -> Obligation:
    return Obligation(
        id="jp.appi.ppc.final",
        law={"ja": "個人情報保護法", "en": "APPI"},
        article={"ja": "法26条1項", "en": "Art. 26(1)"},
        duty="mandatory",
        title={"ja": "確報", "en": "Final report"},
        to={"ja": "個人情報保護委員会", "en": "PPC"},
        party="",
        dataset="",
        role="controller",
        aware="",
        verdict="applies",
        because=({"ja": "千人超", "en": "more than 1,000 persons"},),
        undecided_by=(),
        deadlines=deadlines,
        basis_level="primary",
    )


def test_due_is_the_earliest_instant_whatever_its_offset() -> None:
    early, late = deadline("2024-07-08T23:59:59+09:00"), deadline("2024-07-08T22:00:00+00:00")
    assert obligation(late, deadline(""), early).due == early.due


def test_due_is_null_in_json_when_no_deadline_is_dated() -> None:
    assert obligation(deadline("")).as_json()["due"] is None


def test_json_speaks_one_language_but_carries_both_titles() -> None:
    found = obligation().as_json("en")
    assert (found["law"], found["article"], found["to"]) == ("APPI", "Art. 26(1)", "PPC")
    assert found["because"] == ["more than 1,000 persons"]
    assert found["title"] == {"ja": "確報", "en": "Final report"}
