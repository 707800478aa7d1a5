from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from kyumei.cli.hunt import command
from tests.hunt.week import week

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
title: Nightly copy
id: 6d7f0c1e-0000-4000-8000-000000000001
status: test
author: Somebody
license: DRL-1.1
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains: mirror}
  condition: selection
level: high
"""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("week")
    for name, data in week().items():
        if name.startswith(("FS01", "DC01")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cache")
    return {"XDG_CACHE_HOME": str(folder), "KYUMEI_RULES": str(folder / "none")}


def hunted(cache: dict[str, str], *words: str | Path) -> tuple[int, list[dict[str, Any]]]:
    run = CliRunner().invoke(command, [*map(str, words), "--format", "jsonl", "-q"], env=cache, standalone_mode=False)
    assert run.exception is None, run.exception
    return run.return_value, [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.slow
def test_a_clean_week_has_no_finding_of_level_medium_with_our_own_rules_and_analytics(
    logs: Path, cache: dict[str, str]
) -> None:
    code, findings = hunted(cache, logs, "--min-level", "medium", "--jobs", "1")
    assert (code, findings) == (0, [])


@pytest.mark.slow
def test_a_rule_from_an_archive_hits_with_author_licence_and_place(logs: Path, cache: dict[str, str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as pack:
        pack.writestr("rules/mirror.yml", RULE)
    words = (logs, "--rules", tmp_path / "pack.zip", "--no-own-rules", "--no-analytics", "--jobs", "1")
    code, (found, *others) = hunted(cache, *words, "--fail-on", "high")
    assert code == 5
    assert (found["author"], found["license"], found["level"]) == ("Somebody", "DRL-1.1", "high")
    assert found["citations"][0]["path"].endswith(".evtx")
    single = hunted(cache, *words, "--ungrouped")[1]
    assert len(single) == found["count"] + sum(other["count"] for other in others)
    assert "Cmdline: " in single[0]["details"]
    assert hunted(cache, *words, "--from", "2024-06-01")[1] == []


@pytest.mark.slow
def test_titles_are_said_in_the_language_asked_for_and_rules_that_do_not_apply_are_told(
    logs: Path, cache: dict[str, str], tmp_path: Path
) -> None:
    tagged = RULE.replace("level: high", "level: high\ntags: [attack.t1005]")
    nowhere = RULE.replace("product: windows, category: process_creation", "product: nobody").replace("0001", "0002")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mirror.yml").write_text(tagged)
    (tmp_path / "rules" / "nowhere.yml").write_text(nowhere)
    words = [logs, "--rules", tmp_path / "rules", "--no-own-rules", "--no-analytics", "--jobs", "1", "--format", "jsonl"]
    told = {}
    for lang in ("ja", "en"):
        given = [*map(str, words), "--lang", lang, "--summary", str(tmp_path / f"{lang}.html")]
        run = CliRunner().invoke(command, given, env=cache, standalone_mode=False)
        assert run.exception is None, run.exception
        told[lang] = {json.loads(line)["title"] for line in run.stdout.splitlines()}
        assert "1 rules not applied" in run.stderr
        assert next(iter(told[lang])) in (tmp_path / f"{lang}.html").read_text("utf-8")
    assert told["en"] == {"Nightly copy"}
    assert told["ja"] != told["en"]
    assert next(iter(told["ja"])).endswith(": Nightly copy")
