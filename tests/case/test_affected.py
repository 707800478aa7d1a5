from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("affected")
    for words in (
        ("replay", "sophia-2024", "--out", top / "r", "--scale", "0.01"),
        ("triage", top / "r" / "evidence", "--case", top / "case", "--aware", "2024-06-07"),
        ("report", "--case", top / "case", "--only", "affected_list,person_notice", "--lang", "ja", "--full"),
    ):
        code, _, said = finished(kyumei(*words))
        assert code in (0, 4), said
    return top / "case"


def rows(case: Path, kind: str) -> list[dict[str, str]]:
    path = case / "documents" / "v0001" / f"affected_list.{kind}.ja.csv"
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


@pytest.mark.slow
def test_the_list_has_one_row_for_each_person_counted(case: Path) -> None:
    people = json.loads((case / "diagnosis.json").read_text("utf-8"))["people"]["best"]
    assert len(rows(case, "masked")) == len(rows(case, "full")) == people
    assert len({r["本人番号"] for r in rows(case, "full")}) == people


@pytest.mark.slow
def test_every_row_leads_to_a_record_in_evidence_with_that_name(case: Path) -> None:
    from kyumei.store.query import Store

    store = Store.open(case)
    known = {r[0] for r in store.rows("select path from sources")}
    assert {r["ファイル"] for r in rows(case, "full")} <= known
    assert all(r["氏名"] and r["載る理由"] for r in rows(case, "full"))


@pytest.mark.slow
def test_the_masked_list_gives_no_name_and_no_day_of_birth_away(case: Path) -> None:
    for full, masked in zip(rows(case, "full"), rows(case, "masked"), strict=True):
        assert full["本人番号"] == masked["本人番号"]
        assert full["氏名"] not in masked["氏名"]
        assert "*" in masked["氏名"]
        assert not full["生年月日"] or full["生年月日"][:4] not in masked["生年月日"]


@pytest.mark.slow
def test_the_sealed_results_still_verify_after_documents_were_made(case: Path) -> None:
    code, out, said = finished(kyumei("verify", case))
    assert code == 0, out + said
    path = case / "documents" / "v0001" / "affected_list.masked.ja.csv"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"P00000001", b"P00000009"))
    code, out, said = finished(kyumei("verify", case))
    path.write_bytes(kept)
    assert code == 3
    assert "affected_list.masked.ja.csv" in out + said


@pytest.mark.slow
def test_the_figures_of_a_version_are_what_the_store_answers(case: Path) -> None:
    from kyumei.scope.count import count
    from kyumei.store.query import Store

    kept = {f["id"]: f for f in json.loads((case / "documents/v0001/version.json").read_text("utf-8"))["figures"]}
    holdings = json.loads((case / "diagnosis.json").read_text("utf-8"))["holdings"]
    store = Store.open(case)
    records, people = count(store, sorted({t for h in holdings for t in h["tables"]}))
    asked = {"people": people, "records": records}
    for unit, number in asked.items():
        assert {k: kept[unit][k] for k in ("low", "best", "high")} == {k: number.as_json()[k] for k in ("low", "best", "high")}
