"""PDF/A-2a (tagged, fonts embedded) by Typst: the fonts are ours, the text is data, the same document gives the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.reports.document import Field, Table, Text
from kyumei.reports.render.laid import answer, cells, laid, options
from kyumei.reports.render.safe import FONTS, breakable, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typst

    from kyumei.reports.document import Block, Document, Section
    from kyumei.reports.matter import Matter
    from kyumei.reports.render.laid import Printed, Run

STANDARDS: Final = ("a-2a", "ua-1")
TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "document.typ"


def pdf(document: Document, matter: Matter) -> bytes:
    """Return the document as one PDF file."""
    return pdfs([document], matter)


def pdfs(documents: Sequence[Document], matter: Matter) -> bytes:
    """Return several documents as one PDF file, each from a page of its own, as a printer of letters wants them."""
    import typst

    data = {"lang": matter.lang, "documents": [_data(laid(d, matter)) for d in documents]}
    at = datetime(matter.on.year, matter.on.month, matter.on.day, tzinfo=UTC)
    found = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=list(STANDARDS),
        timestamp=int(at.timestamp()),
    )
    return bytes(found)


def data_of(document: Document, matter: Matter) -> dict[str, Any]:
    """Return language and document as the template takes them."""
    return {"lang": matter.lang, "document": _data(laid(document, matter))}


@cache
def fonts() -> typst.Fonts:
    """Return our fonts and no others, so that no machine's own fonts change a page."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _data(printed: Printed) -> dict[str, Any]:
    document = printed.document
    return {
        "title": breakable(clean(document.title)),
        "compact": document.compact,
        "slides": document.slides,
        "outside": document.audience == "outside",
        "top": [[side, breakable(clean(line))] for side, line in document.top],
        "about": [[breakable(clean(label)), breakable(clean(value))] for label, value in document.about],
        "lead": [_block(lead, printed) for lead in document.lead],
        "sections": [_section(section, printed) for section in printed.sections()],
        "footer": breakable(printed.footer),
    }


def _section(section: Section, printed: Printed) -> dict[str, Any]:
    blocks = [_block(block, printed) for block in section.blocks]
    return {"title": breakable(clean(section.title)), "rule": breakable(clean(section.rule)), "blocks": blocks}


def _block(block: Block, printed: Printed) -> dict[str, Any]:
    match block:
        case Text(bullets=True):
            return {"kind": "bullets", "items": [_runs(printed.runs((s,))) for s in block.sentences]}
        case Text():
            return {"kind": "text", "runs": _runs(printed.runs(block.sentences))}
        case Field():
            return {
                "kind": "field",
                "label": breakable(clean(block.label)),
                "rule": breakable(clean(block.rule)),
                "options": breakable(options(block)),
                "runs": _runs(printed.runs(answer(block))),
            }
        case Table():
            return {
                "kind": "table",
                "caption": breakable(clean(block.caption)),
                "columns": [[breakable(clean(c.name)), c.weight, c.right] for c in block.columns],
                "rows": [[breakable(cell) for cell in row] for row in cells(block)],
            }


def _runs(runs: list[Run]) -> list[list[str]]:
    return [[kind, breakable(text)] for kind, text in runs]
