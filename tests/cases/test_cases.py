from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import kyumei.case
from tests.case.runs import finished
from tests.case.runs import kyumei as run
from tests.cases import checks

SCHEMA = json.loads((Path(kyumei.case.__file__).parent / "diagnosis.schema.json").read_text("utf-8"))


def answered(folder: Path, replay: str, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return truth and diagnosis of a replay."""
    code, out, err = finished(run("replay", replay, "--out", folder / "replay", *words))
    assert code == 0, err
    aware = (folder / "replay" / "aware.txt").read_text("utf-8")
    words = (
        "triage",
        str(folder / "replay" / "evidence"),
        "--case",
        str(folder / "case"),
        "--aware",
        aware,
        "--format",
        "json",
    )
    code, out, err = finished(run(*words))
    assert code in {0, 4}, err
    said = json.loads(out)
    jsonschema.validate(said, SCHEMA)
    return json.loads((folder / "replay" / "truth.json").read_text("utf-8")), said


@pytest.mark.case
@pytest.mark.parametrize("words", [("--seed", "1"), ("--seed", "2", "--scale", "0.1"), ("--seed", "3", "--scale", "0.1")])
def test_sophia_comes_out_right(words: tuple[str, ...], tmp_path: Path) -> None:
    assert list(checks.sophia(*answered(tmp_path, "sophia-2024", *words))) == []


@pytest.mark.case
@pytest.mark.parametrize("variant", ["viewable", "read"])
def test_tges_comes_out_right(variant: str, tmp_path: Path) -> None:
    words = ("--seed", "1", "--variant", variant)
    assert list(checks.tges(*answered(tmp_path, "tges-2024", *words))) == []


@pytest.mark.case
@pytest.mark.parametrize("variant", ["all", "part"])
def test_psn_comes_out_right(variant: str, tmp_path: Path) -> None:
    words = ("--seed", "1", "--scale", "0.00003", "--variant", variant)
    assert list(checks.psn(*answered(tmp_path, "psn-2011", *words))) == []
