"""Separated values: rows and cells are those of Python's csv, and no row is lost behind a stray quote."""

from __future__ import annotations

import csv

from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.readers.flat_csv.records import Layout, records
from kyumei.store.rows import Rows

NAMES = ("a", "b", "c")
PIECES = st.lists(
    st.sampled_from(["x", '"', '""', ",", '","', "\n", '"\n', "名簿", '"a longer text, quoted"', " "]), max_size=40
)


def rows_of(text: str) -> tuple[list[dict[str, str]], Rows]:
    source = Source.memory(("a,b,c\n" + text).encode())
    rows = Rows(source, "x", lambda _: None)
    found: list[dict[str, str]] = []
    for block in records(source, rows, Layout(0, ",", NAMES)):
        cells: list[dict[str, str]] = [{} for _ in range(block.columns.n)]
        for name, column in block.columns.fields.items():
            for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
                cells[row][name] = column.values[code].as_py()
        found += cells
    return found, rows


@settings(max_examples=150, derandomize=True, deadline=None)
@given(pieces=PIECES)
def test_rows_and_cells_are_those_of_the_csv_module(pieces: list[str]) -> None:
    text = "".join(pieces)
    found, rows = rows_of(text)
    lines = [line for line in text.split("\n") if line.strip()]
    names = [*NAMES, *(f"column {n}" for n in range(4, 99))]
    expected = [
        {name: cell.strip() for name, cell in zip(names, row, strict=False) if cell.strip()}
        for row in csv.reader([line + "\n" for line in lines])
    ]
    if not rows.faults:  # a quote that does not close takes what follows with it in the csv module
        assert found == expected


def test_a_quote_inside_a_cell_takes_no_other_row_with_it() -> None:
    found, rows = rows_of('1,a 5" disk,x\n2,a 6" disk,y\n')
    assert ([row["b"] for row in found], rows.faults) == (['a 5" disk', 'a 6" disk'], [])
