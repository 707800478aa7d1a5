"""Each correlation type and each property, from the text of the Sigma correlation rules specification 2.0.2 (quoted)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kyumei.detect.sigma.correlate import NO_TIME, correlate
from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.hittable import hit_table, joined, wanted
from kyumei.detect.sigma.parse import parse_rules
from kyumei.detect.sigma.rule import SECOND
from tests.detect.sigma.columns import columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kyumei.detect.sigma.correlate import Group

RULES = "".join(
    f"---\ntitle: {x}\nname: {x}\nlogsource: {{product: windows}}\ndetection: {{s: {{e: {x}}}, condition: s}}\n" for x in "abc"
)
Event = tuple[int, str, dict[str, str]]
"""Seconds, the rule it fires, further fields."""


def groups(folder: Path, correlation: str, events: Sequence[Event], more: str = "") -> list[Group]:
    (folder / "c.yml").write_text(f"title: C\nid: C\ncorrelation:\n{correlation}\n{more}{RULES}", encoding="utf-8")
    rules, problems = parse_rules([folder])
    assert not problems
    batch = columns([{"e": kind, **fields} for _, kind, fields in events])
    ts = np.array([at * SECOND if at >= 0 else NO_TIME for at, _, _ in events], np.int64)
    hits = Engine.build(rules).run(batch, source="windows.evtx")
    table = joined([hit_table(hits, batch, ts, np.arange(len(events)), wanted(rules))])
    found = correlate(rules, table)
    assert not found.problems
    return [group for group in found.groups if group.correlation.id == "C"]


def plain(times: Sequence[int], kind: str = "a", **fields: str) -> list[Event]:
    return [(at, kind, fields) for at in times]


def said(kind: str, condition: str, *, rules: str = "[a]", by: str = "[]", span: str = "10s", more: str = "") -> str:
    return f"  type: {kind}\n  rules: {rules}\n  group-by: {by}\n  timespan: {span}\n  condition: {condition}\n{more}"


def test_event_count_counts_events_in_the_time_frame(tmp_path: Path) -> None:
    """'Counts events occurring in the given time frame specified by the referred Sigma rule or rules.'"""
    (group,) = groups(tmp_path, said("event_count", "{gte: 3}"), plain([0, 5, 10, 100, 105, 300]))
    assert (group.rows, group.first, group.last, group.count, group.value) == ((0, 1, 2), 0, 10 * SECOND, 3, 3.0)


def test_one_attack_is_one_group_however_long(tmp_path: Path) -> None:
    found = groups(tmp_path, said("event_count", "{gte: 3}"), plain(range(0, 4000, 2)))
    assert [(group.count, group.last) for group in found] == [(2000, 3998 * SECOND)]


def test_a_time_frame_is_not_bound_to_the_clock(tmp_path: Path) -> None:
    """'a timespan of 1h only matches if all events appear within a full hour … This could cause false negatives.'"""
    assert len(groups(tmp_path, said("event_count", "{gte: 2}", span="1h"), plain([3590, 3610]))) == 1


def test_groups_count_separately_and_several_fields_are_joined_by_and(tmp_path: Path) -> None:
    """'must count events for each group specified by group-by separately'; 'multiple fields … are linked by an AND'."""
    events = plain([0, 1], u="x", h="1") + plain([2], u="x", h="2") + plain([3], u="y", h="1")
    (group,) = groups(tmp_path, said("event_count", "{gte: 2}", by="[u, h]"), events)
    assert group.key == (("u", "x"), ("h", "1"))


def test_values_are_grouped_without_case(tmp_path: Path) -> None:
    """Rules specification: 'All values are treated as case-insensitive strings.'"""
    events = plain([0], u="Admin") + plain([1], u="ADMIN")
    assert len(groups(tmp_path, said("event_count", "{gte: 2}", by="[u]"), events)) == 1


def test_events_with_none_of_the_group_by_fields_belong_to_no_group(tmp_path: Path) -> None:
    assert groups(tmp_path, said("event_count", "{gte: 2}", by="[u]"), plain([0, 1])) == []


def test_several_rules_are_counted_together(tmp_path: Path) -> None:
    """'by the referred Sigma rule or rules'."""
    (group,) = groups(tmp_path, said("event_count", "{gte: 2}", rules="[a, b]"), plain([0]) + plain([1], "b"))
    assert group.count == 2


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ("{gt: 2}", [3, 4]),  # 'The count must be greater than the given value'
        ("{gte: 3}", [3, 4]),  # 'greater than or equal'
        ("{lt: 2}", [1]),  # 'lesser than'
        ("{lte: 2}", [1, 2]),  # 'lesser than or equal'
        ("{eq: 3}", [3]),  # 'equal the given value'
        ("{neq: 3}", [1, 2, 4]),
        ("{gt: 1, lte: 3}", [2, 3]),  # 'To define a range, you can use the conjunction AND in the mapping.'
    ],
)
def test_conditions_compare_the_fullest_window(tmp_path: Path, condition: str, counts: list[int]) -> None:
    events = [event for n in (1, 2, 3, 4) for event in plain(range(n * 1000, n * 1000 + n))]
    assert [group.count for group in groups(tmp_path, said("event_count", condition), events)] == counts


def test_value_count_counts_different_values(tmp_path: Path) -> None:
    """'it defines the count of distinct values contained in the field specified in the mandatory field attribute'."""
    events = [(0, "a", {"u": "x"}), (1, "a", {"u": "X"}), (2, "a", {"u": "y"}), (50, "a", {"u": "z"}), (51, "a", {"u": "z"})]
    (group,) = groups(tmp_path, said("value_count", "{gte: 2, field: u}"), events)
    assert (group.rows, group.value) == ((0, 1, 2), 2.0)


def test_value_count_takes_several_fields_together(tmp_path: Path) -> None:
    """JSON schema of correlations: field is 'Name of the field(s) to count values', a text or a list."""
    events = [(0, "a", {"u": "x", "h": "1"}), (1, "a", {"u": "x", "h": "2"}), (2, "a", {"u": "x", "h": "2"})]
    assert len(groups(tmp_path, said("value_count", "{eq: 2, field: [u, h]}"), events)) == 1


@pytest.mark.parametrize(
    ("kind", "condition", "rows"),
    [
        ("value_sum", "{gte: 60, field: n}", (0, 1, 2)),
        ("value_sum", "{gte: 61, field: n}", None),
        ("value_avg", "{gt: 19, field: n}", (0, 1, 2)),
        ("value_avg", "{gt: 21, field: n}", None),
        ("value_median", "{eq: 20, field: n}", (0, 1, 2)),
        ("value_percentile", "{gte: 29, field: n, percentile: 95}", (0, 1, 2)),
        ("value_percentile", "{gte: 29, field: n, percentile: 90}", None),
    ],
)
def test_metrics_are_those_of_a_window(tmp_path: Path, kind: str, condition: str, rows: tuple[int, ...] | None) -> None:
    """Types that pySigma 2 knows beside the specification's four: sum, average, percentile and median of a field."""
    events = [(at, "a", {"n": n}) for at, n in ((0, "10"), (1, "20"), (2, "0x1e"), (900, "7"), (901, "no number"))]
    found = groups(tmp_path, said(kind, condition), events)
    assert [group.rows for group in found] == ([rows] if rows else [])


