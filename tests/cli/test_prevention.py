"""The plan of a case: who took a measure over is kept and sealed, and a re-check looks at another case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.prevention import command
from kyumei.errors import UserError
from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prevention")]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prevention")
    assert finished(kyumei("replay", "sophia-2024", "--out", folder / "replay"))[0] == 0
    code, _, talk = finished(kyumei("triage", folder / "replay" / "evidence", "--case", folder / "case"))
    assert code in (0, 4), talk
    return folder / "case"


def test_a_measure_that_somebody_took_over_is_kept_with_date_and_state_and_is_sealed(case: Path) -> None:
    words = ["set", "mail.hold", "--case", str(case), "--by", "A", "--owner", "B", "--due", "2026-12-31", "--state", "doing"]
    assert CliRunner().invoke(command, words, catch_exceptions=False).exit_code == 0
    listed = json.loads(CliRunner().invoke(command, ["list", "--case", str(case), "--format", "json"]).stdout)
    row = next(row for row in listed if row["id"] == "mail.hold")
    assert (row["owner"], row["due"], row["state"]) == ("B", "2026-12-31", "doing")
    assert finished(kyumei("verify", case))[0] == 0


def test_looking_again_at_the_same_evidence_finds_the_mis_sent_mail_again(case: Path) -> None:
    done = CliRunner().invoke(
        command, ["check", "--case", str(case), "--new", str(case), "--format", "json"], standalone_mode=False
    )
    found = {row["id"]: row for row in json.loads(done.stdout)}
    assert found["mail.hold"]["state"] == "not_met"
    assert found["mail.hold"]["shown_by"]
    assert done.return_value == 5


@pytest.mark.parametrize(("measure", "due"), [("no.such", "2026-12-31"), ("mail.hold", "soon")])
def test_an_unknown_measure_and_a_date_that_is_none_are_refused(case: Path, measure: str, due: str) -> None:
    with pytest.raises(UserError):
        CliRunner().invoke(command, ["set", measure, "--case", str(case), "--by", "A", "--due", due], catch_exceptions=False)
