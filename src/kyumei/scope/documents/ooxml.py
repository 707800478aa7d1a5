"""Word, PowerPoint and what Excel keeps beside its cells: `document.docx`, `document.pptx`, `document.xlsx`.

Body, headers, footers, notes, comments, text deleted under tracked changes, hidden slides, properties, drawings and
documents embedded in them. Cells of sheets are tables and read there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.package import Package, lists, properties, text_of
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

_PROPERTIES: Final = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")
_NUMBER: Final = re.compile(r"(\d+)\.xml$")


def _accepts_docx(source: Source) -> int:
    return CERTAIN if lists(source, b"word/document") else 0


def _accepts_pptx(source: Source) -> int:
    return CERTAIN if lists(source, b"ppt/presentation") or lists(source, b"ppt/slides/") else 0


def _accepts_xlsx(source: Source) -> int:
    return CERTAIN if lists(source, b"xl/workbook") else 0


@document("document.docx", accepts=_accepts_docx, title="Word document", spec="ECMA-376 part 1, 17 (WordprocessingML)")
def docx(opened: Opened) -> Iterator[Part]:
    """Yield body, deleted text, headers, notes, comments and properties."""
    package = Package(opened)
    for name in package.names:
        if re.fullmatch(r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes|comments)\.xml", name):
            yield Part(name, text_of(package, name, words={"t"}, lines={"p", "tr"}, cells={"tc"}))
            deleted = text_of(package, name, words={"delText"}, lines={"del"})
            if deleted.strip():
                yield Part(f"{name} deleted", deleted)
    yield from _rest(opened, package, "word/")


@document("document.pptx", accepts=_accepts_pptx, title="PowerPoint presentation", spec="ECMA-376 part 1, 19 (PresentationML)")
def pptx(opened: Opened) -> Iterator[Part]:
    """Yield slides with their tables, hidden ones named so, notes, comments and properties."""
    package = Package(opened)
    for name in sorted(package.names, key=lambda n: (_numbered(n), n)):
        found = re.fullmatch(r"ppt/(slides/slide|notesSlides/notesSlide|comments/\w*?)(\d+)\.xml", name)
        if found:
            what = {"slides/slide": "", "notesSlides/notesSlide": " notes"}.get(found[1], " comment")
            hidden = " hidden" if not what and _is_hidden(package, name) else ""
            yield Part(
                f"slide {found[2]}{what}{hidden}", text_of(package, name, words={"t", "text"}, lines={"p", "tr"}, cells={"tc"})
            )
    yield from _rest(opened, package, "ppt/")


@document("document.xlsx", accepts=_accepts_xlsx, title="Excel workbook, beside its cells", spec="ECMA-376 part 1, 18")
def xlsx(opened: Opened) -> Iterator[Part]:
    """Yield comments with their cells, text in drawings and properties."""
    package = Package(opened)
    for name in package.names:
        if re.fullmatch(r"xl/(?:comments\d*|threadedComments/.*)\.xml", name):
            yield from _comments(package, name)
        elif re.fullmatch(r"xl/(?:drawings/drawing|charts/chart|diagrams/data)\d*\.xml", name):
            yield Part(name, text_of(package, name, words={"t"}, lines={"p"}))
    yield from _rest(opened, package, "xl/")


def _comments(package: Package, name: str) -> Iterator[Part]:
    text: list[str] = []
    for event, tag, element in package.elements(name):
        if event == "end" and tag in {"t", "text"} and element.text:
            text.append(element.text)
        elif event == "end" and tag in {"comment", "threadedComment"}:
            yield Part(f"{name} {element.get('ref', '')}".strip(), "".join(text))
            text = []


def _rest(opened: Opened, package: Package, folder: str) -> Iterator[Part]:
    said = properties(package, _PROPERTIES)
    if said:
        yield Part("properties", said)
    for name in package.names:
        if name.startswith(f"{folder}embeddings/"):
            yield from opened.embedded(name, package.read(name))


def _is_hidden(package: Package, name: str) -> bool:
    return b'show="0"' in package.read(name)[:2048]


def _numbered(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[1]) if found else 0
