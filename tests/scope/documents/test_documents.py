"""What every reader of documents promises, and what each finds beyond the body."""

from __future__ import annotations

import shutil
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.scope.content import Content, hits, read
from kyumei.scope.documents.lzfu import decompressed
from kyumei.scope.documents.registry import DOCUMENTS, recognise
from tests.scope.documents import make
from tests.scope.people import CUSTOMERS, customer, workbook
from tests.scope.run import profiled

if TYPE_CHECKING:
    from kyumei.scope.documents.registry import DocumentReader

SAMPLES = {
    "document.doc": make.doc(),
    "document.docx": make.docx(),
    "document.eml": make.eml(),
    "document.html": make.html(),
    "document.msg": make.msg(),
    "document.odf": make.odt(),
    "document.pdf": make.pdf(),
    "document.ppt": make.ppt(),
    "document.pptx": make.pptx(),
    "document.rtf": make.rtf(),
    "document.xlsx": make.xlsx_with_comment(),
}
ALL = pytest.mark.parametrize("reader", DOCUMENTS.all(), ids=lambda r: r.name)


def found(data: bytes) -> tuple[dict[str, set[str]], Content]:
    """Return the rules of the hits by place."""
    content = Content("text")
    places: dict[str, set[str]] = {}
    for hit in hits(Source.memory(data), content):
        places.setdefault(hit.place, set()).add(hit.rule)
    return places, content


@ALL
def test_the_telephone_number_comes_from_every_format(reader: DocumentReader) -> None:
    source = Source.memory(SAMPLES[reader.name])
    assert recognise(source) == reader
    content = read(source)
    assert content.faults == []
    assert content.counts["id.phone", "phone"] == 1
    assert content.counts["id.name", "name"] >= 1 or reader.name == "document.pdf"


@ALL
@settings(max_examples=30, derandomize=True, deadline=None)
@given(data=st.data())
def test_damaged_documents_never_raise(reader: DocumentReader, data: st.DataObject) -> None:
    original = bytearray(SAMPLES[reader.name])
    for _ in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    content = read(Source.memory(bytes(original[: data.draw(st.integers(0, len(original)))])))
    assert not [fault for fault in content.faults if "failed" in fault.reason]


def test_comments_deleted_text_and_embedded_documents_of_word_are_read() -> None:
    deleted = "<w:p><w:del><w:r><w:delText>佐藤花子様</w:delText></w:r></w:del></w:p>"
    comment = f"<w:comments {make.W}><w:p><w:r><w:t>鈴木一郎様</w:t></w:r></w:p></w:comments>"
    extra: dict[str, str | bytes] = {"word/comments.xml": comment, "word/embeddings/inner.docx": make.docx("高橋健一様")}
    places, content = found(make.docx("x", extra, deleted))
    assert places == {
        "word/document.xml deleted": {"name"},
        "word/comments.xml": {"name"},
        "word/embeddings/inner.docx › word/document.xml": {"name"},
    }
    assert content.faults == []


def test_tables_and_texts_inside_a_document_are_read_and_what_is_neither_is_a_fault() -> None:
    rows = [customer(n) for n in range(300)]
    extra: dict[str, str | bytes] = {
        "word/embeddings/list.xlsx": workbook({"顧客": [CUSTOMERS, *rows]}),
        "word/embeddings/memo.txt": "電話 090-1234-5678".encode("cp932"),
        "word/embeddings/object.bin": b"\0\1\2\3" * 50,
        "word/embeddings/none.bin": b"",
    }
    places, content = found(make.docx("x", extra))
    assert set(places) == {"word/embeddings/list.xlsx › 顧客", "word/embeddings/memo.txt"}
    assert content.counts["id.email", "email"] == len(rows)
    assert [fault.reason for fault in content.faults] == [
        "word/embeddings/object.bin is of a form that is not read inside a document"
    ]


def test_hidden_slides_and_notes_are_read_and_named_so() -> None:
    places, _ = found(make.pptx())
    assert set(places) == {"slide 1", "slide 2 hidden", "slide 1 notes"}


def test_comments_of_sheets_name_their_cell() -> None:
    places, _ = found(make.xlsx_with_comment())
    assert set(places) == {"xl/comments1.xml B4"}


def test_a_mail_body_of_any_length_is_read() -> None:
    places, content = found(make.eml(20_000))
    assert "phone.mobile" in places["body 1"]
    assert content.counts["id.email", "email"] == 2


def test_a_page_that_is_a_picture_is_a_fault() -> None:
    _, content = found(make.pdf(image=True))
    assert [fault.reason for fault in content.faults] == ["page 1 is a picture without text"]


def test_a_bomb_is_a_fault() -> None:
    bomb = make.package({"word/document.xml": "<a>" + " " * 50_000_000 + "</a>"})
    _, content = found(bomb)
    assert [fault.reason for fault in content.faults] == ["word/document.xml unpacks to more than is read"]


def test_a_document_type_with_entities_is_refused() -> None:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
    _, content = found(make.package({"word/document.xml": lol}))
    assert ["document type" in fault.reason for fault in content.faults] == [True]


def test_open_document_sheets_are_tables() -> None:
    kinds = profiled(Source.memory(make.ods())).kinds("名簿")
    assert kinds == {"氏名": "name", "電話番号": "phone"}


def test_tables_in_word_are_tables() -> None:
    rows = [("氏名", "電話番号"), ("山田太郎", "090-1234-5678"), ("佐藤花子", "080-1111-2222"), ("鈴木一郎", "070-3333-4444")]
    cells = ["".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in rows]
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
    kinds = profiled(Source.memory(make.docx("名簿", None, table))).kinds("table 1")
    assert kinds == {"氏名": "name", "電話番号": "phone"}


def test_compressed_rtf_of_the_specification_is_unpacked() -> None:
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert decompressed(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_old_word_documents_give_pieces_of_both_widths_comments_and_tables() -> None:
    places, content = found(make.doc("a\x07Tel 090-1234-5678\x07", "call 03-1234-5678", wide=False))
    assert set(places) == {"body", "comments"}
    assert content.faults == []


def test_an_encrypted_word_document_is_a_fault() -> None:
    places, content = found(make.doc(encrypted=True))
    assert (places, [f.reason for f in content.faults]) == ({}, ["document is encrypted"])


def test_notes_of_old_presentations_are_read() -> None:
    places, _ = found(make.ppt("Tel 03-1234-5678"))
    assert set(places) == {"slide 1", "notes 1"}


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_picture_is_read_where_that_is_asked_for() -> None:
    import pypdfium2

    pixels = pypdfium2.PdfDocument(make.pdf())[0].render(scale=4, grayscale=True).to_numpy()[::-1]
    height, width = pixels.shape[:2]
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 0, 0, 2835, 2835, 256, 0)
    greys = b"".join(bytes((n, n, n, 0)) for n in range(256))
    raw = b"BM" + struct.pack("<III", 1078 + pixels.size, 0, 1078) + head + greys + pixels.tobytes()
    content = Content("text")
    assert [hit.kind for hit in hits(Source.memory(raw), content, ocr=True)] == ["phone"]
    assert [hit.kind for hit in hits(Source.memory(raw), Content("bytes"))] == []


def test_a_picture_without_tesseract_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    content = Content("bytes")
    assert list(hits(Source.memory(b"\x89PNG\r\n\x1a\n" + b"\0" * 20), content, ocr=True)) == []
    assert [f.reason for f in content.faults] == ["picture: there is no tesseract, or it fails"]
