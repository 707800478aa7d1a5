from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from kyumei.case import affected, byhand
from kyumei.store.query import Store
from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

BY = ("--by", "山田", "--why", "本人の申出")


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("byhand")
    (top / "e").mkdir()
    rows = [f"神宮寺花{n:02d}子,0901234{n:04d},東京都新宿区西新宿{n}-1-1,1990-01-{n:02d}" for n in range(1, 21)]
    text = "\n".join(["氏名,電話番号,住所,生年月日", *rows, rows[0]]) + "\n"
    (top / "e" / "名簿.csv").write_text(text, "utf-8")
    code, _, said = finished(kyumei("triage", top / "e", "--case", top / "case"))
    assert code in (0, 4), said
    return top / "case"


@pytest.fixture
def case(diagnosed: Path, tmp_path: Path) -> Path:
    """Return a case of the test's own: what another test changes in its case leaves no trace here."""
    shutil.copytree(diagnosed, tmp_path / "case")
    return tmp_path / "case"


def listed(case: Path) -> tuple[affected.Persons, pa.Table]:
    import pyarrow as pa

    store = Store.open(case)
    found = affected.persons(store, [], byhand.current(byhand.read(case)))
    store.close()
    return found, pa.concat_tables(affected.batches(case, found, full=True, zone="Asia/Tokyo"))


def change(case: Path, *words: str) -> int:
    code, out, said = finished(kyumei("affected", *words, "--case", case, *BY))
    assert code == 0, said
    return int(out)


@pytest.mark.slow
def test_each_change_shows_on_the_list_and_is_gone_once_undone(case: Path) -> None:
    before, original = listed(case)
    assert before.people == 20
    assert original["records"].to_pylist()[0] == 2

    line = change(case, "remove", "P00000003")
    found, rows = listed(case)
    assert (found.people, 3 in rows["person"].to_pylist()) == (19, False)
    change(case, "undo", str(line))

    line = change(case, "merge", "P00000002", "P00000005")
    found, rows = listed(case)
    assert found.people == 19
    assert dict(zip(rows["person"].to_pylist(), rows["records"].to_pylist(), strict=True))[2] == 2
    change(case, "undo", str(line))

    line = change(case, "split", "P00000001", "P00000021")
    found, rows = listed(case)
    assert found.people == 21
    assert {1, 21} <= set(rows["person"].to_pylist())
    change(case, "undo", str(line))

    line = change(case, "correct", "P00000004", "--field", "id.address", "--value", "大阪府堺市1-1")
    _, rows = listed(case)
    said = dict(zip(rows["person"].to_pylist(), rows["id.address"].to_pylist(), strict=True))
    assert said[4] == "大阪府堺市1-1"
    assert said[5].startswith("東京都")
    change(case, "undo", str(line))
    after, rows = listed(case)
    assert after.people == 20
    assert rows.equals(original)
    assert finished(kyumei("verify", case))[0] == 0
    acts = [json.loads(x) for x in (case / "custody.jsonl").read_text("utf-8").splitlines()]
    assert [a["who"] for a in acts if a["act"] == "affected.changed"] == ["山田"] * 8


@pytest.mark.slow
def test_what_is_not_on_the_list_is_refused(case: Path) -> None:
    for words in (("remove", "P99999999"), ("undo", "99"), ("split", "P00000002", "P00000003")):
        code, _, said = finished(kyumei("affected", *words, "--case", case, *BY))
        assert (code, "hint" in said) == (2, True), said


def test_an_undone_undo_makes_the_change_hold_again() -> None:
    change = byhand.Change("t", "w", "y", "remove", (("t", 1),))
    back, again = byhand.Change("t", "w", "y", "undo", line=1), byhand.Change("t", "w", "y", "undo", line=2)
    assert byhand.current([change, back]) == ()
    assert byhand.current([change, back, again]) == (change,)
    assert byhand.removed([change, back, again]) == 1


@pytest.mark.slow
def test_two_versions_tell_who_was_removed_and_what_was_corrected(case: Path, tmp_path: Path) -> None:
    def made(form: str, *more: str) -> str:
        out = tmp_path / f"list.{form}"
        code, _, said = finished(kyumei("affected", "list", "--case", case, "--out", out, "--format", form, *more))
        assert code == 0, said
        return out.read_text("utf-8-sig") if form != "xlsx" else ""

    assert "神宮寺花07子" not in made("csv")
    change(case, "remove", "P00000007")
    change(case, "correct", "P00000008", "--field", "id.address", "--value", "大阪府堺市1-1")
    rows = [json.loads(line) for line in made("jsonl", "--full").splitlines()]
    assert len(rows) == 19
    assert all(row["載る理由"] and row["ファイル"] for row in rows)
    made("xlsx")
    code, out, said = finished(kyumei("affected", "diff", "1", "2", "--case", case))
    assert code == 0, said
    found = [json.loads(line) for line in out.splitlines()]
    assert sorted((f["what"], f.get("fields")) for f in found) == [("changed", ["id.address"]), ("removed", None)]
    assert all("by hand" in f["because"] for f in found)
    assert finished(kyumei("affected", "diff", "2", "3", "--case", case))[1] == ""
    assert "神宮寺".encode() not in b"".join(p.read_bytes() for p in (case / "affected").iterdir())
