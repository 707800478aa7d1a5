"""Writes tables as offices keep them: workbooks with several sheets, and CSV in the encodings of Japanese programs."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Cell = str | int | date | None
State = Literal["visible", "hidden", "very_hidden"]
Encoding = Literal["cp932", "utf-8", "utf-8-sig"]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_KIND: Final = _XLSX
"""MIME type of a workbook."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `heading` is the number of the row (from 0) that holds the column names, in bold; -1 for none."""

    name: str
    rows: Sequence[Sequence[Cell]]
    state: State = "visible"
    heading: int = 0
    date_format: str = "yyyy/m/d"


def workbook(sheets: Sequence[Sheet], created: datetime, author: str) -> bytes:
    """Return an `.xlsx`; the first visible sheet is the one that opens.

    The bytes are fixed by the arguments for one release of zlib: XlsxWriter dates every member 1980-01-01.
    """
    import xlsxwriter  # only replays need it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"author": author, "created": created.replace(tzinfo=None)})
        formats = {"head": book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1})}
        first = next(number for number, sheet in enumerate(sheets) if sheet.state == "visible")
        for number, sheet in enumerate(sheets):
            page = _page(book, sheet, formats)
            if number == first:
                page.activate()
                page.set_first_sheet()
    return out.getvalue()


def table(rows: Iterable[Sequence[object]], encoding: Encoding, delimiter: str = ",") -> bytes:
    """Return a CSV with Windows line ends, quoted only where needed, as spreadsheet programs save it.

    Raises:
        UnicodeEncodeError: a letter is not in the encoding.
    """
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(
        [[_text(cell) for cell in row] for row in rows],
    )
    return text.getvalue().encode(encoding)


def _page(book: Any, sheet: Sheet, formats: dict[str, Any]) -> Any:  # XlsxWriter has no types
    page = book.add_worksheet(sheet.name)
    day = book.add_format({"num_format": sheet.date_format})
    for number, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if number == sheet.heading:
                page.write_string(number, column, _text(cell), formats["head"])
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif isinstance(cell, int):
                page.write_number(number, column, cell)
            elif cell:
                page.write_string(number, column, cell)
    if sheet.heading >= 0 and sheet.rows:
        page.set_column(0, max(len(row) for row in sheet.rows) - 1, 14)
    if sheet.state == "hidden":
        page.hide()
    elif sheet.state == "very_hidden":
        page.very_hidden()
    return page


def _text(cell: object) -> str:
    return "" if cell is None else f"{cell:%Y/%m/%d}" if isinstance(cell, date) else str(cell)
