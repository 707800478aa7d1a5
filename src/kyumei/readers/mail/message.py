"""Mail message, one file each (`mail.message`): `.eml`, Maildir, members of boxes and archives, messages in messages.

Specifications: RFC 5322, 2045-2049, 2183, 2231. Tested with the fixtures of the Ruby `mail` library (Outlook, Apple Mail,
Thunderbird, Becky!, sendmail; ISO-2022-JP and Shift_JIS) and of mail-parser. Attachments are yielded by the opener of the
same name; here they are only named.
"""

from __future__ import annotations

import html
import ipaddress
import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model import mime, tnef
from kyumei.model.mailtext import addresses, charset_text, header_text, instant
from kyumei.model.mime import is_message
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.mime import Attachment, Part, Raw
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

BODY_CHARACTERS: Final = 2000
_FIELDS: Final = (
    "Message-ID", "From", "Sender", "To", "Cc", "Bcc", "Subject", "Date", "Reply-To", "Return-Path", "Delivered-To", "Received",
    "X-Originating-IP", "User-Agent", "X-Mailer", "In-Reply-To", "Authentication-Results", "Received-SPF", "DKIM-Signature",
)  # fmt: skip
_PACKED: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_RECIPIENTS: Final = ("to", "cc", "bcc", "delivered-to")
_ARRIVED: Final = ("received", "x-received", "delivered-to", "return-path", "x-original-to", "authentication-results")
_SENT_FOLDER: Final = re.compile(
    r"(?i)(?:^|/)\.?(?:[^/]*\.)?(?:sent(?:[ -]?(?:items|mail|messages))?|送信済み[^/]*|送信箱)(?:/|\.mbox)"
)
_IN_BRACKETS: Final = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]+)\]")
_BARE: Final = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])")
_HIDDEN: Final = (("<!--", "-->"), ("<head", "</head>"), ("<style", "</style>"), ("<script", "</script>"))


@reader("mail.message", accepts=is_message, title="Mail message", spec="https://www.rfc-editor.org/rfc/rfc5322")
def read(source: Source, rows: Rows) -> None:
    """Add one event for the message.

    The time is that of `Date` (precision of a second; `ts_kind` sent) with the zone it states, else that of the first
    `Received` (received). The action is `mail.sent` when the message is the sender's copy: it lies in a folder for sent
    mail, or nothing in it shows that it arrived. `rec` is always 0. Of the body the first 2,000 characters are kept; headers
    not in the list above and the rest of the body stay in the evidence.
    """
    with mime.message_bytes(source) as data:
        root = mime.parse(data)
        if not root.headers:
            rows.fault(0, "no mail header", source.size)
            return
        for fault in root.all_faults():
            rows.fault(fault.offset, fault.reason, fault.skipped)
        hops = root.all("received")
        carried = mime.attachments(root)
        fields: dict[str, str | None] = {name: "\n".join(map(header_text, root.all(name))) for name in _FIELDS}
        fields |= {"Attachments": str(len(carried)), "Body": _body(data, root)}
        rows.add(
            rec=0,
            action="mail.sent" if _is_sent(source, root) else "mail.received",
            account=next(iter(addresses(root.all("from") or root.all("sender"))), None),
            src_ip=_first_address(hops),
            dst=_joined([a for name in _RECIPIENTS for a in addresses(root.all(name))]),
            object="; ".join(_names(data, carried)) or None,
            bytes=source.size,
            message=root.text("subject") or None,
            fields=fields,
            **_time(root, hops, source.zone, rows),
        )


def _names(data: Raw, carried: list[Attachment]) -> Iterator[str]:
    """Yield the names of attachments, those inside a `winmail.dat` behind it."""
    for each in carried:
        yield each.name
        if each.part.content_type[0] in _PACKED or each.name.lower() == "winmail.dat":
            packed = b"".join(mime.content(data, each.part, []))
            if tnef.is_tnef(packed):
                yield from (part.name for part in tnef.parse(packed).attachments)


def _time(root: Part, hops: list[bytes], zone: str, rows: Rows) -> dict[str, Any]:
    for header in root.headers:
        if header.name.lower() == "date":
            ts, assumed = instant(header.raw, zone)
            if ts is not None:
                return {"ts": ts, "ts_kind": "sent", "zone_assumed": assumed}
            rows.fault(header.offset, "date not readable", len(header.raw))
            break
    for hop in reversed(hops):
        ts, assumed = instant(hop.rpartition(b";")[2], zone)
        if ts is not None:
            return {"ts": ts, "ts_kind": "received", "zone_assumed": assumed}
    return {"ts": None}


def _is_sent(source: Source, root: Part) -> bool:
    if _SENT_FOLDER.search(source.path):
        return True
    return not any(root.all(name) for name in _ARRIVED)


def _first_address(hops: list[bytes]) -> str | None:
    """Return the address that the earliest hop with an address came from."""
    for hop in reversed(hops):
        origin = re.split(r"(?i)\bby\s", header_text(hop), maxsplit=1)[0]
        for found in (*_IN_BRACKETS.findall(origin), *_BARE.findall(origin)):
            if address := _address(found):
                return address
    return None


def _address(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _joined(values: list[str]) -> str | None:
    """Return the distinct values in order, joined by "; "."""
    return "; ".join(dict.fromkeys(v for v in values if v)) or None


def _body(data: Raw, root: Part) -> str | None:
    """Return the beginning of the message's own text, plain rather than HTML."""
    own = [leaf for leaf in root.leaves() if not mime.is_attachment(leaf)]
    for wanted in ("text/plain", "text", "", "text/html"):
        for leaf in own:
            if leaf.content_type[0] == wanted and (text := _text(data, leaf)):
                return text
    return None


def _text(data: Raw, leaf: Part) -> str:
    kind, told = leaf.content_type
    limit = BODY_CHARACTERS * (40 if kind == "text/html" else 8)
    text = charset_text(_first(mime.content(data, leaf, []), limit), told.get("charset", ""))
    if kind == "text/html":
        text = _shown(text)
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:BODY_CHARACTERS]


def _shown(text: str) -> str:
    """Return the text of a page without what is not shown and without tags."""
    for opened, closed in _HIDDEN:
        kept: list[str] = []
        folded, at = text.lower() if len(text.lower()) == len(text) else text, 0
        while (start := folded.find(opened, at)) >= 0 and (end := folded.find(closed, start)) >= 0:
            kept.append(text[at:start])
            at = end + len(closed)
        text = "".join((*kept, text[at:]))
    text = html.unescape(re.sub(r"<[^<>]*>", "", text))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _first(chunks: Iterator[bytes], limit: int) -> bytes:
    """Return about so many bytes, cut at a line end so that no character is cut."""
    data = b""
    for chunk in chunks:
        data += chunk[: limit + 1]
        if len(data) > limit:
            return data[: data.rfind(b"\n", 0, limit) + 1] or data[:limit]
    return data
