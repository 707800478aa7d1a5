"""The hearing: what answers mean, and that no harmful step passes without a warning."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kyumei.case.intake import estimate, hearing
from kyumei.cli.intake import command
from kyumei.duties import sheet
from kyumei.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = {question.id: question for question in hearing.questions()}


def test_every_option_states_only_facts_that_the_law_file_declares() -> None:
    for question in hearing.questions():
        for option, facts in question.facts.items():
            assert option in dict(question.options)
            sheet.facts(facts, option)
        assert set(question.warn) <= {*dict(question.options), "yes"}


def test_every_harmful_step_has_a_warning_of_its_own() -> None:
    general = {name for name, _ in hearing.warnings({})}
    for option in ("powered_off", "reinstalled", "antivirus", "deleted", "logged_in", "restored", "paid"):
        assert {name for name, _ in hearing.warnings({"done": [option]})} - general == {option}


def test_a_suspected_person_is_not_to_be_confronted() -> None:
    assert "do_not_confront" in dict(hearing.warnings({"suspect": True}))
    assert "do_not_confront" not in dict(hearing.warnings({"suspect": False}))


def test_what_is_to_be_preserved_follows_the_systems_and_begins_with_the_most_volatile() -> None:
    rows = hearing.to_preserve({"systems": ["vpn", "database"]})
    assert {row["system"] for row in rows} == {"vpn", "database"}
    assert [row["order"] for row in rows] == sorted(row["order"] for row in rows)
    assert {row["system"] for row in hearing.to_preserve({})} == set(dict(QUESTIONS["systems"].options))


def test_several_things_that_happened_are_united_and_the_surer_status_holds() -> None:
    facts = hearing.facts({"what": ["missent", "ransomware"]})
    assert facts["event.status"] == "confirmed"
    assert facts["event.kinds"] == ["leak", "damage", "unavailability"]


@pytest.mark.parametrize(
    ("question", "text", "meant"),
    [
        ("people", "1,200人", 1200),
        ("people", "800-1500", [800, 1500]),
        ("what", "1, 3", ["missent", "ransomware"]),
        ("what", "takeout", ["takeout"]),
        ("suspect", "はい", True),
        ("noticed", "2024-06-07", "2024-06-07"),
        ("media", "NAS=2TB, logs=30gb", {"NAS": 2_000_000_000_000, "logs": 30_000_000_000}),
        ("data", "不明", None),
    ],
)
def test_answers_are_taken_as_people_type_them(question: str, text: str, meant: object) -> None:
    assert hearing.parse(QUESTIONS[question], text) == meant


@pytest.mark.parametrize(
    ("question", "text"), [("people", "many"), ("suspect", "maybe"), ("noticed", "June"), ("media", "NAS"), ("what", "99")]
)
def test_answers_of_the_wrong_kind_are_refused_with_a_hint(question: str, text: str) -> None:
    with pytest.raises(UserError) as wrong:
        hearing.parse(QUESTIONS[question], text)
    assert wrong.value.hint


@given(st.sampled_from(sorted(QUESTIONS)), st.text(max_size=30))
def test_any_text_is_an_answer_or_is_refused(question: str, text: str) -> None:
    with contextlib.suppress(UserError):
        hearing.parse(QUESTIONS[question], text)


def test_estimates_grow_with_the_size_and_come_from_what_was_measured(tmp_path: Path) -> None:
    speed = estimate.measure(tmp_path)
    assert speed.preserve > 0
    assert speed.read > 0
    assert list(tmp_path.iterdir()) == []
    small, large = estimate.estimates({"a": 10**12, "b": 2 * 10**12}, speed)
    assert small.preserve[0] == round(10**12 / speed.preserve)
    assert large.analyse[0] > small.analyse[0]


def test_answers_of_a_file_give_a_sheet_of_facts_that_triage_takes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("what: [takeout]\nnoticed: 2024-06-08T03:30\npeople: 800-1500\nsectors: [pmark]\n")
    done = CliRunner().invoke(
        command, ["--answers", str(tmp_path / "a.yaml"), "--out", str(tmp_path / "out"), "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["schema"] == "kyumei.intake/1"
    stated = sheet.read(tmp_path / "out" / "facts.yaml")
    assert str(stated.holdings[0].get("persons.total")) == "Bounds(low=800, high=1500)"


def test_an_empty_list_says_that_none_of_them_applies_and_no_answer_that_nobody_knows(tmp_path: Path) -> None:
    for text, wanted in (("sectors: []\n", []), ("sectors:\n", None)):
        (tmp_path / "a.yaml").write_text(text)
        done = CliRunner().invoke(command, ["--answers", str(tmp_path / "a.yaml"), "--format", "json"])
        assert json.loads(done.stdout)["facts"].get("org.sectors") == wanted


def test_the_hearing_is_held_question_by_question_and_asks_again() -> None:
    answers = ["2", "yesterday", "2024-06-08"] + [""] * len(QUESTIONS)
    done = CliRunner().invoke(command, ["--format", "json", "--lang", "ja"], input="\n".join(answers))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["answers"]["what"] == ["intrusion"]
    assert found["answers"]["noticed"] == "2024-06-08"
