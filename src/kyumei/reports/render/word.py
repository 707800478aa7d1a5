"""DOCX for editing: styles, Japanese fonts named, fixed times, so that the same document gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports.document import Field, Table, Text
from kyumei.reports.render.laid import answer, cells, laid, options, ruled
from kyumei.reports.render.safe import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.reports.document import Block, Document, Sentence
    from kyumei.reports.matter import Matter
    from kyumei.reports.render.laid import Printed

FONT: Final = "游ゴシック"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def docx(document: Document, matter: Matter) -> bytes:
    """Return the document as DOCX."""
    import docx as library
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    printed = laid(document, matter)
    book = library.Document()
    _set_up(book, document, matter)
    for side, line in document.top:
        paragraph = book.add_paragraph(clean(line))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
    book.add_heading(clean(document.title), 1)
    for label, value in document.about:
        paragraph = book.add_paragraph()
        paragraph.add_run(f"{clean(label)}: ").bold = True
        paragraph.add_run(clean(value))
    for lead in document.lead:
        _block(book, lead, printed)
    for section in printed.sections():
        head = book.add_heading(clean(section.title) + ruled(section.rule, document.lang), 2)
        head.paragraph_format.page_break_before = document.slides
        for block in section.blocks:
            _block(book, block, printed)
    if printed.footer:
        book.sections[0].footer.paragraphs[0].add_run(printed.footer).font.size = library.shared.Pt(7)
    return _packed(book)


def _set_up(book: Any, document: Document, matter: Matter) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    for name in ("Normal", "Heading 1", "Heading 2", "List Bullet"):
        style = book.styles[name]
        style.font.name = "Yu Gothic"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
        style.font.color.rgb = RGBColor(0, 0, 0)
    book.styles["Normal"].font.size = Pt(16 if document.slides else 10)
    for name, size in (("Heading 1", 28), ("Heading 2", 24)) if document.slides else ():
        book.styles[name].font.size = Pt(size)
    page = book.sections[0]
    page.page_width, page.page_height = (Mm(297), Mm(210)) if document.slides else (Mm(210), Mm(297))
    if document.slides:
        page.orientation = WD_ORIENT.LANDSCAPE
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin = page.bottom_margin = Mm(20)
    core = book.core_properties
    at = datetime(matter.on.year, matter.on.month, matter.on.day, tzinfo=UTC)
    core.created = core.modified = at
    core.title, core.author, core.last_modified_by = clean(document.title), "kyumei", "kyumei"
    core.language, core.comments, core.revision = matter.lang, "", 1


def _block(book: Any, block: Block, printed: Printed) -> None:
    match block:
        case Text(bullets=True):
            for sentence in block.sentences:
                _runs(book.add_paragraph(style="List Bullet"), (sentence,), printed)
        case Text():
            _runs(book.add_paragraph(), block.sentences, printed)
        case Field():
            head = book.add_paragraph()
            head.paragraph_format.keep_with_next = True
            head.add_run(clean(block.label)).bold = True
            if block.rule:
                head.add_run(f" {clean(block.rule)}")
            if block.options:
                book.add_paragraph(options(block))
            if answer(block):
                _runs(book.add_paragraph(), answer(block), printed)
        case Table():
            _table(book, block)


def _runs(paragraph: Any, sentences: Sequence[Sentence], printed: Printed) -> None:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Pt

    for kind, text in printed.runs(tuple(sentences)):
        run = paragraph.add_run(f" {text}" if kind == "cite" else text)
        if kind == "assumed":
            run.bold = True
        elif kind == "cite":
            run.font.size = Pt(7.5)
        elif kind == "blank":
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _table(book: Any, block: Table) -> None:
    from docx.shared import Mm

    if block.caption:
        book.add_paragraph().add_run(clean(block.caption)).bold = True
    table = book.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    page = book.sections[0]
    room = (page.page_width - page.left_margin - page.right_margin) / Mm(1)
    whole = sum(column.weight for column in block.columns)
    for grid, column in zip(table.columns, block.columns, strict=True):
        grid.width = Mm(room * column.weight / whole)
    _row(table.rows[0], "w:cantSplit", "w:tblHeader")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        cell.paragraphs[0].add_run(clean(column.name)).bold = True
        cell.width = Mm(room * column.weight / whole)
    for row in cells(block):
        added = table.add_row()
        _row(added, "w:cantSplit")
        for cell, text, column in zip(added.cells, row, block.columns, strict=True):
            cell.text = text
            cell.width = Mm(room * column.weight / whole)


def _row(row: Any, *marks: str) -> None:
    """Mark a row: not to be split between pages, to be repeated on each."""
    from docx.oxml import OxmlElement

    for mark in marks:
        row._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001  # the library has no other way


def _packed(book: Any) -> bytes:
    """Return the file with every member at one fixed time."""
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(member, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(info, made.read(member))
    return out.getvalue()
