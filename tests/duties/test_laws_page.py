from __future__ import annotations

from pathlib import Path

from tools.laws_page import page

from kyumei.duties.load import shipped

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "laws.md"


def test_page_of_the_laws_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(shipped()), "run: python tools/laws_page.py"


def test_page_names_every_rule_fact_and_source() -> None:
    text = PAGE.read_text("utf-8")
    laws = shipped()
    for name in (*laws.ids(), *laws.facts, *laws.sources):
        assert f"`{name}`" in text
