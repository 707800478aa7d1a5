from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.duties.sheet import parse, read
from kyumei.duties.values import Bounds, Instant, Members
from kyumei.errors import UserError
from kyumei.model.count import Count
from tests.duties.test_facts import holding

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.duties.facts import Facts


def facts(text: str) -> Facts:
    return parse(text).holdings[0]


def test_nested_dotted_and_short_keys_say_the_same() -> None:
    short = facts("{persons: 5, wrongful: true, categories: [id.name], role: own}")
    dotted = facts("{persons.total: 5, event.wrongful_purpose: true, data.categories: [id.name], role: controller}")
    nested = facts("{persons: {total: 5}, event: {wrongful_purpose: true}, data: {categories: [id.name]}, role: own}")
    assert short == dotted == nested


@pytest.mark.parametrize("word", ["null", "unknown", "不明", "{value: true, status: unknown}", "{status: null}"])
def test_unknown_stays_unknown_however_it_is_written(word: str) -> None:
    assert facts(f"event.wrongful_purpose: {word}").get("event.wrongful_purpose") is None


def test_suspected_yes_counts_for_a_duty_and_suspected_no_does_not_count() -> None:
    stated = facts("{wrongful: {value: true, status: suspected}, ransomware: {value: false, status: suspected}}")
    assert stated.get("event.wrongful_purpose") is True
    assert stated.get("event.ransomware") is None
    assert stated.shown().get("event.wrongful_purpose") is None


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("persons: 7", Bounds(7, 7)),
        ("persons: [800, 1500]", Bounds(800, 1500)),
        ("persons: [800, null]", Bounds(800, None)),
        ("persons: {low: 1, best: 2, high: 3}", Bounds(1, 3)),
        ("persons: {value: [1, 2], status: confirmed}", Bounds(1, 2)),
    ],
)
def test_counts_carry_their_bounds(text: str, bounds: Bounds) -> None:
    assert facts(text).get("persons.total") == bounds


def test_status_of_each_category_is_kept() -> None:
    stated = facts("categories: {id.name: confirmed, id.dob: suspected, fin.card_number: unknown, sens.health: ruled_out}")
    assert stated.get("data.categories") == Members(frozenset({"id.name", "id.dob"}), frozenset({"fin.card_number"}))


def test_list_that_is_not_complete_leaves_the_other_categories_open() -> None:
    found = facts("{categories: [id.name], data.categories_complete: false}").get("data.categories")
    assert isinstance(found, Members)
    assert not found.closed


def test_awareness_may_have_candidates_with_reasons() -> None:
    found = parse("aware: [2024-06-26, {at: '2024-07-09T10:00+09:00', reason: {ja: 判明, en: found}}]").awares
    assert found[0].at.whole_day
    assert found[1].at == Instant(datetime.fromisoformat("2024-07-09T10:00+09:00"))
    assert found[1].reason == {"ja": "判明", "en": "found"}


def test_instant_without_offset_is_japanese_time() -> None:
    assert str(parse("aware: 2024-06-07T10:00:00").awares[0].at) == "2024-06-07T10:00:00+09:00"


def test_holdings_share_the_facts_of_the_sheet_and_may_state_their_own() -> None:
    own, entrusted = parse(
        "{wrongful: true, holdings: [{party: A, role: own, persons: 3}, {party: B, role: entrusted, wrongful: false}]}"
    ).holdings
    assert (own.party, own.get("role"), own.get("event.wrongful_purpose")) == ("A", "controller", True)
    assert (entrusted.get("role"), entrusted.get("event.wrongful_purpose")) == ("processor", False)


def test_holding_of_a_diagnosis_can_be_put_in_as_it_is() -> None:
    one = holding("A Gas", Count(5, 6, 7, "exact"), role="entrusted").as_json()
    found = parse(json.dumps({"holdings": [one]})).holdings[0]
    assert (found.party, found.dataset, found.get("role")) == ("A Gas", "members", "processor")
    assert found.get("persons.total") == Bounds(5, 7)
    assert found.get("data.categories") == Members(frozenset({"id.name", "id.dob"}))


