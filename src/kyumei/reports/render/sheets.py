"""XLSX: a document as sheets, and long lists streamed row by row in bounded memory. No cell is a formula."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports.document import Field, Table, Text
from kyumei.reports.render.laid import answer, cells, laid, options
from kyumei.reports.render.safe import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kyumei.reports.document import Column, Document
    from kyumei.reports.matter import Matter
    from kyumei.reports.render.laid import Printed

ROWS: Final = 1_048_576
"""Rows of a sheet, its header included (ECMA-376; Excel's limit)."""
CELL: Final = 32_767
"""Characters of a cell."""
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001  # XLSX holds no zone


def xlsx(document: Document, matter: Matter) -> bytes:
    """Return the document as a workbook: one sheet of label, answer and basis, and one for each table."""
    printed = laid(document, matter)
    out = io.BytesIO()
    book = _book(out, constant=False)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("document")
    _printing(sheet)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 2, 16)
    for n, row in enumerate(_rows(printed)):
        sheet.set_row(n, _height(row, (34, 90, 16)))
        for column, text in enumerate(row):
            sheet.write_string(n, column, text[:CELL], bold if column == 0 else wrap)
    tables = [block for section in printed.sections() for block in section.blocks if isinstance(block, Table)]
    for n, table in enumerate(tables, 1):
        _sheet(book.add_worksheet(f"table {n}"), table, bold, wrap)
    book.close()
    return out.getvalue()


def listed(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str = "list", most: int = ROWS
) -> list[Path]:
    """Write rows as one workbook, or as several where they are more than a sheet holds; return the files.

    Rows are taken one at a time and not kept. Numbers stay numbers, everything else becomes clean text.

    Args:
        columns: names in the first row.
        rows: any number of them.
        sheet: name of the sheet.
        most: rows of a sheet, its header included.
        path: of the first file; the next ones are `<stem>-2.xlsx` and so on.
    """
    files: list[Path] = []
    left = iter(rows)
    first = next(left, None)
    while first is not None or not files:
        part = path if not files else path.with_name(f"{path.stem}-{len(files) + 1}{path.suffix}")
        files.append(part)
        there = () if first is None else chain((first,), islice(left, most - 2))
        _part(part, columns, there, sheet)
        first = next(left, None)
    return files


def _part(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], sheet: str) -> None:
    """Write one file."""
    book = _book(path, constant=True)
    page = book.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    head = book.add_format({"bold": True})
    for column, name in enumerate(columns):
        page.write_string(0, column, clean(name), head)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _cell(page, at, column, value)
    book.close()


def _cell(page: Any, row: int, column: int, value: object) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        page.write_number(row, column, value)
    elif value not in (None, ""):
        page.write_string(row, column, clean(str(value))[:CELL])


def _book(out: Any, *, constant: bool) -> Any:
    import xlsxwriter

    book = xlsxwriter.Workbook(out if isinstance(out, io.BytesIO) else str(out), {**_OPTIONS, "constant_memory": constant})
    book.set_properties({"created": _MADE, "author": "kyumei"})
    return book


def _printing(page: Any) -> None:
    """Print on A4 across, as wide as one page."""
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _sheet(page: Any, table: Table, bold: Any, wrap: Any) -> None:
    _printing(page)
    page.freeze_panes(1, 0)
    for column, of in enumerate(table.columns):
        page.set_column(column, column, _width(of))
        page.write_string(0, column, clean(of.name), bold)
    widths = [_width(of) for of in table.columns]
    for n, row in enumerate(cells(table), 1):
        page.set_row(n, _height(row, widths))
        for column, text in enumerate(row):
            page.write_string(n, column, text[:CELL], wrap)


def _width(column: Column) -> float:
    return min(60.0, 14 * column.weight + 6)


def _height(row: Sequence[str], widths: Sequence[float]) -> float:
    """Return the height in points that the wrapped text of a row needs; not every program measures it when it opens a file."""
    lines = [
        sum(max(1, ceil(sum(2 if ord(c) > 0x2E80 else 1 for c in line) / (0.92 * width))) for line in text.split("\n"))
        for text, width in zip(row, widths, strict=False)
    ]
    return min(409.0, 14.5 * max(lines, default=1) + 1)


def _rows(printed: Printed) -> Iterator[tuple[str, ...]]:
    document = printed.document
    yield (clean(document.title),)
    yield from ((clean(label), clean(value)) for label, value in document.about)
    yield from ((clean(line),) for _, line in document.top)
    for lead in document.lead:
        yield "", _joined(printed, lead.sentences)
    for section in printed.sections():
        yield (clean(section.title), "", clean(section.rule))
        for block in section.blocks:
            if isinstance(block, Text):
                for sentence in block.sentences:
                    yield "", _joined(printed, (sentence,)), ", ".join(printed.label(b) for b in sentence.basis)
            elif isinstance(block, Field):
                told = " / ".join(part for part in (options(block), _joined(printed, answer(block))) if part)
                yield clean(block.label), told, clean(block.rule)


def _joined(printed: Printed, sentences: Any) -> str:
    return "".join(text for _, text in printed.runs(sentences, cites=False))