def test_temporal_needs_all_rules_in_any_order(tmp_path: Path) -> None:
    """'All events defined by the rules referred by the rule field must occur in the time frame defined by timespan.'"""
    events = [*plain([0], "c"), *plain([4], "a"), *plain([9], "b"), *plain([100], "a"), *plain([111], "b"), *plain([112], "c")]
    found = groups(tmp_path, said("temporal", "", rules="[a, b, c]"), events[:3])
    assert [group.rows for group in found] == [(0, 1, 2)]
    assert groups(tmp_path, said("temporal", "", rules="[a, b, c]"), events[3:]) == []


def test_temporal_may_ask_for_fewer_rules(tmp_path: Path) -> None:
    """'it specified the count of different event types (Sigma rules matching) in the given time frame'."""
    events = plain([0]) + plain([1], "b")
    assert len(groups(tmp_path, said("temporal", "{gte: 2}", rules="[a, b, c]"), events)) == 1


@pytest.mark.parametrize(("order", "many"), [("abc", 1), ("acb", 0), ("bac", 0), ("aabcc", 1), ("cabbc", 1)])
def test_temporal_ordered_needs_the_order_of_the_rules(tmp_path: Path, order: str, many: int) -> None:
    """'requires in addition that the events appear in the order provided in the rule attribute'."""
    events: list[Event] = [(n, kind, {}) for n, kind in enumerate(order)]
    assert len(groups(tmp_path, said("temporal_ordered", "", rules="[a, b, c]"), events)) == many


