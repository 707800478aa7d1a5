from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.detect.sigma.parse import parse_rules
from kyumei.detect.sigma.rule import SECOND, Correlation, Rule
from kyumei.detect.sigma.tree import ANY, DASH, And, Leaf, Not, Or, Text

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.detect.sigma.tree import Node

HEAD = "title: A\nlogsource: {product: windows}\n"


def one(folder: Path, detection: str, **given: object) -> Rule:
    (folder / "a.yml").write_text(HEAD + detection, encoding="utf-8")
    rules, problems = parse_rules([folder / "a.yml"], **given)  # type: ignore[arg-type]
    assert not problems
    assert isinstance(rules[0], Rule)
    return rules[0]


def tree(folder: Path, selection: str) -> Node:
    return one(folder, f"detection:\n  s:\n    {selection}\n  condition: s\n").tree


def reason(folder: Path, text: str) -> str:
    (folder / "a.yml").write_text(text, encoding="utf-8")
    rules, problems = parse_rules([folder])
    assert not rules
    return problems[0].reason


def test_a_rule_keeps_author_licence_and_digest(tmp_path: Path) -> None:
    rule = one(tmp_path, "author: X\nlicense: DRL-1.1\nlevel: high\ndetection: {s: {a: b}, condition: s}\n", pack="p")
    assert (rule.about.author, rule.about.license, rule.level, rule.about.pack) == ("X", "DRL-1.1", "high", "p")
    assert len(rule.about.digest) == 64


def test_a_map_is_and_and_a_list_is_or(tmp_path: Path) -> None:
    a, b, c = (Leaf(f, Text((v,))) for f, v in (("a", "1x"), ("b", "2x"), ("b", "3x")))
    assert tree(tmp_path, "{a: 1x, b: [2x, 3x]}") == And((a, Or((b, c))))


def test_a_single_selection_needs_no_condition(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text(HEAD + "detection: {s: {a: 1x}}", encoding="utf-8")
    (rule,), problems = parse_rules([path])
    assert isinstance(rule, Rule)
    assert (rule.tree, problems) == (Leaf("a", Text(("1x",))), [])


def test_windash_is_one_pattern(tmp_path: Path) -> None:
    assert tree(tmp_path, "{a|contains|windash: ' -enc'}") == Leaf("a", Text((ANY, " ", DASH, "enc", ANY)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", "it is no YAML"),
        ("- 1", "a document is no map"),
        ("title: A\nlogsource: {product: x}", "there is no detection"),
        (HEAD + "detection: {s: {a: b}, t: {a: c}}", "there is no condition"),
        (HEAD + "detection: {s: {a|nothing: b}, condition: s}", "the modifier nothing is not known"),
        (HEAD + "detection: {s: {a|expand: '%x%'}, condition: s}", "placeholder %x%"),
        (HEAD + "detection: {s: {a: b}, condition: t}", "'t' not defined"),
        (HEAD + "detection: {s: {a|re: '('}, condition: s}", "is invalid"),
        (HEAD + "detection: {s: {a: b}, condition: s | near t}", "the old aggregation"),
        ("title: A\ncorrelation: {type: x}", "the correlation type x is not known"),
        ("title: A\ncorrelation: {type: event_count, rules: [a], timespan: 5, condition: {gt: 1}}", "the timespan 5"),
    ],
)
def test_what_is_no_rule_is_named_and_nothing_fails(tmp_path: Path, text: str, why: str) -> None:
    assert why in reason(tmp_path, text)


def test_global_documents_are_merged_into_the_following(tmp_path: Path) -> None:
    text = "action: global\ntitle: G\nlogsource: {product: x}\ndetection: {condition: s}\n---\ndetection: {s: {a: b}}\n"
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    rules, problems = parse_rules([tmp_path])
    assert [r.title for r in rules] == ["G"]
    assert not problems


def test_an_old_count_is_a_rule_and_a_correlation(tmp_path: Path) -> None:
    text = "detection: {s: {a: b}, condition: s | count(User) by Ip >= 5, timeframe: 5m}\n"
    (tmp_path / "a.yml").write_text("id: i\n" + HEAD + text, encoding="utf-8")
    (rule, group), _ = parse_rules([tmp_path])
    assert isinstance(group, Correlation)
    assert (group.kind, group.rules, group.group_by, group.timespan) == ("value_count", (rule.id,), ("Ip",), 300 * SECOND)
    assert (group.id, rule.shown, group.shown) == ("i", False, True)


def test_rules_of_a_correlation_are_hidden_unless_it_generates_them(tmp_path: Path) -> None:
    rule = HEAD + "name: r\ndetection: {s: {a: b}, condition: s}\n---\n"
    group = "title: C\ncorrelation: {type: event_count, rules: [r], timespan: 1h, condition: {gte: 2}, generate: %s}\n"
    for said, shown in (("true", True), ("false", False)):
        (tmp_path / "a.yml").write_text(rule + group % said, encoding="utf-8")
        rules, _ = parse_rules([tmp_path])
        assert rules[0].shown is shown


def test_a_filter_is_added_to_the_rules_it_names(tmp_path: Path) -> None:
    text = "title: F\nlogsource: {product: windows}\nfilter: {rules: any, s: {u: adm}, condition: not s}\n"
    (tmp_path / "f.yml").write_text(text, encoding="utf-8")
    (tmp_path / "a.yml").write_text(HEAD + "detection: {s: {a: b}, condition: s}\n", encoding="utf-8")
    rules, _ = parse_rules([tmp_path])
    assert isinstance(rules[0], Rule)
    assert rules[0].tree == And((Leaf("a", Text(("b",))), Not(Leaf("u", Text(("adm",))))))
