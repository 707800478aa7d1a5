"""Excel workbooks: `table.xlsx` (OOXML and binary) and `table.xls` (BIFF), by python-calamine.

Every sheet is read, hidden and very hidden ones too. A record's place is its row number, as Excel shows it. Cells are the
values, not their display: dates in ISO 8601, whole numbers without a decimal point, formulas as last computed. A sheet that
holds several tables one under the other gives several: a header after a blank row begins a new one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.fault import Fault
from kyumei.model.source import CERTAIN
from kyumei.scope.tables.header import find_header, is_header, named
from kyumei.scope.tables.registry import Batch, Table, extractor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from kyumei.model.source import Source

    Row = list[str | None]
    Hidden = Literal["", "hidden", "very hidden"]

BATCH_ROWS: Final = 16_384
_HIDDEN: Final[dict[str, Hidden]] = {"Hidden": "hidden", "VeryHidden": "very hidden"}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def accepts_xlsx(source: Source) -> int:
    """Return `CERTAIN` for a ZIP with a workbook's parts, or a workbook encrypted in an OLE container."""
    if source.head.startswith(_OLE):
        return CERTAIN if "EncryptedPackage".encode("utf-16-le") in _directory(source) else 0
    if not source.head.startswith(b"PK\x03\x04"):
        return 0
    return CERTAIN if b"xl/workbook" in source.head or b"xl/workbook" in _tail(source) else 0


def accepts_xls(source: Source) -> int:
    """Return `CERTAIN` for an OLE container with a Workbook or Book stream."""
    if not source.head.startswith(_OLE):
        return 0
    names = _directory(source)
    return CERTAIN if any(f"{n}\0".encode("utf-16-le") in names for n in ("Workbook", "Book")) else 0


@extractor("table.xlsx", accepts=accepts_xlsx, title="Excel workbook", spec="ECMA-376 part 1, 18 (SpreadsheetML)")
def extract_xlsx(source: Source) -> Iterator[Table]:
    """Yield the tables of every sheet."""
    yield from workbook(source)


@extractor("table.xls", accepts=accepts_xls, title="Excel 97-2003 workbook", spec="MS-XLS")
def extract_xls(source: Source) -> Iterator[Table]:
    """Yield the tables of every sheet."""
    yield from workbook(source)


def workbook(source: Source) -> Iterator[Table]:
    """Yield the tables of every sheet of a workbook that calamine opens."""
    import python_calamine as calamine

    with source.open() as stream:
        try:
            book = calamine.CalamineWorkbook.from_filelike(stream)
        except calamine.PasswordError:
            yield _unreadable(source, "", "workbook is encrypted")
            return
        except BaseException as bad:  # noqa: BLE001  # see _refused
            yield _unreadable(source, "", _refused(bad, "workbook cannot be opened"))
            return
        for sheet in book.sheets_metadata:
            yield from _sheet(source, book, sheet.name, _HIDDEN.get(str(sheet.visible).rsplit(".", 1)[-1], ""))


def _refused(bad: BaseException, reason: str) -> str:
    """Return the reason for a fault; a panic of the library is no `Exception`, and what stops the program goes on."""
    if isinstance(bad, KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
        raise bad
    return reason


def _sheet(source: Source, book: Any, name: str, hidden: Hidden) -> Iterator[Table]:
    try:
        sheet = book.get_sheet_by_name(name)
        first = sheet.start[0] + 1 if sheet.start else 1
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    except BaseException as bad:  # noqa: BLE001  # see _refused
        yield _unreadable(source, name, _refused(bad, "sheet cannot be read"))
        return
    for number, (start, block) in enumerate(_blocks(rows)):
        title = name if number == 0 else f"{name} (row {first + start})"
        yield _table(source, title, hidden, first + start, block)


def _table(source: Source, name: str, hidden: Hidden, first: int, rows: Sequence[Row]) -> Table:
    filled = [(first + n, row) for n, row in enumerate(rows) if any(row)]
    used = sorted({n for _, row in filled for n, cell in enumerate(row) if cell})
    columns = [[row[n] for n in used] for _, row in filled]
    header, skipped = find_header(columns)
    table = Table(source, name, named(header, len(used)), iter(()), hidden)
    table.batches = _batches([number for number, _ in filled][skipped:], columns[skipped:])
    return table


def _batches(numbers: list[int], rows: list[Row]) -> Iterator[Batch]:
    for at in range(0, len(rows), BATCH_ROWS):
        part = rows[at : at + BATCH_ROWS]
        yield Batch.of(numbers[at : at + BATCH_ROWS], list(zip(*part, strict=True)))


def _blocks(rows: list[Row]) -> Iterator[tuple[int, list[Row]]]:
    """Yield the tables that stand one under the other, each with the number of its first row."""
    start = 0
    after_blank = False
    for number, row in enumerate(rows):
        if not any(row):
            after_blank = True
            continue
        if after_blank and number - start > 2 and _begins(row, rows, start, number):
            yield start, rows[start:number]
            start = number
        after_blank = False
    if any(any(row) for row in rows[start:]):
        yield start, rows[start:]


def _begins(row: Row, rows: list[Row], start: int, number: int) -> bool:
    """Return whether a row after a blank one heads a new table: another header, below records of the one before."""
    header, skipped = find_header([r for r in rows[start:number] if any(r)])
    if not header or sum(1 for r in rows[start:number] if any(r)) <= skipped or sum(map(bool, row)) < 2:
        return False
    body = [r for r in rows[number + 1 : number + 20] if any(r)]
    return bool(body) and is_header(row, body)


def _unreadable(source: Source, name: str, reason: str) -> Table:
    table = Table(source, name, (), iter(()))
    table.faults.append(Fault(0, reason, source.size))
    return table


def _text(cell: Any) -> str | None:
    """Return a cell's value as text: dates in ISO 8601, whole numbers without a point."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return None if cell is None else str(cell)


def _directory(source: Source) -> bytes:
    """Return the OLE directory's sector and what follows it, where the names of the streams stand."""
    sector = 1 << min(12, int.from_bytes(source.head[30:32], "little"))
    start = (int.from_bytes(source.head[48:52], "little") + 1) * sector
    with source.open() as stream:
        stream.seek(min(start, source.size))
        return stream.read(65_536)


def _tail(source: Source) -> bytes:
    """Return the last 64 KiB, where a ZIP lists its members."""
    with source.open() as stream:
        stream.seek(max(0, source.size - 65_536))
        return stream.read(65_536)
