from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
import xlwt

from kyumei.model.source import Source
from kyumei.scope.profile import recognise
from kyumei.scope.tables.spreadsheet import extract_xlsx
from tests.scope.people import CUSTOMERS, STUDENTS, customer, student, workbook

if TYPE_CHECKING:
    from kyumei.scope.tables.registry import Table

Rows = list[tuple[str | None, ...]]


def read(data: bytes) -> list[tuple[Table, list[int], Rows]]:
    found = []
    source = Source.memory(data)
    extractor, _ = recognise(source)
    assert extractor is not None
    for table in extractor.extract(source):
        recs: list[int] = []
        rows: Rows = []
        for batch in table.batches:
            recs += batch.recs.to_pylist()
            rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
        found.append((table, recs, rows))
    return found


def test_hidden_and_very_hidden_sheets_are_read_and_said_to_be_so() -> None:
    sheet = [CUSTOMERS, customer(1), customer(2)]
    data = workbook({"A": sheet, "B": sheet, "C": sheet}, {"B": "hidden", "C": "very hidden"})
    assert [(t.name, t.hidden, rows) for t, _, rows in read(data)] == [
        (name, hidden, [customer(1), customer(2)]) for name, hidden in (("A", ""), ("B", "hidden"), ("C", "very hidden"))
    ]


@pytest.mark.parametrize(("state", "said"), [(0, ""), (1, "hidden"), (2, "very hidden")])
def test_hidden_sheets_of_old_workbooks_are_said_to_be_so(state: int, said: str) -> None:
    book = xlwt.Workbook()
    book.add_sheet("first").write(0, 0, "x")
    sheet = book.add_sheet("名簿")
    sheet.visibility = state
    for n, row in enumerate([STUDENTS, student(1), student(2)]):
        for m, cell in enumerate(row):
            sheet.write(n, m, cell)
    target = io.BytesIO()
    book.save(target)
    table, recs, rows = read(target.getvalue())[-1]
    assert (table.name, table.hidden, recs, rows) == ("名簿", said, [2, 3], [student(1), student(2)])


def test_dates_numbers_and_booleans_are_written_plainly() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("S")
    day = book.add_format({"num_format": "yyyy/m/d"})
    sheet.write_row(0, 0, ["番号", "生年月日", "登録日時", "金額", "有効"])
    sheet.write_number(1, 0, 1001)
    sheet.write_datetime(1, 1, dt.date(1990, 1, 2), day)
    moment = dt.datetime.fromisoformat("2024-05-01 10:30")
    sheet.write_datetime(1, 2, moment, book.add_format({"num_format": "yyyy/m/d h:mm"}))
    sheet.write_number(1, 3, 1.5)
    sheet.write_row(1, 4, [True])
    book.close()
    assert read(target.getvalue())[0][2] == [("1001", "1990-01-02", "2024-05-01 10:30:00", "1.5", "TRUE")]


def test_titles_above_and_notes_below_do_not_move_the_row_numbers() -> None:
    rows = [("2024年度 名簿",), (), ("作成 国際課",), STUDENTS, student(1), (), student(2)]
    table, recs, found = read(workbook({"S": rows}))[0]
    assert table.columns == STUDENTS
    assert (recs, found) == ([5, 7], [student(1), student(2)])


def test_two_tables_one_under_the_other_are_two() -> None:
    rows = [
        STUDENTS,
        student(1),
        student(2),
        (),
        ("お客様番号", "住所"),
        ("7001", "東京都千代田区1-1"),
        ("7002", "東京都港区2-2"),
    ]
    (first, _, _), (second, recs, found) = read(workbook({"S": rows}))
    assert (first.name, second.name, second.columns) == ("S", "S (row 5)", ("お客様番号", "住所"))
    assert recs == [6, 7]
    assert found[1] == ("7002", "東京都港区2-2")


def test_a_damaged_workbook_is_a_fault() -> None:
    data = workbook({"S": [STUDENTS, student(1)]})
    tables = list(extract_xlsx(Source.memory(data[: len(data) // 2])))
    assert [fault.reason for table in tables for fault in table.faults] == ["workbook cannot be opened"]


def test_an_empty_sheet_gives_no_table() -> None:
    assert [t.name for t, _, _ in read(workbook({"leer": [], "S": [STUDENTS, student(1)]}))] == ["S"]
