"""Word documents until 2003: `document.doc`. Body, notes, headers, comments, text boxes, properties.

The text of Word 97 to 2003 is put together from pieces (the piece table), which leaves nothing out that was deleted with
tracking on; that of Word 6 and 95 stands in one block.

Format: MS-DOC (https://learn.microsoft.com/openspecs/office_file_formats/ms-doc/), 2.4.1 Retrieving Text, 2.5 the FIB.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.ole import names_stream, opened_ole, properties, stream
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

_PARTS: Final = ("body", "footnotes", "headers", "macros", "comments", "endnotes", "text boxes", "header text boxes")
_LENGTHS_AT: Final = 0x4C
_CLX_AT: Final = 0x01A2
_WORD_97: Final = 0x65
"""The FIB's version from which the text is in pieces."""
_COMPRESSED: Final = 0x40000000
_TABS: Final = str.maketrans({"\x07": "\t", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": "", "\x00": ""})
_MARKS: Final = re.compile("[\x01-\x06\x08\x0e-\x1d]")
_PAGES: Final = {0x0411: "cp932", 0x0412: "cp949", 0x0804: "cp936", 0x0404: "cp950", 0x0419: "cp1251"}


def _accepts(source: Source) -> int:
    return CERTAIN if names_stream(source, "WordDocument") else 0


@document(
    "document.doc",
    accepts=_accepts,
    title="Word document, 97 to 2003",
    spec="https://learn.microsoft.com/openspecs/office_file_formats/ms-doc/",
)
def doc(opened: Opened) -> Iterator[Part]:
    """Yield the parts of the text, then the properties."""
    ole = opened_ole(opened)
    if ole is None:
        return
    main = stream(ole, "WordDocument") or b""
    if len(main) < _CLX_AT + 8:
        opened.fault("document is damaged", 0, opened.source.size)
        return
    version, _, _, _, flags = struct.unpack_from("<HHHHH", main, 2)
    if flags & 0x0100:
        opened.fault("document is encrypted", 0, opened.source.size)
    elif version < _WORD_97:
        yield from _block(main)
    else:
        table = stream(ole, "1Table" if flags & 0x0200 else "0Table")
        yield from _pieces(opened, main, table or b"")
    said = "\n".join(properties(ole))
    if said:
        yield Part("properties", said)


def _block(main: bytes) -> Iterator[Part]:
    """Yield the text of Word 6 and 95, in the code page of the document's language."""
    (language,) = struct.unpack_from("<H", main, 6)
    first, last = struct.unpack_from("<II", main, 0x18)
    yield Part("body", _plain(main[first:last].decode(_PAGES.get(language, "cp1252"), "backslashreplace")))


def _pieces(opened: Opened, main: bytes, table: bytes) -> Iterator[Part]:
    at, size = struct.unpack_from("<II", main, _CLX_AT)
    text = _text(opened, main, table[at : at + size])
    lengths = struct.unpack_from("<8i", main, _LENGTHS_AT)
    start = 0
    for name, length in zip(_PARTS, lengths, strict=True):
        part = _plain(text[start : start + max(0, length)])
        start += max(0, length)
        if part.strip():
            yield Part(name, part)
    if rest := _plain(text[start:]).strip():  # lengths that say less than there is
        yield Part("rest", rest)


def _text(opened: Opened, main: bytes, clx: bytes) -> str:
    """Return the characters of all pieces in order."""
    i = 0
    while i + 3 <= len(clx) and clx[i] == 1:  # properties of paragraphs
        i += 3 + int.from_bytes(clx[i + 1 : i + 3], "little")
    if i + 5 > len(clx) or clx[i] != 2:
        opened.fault("the table of pieces is missing", 0, len(main))
        return ""
    plc = clx[i + 5 : i + 5 + int.from_bytes(clx[i + 1 : i + 5], "little")]
    count = max(0, (len(plc) - 4) // 12)
    places = struct.unpack_from(f"<{count + 1}I", plc) if count else (0,)
    found = []
    for n in range(count):
        (where,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * n + 2)
        length = places[n + 1] - places[n]
        wide = not where & _COMPRESSED
        start = where if wide else (where & ~_COMPRESSED) // 2
        raw = main[start : start + length * (2 if wide else 1)] if length > 0 else b""
        if length < 0 or len(raw) < length * (2 if wide else 1):
            opened.fault("a piece of text lies outside the document", start, max(0, length))
        found.append(raw.decode("utf-16-le" if wide else "cp1252", "replace"))
    return "".join(found)


def _plain(text: str) -> str:
    """Return text with cells separated by tabs and paragraphs by line ends, without marks of fields and pictures."""
    return _MARKS.sub(" ", text.translate(_TABS))
