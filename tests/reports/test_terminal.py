from __future__ import annotations

import pytest

from kyumei.reports.terminal import summary
from kyumei.reports.words.lookup import LANGS
from tests.reports import samples

NOW = 1_717_800_000_000_000  # 2024-06-08 07:40 +09:00


def test_the_summary_answers_who_what_when_how_and_what_next() -> None:
    said = summary(samples.missent(), "ja", now=NOW, files=["case/reports/first-diagnosis.ja.html"])
    for words in (
        "漏えいを確認",
        "誤送信 (確からしさ 高)  ほかの仮説 1 件",
        "13,949 人",
        "13,949 件",
        "a@uni-a.example、b@uni-b.example、c@uni-c.example",
        "2024-06-11(火) 令和6年6月11日  残り 3 日 16 時間  [該当] 個人情報保護委員会への報告(速報) (例大学)",
        "削除の完了は確認されていない。",
        "1. 3 宛先に削除を依頼し、書面で確認を得る。 (担当: 国際交流課)",
        "case/reports/first-diagnosis.ja.html",
    ):
        assert words in said


def test_a_deadline_that_is_over_says_by_how_much() -> None:
    said = summary(samples.missent(), "en", now=NOW + 4 * 86_400_000_000)
    assert "2024-06-11 (Tue)  overdue by 0 days 7 hours" in said


def test_control_characters_of_evidence_do_not_reach_the_terminal() -> None:
    diagnosis = samples.missent()
    diagnosis["hypotheses"][0]["actors"][0]["account"] = "x\x1b]0;owned\x07\u202e"
    said = summary(diagnosis, "ja", now=NOW)
    assert "x\\x1b]0;owned\\x07\\u202e" in said
    assert not any(ch in said for ch in "\x1b\x07\u202e")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", sorted(set(samples.missent()) - {"leak", "schema"}))
def test_whatever_is_missing_does_not_break_the_summary(lang: str, key: str) -> None:
    diagnosis = samples.missent()
    del diagnosis[key]
    assert summary(diagnosis, "ja" if lang == "ja" else "en", now=NOW)


def test_nothing_found_lists_what_was_not_looked_at() -> None:
    said = summary(samples.nothing(), "en", now=NOW)
    assert "No trace found" in said
    assert "Not looked at: proxy logs (not in the evidence): 0" in said
