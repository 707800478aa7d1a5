"""What every extractor promises, checked on every registered one and on samples made here."""

from __future__ import annotations

import json
import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.scope.profile import Out, profile, recognise
from kyumei.scope.tables.registry import EXTRACTORS
from tests.scope.documents.make import docx, ods
from tests.scope.people import CUSTOMERS, csv_text, customer, workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.scope.tables.registry import Extractor

ROWS = [customer(n) for n in range(40)]
ALL = pytest.mark.parametrize("extractor", EXTRACTORS.all(), ids=lambda e: e.name)


@cache
def sample(extractor: str) -> bytes:
    """Return the same forty customers in each format."""
    makers: dict[str, Callable[[], bytes]] = {
        "table.csv": lambda: csv_text(CUSTOMERS, ROWS).encode("cp932"),
        "table.docx": _docx,
        "table.ods": lambda: ods([CUSTOMERS, *ROWS], "顧客"),
        "table.json": lambda: "\n".join(json.dumps(dict(zip(CUSTOMERS, row, strict=True))) for row in ROWS).encode(),
        "table.sqldump": _dump,
        "table.sqlite": _sqlite,
        "table.xls": _xls,
        "table.xlsx": lambda: workbook({"顧客": [CUSTOMERS, *ROWS]}),
    }
    return makers[extractor]()


def _docx() -> bytes:
    cells = ["".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in (CUSTOMERS, *ROWS)]
    return docx("名簿", None, "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>")


def _dump() -> bytes:
    rows = ",".join("('" + "','".join(row) + "')" for row in ROWS)
    return f"-- MySQL dump\nINSERT INTO `customers` (`{'`,`'.join(CUSTOMERS)}`) VALUES {rows};\n".encode()


def _sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        con = sqlite3.connect(path)
        con.execute("create table customers (" + ", ".join(f'"{c}" text' for c in CUSTOMERS) + ")")
        con.executemany("insert into customers values (?, ?, ?, ?, ?)", ROWS)
        con.commit()
        con.close()
        return path.read_bytes()


def _xls() -> bytes:
    import io

    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("顧客")
    for n, row in enumerate([CUSTOMERS, *ROWS]):
        for m, cell in enumerate(row):
            sheet.write(n, m, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@ALL
def test_the_same_customers_come_from_every_format(extractor: Extractor) -> None:
    source = Source.memory(sample(extractor.name), "evidence")
    assert recognise(source)[0] == extractor
    tables = extractor.extract(source)
    table = next(tables)
    assert table.columns == CUSTOMERS
    rows = [row for batch in table.batches for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
    assert rows == ROWS
    assert (table.faults, table.flaws) == ([], [])


@ALL
@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.binary(max_size=2048))
def test_any_bytes_give_records_or_faults_and_never_raise(extractor: Extractor, data: bytes) -> None:
    _used_up(extractor, data)


@ALL
@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.data())
def test_damaged_samples_never_raise(extractor: Extractor, data: st.DataObject) -> None:
    original = bytearray(sample(extractor.name))
    for _ in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    _used_up(extractor, bytes(original[: data.draw(st.integers(0, len(original)))]))


def _used_up(extractor: Extractor, data: bytes) -> None:
    """Extract without the safety net, so that an exception shows; then profile with it."""
    source = Source.memory(data)
    extractor.accepts(source)
    for table in extractor.extract(source):
        for batch in table.batches:
            assert len(batch.columns) == len(table.columns)
            assert {len(column) for column in batch.columns} <= {len(batch.recs)}
    found = profile(source, extractor, Out(lambda _: None, lambda _: None, lambda _: None))
    assert not [fault for fault in found.faults if "failed" in fault.reason]
