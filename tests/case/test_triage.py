from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest

import kyumei.case
from kyumei.case import job
from tests.case.runs import finished
from tests.case.runs import kyumei as run

SCHEMA = json.loads((Path(kyumei.case.__file__).parent / "diagnosis.schema.json").read_text("utf-8"))
PLAIN = "氏名,メールアドレス,電話番号\n" + "".join(f"架空 太郎{n},t{n}@mail.example,03-5555-{n:04d}\n" for n in range(20))


def triage(folder: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    code, out, err = finished(run("triage", folder / "evidence", "--case", folder / "case", "--format", "json", *more))
    return code, json.loads(out) if out else {}, err


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "list.csv").write_text(PLAIN, "utf-8")
    (tmp_path / "evidence" / "empty.log").touch()
    (tmp_path / "evidence" / "picture.bin").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return tmp_path


def test_nothing_found_is_answered_with_what_was_looked_at(evidence: Path) -> None:
    code, said, err = triage(evidence)
    assert code == 0, err
    jsonschema.validate(said, SCHEMA)
    assert said["leak"]["status"] == "not_found"
    assert said["holdings"] == []
    assert said["coverage"]["by_status"] == {"empty": 1, "profiled": 1, "unrecognised": 1}
    assert said["coverage"]["sources_unreadable"][0]["reason"] == "PNG image: nothing here reads it yet"
    assert said["coverage"]["sources_not_read"] == 1
    assert [r["count"] for r in said["coverage"]["not_read_by_reason"]] == [1]
    assert said["coverage"]["not_looked_at"]
    assert said["next_actions"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x1e\x00\x00\x00SCCA" + bytes(90), "Windows prefetch"),
        (b"unit 7 at 09:05:01 did nothing\n" * 5 + b"and so on\n", "log of unknown form"),
        (b"nothing of note\n" * 5, "text of unknown form"),
        ("\ufeffnothing of note\n".encode("utf-16-le"), "text in UTF-16"),
        (b"\x00\x01" * 40, "binary data of unknown form"),
    ],
)
def test_what_nothing_reads_is_named(content: bytes, kind: str) -> None:
    assert job.kind_of(content) == kind


def test_a_second_run_on_the_same_case_changes_nothing(evidence: Path) -> None:
    triage(evidence)
    first = (evidence / "case" / "diagnosis.json").read_bytes()
    triage(evidence)
    assert (evidence / "case" / "diagnosis.json").read_bytes() == first
    assert finished(run("verify", evidence / "case"))[0] == 0


def test_one_changed_byte_in_a_result_is_found(evidence: Path) -> None:
    triage(evidence)
    path = evidence / "case" / "findings.jsonl"
    path.write_bytes(path.read_bytes() + b" ")
    code, out, err = finished(run("verify", evidence / "case"))
    assert code == 3
    assert "findings.jsonl" in out + err


def test_originals_are_left_as_they_are(evidence: Path) -> None:
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_mode) for p in (evidence / "evidence").iterdir()}
    triage(evidence)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns, p.stat().st_mode) for p in (evidence / "evidence").iterdir()} == before


def test_evidence_by_reference_is_answered_alike(evidence: Path) -> None:
    _, copied, _ = triage(evidence)
    (evidence / "case").rename(evidence / "copied")
    _, referred, _ = triage(evidence, "--reference")
    assert referred["coverage"] == copied["coverage"]
    assert not list((evidence / "case" / "evidence").rglob("list.csv"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--aware", "yesterday"), "'yesterday' is not a date or time"),
        (("--zone", "Asia/Tokio"), "'Asia/Tokio' is not a time zone"),
        (("--parties", "nowhere.csv"), "nowhere.csv is not a file"),
    ],
)
def test_wrong_words_get_one_sentence_and_a_hint(evidence: Path, words: tuple[str, ...], told: str) -> None:
    code, _, err = triage(evidence, *words)
    assert code == 2
    assert told in err
    assert "hint:" in err


def test_a_folder_that_is_no_case_is_refused(evidence: Path) -> None:
    (evidence / "case").mkdir()
    (evidence / "case" / "thesis.txt").write_text("mine")
    code, _, err = triage(evidence)
    assert code == 2
    assert "is not empty and holds no case" in err
    assert [p.name for p in (evidence / "case").iterdir()] == ["thesis.txt"]


def test_results_of_a_case_hold_no_name_address_or_number_of_a_table_in_plain_text(evidence: Path) -> None:
    assert triage(evidence)[0] == 0
    texts = [
        str(value)
        for part in (evidence / "case").rglob("*.parquet")
        if "evidence" not in part.relative_to(evidence / "case").parts
        for column in pq.read_table(part).columns
        for value in column.to_pylist()
    ]
    assert texts
    assert [t for t in texts if "架空 太郎" in t or "@mail.example" in t or "03-5555-" in t] == []


def test_persons_of_a_table_that_reads_like_a_log_are_counted_all_the_same(evidence: Path) -> None:
    row = "2024/06/17 09:{:02}:00,架空 花子{:02},h{}@mail.example,変更\n"
    orders = "登録日時,氏名,メールアドレス,処理\n" + "".join(row.format(n, n, n) for n in range(30))
    (evidence / "evidence" / "会員.csv").write_bytes(orders.encode("cp932"))
    code, said, err = triage(evidence)
    assert code == 0, err
    seen = {each["what"]["en"]: each["count"] for each in said["coverage"]["looked_at"]}
    assert seen == {"logs of unknown form (read by guess)": 30, "tables (files and dumps)": 2}
    people = [pq.read_table(part).num_rows for part in (evidence / "case" / "people").rglob("*.parquet")]
    assert sum(people) == 50


def test_an_operation_log_of_unknown_form_is_read_and_named_beside_the_list_of_persons(evidence: Path) -> None:
    header = "日付,時刻,端末名,ログオンユーザー名,操作内容,ファイルパス,移動/コピー先\n"
    row = r"2024/06/17,09:12:{:02},PC-0123,yamada,ファイルコピー,C:\名簿.xlsx,E:\名簿.xlsx" + "\n"
    (evidence / "evidence" / "操作.csv").write_bytes((header + "".join(map(row.format, range(10)))).encode("cp932"))
    code, said, err = triage(evidence)
    assert code == 0, err
    seen = {each["what"]["en"]: each["count"] for each in said["coverage"]["looked_at"]}
    assert seen == {"logs of unknown form (read by guess)": 10, "tables (files and dumps)": 1}
