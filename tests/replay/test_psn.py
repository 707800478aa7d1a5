from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.replay.catalogue import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=["all", "part"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("psn")
    write("psn-2011", folder, seed=5, scale=0.00002, variant=request.param)
    return folder / "evidence", json.loads((folder / "truth.json").read_text("utf-8"))


def _file(evidence: Path, pattern: str) -> str:
    (found,) = evidence.glob(pattern)
    return found.read_text("utf-8")


def test_the_people_of_all_places_are_all_the_people(played: tuple[Path, dict[str, Any]]) -> None:
    _, truth = played
    for part in ("held", "read"):
        assert sum(truth[part]["by_residence"].values()) == truth[part]["people"] <= truth[part]["accounts"]


def test_the_backup_holds_every_account(played: tuple[Path, dict[str, Any]]) -> None:
    evidence, truth = played
    dump = _file(evidence, "db/*/backup/*.sql")
    assert (
        len(re.findall(r"[(,]\((\d+),'[^']+','[^']+@", f",{dump.replace('VALUES (', 'VALUES,(')}")) == truth["held"]["accounts"]
    )


def test_the_statements_of_the_intruder_stand_in_the_general_log(played: tuple[Path, dict[str, Any]]) -> None:
    evidence, truth = played
    log = _file(evidence, "db/*/general.log")
    pages = [line for line in log.splitlines() if "account_id >= " in line]
    assert len(pages) == truth["database"]["statements"]
    assert ("AND country = 'US'" in pages[0]) == (truth["variant"] == "part")


def test_in_the_variant_part_only_people_of_one_country_are_read(played: tuple[Path, dict[str, Any]]) -> None:
    _, truth = played
    abroad = [place for place in truth["read"]["by_residence"] if not place.startswith("US-")]
    assert bool(abroad) == (truth["variant"] == "all")


def test_the_machine_taken_over_says_nothing_in_the_wiped_hours(played: tuple[Path, dict[str, Any]]) -> None:
    evidence, truth = played
    wiped = truth["logs_wiped"]
    for folder in (evidence / "servers").iterdir():
        stamps = [line.split(" ", 1)[0][:19] for line in (folder / "messages").read_text("utf-8").splitlines()]
        inside = [s for s in stamps if wiped["first"][:19] <= s < wiped["last"][:19]]
        assert bool(inside) == (folder.name != wiped["host"])
