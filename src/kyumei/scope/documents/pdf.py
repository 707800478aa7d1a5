"""PDF by PDFium: `document.pdf`. Text of each page, properties, attached files.

Pages that are pictures are faults, or read by tesseract where that is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.ocr import recognised
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

MAX_PAGES: Final = 20_000
MAX_BYTES: Final = 512 * 1024 * 1024
_DPI: Final = 300


def _accepts(source: Source) -> int:
    return CERTAIN if b"%PDF-" in source.head[:1024] else 0


@document("document.pdf", accepts=_accepts, title="PDF document", spec="ISO 32000-2")
def pdf(opened: Opened) -> Iterator[Part]:
    """Yield pages, properties and attached documents."""
    import pypdfium2 as pdfium

    source = opened.source
    if source.size > MAX_BYTES:
        opened.fault("document is larger than what is read at once", 0, source.size)
        return
    try:
        book = pdfium.PdfDocument(source.read())
    except pdfium.PdfiumError as bad:
        reason = "document is encrypted" if "assword" in str(bad) else "document is damaged"
        opened.fault(reason, 0, source.size)
        return
    try:
        yield from _book(opened, book)
    finally:
        book.close()


def _book(opened: Opened, book: Any) -> Iterator[Part]:
    import pypdfium2 as pdfium

    count = len(book)
    if count > MAX_PAGES:
        opened.fault(f"pages after {MAX_PAGES} are not read")
    for number in range(1, min(count, MAX_PAGES) + 1):
        try:
            yield Part(f"page {number}", _page(opened, book, number))
        except pdfium.PdfiumError:
            opened.fault(f"page {number} is damaged")
    said = "\n".join(f"{key}: {value}" for key, value in sorted(book.get_metadata_dict(skip_empty=True).items()))
    if said:
        yield Part("properties", said)
    for number in range(book.count_attachments()):
        attached = book.get_attachment(number)
        data = bytes(attached.get_data())
        yield from opened.embedded(attached.get_name() or f"attachment {number + 1}", data)


def _page(opened: Opened, book: Any, number: int) -> str:
    page = book[number - 1]
    try:
        text = str(page.get_textpage().get_text_bounded())
        if text.strip() or not any(True for _ in page.get_objects(filter=[3])):  # FPDF_PAGEOBJ_IMAGE
            return text
        read = _recognised(page) if opened.ocr else None
        if read is None:
            opened.fault(f"page {number} is a picture without text")
        return read or ""
    finally:
        page.close()


def _recognised(page: Any) -> str | None:
    """Return what tesseract reads on a page; None where there is no tesseract, or it fails."""
    picture = page.render(scale=_DPI / 72, grayscale=True).to_numpy()
    height, width = picture.shape[:2]
    return recognised(f"P5 {width} {height} 255\n".encode() + picture.tobytes())
