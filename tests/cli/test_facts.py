"""Answers of people: what they change, that they are kept, and that they are sealed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.duties import command as duties
from kyumei.cli.facts import command as facts
from kyumei.cli.report import command as report
from kyumei.errors import UserError
from kyumei.store.query import Store
from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("facts")]


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case that was triaged once, on a replay of little size."""
    folder = tmp_path_factory.mktemp("facts")
    assert finished(kyumei("replay", "sophia-2024", "--out", folder / "replay"))[0] == 0
    aware = (folder / "replay" / "aware.txt").read_text().split()[0]
    evidence = folder / "replay" / "evidence"
    code, _, talk = finished(kyumei("triage", evidence, "--case", folder / "case", "--aware", aware))
    assert code in (0, 4), talk
    return folder / "case"


def run(group: object, *words: str) -> str:
    done = CliRunner().invoke(group, list(words), catch_exceptions=False)  # type: ignore[arg-type]
    assert done.exit_code == 0, done.output
    return done.stdout


def verdicts(case: Path) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in json.loads(run(duties, "--case", str(case)))}


def test_every_question_names_a_fact_that_something_hangs_on(diagnosed: Path) -> None:
    asked = json.loads(run(facts, "questions", "--case", str(diagnosed), "--format", "json"))
    rows = json.loads(run(duties, "--case", str(diagnosed)))
    assert {question["fact"] for question in asked} == {fact for row in rows for fact in row["undecided_by"]}
    assert all(question["decides"] or question["could_free_from"] for question in asked)


def test_an_answer_changes_the_verdict_wherever_the_case_holds_it_and_can_be_withdrawn(diagnosed: Path) -> None:
    before = (diagnosed / "obligations.jsonl").read_bytes()
    assert verdicts(diagnosed)["jp.pmark"] == "undecided"
    said = run(facts, "set", "org.sectors", "[pmark]", "--case", str(diagnosed), "--by", "山田花子", "--note", "総務部")
    assert "プライバシーマーク" in said
    document = json.loads((diagnosed / "diagnosis.json").read_text("utf-8"))
    assert {o["id"]: o["verdict"] for o in document["obligations"]}["jp.pmark"] == "applies"
    assert {a["fact"]: a["who"] for a in document["facts"]["answers"]}["org.sectors"] == "山田花子"
    run(facts, "set", "org.sectors", "unknown", "--case", str(diagnosed), "--by", "山田花子")
    assert (diagnosed / "obligations.jsonl").read_bytes() == before


def test_answers_are_kept_in_order_and_sealed(diagnosed: Path) -> None:
    run(facts, "set", "event.internet_exposed", "false", "--case", str(diagnosed), "--by", "A")
    history = [json.loads(line) for line in run(facts, "list", "--history", "--case", str(diagnosed)).splitlines()]
    assert history[-1]["fact"] == "event.internet_exposed"
    assert history[-1]["who"] == "A"
    assert finished(kyumei("verify", diagnosed))[0] == 0
    kept = (diagnosed / "facts.jsonl").read_bytes()
    (diagnosed / "facts.jsonl").write_bytes(kept.replace(b'"who": "A"', b'"who": "B"'))
    assert finished(kyumei("verify", diagnosed))[0] == 3
    (diagnosed / "facts.jsonl").write_bytes(kept)


@pytest.mark.parametrize(("fact", "value"), [("event.nonsense", "true"), ("org.sectors", "[bakery]"), ("aware", "soon")])
def test_an_answer_that_no_rule_understands_is_refused(diagnosed: Path, fact: str, value: str) -> None:
    with pytest.raises(UserError):
        run(facts, "set", fact, value, "--case", str(diagnosed), "--by", "A")


def test_what_a_document_leaves_blank_is_asked_for_answered_and_stands_in_it_in_both_languages(diagnosed: Path) -> None:
    asked = json.loads(run(facts, "questions", "--documents", "--case", str(diagnosed), "--format", "json"))
    rows = {row["entry"]: row for row in asked}
    assert "ppc_preliminary" in rows["contact.phone"]["documents"]
    assert set(rows["publication.status"]["choices"]) == {"done", "planned", "considered", "none"}
    assert "記録しました" in run(facts, "set", "contact.phone", "03-1234-5678", "--case", str(diagnosed), "--by", "山田花子")
    run(facts, "set", "publication.status", "検討中", "--case", str(diagnosed), "--by", "山田花子")
    run(report, "--case", str(diagnosed), "--only", "ppc_preliminary", "--format", "txt", "--by", "x")
    made = sorted((diagnosed / "documents").glob("v*/ppc_preliminary.*.txt"))[-2:]
    english, japanese = (path.read_text("utf-8") for path in made)
    assert "03-1234-5678" in japanese
    assert "■ 検討中" in japanese
    assert "■ Considered" in english
    left = json.loads(run(facts, "questions", "--documents", "--case", str(diagnosed), "--format", "json"))
    assert {row["entry"] for row in asked} - {row["entry"] for row in left} >= {"contact.phone", "publication.status"}
    assert finished(kyumei("verify", diagnosed))[0] == 0


def test_a_hearing_fills_the_documents_and_replaces_no_answer(diagnosed: Path, tmp_path: Path) -> None:
    heard = tmp_path / "intake.json"
    heard.write_text(json.dumps({"answers": {"noticed_how": "職員が気づいた", "done": ["asked_deletion"]}}), "utf-8")
    first = run(facts, "hearing", str(heard), "--case", str(diagnosed), "--by", "山田花子")
    assert "発見の経緯 = 職員が気づいた" in first
    assert "受信者に削除を依頼した" in first
    assert run(facts, "hearing", str(heard), "--case", str(diagnosed), "--by", "山田花子") == ""
    heard.write_text("[]", "utf-8")
    with pytest.raises(UserError, match="holds no hearing"):
        run(facts, "hearing", str(heard), "--case", str(diagnosed), "--by", "x")


@pytest.mark.parametrize(("entry", "value"), [("publication.status", "maybe"), ("contact.phone", " ")])
def test_an_entry_that_cannot_be_is_refused(diagnosed: Path, entry: str, value: str) -> None:
    with pytest.raises(UserError):
        run(facts, "set", entry, value, "--case", str(diagnosed), "--by", "A")


def test_the_number_in_a_title_is_what_the_tables_hold_and_is_never_called_people(diagnosed: Path) -> None:
    document = json.loads((diagnosed / "diagnosis.json").read_text("utf-8"))
    sent = [f for f in document["findings"] if f["rule"] == "mail.personal_data_out"]
    assert sent
    store = Store.open(diagnosed)
    try:
        for finding in sent:
            tables = finding["facts"]["personal_table_ids"]
            ((held,),) = store.rows("select count(*) from people where list_contains(?, table_id)", tables)
            assert re.findall(r"個人データ ([\d,]+) 件", finding["title"]["ja"]) == [f"{held:,}"]
            assert re.findall(r"with ([\d,]+) records", finding["title"]["en"]) == [f"{held:,}"]
    finally:
        store.close()
    main = next(f for f in sent if f["id"] in document["leak"]["because"])
    (holding,) = document["holdings"]
    assert main["facts"]["records"] == holding["records"]["best"] != holding["people"]["best"]
