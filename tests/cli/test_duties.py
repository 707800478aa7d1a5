from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.duties import command
from kyumei.errors import UserError
from tests.duties.plain import PLAIN

if TYPE_CHECKING:
    from pathlib import Path

SOPHIA = {**PLAIN, "aware": "2024-06-07", "persons": 13949}
del SOPHIA["persons.total"]


def run(*args: str, stdin: str | None = None) -> str:
    result = CliRunner().invoke(command, list(args), input=stdin, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_json_has_every_rule_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    sheet = tmp_path / "facts.json"
    sheet.write_text(json.dumps(SOPHIA), "utf-8")
    found = json.loads(run("--facts", str(sheet)))
    wanted = {"id", "law", "article", "duty", "to", "verdict", "undecided_by", "due", "basis_level"}
    assert all(wanted <= each.keys() for each in found)
    final = next(each for each in found if each["id"] == "jp.appi.ppc.final")
    assert (final["verdict"], final["due"]) == ("applies", "2024-07-08T23:59:59+09:00")
    assert {each["verdict"] for each in found} == {"applies", "undecided", "does_not"}


def test_facts_come_from_standard_input_too() -> None:
    lines = run("--facts", "-", "--format", "jsonl", stdin=json.dumps(SOPHIA)).splitlines()
    assert json.loads(lines[0])["id"] == "jp.appi.ppc.prelim"


def test_several_awareness_candidates_stand_side_by_side() -> None:
    text = run("--facts", "-", "--aware", "2024-06-26", "--aware", "2024-07-09", stdin=json.dumps(SOPHIA))
    due = [each["due"] for each in json.loads(text) if each["id"] == "jp.appi.ppc.prelim"]
    assert due == ["2024-06-30T23:59:59+09:00", "2024-07-13T23:59:59+09:00"]


def test_table_leaves_out_what_does_not_apply_unless_asked() -> None:
    short = run("--facts", "-", "--format", "table", stdin=json.dumps(SOPHIA))
    assert "2024-07-06(土)" in short
    assert "jp.fsa.customer" not in short
    assert "jp.fsa.customer" in run("--facts", "-", "--format", "table", "--all", stdin=json.dumps(SOPHIA))


def test_table_counts_down_to_the_deadline_from_the_instant_given() -> None:
    table = run("--facts", "-", "--format", "table", "--lang", "en", "--now", "2024-06-09T10:00", stdin=json.dumps(SOPHIA))
    assert "2 d 13 h left" in table


def test_list_facts_names_types_values_and_shorthands() -> None:
    lines = run("--list-facts").splitlines()
    assert any(line.startswith("event.status: enum (confirmed|ruled_out|suspected)") for line in lines)
    assert "wrongful = event.wrongful_purpose" in lines


def test_misspelt_fact_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UserError, match=r"no fact is called event\.statu$") as wrong:
        run("--facts", "-", stdin="event.statu: confirmed")
    assert wrong.value.hint == "did you mean event.status?"


HOLDING: dict[str, object] = {
    "party": "学校法人",
    "role": "own",
    "dataset": "list.xlsx",
    "access": "taken",
    "categories": [{"id": "id.name", "status": "confirmed"}],
    "records": {"low": 13949, "best": 13949, "high": 13949},
    "people": {"low": 13949, "best": 13949, "high": 13949, "method": "student number"},
}


def case_of(folder: Path, holdings: list[dict[str, object]]) -> Path:
    facts = {"event.kinds": ["leak"], "event.status": "confirmed", "event.wrongful_purpose": False}
    document = {
        "case": {"aware": ["2024-06-07T09:00:00+09:00"]},
        "holdings": holdings,
        "obligations": [],
        "facts": {"evidence": facts, "stated": {}},
    }
    (folder / "diagnosis.json").write_text(json.dumps(document), "utf-8")
    return folder


def test_case_is_judged_by_what_its_diagnosis_holds_with_a_countdown(tmp_path: Path) -> None:
    case = case_of(tmp_path, [HOLDING])
    found = {row["id"]: row for row in json.loads(run("--case", str(case)))}
    assert found["jp.appi.ppc.final"]["due"] == "2024-07-08T23:59:59+09:00"
    assert "[超過 1日0時間]" in run("--case", str(case), "--format", "table", "--now", "2024-07-10T00:00")


def test_one_report_for_several_data_sets_of_one_party_is_one_row(tmp_path: Path) -> None:
    case = case_of(tmp_path, [HOLDING, {**HOLDING, "dataset": "other.csv"}])
    finals = [row for row in json.loads(run("--case", str(case))) if row["id"] == "jp.appi.ppc.final"]
    assert [row["dataset"] for row in finals] == ["list.xlsx, other.csv"]


def test_calendar_holds_each_due_instant_once_in_universal_time(tmp_path: Path) -> None:
    text = run("--case", str(case_of(tmp_path, [HOLDING])), "--format", "ics", "--now", "2024-06-08T00:00+09:00")
    unfolded = text.replace("\r\n ", "")
    assert "DTEND:20240708T145959Z" in unfolded
    assert unfolded.count("BEGIN:VEVENT") == len({line for line in unfolded.splitlines() if line.startswith("UID:")})


