"""OpenDocument spreadsheets (`table.ods`), by python-calamine, like Excel's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.tables.registry import extractor
from kyumei.scope.tables.spreadsheet import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.tables.registry import Table

_TYPE: Final = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def accepts(source: Source) -> int:
    """Return `CERTAIN` for a package whose first member says that it is a spreadsheet."""
    return CERTAIN if source.head.startswith(b"PK\x03\x04") and _TYPE in source.head[:256] else 0


@extractor("table.ods", accepts=accepts, title="OpenDocument spreadsheet", spec="ISO/IEC 26300-1, 9")
def extract(source: Source) -> Iterator[Table]:
    """Yield the tables of every sheet."""
    yield from workbook(source)
