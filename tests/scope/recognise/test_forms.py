"""What the compiled kernels tell of cells is told by the patterns as well, on the right cells and on those one letter off."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.scope.keys import _MAY_BE_NO_RECORD, _NOT_RECORDS
from kyumei.scope.recognise import address, birth, contact, forms, numbers, person
from kyumei.scope.recognise.shapes import full

RIGHT = {
    "mail": ("t.yamada+x@mail-1.example.co.jp", "a@b.cd"),
    "telephone": ("090-1234-5678", "0332111234", "03-3211-1234", "05012345678"),
    "day": ("1985-03-12", "1985/3/1", "2029.12.31"),
    "postal": ("100-0001", "1000001"),
    "number": ("0001234", "7"),
    "municipal": ("千代田区丸の内1-1", "村"),
    "reading": ("ヤマダ タロウ", "やまだ", "ジョー"),
    "name": ("山田 太郎", "佐々木希", "山田　ハナコ"),
}
SLOW = {
    "mail": lambda cells: full(cells, contact.MAIL),
    "telephone": contact._written_otherwise,
    "day": lambda cells: full(cells, birth.DATE),
    "postal": lambda cells: full(cells, r"〒? ?[0-9]{3}-?[0-9]{4}|[A-Z0-9][A-Z0-9 -]{2,9}"),
    "number": numbers._mixed,
    "municipal": address._written_otherwise,
    "reading": lambda cells: full(cells, person.READING),
    "name": person._named_otherwise,
}
LETTERS = st.sampled_from("0159-/.@aZ 　山会社計市ヤーの々ÀΩ😀+")


def told(form: str, cells: list[str]) -> list[bool]:
    tell = getattr(forms, {"mail": "is_mail"}.get(form, f"is_{form}"))
    return [bool(v) for v in tell(pa.array(cells, pa.string())).to_pylist()]


@pytest.mark.parametrize("form", RIGHT)
def test_usual_cells_are_told_without_the_pattern(form: str) -> None:
    assert told(form, list(RIGHT[form])) == [True] * len(RIGHT[form])


@pytest.mark.parametrize("form", RIGHT)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_cell_is_told_that_the_pattern_refuses(form: str, data: st.DataObject) -> None:
    cell = data.draw(st.sampled_from(RIGHT[form]))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(cell)))
        cell = cell[:at] + data.draw(st.text(LETTERS, max_size=2)) + cell[at + data.draw(st.integers(0, 2)) :]
    cells = [cell, data.draw(st.text(LETTERS, max_size=12))]
    slow = [bool(v) for v in SLOW[form](pa.array(cells, pa.string())).to_pylist()]
    assert all(by_pattern or not quick for quick, by_pattern in zip(told(form, cells), slow, strict=True)), cells


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(("合計", "記入例", "Test 1", "ſample", "（例）", "総計:3件", "※注", "Grand Total", "件数", "dummy")),
    st.text(LETTERS, max_size=3),
)
def test_no_note_or_total_begins_with_a_letter_that_is_passed_over(word: str, more: str) -> None:
    cells = pa.array([word, word + more, more + word, more])
    noted = pc.match_substring_regex(cells, _NOT_RECORDS).to_pylist()
    begun = forms.begins(cells, _MAY_BE_NO_RECORD).to_pylist()
    assert all(b or not n for n, b in zip(noted, begun, strict=True))


def test_prefectures_are_found_at_the_beginning_only() -> None:
    words = ("北海道", "東京都", "京都府")
    found = forms.first_word(pa.array(["東京都港区", "京都府", "北海", "", None, "港区東京都"]), words)
    assert found.to_pylist() == [1, 2, None, None, None, None]
