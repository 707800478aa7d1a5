from __future__ import annotations

import csv
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from kyumei.reports.persons import VALUES, headings, worded, write_csv, write_xlsx
from kyumei.reports.render.sheets import listed
from kyumei.reports.words.lookup import LANGS
from tests.reports.matters import matter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kyumei.reports.words.lookup import Lang

EVIL = ("=cmd|' /C calc'!A0", "+81312345678", "-1+1", "@SUM(A1)", "=1+1", "髙﨑 𠮷\U000e0100", "a\x1b[31m\u202eb\nc")


def part(names: tuple[str, ...] = EVIL) -> pa.Table:
    """Return a part of a list whose names are the given ones."""
    size = len(names)
    columns = {"person": pa.array(range(1, size + 1), pa.int64()), "records": pa.repeat(pa.scalar(1, pa.int64()), size)}
    texts = {"unsure": [""] * size, **{c: [""] * size for c in VALUES}, "id.name": list(names)}
    texts |= {"categories": ["id.name"] * size, "holdings": ["0"] * size}
    texts |= {"evidence": ["E-1"] * size, "path": ["a.csv"] * size, "sheet": [""] * size}
    columns |= {name: pa.array(values, pa.string()) for name, values in texts.items()}
    return pa.table({**columns, "offset": pa.array(range(size), pa.int64())})


def test_no_cell_of_the_csv_is_a_formula_and_every_name_is_there(tmp_path: Path) -> None:
    m = matter("missent", "ja")
    path = tmp_path / "list.csv"
    assert write_csv(path, headings(m), [worded(m, part())]) == len(EVIL)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[0] == headings(m)
    assert [cell for row in rows[1:] for cell in row if cell[:1] in "=+-@=" and cell] == []
    names = [row[4] for row in rows[1:]]
    assert names == [f"'{n}" for n in EVIL[:5]] + ["髙﨑 𠮷\U000e0100", "a\\x1b[31m\\u202eb\\x0ac"]


def test_in_the_workbook_names_stay_as_they_are_and_are_no_formulas(tmp_path: Path) -> None:
    m = matter("missent", "en")
    (path,) = write_xlsx(tmp_path / "list.xlsx", headings(m), [worded(m, part())])
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [row[4] for row in rows[1:]] == [*EVIL[:6], "a\\x1b[31m\\u202eb\\x0ac"]
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("lang", LANGS)
def test_each_person_has_a_reason_that_names_the_data_and_how_far_it_was_reached(lang: Lang) -> None:
    m = matter("missent", lang)
    reason = worded(m, part(("x",)))[headings(m)[1]][0].as_py()
    assert m.listed("holdings")[0]["dataset"] in reason
    assert m.words.term("access", "taken") in reason


def test_a_person_in_two_data_sets_has_both_reasons() -> None:
    m = matter("viewable", "ja")
    one = part(("x",))
    two = one.set_column(one.schema.get_field_index("holdings"), "holdings", pa.array(["0 1"]))
    assert worded(m, two)["載る理由"][0].as_py().count("に記録がある") == 2


@pytest.mark.parametrize(("rows", "files"), [(0, 1), (1, 1), (9, 1), (10, 2), (18, 2), (19, 3)])
def test_a_list_longer_than_a_sheet_goes_on_in_the_next_file(rows: int, files: int, tmp_path: Path) -> None:
    made = listed(tmp_path / "l.xlsx", ["n"], ((n,) for n in range(rows)), most=10)
    assert [p.name for p in made] == ["l.xlsx", "l-2.xlsx", "l-3.xlsx"][:files]
    books = [CalamineWorkbook.from_path(str(p)).get_sheet_by_index(0).to_python() for p in made]
    assert [row[0] for book in books for row in book[1:]] == [float(n) for n in range(rows)]


def wide(size: int) -> Iterator[pa.Table]:
    """Yield a list of many persons with long names, in parts, as a case does."""
    for start in range(0, size, 20_000):
        yield part(tuple(f"{'髙﨑𠮷' * 20} {n:07d}" for n in range(start, min(start + 20_000, size))))


def test_a_hundred_thousand_persons_stream_into_one_sheet_with_the_last_one_whole(tmp_path: Path) -> None:
    m = matter("missent", "ja")
    (path,) = write_xlsx(tmp_path / "list.xlsx", headings(m), (worded(m, p) for p in wide(100_000)))
    rows = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert rows.count(b"<row ") == 100_001
    assert rows.rstrip().endswith(b"</worksheet>")
    assert write_csv(tmp_path / "list.csv", headings(m), (worded(m, p) for p in wide(100_000))) == 100_000
    assert "0099999" in (tmp_path / "list.csv").read_text("utf-8").splitlines()[-1]


@pytest.mark.slow
def test_more_persons_than_a_sheet_holds_go_on_in_a_second_file_and_none_is_lost(tmp_path: Path) -> None:
    size = 1_100_000
    files = listed(tmp_path / "list.xlsx", ["n"], ((n,) for n in range(size)))
    assert [f.name for f in files] == ["list.xlsx", "list-2.xlsx"]
    counts = [zipfile.ZipFile(f).read("xl/worksheets/sheet1.xml").count(b"<row ") for f in files]
    assert counts == [1_048_576, size - 1_048_575 + 1]
