"""The text of a document that somebody wrote or edited: TXT, Markdown, HTML, DOCX, PDF, XLSX, and our own JSON."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from kyumei.errors import UserError
from kyumei.model.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def readable(path: Path) -> tuple[str, str]:
    """Return the text, a line a paragraph or cell, and the status of the leak where the file states it (our JSON).

    Raises:
        UserError: the file cannot be read as what its name says.
    """
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, RuntimeError) as wrong:
        raise UserError(
            f"{path} cannot be read: {wrong}", hint="give TXT, HTML, DOCX, PDF, XLSX or JSON of kyumei report"
        ) from wrong


def _read(path: Path) -> tuple[str, str]:
    match path.suffix.lower():
        case ".docx":
            return _word(path), ""
        case ".pdf":
            return _pdf(path), ""
        case ".xlsx":
            return _sheets(path), ""
        case ".json":
            told = json.loads(path.read_text("utf-8"))
            return "\n".join(sentences(told)), str(told.get("status", ""))
        case ".html" | ".htm":
            return _Plain.of(decode(path.read_bytes()).text), ""
        case _:
            return decode(path.read_bytes()).text, ""


def _word(path: Path) -> str:
    import docx

    book = docx.Document(str(path))
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in book.paragraphs), *cells])


def _pdf(path: Path) -> str:
    """Return the text with the line ends inside sentences taken out, which a page makes."""
    import pypdfium2

    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(str(path))]
    text = "\n".join(pages).replace("\r\n", "\n")
    return re.sub(r"(?<=[^。.!?\uff01\uff1f\n])\n(?=[^\n\[【(■□・•0-9])", "", text)


def _sheets(path: Path) -> str:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return "\n".join(str(cell) for row in rows for cell in row if cell != "")


def sentences(told: Any) -> Iterator[str]:
    """Yield every sentence of a `kyumei.document/1`, in reading order."""
    if isinstance(told, dict):
        if {"text", "status", "basis"} <= set(told):
            yield str(told["text"])
            return
        for key, value in told.items():
            if key not in ("sources", "made"):
                yield from sentences(value)
    elif isinstance(told, list):
        for value in told:
            yield from sentences(value)


class _Plain(HTMLParser):
    """Collects what is read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._hidden = 0

    @classmethod
    def of(cls, page: str) -> str:
        plain = cls()
        plain.feed(page)
        plain.close()
        return "\n".join(plain.lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.lines.append(data.strip())
