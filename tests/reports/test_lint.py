from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.reports.first_diagnosis import html
from kyumei.reports.lint import lint, rules
from kyumei.reports.readable import readable
from kyumei.reports.render.pdf import pdf
from kyumei.reports.render.text import text
from kyumei.reports.render.word import docx
from kyumei.reports.words.lookup import LANGS
from tests.reports.matters import NAMES, SAMPLES, documents, matter

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.reports.words.lookup import Lang

PLANTED = (
    ("ja.denied.leak", "お客様の個人データの漏えいはありません。", ""),
    ("ja.denied.leak", "外部への流出の事実は一切ございません。", ""),
    ("ja.denied.done", "カード情報は流出しておりません。", ""),
    ("ja.none.whatever", "機微な情報は一切含まれておりません。", ""),
    ("ja.trace.absent", "不正な操作の形跡はありませんでした。", ""),
    ("ja.absolute", "内部の者の関与は間違いなくありません。", ""),
    ("ja.absolute", "外部からの攻撃と断定しました。", ""),
    ("ja.hundred", "情報は100%守られています。", ""),
    ("ja.complete", "マルウェアは完全に除去しました。", ""),
    ("ja.never.again", "二度とこのような事態を発生させません。", ""),
    ("ja.by.no.means", "パスワードが知られることは決してありません。", ""),
    ("ja.damage.none", "本件による二次被害はありません。", ""),
    ("ja.no.possibility", "悪用の可能性はゼロです。", ""),
    ("ja.reassure", "お客様の情報は守られておりますのでご安心ください。", ""),
    ("ja.no.problem", "サービスへの影響は全くありません。", ""),
    ("ja.minimise", "対象はごく一部のお客様です。", ""),
    ("ja.cause.certain", "原因は委託先の設定誤りです。", ""),
    ("ja.culprit", "元従業員の犯行であることが分かりました。", ""),
    ("ja.blame", "担当者の不注意により発生しました。", ""),
    ("ja.best", "当社は万全の対策を講じておりました。", ""),
    ("ja.records.as.people", "510万件のお客様にご迷惑をおかけしました。", ""),
    ("ja.people.as.records", "13,949名分のレコードが送信されました。", ""),
    ("ja.units.mixed", "対象は13,949件(人)です。", ""),
    ("ja.all.deleted", "誤送信先のデータはすべて削除されました。", ""),
    ("ja.not.published", "ダークウェブ上に公開されておりません。", ""),
    ("ja.encrypted.safe", "データは暗号化されているため安全に保たれています。", ""),
    ("ja.no.duty", "個人情報保護委員会への報告義務はありません。", ""),
    ("ja.all.examined", "すべてのログを調査しました。", ""),
    ("ja.confirmed.too.far", "約416万人の個人データが流出しました。", "suspected"),
    ("ja.trace.ignored", "個人データが漏えいした可能性があります。", "confirmed"),
    ("en.denied.leak", "No personal data was leaked.", ""),
    ("en.denied.leak", "There was no unauthorised access to our systems.", ""),
    ("en.confirmed.none", "We have confirmed that no files left the network.", ""),
    ("en.was.not", "Your data was never accessed.", ""),
    ("en.no.evidence.bare", "There is no evidence of misuse.", ""),
    ("en.absolute", "This proves that the attacker did not reach the database.", ""),
    ("en.hundred", "All systems are 100% restored.", ""),
    ("en.complete", "The malware has been completely removed.", ""),
    ("en.never.again", "We guarantee a safe service.", ""),
    ("en.no.risk", "There is zero risk to customers.", ""),
    ("en.reassure", "Rest assured that we take this seriously.", ""),
    ("en.minimise", "Only a small number of customers are concerned.", ""),
    ("en.cause.certain", "The root cause was phishing.", ""),
    ("en.culprit", "The hacker stole the credentials.", ""),
    ("en.blame", "The employee carelessly attached the wrong file.", ""),
    ("en.best", "We use state-of-the-art protection.", ""),
    ("en.records.people", "13,949 records (people) are concerned.", ""),
    ("en.all.deleted", "All copies have been deleted.", ""),
    ("en.confirmed.too.far", "The leak of 4,160,000 addresses has been confirmed.", "suspected"),
)
CLEAN = (
    "個人データが漏えいしたおそれがあります(漏えいしたことを確認したものではありません)。",
    "調べた範囲では、個人データが漏えいした痕跡は確認されていません。",
    "二次被害は、6月10日現在、確認されていません。",
    "原因は外部からの不正アクセスと見ており、引き続き調査しています。",
    "原因は、調べた証拠からは分かっていない。",
    "対象となる方は13,949人です。記録の数は14,260件です(記録の数であり、人数ではありません)。",
    "誤送信先の3名から、削除したとの回答を受けました。",
    "外部からの攻撃とは断定できません。",
    "お心当たりのない電話にご注意ください。口座番号をお尋ねすることはありません。",
    "In the evidence examined, no trace of a leak of personal data has been found.",
    "Personal data may have leaked (a leak has not been confirmed).",
    "The evidence points to this cause: intrusion from outside (likelihood: high).",
    "Persons concerned, each counted once: 13,949 people. Records concerned: 14,260 records.",
    "Two recipients replied that they deleted the e-mail.",
)


@pytest.mark.parametrize(("rule", "sentence", "status"), PLANTED)
def test_each_planted_overstatement_is_found(rule: str, sentence: str, status: str) -> None:
    assert rule in [issue.rule for issue in lint(sentence, status=status)]


def test_every_rule_has_been_planted() -> None:
    assert {rule.id for rule in rules()} == {rule for rule, _, _ in PLANTED}


@pytest.mark.parametrize("sentence", CLEAN)
@pytest.mark.parametrize("status", ["", "suspected"])
def test_clean_sentences_are_left_alone(sentence: str, status: str) -> None:
    assert lint(sentence, status=status) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_our_own_documents_overstate_nothing(name: str, lang: Lang, sample: str) -> None:
    m = matter(sample, lang)
    for document in documents(name, m)[:3]:
        found = lint(text(document, m).decode(), status=m.status)
        assert [(issue.rule, issue.sentence) for issue in found] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_first_diagnosis_overstates_nothing(lang: Lang, sample: str, tmp_path: Path) -> None:
    diagnosis = SAMPLES[sample]()
    path = tmp_path / "page.html"
    path.write_text(html(diagnosis, lang), "utf-8")
    found = lint(readable(path)[0], status=diagnosis["leak"]["status"])
    assert [(issue.rule, issue.sentence) for issue in found] == []


def test_a_place_is_told_by_its_line() -> None:
    assert [(i.line, i.rule) for i in lint("良い。\n二次被害はありません。")] == [(2, "ja.damage.none")]


def test_an_edited_file_is_read_in_every_format(tmp_path: Path) -> None:
    m = matter("missent", "ja", entries={"damage.detail": "二次被害はありません。"})
    document = documents("public_notice", m)[0]
    for suffix, data in (("txt", text(document, m)), ("docx", docx(document, m)), ("pdf", pdf(document, m))):
        path = tmp_path / f"edited.{suffix}"
        path.write_bytes(data)
        assert "ja.damage.none" in [issue.rule for issue in lint(readable(path)[0])], suffix