def test_clients_are_told_when_each_of_them_is() -> None:
    some = facts("{clients: {A: 1, B: 2}, clients.notified_at: {A: 2024-07-16, B: null}}")
    assert some.get("clients.all_notified") is False
    every = facts("{clients: {A: 1, B: 2}, clients.notified_at: {A: 2024-07-16, B: 2024-07-17}}")
    assert every.get("clients.all_notified") is True
    assert str(every.get("clients.notified_at")) == "2024-07-17"
    assert facts("{clients.notified_at: {A: 2024-07-16}}").get("clients.all_notified") is None


def test_client_names_may_hold_dots() -> None:
    assert facts("clients: {'Gas Co., Ltd.': 4}").entries("persons.by_client") == (("Gas Co., Ltd.", Bounds(4, 4)),)


def test_year_end_follows_from_discovery() -> None:
    assert str(facts("discovered: 2026-05-04").get("t.calendar_year_end")) == "2026-12-31"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("event.statu: confirmed", r"no fact is called event\.statu", "did you mean event.status?"),
        ("person: 4", "no fact is called person", "did you mean persons?"),
        ("categories: [id.nam]", r"data\.categories is id\.nam", "expected: id.name?"),
        ("persons: many", r"persons\.total is many", "whole number"),
        ("persons: [5, 3]", r"persons\.total is \[5, 3\]", "bounds out of order"),
        ("persons: true", r"persons\.total is True", "whole number"),
        ("wrongful: perhaps", "is perhaps", "true, false or unknown"),
        ("role: owner", "role is owner", "controller, processor"),
        ("wrongful: {value: true, status: sure}", "is sure", "confirmed, suspected or unknown"),
        ("categories: {id.name: [1]}", r"is \[1\]", "ruled_out"),
        ("categories: 5", "is 5", "a list"),
        ("residence: {Japan: 5}", "is JAPAN", "ISO 3166"),
        ("discovered: soon", "is soon", "Invalid isoformat"),
        ("aware: soon", "aware is soon", "2024-06-07"),
        ("aware: 2024-02-30", "day is out of range", "valid YAML"),
        ("aware: 0001-01-01", "out of range", "2024-06-07"),
        ("holdings: 4", "holdings must be a list", "party"),
        ("- a", "expected facts", "--help"),
        ("a: [", "facts:", "valid YAML"),
        ("role: own\nrole: own", "facts:2: role stands twice", "keep one"),
        ('{"role": "own", "role": "own"}', "role stands twice", "keep one"),
        ("? [a]\n: 1", "unhashable", "valid YAML"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_hint(text: str, message: str, hint: str) -> None:
    with pytest.raises(UserError, match=message) as wrong:
        parse(text)
    assert hint in wrong.value.hint


def test_json_with_tabs_is_read() -> None:
    assert facts('{\n\t"persons": 5\n}').get("persons.total") == Bounds(5, 5)


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"party: \xff\xfe\x80")
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "latin.yaml")


def test_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("persons: 5", "utf-8-sig")
    assert read(tmp_path / "f.yaml").holdings[0].get("persons.total") == Bounds(5, 5)


@given(st.one_of(st.text(max_size=80), st.text(alphabet="abcinprs.:-[]{}, \n\t01&*'\"?!|>", max_size=60)))
@settings(derandomize=True, max_examples=400, deadline=None)
def test_any_text_is_facts_or_refused(text: str) -> None:
    try:
        found = parse(text).holdings
    except UserError:
        return
    assert len(found) >= 0


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
KEYS = st.sampled_from(["persons", "clients", "event", "data", "aware", "categories", "residence", "role", "holdings", "t"])


@given(st.dictionaries(KEYS, JUNK, max_size=3))
@settings(derandomize=True, max_examples=400, deadline=None)
def test_any_value_of_a_known_key_is_taken_or_refused(stated: dict[str, object]) -> None:
    try:
        parse(json.dumps(stated))
    except UserError as refused:
        assert refused.hint  # noqa: PT017  # the property is that nothing else is raised