def test_temporal_ordered_must_fit_into_the_timespan(tmp_path: Path) -> None:
    events = [*plain([0]), *plain([20], "b"), *plain([25]), *plain([30], "b")]
    (group,) = groups(tmp_path, said("temporal_ordered", "", rules="[a, b]"), events)
    assert group.rows == (2, 3)


@pytest.mark.parametrize(
    ("expression", "kinds", "many"),
    [
        ("a and (b or c)", "ac", 1),
        ("a and (b or c)", "a", 0),
        ("a AND NOT b", "a", 1),
        ("a and not b", "ab", 0),
        ("a and not b", "ba", 0),
    ],
)
def test_extended_conditions_are_expressions_over_rules(tmp_path: Path, expression: str, kinds: str, many: int) -> None:
    """The specification's own example of a temporal condition: `recon_cmd_a AND recon_cmd_b AND recon_cmd_c`."""
    events: list[Event] = [(n, kind, {}) for n, kind in enumerate(kinds)]
    assert len(groups(tmp_path, said("temporal", expression, rules="[a, b, c]"), events)) == many


def test_aliases_join_fields_of_different_names(tmp_path: Path) -> None:
    """'defines an alias for different field names in events matched by different Sigma rules'."""
    aliases = "  aliases:\n    ip: {a: src, b: dst}\n"
    rule = said("temporal", "", rules="[a, b]", by="[ip]", more=aliases)
    events = [(0, "a", {"src": "1", "dst": "9"}), (1, "b", {"src": "9", "dst": "1"}), (2, "b", {"src": "1", "dst": "2"})]
    (group,) = groups(tmp_path, rule, events)
    assert (group.key, group.rows) == ((("ip", "1"),), (0, 1))


def test_correlations_refer_to_correlations(tmp_path: Path) -> None:
    """'many failed logins … are followed by a successful login'; the outer one 'only uses its own group-by'."""
    inner = "---\ntitle: M\nname: many\ncorrelation:\n" + said("event_count", "{gte: 3}", by="[h, u]")
    rule = said("temporal_ordered", "", rules="[many, b]", by="[u]")
    good = [*plain([0, 1, 2], u="x", h="1"), (3, "b", {"u": "x", "h": "2"})]
    (group,) = groups(tmp_path, rule, good, inner)
    assert (group.rows, group.count) == ((0, 1, 2, 3), 4)
    assert groups(tmp_path, rule, [*good[:2], good[3]], inner) == []
    assert groups(tmp_path, rule, [(0, "b", {"u": "x", "h": "2"}), *good[:3]], inner) == []


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    events = plain([10, 5, 0, 7], u="x") + plain([3, 1, 2], u="y")
    rule = said("event_count", "{gte: 3}", by="[u]")
    once = [(g.key, g.first, g.last, g.count) for g in groups(tmp_path, rule, events)]
    assert once == [(g.key, g.first, g.last, g.count) for g in groups(tmp_path, rule, events[::-1])]
    assert len(once) == 2


def test_events_without_a_time_are_left_out_and_counted(tmp_path: Path) -> None:
    found = groups(tmp_path, said("event_count", "{gte: 2}"), plain([-1, -1, 5]))
    assert found == []


def test_old_counts_without_a_time_frame_take_all_of_time(tmp_path: Path) -> None:
    text = "title: C\nid: C\nlogsource: {product: windows}\ndetection: {s: {e: a}, condition: s | count() > 2}\n"
    (tmp_path / "old.yml").write_text(text, encoding="utf-8")
    rules, _ = parse_rules([tmp_path / "old.yml"])
    batch = columns([{"e": "a"}] * 3)
    hits = Engine.build(rules).run(batch, source="windows.evtx")
    ts = np.array([0, NO_TIME, 10**15], np.int64)
    (group,) = correlate(rules, hit_table(hits, batch, ts, np.arange(3), wanted(rules))).groups
    assert (group.count, group.first, group.last) == (3, 0, 10**15)


def test_a_missing_rule_is_a_problem_and_not_silence(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text("title: C\ncorrelation:\n" + said("event_count", "{gte: 1}"), encoding="utf-8")
    rules, _ = parse_rules([tmp_path])
    (problem,) = correlate(rules, joined([])).problems
    assert problem.reason == "the rule a is not among the rules"
