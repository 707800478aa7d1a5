r"""Rich text: `document.rtf`. Letters in `\'hh` by the document's code page, `\u` letters, hidden text, information."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

MAX_BYTES: Final = 256 * 1024 * 1024
_TOKEN: Final = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_SKIPPED: Final = frozenset(
    b"fonttbl colortbl stylesheet pict themedata datastore listtable rsidtbl xmlnstbl generator".split()
)
_BREAKS: Final = {b"par": "\n", b"line": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t", b"sect": "\n", b"page": "\n"}


def _accepts(source: Source) -> int:
    return CERTAIN if source.head.startswith(b"{\\rtf") else 0


@document("document.rtf", accepts=_accepts, title="Rich text", spec="Rich Text Format Specification 1.9.1")
def rtf(opened: Opened) -> Iterator[Part]:
    """Yield the text of all groups that hold text."""
    if opened.source.size > MAX_BYTES:
        opened.fault("document is larger than what is read at once", 0, opened.source.size)
        return
    yield Part("text", text_of(opened.source.read()))


def text_of(data: bytes) -> str:
    """Return the text of an RTF document."""
    page = re.search(rb"\\ansicpg(\d{3,5})", data[:4096])
    reading = _Reading(f"cp{page[1].decode()}" if page else "cp932")
    for found in _TOKEN.finditer(data):
        reading.take(found)
    return reading.text()


class _Reading:
    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._found: list[str] = []
        self._raw = bytearray()
        self._stack: list[bool] = []
        self._skip = False
        self._drop = 0

    def take(self, found: re.Match[bytes]) -> None:
        word, number, hexed, symbol, brace, plain = found.groups()
        if brace:
            self._group(opening=brace == b"{")
        elif word:
            self._word(word, int(number) if number else 0)
        elif self._skip:
            return
        elif hexed:
            self._bytes(bytes([int(hexed, 16)]))
        elif symbol:
            self._symbol(symbol)
        elif plain:
            self._bytes(plain)

    def text(self) -> str:
        self._flush()
        return "".join(self._found)

    def _group(self, *, opening: bool) -> None:
        if opening:
            self._stack.append(self._skip)
        elif self._stack:
            self._skip = self._stack.pop()

    def _word(self, word: bytes, number: int) -> None:
        if word in _SKIPPED:
            self._skip = True
        if self._skip:
            return
        if word == b"u":
            self._flush()
            self._found.append(chr(number & 0xFFFF) if not 0xD800 <= number & 0xFFFF < 0xE000 else "\ufffd")
            self._drop = 1
        elif word in _BREAKS:
            self._flush()
            self._found.append(_BREAKS[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._skip = True
        elif symbol in {b"\\", b"{", b"}"}:
            self._bytes(symbol)
        elif symbol == b"~":
            self._bytes(b" ")

    def _bytes(self, raw: bytes) -> None:
        if self._drop:
            raw, self._drop = raw[1:], 0
        self._raw += raw

    def _flush(self) -> None:
        if self._raw:
            try:
                self._found.append(self._raw.decode(self._codec, "backslashreplace"))
            except LookupError:
                self._found.append(self._raw.decode("cp932", "backslashreplace"))
            self._raw.clear()
