from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.reports.first_diagnosis import anchor, html
from kyumei.reports.words.lookup import LANGS
from tests.reports import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.reports.words.lookup import Lang

SAMPLES: tuple[Callable[[], dict[str, Any]], ...] = (samples.missent, samples.viewable, samples.nothing)
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.__name__)
BOTH = pytest.mark.parametrize("lang", LANGS)
VOID = {"meta", "br", "col", "path", "rect"}


class Page(HTMLParser):
    """Tags that close in order, identifiers, links, and the text that is read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.read: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for key, value in attrs:
            if key == "id":
                self.ids.append(value or "")
            elif key in {"href", "src", "action", "srcset", "data", "poster"}:
                self.links.append(value or "")
            assert not key.startswith("on")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.read.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.read).split())


@EACH
@BOTH
def test_the_page_is_well_formed_and_every_link_leads_to_a_place_in_it(
    sample: Callable[[], dict[str, Any]], lang: Lang
) -> None:
    page = Page(html(sample(), lang))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert [link for link in page.links if not link.startswith("#") or link[1:] not in page.ids] == []


@EACH
def test_the_page_runs_no_script_and_asks_nobody_for_anything(sample: Callable[[], dict[str, Any]]) -> None:
    text = html(sample(), "ja")
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(Page(text).tags)
    assert not re.search(r"@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", text)


@EACH
@BOTH
def test_the_same_diagnosis_gives_the_same_bytes(sample: Callable[[], dict[str, Any]], lang: Lang) -> None:
    assert html(sample(), lang) == html(sample(), lang)


def test_neither_hash_seed_nor_zone_nor_locale_changes_a_byte() -> None:
    code = (
        "import sys; from kyumei.reports.first_diagnosis import html; from tests.reports.samples import viewable; "
        "sys.stdout.buffer.write(html(viewable(), 'ja').encode())"
    )
    root = Path(__file__).parents[2]
    pages = {
        subprocess.run([sys.executable, "-c", code], cwd=root, env=os.environ | more, capture_output=True, check=True).stdout
        for more in (
            {"PYTHONPATH": f"{root}/src:{root}", "PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C"},
            {"PYTHONPATH": f"{root}/src:{root}", "PYTHONHASHSEED": "2", "TZ": "America/New_York", "LANG": "ja_JP.UTF-8"},
        )
    }
    assert len(pages) == 1


def test_every_finding_stands_there_with_every_citation() -> None:
    diagnosis = samples.missent()
    page = Page(html(diagnosis, "en"))
    for finding in diagnosis["findings"]:
        assert anchor(finding["id"]) in page.ids
        for citation in finding["citations"]:
            assert citation["path"] in page.text
            assert re.search(rf"\b{citation['offset']}\b", page.text)
    assert "ab" * 32 in page.text


def test_what_is_written_in_evidence_stays_text() -> None:
    diagnosis = samples.missent()
    evil = "<script>alert(1)</script>\u202exe.\x1b[31m{{ 7*7 }}\"'&"
    diagnosis["hypotheses"][0]["actors"][0]["account"] = evil
    diagnosis["path"]["nodes"][0]["label"] = evil
    diagnosis["holdings"][0]["party"] = evil
    diagnosis["findings"][0]["citations"][0]["path"] = evil
    diagnosis["obligations"][0]["party"] = evil
    text = html(diagnosis, "ja")
    assert "script" not in Page(text).tags
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "\\u202exe.\\x1b[31m{{ 7*7 }}" in Page(text).text


@given(text=st.text(max_size=30))
@settings(max_examples=25, derandomize=True, deadline=None)
def test_no_name_changes_the_structure_of_the_page(text: str) -> None:
    diagnosis = samples.missent()
    plain = Page(html(diagnosis, "en")).tags
    named = copy.deepcopy(diagnosis)
    named["case"]["name"] = named["hypotheses"][0]["actors"][0]["account"] = named["path"]["nodes"][0]["label"] = f"x{text}"
    assert Page(html(named, "en")).tags == plain


@pytest.mark.parametrize("key", sorted(set(samples.missent()) - {"leak", "schema"}))
@pytest.mark.parametrize("value", [None, "gone"])
def test_whatever_is_missing_is_shown_as_not_known(key: str, value: str | None) -> None:
    diagnosis = samples.missent()
    if value == "gone":
        del diagnosis[key]
    else:
        diagnosis[key] = value
    assert Page(html(diagnosis, "ja")).open == []


@pytest.mark.parametrize(
    ("sample", "words"),
    [(samples.missent, "漏えいを確認"), (samples.viewable, "漏えいのおそれ"), (samples.nothing, "痕跡は確認されていない")],
)
def test_the_verdict_uses_the_word_of_its_status(sample: Callable[[], dict[str, Any]], words: str) -> None:
    page = Page(html(sample(), "ja"))
    others = {"漏えいを確認", "漏えいのおそれ", "漏えいは否定された"} - {words}
    assert words in page.text
    assert not [other for other in others if other in page.text]


def test_people_and_records_carry_their_own_units_and_bounds() -> None:
    page = Page(html(samples.viewable(), "ja"))
    assert "65,100 人" in page.text
    assert "下限 64,000 人・上限 66,200 人" in page.text
    assert "65,100 件" not in page.text


def test_due_dates_are_given_in_both_calendars() -> None:
    text = Page(html(samples.missent(), "ja")).text
    assert "2024-06-11(火) 令和6年6月11日" in text
    assert "2024-07-08(月) 令和6年7月8日" in text


def test_many_data_sets_are_folded_and_all_there() -> None:
    page = Page(html(samples.viewable(), "ja"))
    assert "52 個のまとまりをすべて見る" in page.text
    assert all(f"例ガス{n:02d}" in page.text for n in range(1, 52))


def test_alike_duties_of_many_clients_are_one_row_and_each_start_of_the_clock_its_own() -> None:
    page = Page(html(samples.viewable(), "ja"))
    assert len([i for i in page.ids if i.startswith(anchor("jp.appi.processor_to_client"))]) == 2
    assert "51 者" in page.text


def test_an_undecided_duty_says_which_facts_would_decide_it() -> None:
    page = Page(html(samples.viewable(), "ja"))
    assert "最後の委託元に通知した時刻" in page.text
    assert "第三者に閲覧される前に全てを回収" in page.text


def test_not_found_says_what_was_and_what_was_not_looked_at() -> None:
    page = Page(html(samples.nothing(), "ja"))
    assert "ログイン: 88,412" in page.text
    assert "プロキシのログ(証拠にない)" in page.text
    assert "知った日が与えられていないため、期限は計算できない" in page.text


def test_assumptions_carry_the_word() -> None:
    assert "推定 宛先は組織の外にある。" in Page(html(samples.missent(), "ja")).text
