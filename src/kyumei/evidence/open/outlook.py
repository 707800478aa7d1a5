"""An item of an Outlook store written as a mail of RFC 5322, so that everything that reads mails reads it.

Properties: MS-OXPROPS. The bodies are written as they are stored, plain and HTML; a body in RTF alone becomes an attachment.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUBJECT, CLASS, MESSAGE_ID = 0x0037, 0x001A, 0x1035
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
NAME, ADDRESS, SMTP, KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
FILE_NAME, LONG_NAME, CONTENT_TYPE = 0x3704, 0x3707, 0x370E
_KINDS: Final = {1: "To", 2: "Cc", 3: "Bcc"}
_UNICODE, _ASCII, _WHOLE = 0x001F, 0x001E, 0x0003
_BROKEN: Final = (OSError, MemoryError, ValueError, OverflowError, TypeError, RuntimeError, AttributeError)
_BLOCK: Final = 57 * 16_384
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DROPPED: Final = re.compile(r"(?im)^(?:mime-version|content-[\w-]+)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")
_BOUNDARY: Final = "=_kyumei_pst_"


def is_mail(item: Any) -> bool:
    """Return whether an item without a folder looks like a message."""
    try:
        return bool(item.transport_headers or item.client_submit_time or item.delivery_time)
    except _BROKEN:
        return False


def instant(message: Any) -> int | None:
    """Return when the message was sent, else delivered, in microseconds UTC."""
    when = _when(message)
    return None if when is None else (when - _EPOCH) // timedelta(microseconds=1)


def rendered(message: Any, fault: Callable[[str], None]) -> Iterator[bytes]:
    """Yield the mail in chunks; parts that cannot be read are named to `fault`."""
    number = str(_got(message, "identifier") or 0)
    outer, inner = f"{_BOUNDARY}{number}_a", f"{_BOUNDARY}{number}_b"
    yield _headers(message, fault).encode("utf-8", "backslashreplace")
    yield f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n'.encode()
    yield f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode()
    bodies = [(kind, _body(message, name, fault)) for kind, name in (("plain", "plain_text_body"), ("html", "html_body"))]
    for kind, body in bodies:
        if body:
            charset = "; charset=utf-8" if kind == "plain" else ""
            yield f"--{inner}\r\nContent-Type: text/{kind}{charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
            yield base64.encodebytes(body)
    yield f"--{inner}--\r\n".encode()
    rtf = None if any(body for _, body in bodies) else _body(message, "rtf_body", fault)
    if rtf:
        yield from _part(outer, "body.rtf", "application/rtf", [rtf])
    yield from _attachments(message, outer, fault)
    yield f"--{outer}--\r\n".encode()


def _attachments(message: Any, outer: str, fault: Callable[[str], None]) -> Iterator[bytes]:
    for number in range(int(_got(message, "number_of_attachments") or 0)):
        try:
            attachment = message.get_attachment(number)
            size = int(attachment.size)
        except _BROKEN:
            fault(f"attachment {number + 1} cannot be read (or is an enclosed message)")
            continue
        told = _properties(attachment)
        name = _got(attachment, "long_filename") or told.get(LONG_NAME) or told.get(FILE_NAME) or f"attachment {number + 1}"
        kind = str(told.get(CONTENT_TYPE) or "application/octet-stream")
        safe = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else "application/octet-stream"
        cut = partial(fault, f"attachment {number + 1} is cut short")
        yield from _part(outer, str(name), safe, _blocks(attachment, size, cut))


def _part(outer: str, name: str, kind: str, blocks: Any) -> Iterator[bytes]:
    spelt = Header(re.sub(r'[\r\n"\\]', "_", name), "utf-8", maxlinelen=10_000).encode()
    head = f'--{outer}\r\nContent-Type: {kind}; name="{spelt}"\r\nContent-Disposition: attachment; filename="{spelt}"\r\n'
    yield head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n"
    for block in blocks:
        yield base64.encodebytes(block)


def _blocks(attachment: Any, size: int, cut: Callable[[], None]) -> Iterator[bytes]:
    left = size
    while left > 0:
        try:
            block = attachment.read_buffer(min(left, _BLOCK))
        except _BROKEN:
            block = b""
        if not block:
            cut()
            return
        left -= len(block)
        yield block


def _headers(message: Any, fault: Callable[[str], None]) -> str:
    told = _properties(message)
    given = str(_got(message, "transport_headers") or "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    people = _recipients(message, fault)
    if given and re.match(r"[!-9;-~]+:", given):
        lines = _DROPPED.sub("", given + "\n").rstrip("\n").split("\n")
        lines += [] if re.search(r"(?im)^bcc:", given) else [_people("Bcc", people)]
        lines += [] if re.search(r"(?im)^date:", given) else [_date(message)]
    else:
        lines = _made(message, told, people)
    lines += [f"X-Message-Class: {told[CLASS]}"] if told.get(CLASS) not in {None, "IPM.Note"} else []
    return "".join(line + "\r\n" for line in lines if line.strip())


def _made(message: Any, told: dict[int, Any], people: list[tuple[int, str, str]]) -> list[str]:
    address = str(told.get(SENDER_SMTP) or told.get(SENDER_ADDRESS) or "")
    name = str(_got(message, "sender_name") or told.get(SENDER_NAME) or "")
    subject = str(_got(message, "subject") or "")
    subject = re.sub(r"^\x01.", "", subject)  # a prefix's length may stand in front
    return [
        _date(message),
        f"From: {_person(name, address)}",
        *(_people(kind, people) for kind in ("To", "Cc", "Bcc")),
        f"Subject: {_text(subject)}",
        f"Message-ID: {_line(str(told[MESSAGE_ID]))}" if told.get(MESSAGE_ID) else "",
    ]


def _date(message: Any) -> str:
    when = _when(message, "client_submit_time", "delivery_time")
    return f"Date: {format_datetime(when)}" if when else ""


def _people(kind: str, people: list[tuple[int, str, str]]) -> str:
    named = [_person(name, address) for code, name, address in people if _KINDS.get(code & 3 or code) == kind]
    return f"{kind}: {', '.join(named)}" if named else ""


def _person(name: str, address: str) -> str:
    bare = _line(address).strip("<> ")
    if not name or name == bare:
        return bare
    spelt = _text(name)
    quoted = spelt if spelt.startswith("=?") else '"' + spelt.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{quoted} <{bare}>"


def _text(text: str) -> str:
    line = _line(text)
    return line if line.isascii() else Header(line, "utf-8", maxlinelen=10_000).encode()


def _line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text).strip()


def _recipients(message: Any, fault: Callable[[str], None]) -> list[tuple[int, str, str]]:
    """Return kind, name and address of each recipient."""
    try:
        item = message.recipients
        sets = [] if item is None else [_of_set(item.get_record_set(n)) for n in range(item.number_of_record_sets)]
    except _BROKEN:
        fault("recipients cannot be read")
        return []
    return [
        (int(told.get(KIND) or 1), str(told.get(NAME) or ""), str(told.get(SMTP) or told.get(ADDRESS) or "")) for told in sets
    ]


def _properties(item: Any) -> dict[int, Any]:
    try:
        return _of_set(item.get_record_set(0)) if item.number_of_record_sets else {}
    except _BROKEN:
        return {}


def _of_set(records: Any) -> dict[int, Any]:
    """Return texts and numbers of a set of properties by their number."""
    found: dict[int, Any] = {}
    for place in range(records.number_of_entries):
        try:
            entry = records.get_entry(place)
            kind, form = entry.entry_type, entry.value_type
            if form in {_UNICODE, _ASCII}:
                found.setdefault(kind, entry.get_data_as_string())
            elif form == _WHOLE:
                found.setdefault(kind, entry.get_data_as_integer())
        except _BROKEN:
            continue
    return found


def _body(message: Any, name: str, fault: Callable[[str], None]) -> bytes:
    try:
        body = getattr(message, name)
    except _BROKEN:
        fault(f"{name.replace('_', ' ')} cannot be read")
        return b""
    return body.encode("utf-8", "backslashreplace") if isinstance(body, str) else body or b""


def _when(message: Any, *names: str) -> datetime | None:
    for name in names or ("client_submit_time", "delivery_time", "creation_time"):
        when = _got(message, name)
        if isinstance(when, datetime) and when.year > 1970:
            return when.replace(tzinfo=UTC)
    return None


def _got(item: Any, name: str) -> Any:
    try:
        return getattr(item, name)
    except _BROKEN:
        return None
