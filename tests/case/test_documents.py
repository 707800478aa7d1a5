from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from kyumei.case import acts, documents
from kyumei.case.make import Wish, make
from kyumei.errors import CustodyBroken, UserError
from kyumei.reports.document import Field
from kyumei.reports.legend import legend
from kyumei.reports.matter import choices, labels
from kyumei.reports.registry import REPORTS
from kyumei.reports.words.lookup import LANGS
from tests.reports import samples

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.reports.words.lookup import Lang

ONE = Wish(("ppc_preliminary",), ("ja",), ("json", "txt"))


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-10T00:00:00+00:00")
    diagnosed(tmp_path, 13949)
    return tmp_path


def diagnosed(case: Path, people: int) -> None:
    diagnosis = samples.missent()
    diagnosis["people"] |= {"low": people, "best": people, "high": people}
    (case / "diagnosis.json").write_text(json.dumps(diagnosis, ensure_ascii=False), "utf-8")


def test_the_same_state_is_the_same_version_with_the_same_bytes(case: Path) -> None:
    first = make(case, ONE, who="a", tell=quiet)
    again = make(case, ONE, who="b", tell=quiet)
    assert first == again
    assert [e.act for e in documents.ledger(case).verify()] == ["documents.made"]


def test_another_day_or_another_entry_begins_the_next_version(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(case, ONE, who="a", tell=quiet)
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-11T00:00:00+00:00")
    assert make(case, ONE, who="a", tell=quiet)["version"] == 2
    path = case / "documents" / "entries.toml"
    path.write_text(path.read_text("utf-8").replace('by = ""', 'by = "国際教育課の職員"', 1), "utf-8")
    assert make(case, ONE, who="a", tell=quiet)["version"] == 3
    assert "国際教育課の職員" in (case / "documents/v0003/ppc_preliminary.ja.txt").read_text("utf-8")


def test_numbers_said_before_are_kept_and_printed(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, people in (("10", 7_600_000), ("11", 22_600_000), ("12", 35_040_000)):
        monkeypatch.setenv("KYUMEI_NOW", f"2024-06-{day}T00:00:00+00:00")
        diagnosed(case, people)
        make(case, ONE, who="a", tell=quiet)
    told = (case / "documents/v0003/ppc_preliminary.ja.txt").read_text("utf-8")
    assert [told.index(f"{n}人") for n in ("7,600,000", "22,600,000", "35,040,000")]
    assert told.rindex("7,600,000人") < told.rindex("22,600,000人") < told.rindex("35,040,000人")


def test_an_entry_nobody_asks_for_is_refused_with_the_fields_named(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    (case / "documents/entries.toml").write_text('[org]\nnmae = "x"\n', "utf-8")
    with pytest.raises(UserError, match=r"nobody asks for org\.nmae"):
        make(case, ONE, who="a", tell=quiet)


def test_a_changed_ledger_of_documents_is_noticed(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    path = case / "documents/ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"who":"a"', b'"who":"b"'))
    with pytest.raises(CustodyBroken):
        make(case, ONE, who="a", tell=quiet)


def test_a_report_that_is_not_known_is_refused(case: Path) -> None:
    with pytest.raises(UserError, match="no report is called poem"):
        make(case, Wish(("poem",)), who="a", tell=quiet)


def test_a_signature_is_bound_to_the_bytes_that_were_signed(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    signed = acts.sign(case, "ppc_preliminary", who="法務部長", note="承認")
    assert [f["path"] for f in signed["files"]] == ["ppc_preliminary.ja.json", "ppc_preliminary.ja.txt"]
    (case / "documents/v0001/ppc_preliminary.ja.txt").write_text("edited", "utf-8")
    with pytest.raises(UserError, match="no longer what was made"):
        acts.sign(case, "ppc_preliminary", who="法務部長", note="")


def test_a_receipt_number_stands_in_the_next_version(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    acts.filed(case, "ppc_preliminary", {"on": "2024-06-10", "receipt": "R-77", "to": "委員会"}, who="a", note="")
    made = make(case, Wish(("public_notice", "ppc_preliminary"), ("ja",), ("txt",)), who="a", tell=quiet)
    assert made["version"] == 2
    assert "受付番号 R-77" in (case / "documents/v0002/public_notice.ja.txt").read_text("utf-8")
    assert "■ 続報" in (case / "documents/v0002/ppc_preliminary.ja.txt").read_text("utf-8")


def test_an_approval_stands_in_the_next_version_and_changes_no_byte_of_its_own(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(case, ONE, who="a", tell=quiet)
    acts.sign(case, "ppc_preliminary", who="法務部長", note="承認")
    before = (case / "documents/v0001/ppc_preliminary.ja.txt").read_bytes()
    assert make(case, ONE, who="a", tell=quiet)["version"] == 1
    assert (case / "documents/v0001/ppc_preliminary.ja.txt").read_bytes() == before
    acts.filed(case, "ppc_preliminary", {"on": "2024-06-10", "receipt": "R-77", "to": "委員会"}, who="b", note="")
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-11T00:00:00+00:00")
    make(case, Wish(("ppc_preliminary", "board_report"), ("ja",), ("txt",)), who="a", tell=quiet)
    told = (case / "documents/v0002/ppc_preliminary.ja.txt").read_text("utf-8")
    assert "2024-06-10\t1\t承認\t法務部長\t承認" in told
    assert "2024-06-10\t1\t提出\tb\t委員会 R-77" in told
    assert "済(受付番号 R-77)" in (case / "documents/v0002/board_report.ja.txt").read_text("utf-8")


def test_what_people_answered_is_printed_with_who_and_when_and_fills_a_blank(case: Path) -> None:
    path = case / "diagnosis.json"
    diagnosis = json.loads(path.read_text("utf-8"))
    given = {"at": "2024-06-09T10:00:00+09:00", "who": "山田花子", "status": "confirmed", "party": "", "dataset": ""}
    diagnosis["facts"] = {
        "answers": [
            given | {"fact": "event.recovered_before_viewing", "value": False, "note": "3校から返信"},
            given | {"fact": "org.sectors", "value": ["pmark"], "note": ""},
            given | {"fact": "t.individuals_notified", "value": "2024-06-09", "note": ""},
        ]
    }
    path.write_text(json.dumps(diagnosis, ensure_ascii=False), "utf-8")
    make(case, Wish(("board_report", "ppc_preliminary"), ("ja", "en"), ("txt", "json")), who="a", tell=quiet)
    board = (case / "documents/v0001/board_report.ja.txt").read_text("utf-8")
    assert "第三者に閲覧される前に全てを回収・削除できたか\tいいえ\t山田花子\t2024-06-09\t3校から返信" in board
    assert "プライバシーマーク付与事業者\t山田花子" in board
    report = (case / "documents/v0001/ppc_preliminary.ja.txt").read_text("utf-8")
    assert "本人に通知した時: 2024-06-09(回答 山田花子、2024-06-09)" in report
    assert "PrivacyMark holder" in (case / "documents/v0001/board_report.en.txt").read_text("utf-8")


def test_a_number_told_to_others_is_kept_even_in_what_goes_out(case: Path) -> None:
    acts.announce(case, "records", (7_600_000, 7_600_000, 20_700_000), (date(2014, 7, 9), "記者会見"), who="a")
    make(case, Wish(("public_notice",), ("ja",), ("txt",)), who="a", tell=quiet)
    told = (case / "documents/v0001/public_notice.ja.txt").read_text("utf-8")
    assert "2014-07-09\t記録の数\t7,600,000件(7,600,000〜20,700,000件)\t記者会見" in told


def test_the_difference_of_two_versions_names_numbers_and_sentences(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(case, ONE, who="a", tell=quiet)
    monkeypatch.setenv("KYUMEI_NOW", "2024-06-11T00:00:00+00:00")
    diagnosed(case, 13950)
    make(case, ONE, who="a", tell=quiet)
    lines = list(acts.difference(case, 1, 2))
    assert lines[0] == "people: 13,949 people → 13,950 people"
    assert "-13,949人" in lines
    assert "+13,950人" in lines
    with pytest.raises(UserError, match="no version 9"):
        list(acts.difference(case, 1, 9))


def test_every_version_is_in_the_ledger_with_the_digest_of_its_manifest(case: Path) -> None:
    make(case, ONE, who="a", tell=quiet)
    entry = documents.ledger(case).verify()[-1]
    assert entry.facts["sha256"] == documents.digest(case / "documents/v0001/version.json")


ANSWERED: Final = {"at": "2024-06-09T10:00:00+09:00", "who": "山田花子", "status": "confirmed", "party": "", "dataset": ""}


def answering(case: Path, **said: object) -> None:
    """Put answers into the diagnosis, as judging anew does."""
    path = case / "diagnosis.json"
    diagnosis = json.loads(path.read_text("utf-8"))
    diagnosis["facts"] = {"answers": [{**ANSWERED, "fact": fact, "value": value, "note": ""} for fact, value in said.items()]}
    path.write_text(json.dumps(diagnosis, ensure_ascii=False), "utf-8")


def told(case: Path, name: str, lang: Lang = "ja") -> dict[str, Any]:
    """Return the fields of one document by key."""
    report = next(report for report in REPORTS.all() if report.name == name)
    (document,) = report.build(documents.state(case).matter(lang))
    return {block.key: block for section in document.sections for block in section.blocks if isinstance(block, Field)}


@pytest.mark.parametrize("name", ["ppc_preliminary", "ppc_final"])
@pytest.mark.parametrize("lang", LANGS)
def test_each_field_of_the_form_is_derived_or_names_the_key_that_fills_it_and_is_filled_by_it(
    case: Path, name: str, lang: Lang
) -> None:
    open_ = {key: field for key, field in told(case, name, lang).items() if field.missing}
    assert open_
    assert [key for key in open_ if key not in labels()] == []
    assert all(key in field.answer[-1].text for key, field in open_.items())
    answering(case, **{key: next(iter(choices(key)), "記入") for key in open_})
    filled = told(case, name, lang)
    assert [key for key, field in filled.items() if field.missing] == []
    assert all(field.answer[0].basis == (f"answer:{key}",) for key, field in filled.items() if key in open_)


def test_an_answer_and_evidence_that_differ_both_stand_there(case: Path) -> None:
    answering(case, **{"ppc.why": "insider", "cause.detail": "担当者の操作による"})
    fields = told(case, "ppc_final")
    assert [name for name, ticked in fields["ppc.why"].options if ticked] == ["従業者不正"]
    assert "誤送付(メールを含む)" in fields["ppc.why"].answer[1].text
    assert fields["cause_detail"].answer[0].text == "担当者の操作による"


def test_when_the_organisation_knew_is_what_was_answered_last(case: Path) -> None:
    answering(case, **{"t.aware": ["2024-06-05", "2024-06-08T09:00+09:00"]})
    assert told(case, "ppc_preliminary")["noticed"].answer[0].text == (
        "2024年6月5日(令和6年6月5日)、2024年6月8日(令和6年6月8日)09:00 +09:00(候補が複数ある)"
    )


def test_what_stands_in_the_file_takes_the_place_of_an_answer(case: Path) -> None:
    documents.entries(case)
    path = case / "documents" / "entries.toml"
    path.write_text('[contact]\nphone = "03-0000-0000"\n[publication]\nstatus = "予定なし"\n', "utf-8")
    answering(case, **{"contact.phone": "03-9999-9999"})
    fields = told(case, "ppc_final", "en")
    assert fields["contact.phone"].answer[0].text == "03-0000-0000"
    assert fields["publication.date"].answer[0].text == "Not applicable."


def test_the_source_of_an_answer_says_who_gave_it_and_when(case: Path) -> None:
    answering(case, **{"contact.phone": "03-9999-9999"})
    matter = documents.state(case).matter("ja")
    (document,) = next(report for report in REPORTS.all() if report.name == "ppc_final").build(matter)
    assert legend(document, matter)["answer:contact.phone"].place.startswith("山田花子の回答(2024-06-09): 問合せ窓口の電話番号")


def test_sentences_of_people_are_closed_before_the_next_one(case: Path) -> None:
    answering(case, **{"cause.detail": "担当者が別のシートを残した", "discovery.story": "別の名簿を作る際に気づいた"})
    make(case, ONE, who="a", tell=quiet)
    text = (case / "documents/v0001/ppc_preliminary.ja.txt").read_text("utf-8")
    assert "担当者が別のシートを残した。原因は誤送信と見ている" in text
    assert "別の名簿を作る際に気づいた\n" in text
