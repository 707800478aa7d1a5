"""The command that learns names: learn, show, measure, use, forget."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kyumei.cli.categories import command as categories
from kyumei.cli.names import command
from kyumei.errors import UserError
from tests.scope.test_tagger import taught

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pycrfsuite")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYUMEI_NAMES", str(tmp_path / "home"))
    monkeypatch.setenv("KYUMEI_NOW", "2026-01-02T03:04:05Z")


def asked(tool: Any, *arguments: object) -> str:
    done = CliRunner().invoke(tool, [str(a) for a in arguments], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_what_was_learned_is_shown_used_and_forgotten(tmp_path: Path) -> None:
    card = json.loads(asked(command, "learn", taught(tmp_path), "--format", "json"))
    assert card["learned"] == "2026-01-02T03:04:05+00:00"
    assert card["model"] in asked(command, "show")
    text = tmp_path / "memo.txt"
    text.write_text("社長の中村美咲氏が述べた。\n", "utf-8")
    said = json.loads(asked(categories, "--names", text))
    assert said["names"]["model"] == card["model"]
    assert [hit["rule"] for hit in said["files"][0]["hits"]] == ["name.learned"]
    asked(command, "forget")
    assert json.loads(asked(categories, "--names", text))["names"] == {"by": "rules"}


def test_a_file_that_was_learned_from_is_no_measure(tmp_path: Path) -> None:
    path = taught(tmp_path)
    asked(command, "learn", path)
    with pytest.raises(UserError, match="learned from"):
        asked(command, "measure", path)
    other = tmp_path / "other.bio"
    other.write_text("社長\tO\nの\tO\n中村\tB-PERSON\n美咲\tI-PERSON\n氏\tO\nが\tO\n述べ\tO\nた\tO\n。\tO\n", "utf-8")
    assert json.loads(asked(command, "measure", other, "--format", "json"))["f1"] == 1.0
