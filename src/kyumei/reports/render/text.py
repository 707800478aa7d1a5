"""Plain text for copying into a form: labels, answers, no labels of sources; UTF-8 with LF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.reports.document import Field, Table, Text
from kyumei.reports.render.laid import answer, cells, laid, options, ruled
from kyumei.reports.render.safe import clean, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.reports.document import Block, Document
    from kyumei.reports.matter import Matter
    from kyumei.reports.render.laid import Printed


def text(document: Document, matter: Matter) -> bytes:
    """Return the document as text."""
    return ("\n".join(_lines(laid(document, matter))) + "\n").encode()


def basis(document: Document, matter: Matter) -> bytes:
    """Return each sentence with what it rests on, for those who answer for a document that goes out."""
    printed = laid(document, matter)
    lines = [printed.say("basis_title"), clean(document.title), ""]
    for n, sentence in enumerate((s for s in document.sentences() if s.status != "formula"), 1):
        labels = ", ".join(printed.label(b) for b in sentence.basis) or printed.say("assumed")
        lines += [f"{n}. {said(sentence)}", f"   [{sentence.status}] {labels}"]
    lines += ["", *(f"{s.label}: {clean(s.place)}" for s in printed.sources.values())]
    return ("\n".join(lines) + "\n").encode()


def _lines(printed: Printed) -> Iterator[str]:
    document = printed.document
    yield from (clean(line) for _, line in document.top)
    if document.top:
        yield ""
    yield clean(document.title)
    yield from (f"{clean(label)}: {clean(value)}" for label, value in document.about)
    for lead in document.lead:
        yield ""
        yield from _block(lead, printed)
    for section in (*document.sections, *printed.acts):
        yield ""
        yield f"■ {clean(section.title)}" + ruled(section.rule, document.lang)
        for block in section.blocks:
            yield from _block(block, printed)


def _block(block: Block, printed: Printed) -> Iterator[str]:
    match block:
        case Text(sentences=sentences, bullets=True):
            yield from (f"・{_joined(printed, (s,))}" for s in sentences)
        case Text():
            yield _joined(printed, block.sentences)
        case Field():
            yield ""
            yield f"【{clean(block.label)}】"
            if block.options:
                yield options(block)
            if answer(block):
                yield _joined(printed, answer(block))
        case Table():
            if block.caption:
                yield clean(block.caption)
            yield "\t".join(clean(column.name) for column in block.columns)
            yield from ("\t".join(row) for row in cells(block))


def _joined(printed: Printed, sentences: tuple[object, ...]) -> str:
    return "".join(text for _, text in printed.runs(sentences, cites=False))  # type: ignore[arg-type]  # sentences
