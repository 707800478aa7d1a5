"""The roster's line for an account, by whatever name the evidence has for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.diagnose.view import Person, View
from tests.detect.case import Case

if TYPE_CHECKING:
    from pathlib import Path

LEAVER = Person(
    "CORP\\sato", "佐藤 太郎", left="2024-06-30", mail="taro.sato@corp.example", number="E0142", accounts=("tsato",)
)


def view(tmp_path: Path, *joined: frozenset[str]) -> View:
    spellings = {name: group for group in joined for name in group}
    return View(Case(tmp_path).open(), [], roster=(LEAVER,), spellings=spellings)


def test_a_leaver_is_known_by_every_name_of_the_roster(tmp_path: Path) -> None:
    seen = view(tmp_path)
    for account in ("CORP\\sato", "SATO", "tsato", "taro.sato@corp.example", "e0142"):
        assert seen.person(account) is LEAVER


def test_a_leaver_is_known_by_a_name_that_only_evidence_joins(tmp_path: Path) -> None:
    assert view(tmp_path).person("vpn-0142") is None
    joined = view(tmp_path, frozenset({"vpn-0142", "corp\\sato"}))
    assert joined.person("VPN-0142") is LEAVER
    assert [a.person for a in joined.actors(["vpn-0142"])] == ["佐藤 太郎"]
