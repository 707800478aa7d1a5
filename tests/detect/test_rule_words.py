from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.detect.sigma.packs import OWN, load
from kyumei.detect.sigma.rule import About
from kyumei.detect.sigma.words import explanation, titles, words

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rule_that_says_so_itself_is_told_in_its_own_japanese() -> None:
    about = About("1", "Shares were read", japanese=(("title", "共有が読まれた"), ("description", "共有の一括読み取り。")))
    assert titles(about) == {"ja": "共有が読まれた", "en": "Shares were read"}
    assert explanation(about)["ja"] == "共有の一括読み取り。"


def test_another_rule_is_named_by_the_technique_in_its_tags() -> None:
    about = About("1", "Eventlog Cleared", tags=("attack.defense-evasion", "attack.t1070.001"), falsepositives=("Rollout",))
    assert titles(about)["ja"] == "痕跡の消去: Eventlog Cleared"
    assert "痕跡の消去" in explanation(about)["ja"]
    assert "Rollout" in explanation(about)["ja"]


def test_a_rule_without_tags_keeps_its_title() -> None:
    assert titles(About("1", "Something"))["ja"] == "Something"


def test_an_unknown_technique_falls_back_to_the_tactic() -> None:
    assert titles(About("1", "X", tags=("attack.t9999", "attack.exfiltration")))["ja"] == "情報の持ち出し: X"


def test_every_rule_of_our_own_is_told_in_japanese(tmp_path: Path) -> None:
    rules, problems = load(tmp_path, [OWN])
    shown = [rule for rule in rules if rule.shown]
    assert not problems
    assert all(titles(rule.about)["ja"] == dict(rule.about.japanese)["title"] for rule in shown)
    assert len(words()) > 150
