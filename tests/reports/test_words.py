from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from kyumei.model.categories import CATEGORIES
from kyumei.model.hypothesis import Cause
from kyumei.reports.words import shown
from kyumei.reports.words.lookup import LANGS, Words, table

if TYPE_CHECKING:
    from kyumei.reports.words.lookup import Lang

JA, EN = table("ja"), table("en")


def test_both_languages_have_the_same_words_and_the_same_places_in_them() -> None:
    assert {g: sorted(words) for g, words in JA.items()} == {g: sorted(words) for g, words in EN.items()}
    for group, words in JA.items():
        for key, word in words.items():
            assert word, key
            assert sorted(re.findall(r"\{\w+\}", word)) == sorted(re.findall(r"\{\w+\}", EN[group][key])), key


def test_english_is_english_and_japanese_is_japanese() -> None:
    japanese = re.compile("[ぁ-んァ-ヶ一-龠]")
    assert [w for group, words in EN.items() if group != "fact" for w in words.values() if japanese.search(w)] == []
    assert [k for k, w in JA["status"].items() if not japanese.search(w)] == []


def test_closed_lists_are_named_in_full() -> None:
    for lang in LANGS:
        assert {c.value for c in Cause} == set(table(lang)["cause"])
        assert set(table(lang)["access"]) == {"taken", "accessed", "exposed"}
    assert all(CATEGORIES)


@pytest.mark.parametrize("lang", LANGS)
def test_facts_are_called_what_the_law_files_call_them(lang: Lang) -> None:
    laws = Path(__file__).parents[2] / "src" / "kyumei" / "duties" / "laws" / "facts.yaml"
    facts = yaml.safe_load(laws.read_text("utf-8"))["facts"]
    assert dict(table(lang)["fact"]) == {fact: said["label"][lang] for fact, said in facts.items()}


@pytest.mark.parametrize(
    ("way", "said"),
    [("vpn", "VPN"), ("vpn.stolen_credentials", "VPN (盗まれた認証情報)"), ("carrier pigeon", "carrier pigeon")],
)
def test_ways_are_named_and_unknown_ones_kept(way: str, said: str) -> None:
    assert Words("ja").way(way) == said


def test_records_and_people_have_different_units() -> None:
    for lang in LANGS:
        assert shown.best({"best": 5}, "people", Words(lang)) != shown.best({"best": 5}, "records", Words(lang))


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("2024-06-11T23:59:59+09:00", "令和6年6月11日"),
        ("2019-05-01T00:00:00+09:00", "令和元年5月1日"),
        ("2019-04-30T23:59:59+09:00", "平成31年4月30日"),
        ("2011-04-20T12:00:00+09:00", "平成23年4月20日"),
        ("1989-01-07T12:00:00+09:00", "昭和64年1月7日"),
        ("2019-04-30T15:00:00Z", "令和元年5月1日"),
    ],
)
def test_days_are_given_in_japanese_years_too(text: str, era: str) -> None:
    assert shown.era(text, "Asia/Tokyo", Words("ja")) == era


def test_a_day_names_the_hour_only_where_it_is_not_the_days_last() -> None:
    words = Words("ja")
    assert shown.day("2024-06-11T23:59:59+09:00", "Asia/Tokyo", words) == "2024-06-11(火)"
    assert shown.day("2024-06-10T01:00:00+09:00", "Asia/Tokyo", words) == "2024-06-10(月) 01:00 +09:00"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2024-05-16T14:02:11+09:00", "2024-05-16T05:02:40Z", "2024-05-16 14:02 +09:00"),
        ("2024-05-16T14:02:11+09:00", "2024-05-16T15:00:00+09:00", "2024-05-16 14:02 – 15:00 +09:00"),
        ("2024-05-16T14:02:11+09:00", "2024-05-17T15:00:00+09:00", "2024-05-16 14:02 – 2024-05-17 15:00 +09:00"),
        ("2024-05-16T14:02:11+09:00", None, "2024-05-16 14:02 +09:00 – 継続または不明"),
        (None, None, "不明"),
    ],
)
def test_a_span_is_as_short_as_it_can_be(first: str, last: str | None, said: str) -> None:
    assert shown.span(first, last, "Asia/Tokyo", Words("ja")) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (812_000_000_000, "812 GB"), (None, "")]
)
def test_sizes_are_in_units_people_read(value: int | None, said: str) -> None:
    assert shown.size(value) == said


def test_what_is_no_time_is_shown_as_it_is() -> None:
    assert shown.time("soon", "Asia/Tokyo") == "soon"
    assert shown.moment(datetime(2024, 1, 1, tzinfo=UTC).isoformat(), "UTC") == datetime(2024, 1, 1, tzinfo=UTC)
