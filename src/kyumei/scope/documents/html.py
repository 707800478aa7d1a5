"""HTML pages: `document.html`. Visible text, values of forms, comments; scripts and styles are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from kyumei.model.source import LIKELY
from kyumei.model.text import decode
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

MAX_BYTES: Final = 256 * 1024 * 1024
_BEGINS: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET: Final = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_LINES: Final = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "table", "title", "option"}
)
_NAMES: Final = {"shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "sjis": "cp932"}


def _accepts(source: Source) -> int:
    return LIKELY if _BEGINS.match(source.head[:4096]) else 0


@document("document.html", accepts=_accepts, title="HTML page", spec="https://html.spec.whatwg.org/")
def html(opened: Opened) -> Iterator[Part]:
    """Yield the text, and the comments."""
    if opened.source.size > MAX_BYTES:
        opened.fault("page is larger than what is read at once", 0, opened.source.size)
        return
    data = opened.source.read()
    said = _CHARSET.search(data[:4096])
    name = said[1].decode("ascii").lower() if said else ""
    yield from parts(_decoded(data, _NAMES.get(name, name)))


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec) if codec else decode(data).text
    except (LookupError, UnicodeDecodeError):
        return decode(data).text


def parts(text: str) -> Iterator[Part]:
    """Yield text and comments of HTML."""
    parser = _Text()
    parser.feed(text)
    parser.close()
    yield Part("text", "".join(parser.found))
    if parser.comments:
        yield Part("comments", "\n".join(parser.comments))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.comments: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._hidden += 1
        if tag in _LINES:
            self.found.append("\n")
        elif tag in {"td", "th"}:
            self.found.append("\t")
        facts = dict(attrs)
        if tag == "input" and facts.get("value") and facts.get("type") != "submit":
            self.found.append(f"{facts.get('name') or ''}: {facts['value']}\n")
        if tag == "a" and (facts.get("href") or "").startswith(("mailto:", "tel:")):
            self.found.append(f" {facts['href']} ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hidden = max(0, self._hidden - 1)
        if tag in _LINES:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)
