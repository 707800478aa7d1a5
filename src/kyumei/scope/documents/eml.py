"""Mail messages: `document.eml`. Subject, addresses and every body of whatever length; attachments are opened by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.model import mime
from kyumei.model.mailtext import charset_text
from kyumei.scope.documents.html import parts as html_parts
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.scope.documents.registry import Opened

_HEAD = ("from", "to", "cc", "bcc", "reply-to", "subject")


@document("document.eml", accepts=mime.is_message, title="Mail message", spec="https://www.rfc-editor.org/rfc/rfc5322")
def eml(opened: Opened) -> Iterator[Part]:
    """Yield the head and the bodies that are shown, HTML as text."""
    with mime.message_bytes(opened.source) as data:
        root = mime.parse(data)
        head = "\n".join(f"{name}: {value}" for name in _HEAD if (value := root.text(name)))
        if head:
            yield Part("head", head)
        number = 0
        for leaf in root.leaves():
            kind, facts = leaf.content_type
            if mime.is_attachment(leaf) or not (kind.startswith("text") or not kind):
                continue
            number += 1
            raw = b"".join(mime.content(data, leaf, opened.faults))
            text = charset_text(raw, facts.get("charset", ""))
            if kind == "text/html":
                yield from (Part(f"body {number} {part.place}", part.text) for part in html_parts(text))
            else:
                yield Part(f"body {number}", text)
