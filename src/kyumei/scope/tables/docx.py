"""Tables in Word documents: `table.docx`. Each is a table of its own; a record's place is the number of its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.package import Package, lists
from kyumei.scope.documents.registry import Opened
from kyumei.scope.tables.header import find_header, named
from kyumei.scope.tables.registry import Batch, Table, extractor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source

    Rows = list[list[str | None]]

_BODY: Final = "word/document.xml"
BATCH_ROWS: Final = 16_384


def accepts(source: Source) -> int:
    """Return `CERTAIN` for a Word document that holds a table."""
    if not lists(source, b"word/document"):
        return 0
    return CERTAIN if b"<w:tbl>" in Package(Opened(source, [])).read(_BODY) else 0


@extractor("table.docx", accepts=accepts, title="Tables in Word documents", spec="ECMA-376 part 1, 17.4")
def extract(source: Source) -> Iterator[Table]:
    """Yield the tables in the order in which they end."""
    opened = Opened(source, [])
    for number, rows in enumerate(_tables(Package(opened)), 1):
        yield _table(source, f"table {number}", rows)
    if opened.faults:
        damaged = Table(source, "", (), iter(()))
        damaged.faults.extend(opened.faults)
        yield damaged


def _tables(package: Package) -> Iterator[Rows]:
    """Yield the rows of each table; one inside another comes first, and is text in the outer one's cell too."""
    open_tables: list[Rows] = []
    for event, tag, element in package.elements(_BODY):
        if tag == "tbl" and event == "start":
            open_tables.append([])
        elif tag == "tbl":
            yield open_tables.pop()
        elif tag == "tr" and event == "end" and open_tables:
            cells = [child for child in element if child.tag.rsplit("}", 1)[-1] == "tc"]
            texts = ["".join(t.text or "" for t in cell.iter() if t.tag.rsplit("}", 1)[-1] == "t").strip() for cell in cells]
            open_tables[-1].append([text or None for text in texts])


def _table(source: Source, name: str, rows: Rows) -> Table:
    width = max((len(row) for row in rows), default=0)
    filled = [(n, [*row, *[None] * (width - len(row))]) for n, row in enumerate(rows, 1) if any(row)]
    header, skipped = find_header([row for _, row in filled])
    table = Table(source, name, named(header, width), iter(()))
    body = filled[skipped:]
    table.batches = (
        Batch.of([n for n, _ in part], list(zip(*(row for _, row in part), strict=True)))
        for part in (body[at : at + BATCH_ROWS] for at in range(0, len(body), BATCH_ROWS))
    )
    return table
