"""Small documents of every format, written by hand, all with the same text."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "氏名：山田 太郎 様、電話 090-1234-5678"
ROSTER = [("氏名", "電話番号"), ("山田太郎", "090-1234-5678"), ("佐藤花子", "080-1111-2222"), ("鈴木一郎", "070-3333-4444")]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'


def package(members: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return target.getvalue()


def docx(text: str = TEXT, extra: dict[str, str | bytes] | None = None, inside: str = "") -> bytes:
    body = f"<w:document {W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>{inside}</w:body></w:document>"
    members: dict[str, str | bytes] = {"word/document.xml": body}
    return package(members | (extra or {}))


def pptx() -> bytes:
    def slide(text: str, show: str = "") -> str:
        return f"<p:sld {A}{show}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>"

    members: dict[str, str | bytes] = {"ppt/presentation.xml": "<a/>", "ppt/slides/slide1.xml": slide(TEXT)}
    members |= {
        "ppt/slides/slide2.xml": slide("佐藤花子様", ' show="0"'),
        "ppt/notesSlides/notesSlide1.xml": slide("鈴木一郎様"),
    }
    return package(members)


def odt() -> bytes:
    spans = "氏名：<text:span>山田 太郎</text:span> 様、電話 090-1234-5678"
    names = 'xmlns:office="o" xmlns:text="t" xmlns:dc="d"'
    content = f"<office:document {names}><text:p>{spans}</text:p></office:document>"
    meta = f"<office:meta {names}><dc:creator>佐藤花子様</dc:creator></office:meta>"
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "meta.xml": meta})


def ods(rows: Sequence[Sequence[str]] = ROSTER, title: str = "名簿") -> bytes:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    cells = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row)
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="{title}">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return package({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def xlsx_with_comment() -> bytes:
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    comment = f'<comments {names}><commentList><comment ref="B4"><text><t>{TEXT}</t></text></comment></commentList></comments>'
    return package({"xl/workbook.xml": f"<workbook {names}/>", "xl/comments1.xml": comment})


def rtf() -> bytes:
    letters = "".join(rf"\u{ord(c) if ord(c) < 0x8000 else ord(c) - 65536}?" if ord(c) > 0x7F else c for c in TEXT)
    hexed = "".join(rf"\'{b:02x}" for b in "佐藤花子様".encode("cp932"))
    return (r"{\rtf1\ansi\ansicpg932{\fonttbl{\f0 Noto;}}" + letters + r"\par " + hexed + "}").encode("ascii")


def html() -> bytes:
    return f"<!DOCTYPE html><html><head><style>x</style></head><body><p>{TEXT}</p><!-- 佐藤花子様 --></body></html>".encode()


def eml(filler: int = 0) -> bytes:
    head = "From: a@example.jp\r\nTo: b@example.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    head += "Content-Type: text/plain; charset=utf-8\r\n"
    return (head + "Content-Transfer-Encoding: 8bit\r\n\r\n" + "あいう\r\n" * filler + TEXT + "\r\n").encode()


def pdf(text: str = "Tel 090-1234-5678", *, image: bool = False) -> bytes:
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET" if not image else "q 200 0 0 100 0 0 cm /I1 Do Q"
    picture = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 "
    picture += b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
    page += b"/Resources << /Font << /F1 5 0 R >> /XObject << /I1 6 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        picture,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out + f"xref\n0 7\n0000000000 65535 f \n{table}trailer << /Size 7 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def msg() -> bytes:
    """Return an Outlook message: subject, and the text as its body, in a minimal compound file (MS-CFB)."""
    streams = {
        "__properties_version1.0": b"\0" * 32,
        "__substg1.0_0037001F": "件名".encode("utf-16-le"),
        "__substg1.0_1000001F": TEXT.encode("utf-16-le"),
    }
    return compound(streams)


def doc(text: str = TEXT, comment: str = "approved", *, wide: bool = True, encrypted: bool = False) -> bytes:
    """Return a Word document of two pieces, the second of them a comment, and the table of pieces (MS-DOC)."""
    body, comment = f"Memo\r{text}\r", f"{comment}\r"
    first = body.encode("utf-16-le") if wide else body.encode("cp1252", "replace")
    main = bytearray(0x0600) + first + comment.encode("cp1252")
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", main, 10, 0x0200 | (0x0100 if encrypted else 0))
    struct.pack_into("<8i", main, 0x4C, len(body), 0, 0, 0, len(comment), 0, 0, 0)
    where = 0x0600 if wide else 0x0600 * 2 | 0x40000000
    pieces = [struct.pack("<HIH", 0, where, 0), struct.pack("<HIH", 0, (0x0600 + len(first)) * 2 | 0x40000000, 0)]
    plc = struct.pack("<3I", 0, len(body), len(body) + len(comment)) + b"".join(pieces)
    clx = b"\1\2\0\0\0" + b"\2" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    return compound({"1Table": clx, "WordDocument": bytes(main)})


def ppt(note: str = "approved") -> bytes:
    """Return a presentation with a slide, its notes and a text box of single bytes (MS-PPT)."""

    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    slide = record(0x03EE, record(0x0FA0, TEXT.encode("utf-16-le")), 15)
    notes = record(0x03F0, record(0x0FA8, note.encode("latin-1")), 15)
    return compound({"PowerPoint Document": slide + notes})


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file whose streams lie in sectors of 512 bytes, padded to 4,096 bytes."""
    padded = {name: data + b"\0\0" * max(0, (4096 - len(data) + 1) // 2) for name, data in streams.items()}
    fat: list[int] = []
    body = b""
    starts = {}
    for name, data in padded.items():
        sectors = -(-len(data) // 512)
        starts[name] = len(fat)
        fat += [*range(len(fat) + 1, len(fat) + sectors), 0xFFFFFFFE]
        body += data.ljust(sectors * 512, b"\0")
    directory_start = len(fat)
    entries = [_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0, -1)]
    names = list(padded)
    entries += [_entry(n, 2, -1, starts[n], len(padded[n]), i + 2 if i + 1 < len(names) else -1) for i, n in enumerate(names)]
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    fat += [*range(len(fat) + 1, len(fat) + len(directory) // 512), 0xFFFFFFFE]
    fat_sector = len(fat)
    fat.append(0xFFFFFFFD)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, directory_start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", fat_sector) + b"\xff" * (108 * 4)
    return head + body + directory + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    ids = struct.pack("<iii", -1, right, child)
    return raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + ids + b"\0" * 36 + struct.pack("<IQ", start, size)