@pytest.mark.parametrize(("now", "code"), [("2024-07-01T00:00", 5), ("2024-06-05T00:00", 0)])
def test_monitoring_fails_when_a_due_instant_is_near_or_past(tmp_path: Path, now: str, code: int) -> None:
    from kyumei.cli.duties import command

    words = ["--case", str(case_of(tmp_path, [HOLDING])), "--now", now, "--fail-within", "48h"]
    assert command.main(words, standalone_mode=False) == code


def filed(case: Path, *words: str, name: str = "ppc_final") -> None:
    from kyumei.case import acts, documents

    state_free = {"version": 1, "files": [{"path": f"{name}.ja.json", "sha256": documents.digest(case / "diagnosis.json")}]}
    top = case / "documents" / "v0001"
    top.mkdir(parents=True, exist_ok=True)
    (top / f"{name}.ja.json").write_bytes((case / "diagnosis.json").read_bytes())
    (top / "version.json").write_text(json.dumps(state_free), "utf-8")
    said = {"on": "2024-07-05", "receipt": "R-77", "to": "委員会", "party": next(iter(words), "")}
    acts.filed(case, name, said, who="法務", note="", duties=words[1:])


def test_a_filed_report_is_done_in_the_table_and_leaves_the_calendar_and_the_watch(tmp_path: Path) -> None:
    from kyumei.cli.duties import command

    case = case_of(tmp_path, [HOLDING])
    near = ["--case", str(case), "--now", "2024-07-07T00:00", "--fail-within", "48h"]
    before = run("--case", str(case), "--format", "ics", "--now", "2024-07-01T00:00").count("BEGIN:VEVENT")
    filed(case)
    rows = {row["id"]: row for row in json.loads(run("--case", str(case)))}
    assert rows["jp.appi.ppc.final"]["done"] == {
        "name": "ppc_final",
        "on": "2024-07-05",
        "receipt": "R-77",
        "to": "委員会",
        "by": "法務",
    }
    assert rows["jp.appi.ppc.prelim"]["done"] is None
    table = run("--case", str(case), "--format", "table", "--now", "2024-07-07T00:00")
    assert "[済] 個人情報保護委員会への報告(確報)" in table
    assert "提出 2024-07-05 → 委員会 受付番号 R-77(法務)" in table
    after = run("--case", str(case), "--format", "ics", "--now", "2024-07-01T00:00").count("BEGIN:VEVENT")
    assert after == before - 1
    assert command.main(near, standalone_mode=False) == 5  # the preliminary report is past and was not filed
    filed(case, name="ppc_preliminary")
    assert command.main(near, standalone_mode=False) == 0


def test_a_filing_for_one_party_does_not_do_the_duty_of_another(tmp_path: Path) -> None:
    case = case_of(tmp_path, [HOLDING, {**HOLDING, "party": "別法人"}])
    filed(case, "学校法人")
    done = {row["party"]: row["done"] is not None for row in _finals(case)}
    assert done == {"学校法人": True, "別法人": False}


def test_a_filing_can_do_one_deadline_of_a_further_rule_and_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    case = case_of(tmp_path, [HOLDING])
    filed(case, "", "jp.pmark:速報")
    row = next(row for row in json.loads(run("--case", str(case))) if row["id"] == "jp.pmark")
    assert [(d["name"], d["done"] is not None) for d in row["deadlines"]][:2] == [("速報", True), ("確報", False)]
    assert row["done"] is None
    with pytest.raises(UserError, match=r"no rule is called jp\.none"):
        filed(case, "", "jp.none")


def _finals(case: Path) -> list[dict[str, object]]:
    return [row for row in json.loads(run("--case", str(case))) if row["id"] == "jp.appi.ppc.final"]


def test_case_without_diagnosis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no diagnosis"):
        run("--case", str(tmp_path))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "either --facts or --case"),
        (("--facts", "-", "--case", "x"), "either --facts or --case"),
        (("--case", "x", "--aware", "2024-06-07"), "--aware goes with --facts"),
        (("--facts", "-", "--aware", "soon"), "aware is soon"),
        (("--facts", "-", "--format", "table", "--now", "soon"), "--now is soon"),
    ],
)
def test_options_that_make_no_sense_are_refused(args: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        run(*args, stdin=json.dumps(SOPHIA))


def test_standard_input_that_is_no_text_is_refused() -> None:
    with pytest.raises(UserError, match="standard input"):
        CliRunner().invoke(command, ["--facts", "-"], input=b"\xff\xfe\x80", catch_exceptions=False)


def test_names_cannot_steer_the_terminal() -> None:
    shown = run("--facts", "-", "--format", "table", stdin=json.dumps({**SOPHIA, "party": "A\u001b[31m\u202eB"}))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_is_due_soonest_stands_first_and_what_is_done_last(tmp_path: Path) -> None:
    case = case_of(tmp_path, [HOLDING])
    titles = [
        line.split("] ")[1] for line in run("--case", str(case), "--format", "table").splitlines() if line.startswith("[該当]")
    ]
    assert [title.split(" — ")[0] for title in titles[:3]] == [
        "個人情報保護委員会への報告(速報)",
        "個人情報保護委員会への報告(確報)",
        "本人への通知",
    ]
    filed(case, name="ppc_preliminary")
    heads = [line for line in run("--case", str(case), "--format", "table").splitlines() if line.startswith(("[済]", "[該当]"))]
    assert heads[-1].startswith("[済] 個人情報保護委員会への報告(速報)")
