from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from kyumei.case import acts, documents
from kyumei.case.make import Wish, make
from kyumei.errors import CustodyBroken, UserError
from tests.reports import samples

if TYPE_CHECKING:
    from pathlib import Path

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
