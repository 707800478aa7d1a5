from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.case import affected, byhand
from kyumei.store.query import Store
from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

LETTER = """お客様一覧(抜粋)
氏名:神宮寺 花子 様、電話 090-2345-0001、メール hanako@example.jp
氏名:山田 太郎 様、電話 090-2345-0002
{far}電話 090-2345-0003
氏名:佐藤 一郎 様、電話 090-2345-0099、メール ichiro@example.jp
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("told")
    (top / "e").mkdir()
    rows = [
        "氏名,電話番号,住所",
        "佐藤一郎,090-2345-0099,東京都新宿区西新宿1-1-1",
        "鈴木次郎,090-2345-0098,東京都新宿区西新宿1-1-2",
    ]
    (top / "e" / "名簿.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (top / "e" / "控え.txt").write_text(LETTER.format(far="この間には何もありません。" * 8), "utf-8")
    code, _, said = finished(kyumei("triage", top / "e", "--case", top / "case"))
    assert code in (0, 4), said
    return top / "case"


@pytest.mark.slow
def test_whom_only_a_letter_names_is_on_the_list_with_the_place_and_marked_as_unsure(case: Path) -> None:
    import pyarrow as pa

    store = Store.open(case)
    found = affected.persons(store, [], byhand.current(byhand.read(case)))
    store.close()
    rows = pa.concat_tables(affected.batches(case, found, full=True, zone="Asia/Tokyo")).to_pylist()
    told = [row for row in rows if row["path"].endswith("控え.txt")]
    assert [(row["id.phone"], row["unsure"]) for row in told] == [(f"090-2345-000{n}", "?") for n in (1, 2, 3)]
    assert [row["id.email"] for row in told] == ["hanako@example.jp", "", ""]
    text = LETTER.format(far="この間には何もありません。" * 8).encode()
    assert all(text[row["offset"] :].decode().startswith((row["id.name"] or row["id.phone"])[:2]) for row in told)
    assert len(rows) == found.people == 5


@pytest.mark.slow
def test_a_person_of_a_letter_is_removed_and_back_again_like_any_other(case: Path) -> None:
    store = Store.open(case)
    before = affected.persons(store, [])
    place = before.place(len(before.label) - 1)
    gone = affected.persons(store, [], [byhand.Change("t", "w", "y", "remove", (place,))])
    store.close()
    assert (before.people, gone.people) == (5, 4)
