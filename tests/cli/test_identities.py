"""The command that shows who is whom, and the timeline that asks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.case import identities, people
from kyumei.cli.identities import command
from kyumei.cli.timeline import command as timeline
from kyumei.errors import UserError
from tests.detect.case import HOUR, Case, jst

if TYPE_CHECKING:
    from pathlib import Path

NOON = jst("2024-05-16 12:00")
ROSTER = "アカウント,氏名,社員番号,退職日,他アカウント\nCORP\\sato,佐藤 太郎,E0142,2024-06-30,sato@corp.example;tsato\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    made = Case(tmp_path)
    made.add("windows.evtx", "login.succeeded", NOON, account="CORP\\sato", src_ip="10.8.0.5", event_id=4624)
    made.add("cloud.m365_audit", "file.downloaded", NOON + HOUR, account="sato@corp.example", src_ip="198.51.100.9")
    made.add("network.vpn", "session.started", NOON - HOUR, account="tsato", src_ip="198.51.100.7", dst="10.8.0.5")
    made.add("windows.evtx", "login.succeeded", NOON, account="CORP\\mori", src_ip="10.0.1.9", event_id=4624)
    store = made.open()
    identities.build(store, tmp_path, identities.lines(people.roster(ROSTER.encode("cp932"), "roster.csv"), "roster.csv"))
    store.close()
    return tmp_path


def asked(tool: object, *arguments: object) -> str:
    done = CliRunner().invoke(tool, [str(a) for a in arguments], standalone_mode=False)  # type: ignore[arg-type]  # a command
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_a_person_is_found_by_employee_number_with_reasons_and_places(case: Path) -> None:
    said = asked(command, "--case", case, "--who", "e0142", "--lang", "en")
    assert "佐藤 太郎" in said
    assert "left 2024-06-30" in said
    assert "sato@corp.example" in said
    assert "corp\\sato = tsato: roster, one line of the roster names both [roster.csv:1]" in said


def test_the_timeline_of_a_person_has_all_their_accounts_and_nobody_elses(case: Path) -> None:
    rows = [json.loads(row) for row in asked(timeline, "--case", case, "--who", "佐藤 太郎", "--format", "jsonl").splitlines()]
    assert [row["account"] for row in rows] == ["tsato", "CORP\\sato", "sato@corp.example"]


def test_the_timeline_says_whose_session_an_inside_address_was(case: Path) -> None:
    rows = [json.loads(r) for r in asked(timeline, "--case", case, "--holders", "--format", "jsonl").splitlines()]
    assert {row["account"]: row.get("src_was") for row in rows}["CORP\\sato"] == "tsato via 198.51.100.7 (vpn)"


def test_an_address_is_shown_with_its_interval(case: Path) -> None:
    said = asked(command, "--case", case, "--address", "10.8.0.5", "--format", "jsonl")
    assert json.loads(said)["from"] == "2024-05-16T11:00:00+09:00"


def test_an_unknown_name_gets_a_sentence_and_a_hint(case: Path) -> None:
    with pytest.raises(UserError, match="no single identity"):
        asked(timeline, "--case", case, "--who", "nobody")
