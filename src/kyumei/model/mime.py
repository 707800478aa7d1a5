"""The parts of a mail message (RFC 5322, 2045, 2046) as places in its bytes.

Shared by the opener that yields attachments and the reader that yields the event, which may not know each other. Parts are
offsets into the message, so that nothing is copied before it is decoded and every fault has a place. Built for mail as it
is found: any line end, stray lines in headers, missing boundaries, wrong encodings. Nothing raises.
"""

from __future__ import annotations

import binascii
import mmap
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.model.mailtext import header_text, parameters
from kyumei.model.source import CERTAIN, LIKELY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source

    Raw = bytes | mmap.mmap

MEMORY_BYTES: Final = 64 << 20
"""Longer messages are mapped, not read."""
MAX_DEPTH: Final = 40
_BLOCK: Final = 1 << 20
MAX_HEADERS: Final = 10_000
MAX_PARTS: Final = 10_000
_NAME_BYTES: Final = 1000
_VALUE_BYTES: Final = 1 << 20
_MAIL_HEADER: Final = re.compile(
    rb"(?im)^(content-[a-z-]+|mime-version|from|to|cc|date|subject|message-id|received|x-[a-z-]+)[ \t]*:"
)
_HEADER: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(sorted(set(range(256)) - set(_BASE64)))
_BODY_TYPES: Final = {"", "text", "text/plain", "text/html", "text/enriched", "text/richtext"}
_BOX: Final = re.compile(rb"From \S[^\r\n]{0,400}\d:\d\d[^\r\n]{0,200}\r?\n(?=[!-9;-~]+:|>?From )")
_NEXT_IN_BOX: Final = re.compile(rb"\n\r?\nFrom [^\r\n]{1,400}\d:\d\d[^\r\n]{0,200}\r?\n(?=[!-9;-~]+:|>?From )")
_ROUTE: Final = {
    b"from",
    b"to",
    b"subject",
    b"message-id",
    b"received",
    b"return-path",
    b"delivered-to",
    b"cc",
    b"bcc",
    b"sender",
}
_KNOWN: Final = _ROUTE | {
    b"date", b"mime-version", b"content-type", b"reply-to", b"in-reply-to", b"references", b"x-mailer", b"user-agent",
    b"content-transfer-encoding", b"x-originating-ip", b"dkim-signature", b"x-mozilla-status", b"x-received",
}  # fmt: skip
_SAVED_PAGE: Final = re.compile(rb"(?im)^(from: <saved by|snapshot-content-location:)")
_NOTICE_TYPES: Final = {"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"}


@dataclass(frozen=True, slots=True)
class Header:
    """One header: its name as written, its raw value with folds, and its offset in the message."""

    name: str
    raw: bytes
    offset: int


@dataclass(frozen=True)
class Part:
    """One part of a message.

    Attributes:
        headers: in the order written.
        start: offset of the first byte of the body.
        end: offset behind its last byte.
        children: the parts of a multipart.
        faults: what could not be read of the structure, of this part only.
    """

    headers: tuple[Header, ...]
    start: int
    end: int
    children: tuple[Part, ...] = ()
    faults: tuple[Fault, ...] = ()

    def all(self, name: str) -> list[bytes]:
        """Return the raw values of every header of that name."""
        return [h.raw for h in self.headers if h.name.lower() == name.lower()]

    def text(self, name: str) -> str:
        """Return the first header of that name as text; empty when there is none."""
        return next((header_text(raw) for raw in self.all(name)), "")

    @cached_property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """Return type/subtype in lower case (empty when not given) and the parameters."""
        return parameters(next(iter(self.all("content-type")), b""))

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Return `attachment`, `inline` or empty, and the parameters."""
        return parameters(next(iter(self.all("content-disposition")), b""))

    @property
    def filename(self) -> str:
        """Return the file name as written, decoded; empty when there is none."""
        return self.disposition[1].get("filename", "") or self.content_type[1].get("name", "")

    def leaves(self) -> Iterator[Part]:
        """Yield the parts that hold content, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def all_faults(self) -> Iterator[Fault]:
        """Yield the faults of this part and the parts in it."""
        yield from self.faults
        for child in self.children:
            yield from child.all_faults()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message, or a message in it.

    Attributes:
        part: where it is.
        number: its place among the attachments, from 1.
        name: the file name as written, or a name made from the type where none is.
    """

    part: Part
    number: int
    name: str
    meta: dict[str, str] = field(default_factory=dict)


@contextmanager
def message_bytes(source: Source) -> Iterator[Raw]:
    """Give the bytes of a message; line ends that are lone carriage returns become line feeds."""
    with source.open() as stream:
        if source.size > MEMORY_BYTES:
            try:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            except (OSError, ValueError):  # no file behind the stream
                yield stream.read()
                return
            with mapped:
                yield mapped
            return
        data = stream.read()
    yield data.replace(b"\r", b"\n") if b"\n" not in data else data


def is_message(source: Source) -> int:
    """Return how sure it is that the source begins with the headers of one mail: at least two known ones, one of the route.

    Boxes of several mails and web pages saved as MHTML are none.
    """
    head = source.head
    if is_box(source):
        return 0
    start = _first_header(head)
    if not _HEADER.match(head, start):
        return 0
    headers, body, _ = _headers(head, start, len(head))
    names = {h.name.lower().encode() for h in headers}
    if len(names & _KNOWN) < 2 or not names & _ROUTE or _SAVED_PAGE.search(head[:body]):
        return 0
    return CERTAIN if len(names & _KNOWN) >= 4 and b"from" in names else LIKELY


def is_box(source: Source) -> bool:
    """Return whether this is an mbox file: it begins with a `From ` line, and is long or has a second one."""
    first = _BOX.match(source.head)
    return bool(first and (source.size > len(source.head) or _NEXT_IN_BOX.search(source.head, first.end())))


def _first_header(data: Raw) -> int:
    """Return the offset behind a byte-order mark, blank lines and a `From ` line."""
    start = 3 if data[:3] == b"\xef\xbb\xbf" else 0
    blank = re.compile(rb"(?:[ \t]*\r?\n){0,1000}").match(data, start)
    start = blank.end() if blank else start
    line = data[start : _line_end(data, start, min(len(data), start + 1000))]
    return start + len(line) if line.startswith(b"From ") and not _HEADER.match(line) else start


def parse(data: Raw) -> Part:
    """Return the message as a tree of parts."""
    return _part(data, _first_header(data), len(data), 0)


def _part(data: Raw, start: int, end: int, depth: int) -> Part:
    headers, body, faults = _headers(data, start, end)
    part = Part(headers, body, end, faults=tuple(faults))
    kind, told = part.content_type
    if not kind.startswith("multipart/"):
        return part
    if depth >= MAX_DEPTH:
        return Part(headers, body, end, faults=(*faults, Fault(body, "multipart nested too deep", end - body)))
    places, closed = _split(data, body, end, told.get("boundary", ""))
    if not places:
        faults.append(Fault(body, "multipart without its boundary"))
        places, closed = _split(data, body, end, _likely_boundary(data, body, end))
    if not places:
        return Part(headers, body, end, faults=tuple(faults))
    if not closed and (depth == 0 or len(places) >= MAX_PARTS):
        faults.append(Fault(end, "multipart not closed"))
    children = tuple(_part(data, first, last, depth + 1) for first, last in places)
    return Part(headers, body, end, children, tuple(faults))


def _headers(data: Raw, start: int, end: int) -> tuple[tuple[Header, ...], int, list[Fault]]:
    """Return the headers, the offset of the body, and stray lines as faults."""
    headers: list[Header] = []
    faults: list[Fault] = []
    name, opened, value = "", start, start  # of the header that is being read
    last = start  # behind a stray line, where the last header is seen to be
    at, body = start, start
    while at < end and len(headers) < MAX_HEADERS:
        body = after = _line_end(data, at, end)
        line = data[at : min(after, at + _NAME_BYTES)]
        found = _HEADER.match(line)
        if not line.strip(b"\r\n"):
            break
        if found:
            if name:
                headers.append(_header(data, (name, opened, value, at), faults))
            name, opened, value = found[1].decode("ascii"), at, at + found.end()
        elif not (name and line[:1] in b" \t"):
            last = last if at < last else _last_header(data, after, end)
            if at >= last:
                body = at
                break
            faults.append(Fault(at, "not a header line", after - at))  # kept as a fold that lost its blank
        at = after
    if name:
        headers.append(_header(data, (name, opened, value, at), faults))
    if len(headers) >= MAX_HEADERS:
        faults.append(Fault(body, f"more than {MAX_HEADERS} headers"))
    return tuple(headers), body, faults


def _header(data: Raw, place: tuple[str, int, int, int], faults: list[Fault]) -> Header:
    name, opened, value, end = place
    if end - value > _VALUE_BYTES:
        faults.append(Fault(value + _VALUE_BYTES, "header too long", end - value - _VALUE_BYTES))
    return Header(name, data[value : min(end, value + _VALUE_BYTES)], opened)


def _last_header(data: Raw, at: int, end: int) -> int:
    """Return the offset of the last header of mail before the next blank line, 0 when the body begins without one."""
    end = min(end, at + 65_536)
    blank = re.compile(rb"^\r?\n", re.MULTILINE).search(data, at, end)
    end = blank.start() if blank else end
    return max((found.start() for found in _MAIL_HEADER.finditer(data, at, end)), default=0)


def _line_end(data: Raw, at: int, end: int) -> int:
    found = data.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _split(data: Raw, start: int, end: int, boundary: str) -> tuple[list[tuple[int, int]], bool]:
    """Return the stretches between the delimiter lines, and whether the closing one is there."""
    if not boundary.strip():
        return [], False
    delimiter = re.escape(boundary.rstrip().encode("utf-8", "surrogateescape"))
    pattern = re.compile(rb"^--" + delimiter + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    places: list[tuple[int, int]] = []
    opened: int | None = None
    for found in pattern.finditer(data, start, end):
        if len(places) >= MAX_PARTS:
            return places, False
        if opened is not None:
            places.append((opened, max(opened, _before_line(data, found.start()))))
        opened = min(end, found.end() + 1)
        if found[1]:
            return places, True
    if opened is not None:
        places.append((opened, end))
    return places, False


def _likely_boundary(data: Raw, start: int, end: int) -> str:
    """Return the delimiter that is used where the declared one is not: a `--` line with a part's header behind it."""
    found = re.compile(rb"^--([!-~]{6,70})[ \t]*\r?\n(?i:content-)", re.MULTILINE).search(data, start, end)
    return found[1].decode("ascii") if found else ""


def _before_line(data: Raw, at: int) -> int:
    """Return the offset before the line end that belongs to the delimiter line."""
    if data[at - 1 : at] == b"\n":
        at -= 1
    return at - 1 if data[at - 1 : at] == b"\r" else at


def attachments(root: Part) -> list[Attachment]:
    """Return the files and messages that a message carries, in order; its own text is not among them."""
    found: list[Attachment] = []
    for leaf in root.leaves():
        if is_attachment(leaf):
            kind, _ = leaf.content_type
            name = leaf.filename or (
                "message.eml" if kind == "message/rfc822" else f"unnamed.{kind.rpartition('/')[2] or 'bin'}"
            )
            meta = {
                "content_type": kind,
                "disposition": leaf.disposition[0],
                "filename": leaf.filename,
                "content_id": leaf.text("content-id").strip("<>"),
            }
            found.append(Attachment(leaf, len(found) + 1, name, {k: v for k, v in meta.items() if v}))
    return found


def is_attachment(leaf: Part) -> bool:
    """Return whether a part is a file or message that is carried: it has a name, says so, or is no text to be shown."""
    kind, _ = leaf.content_type
    if leaf.disposition[0] == "attachment" or leaf.filename:
        return True
    return kind not in _BODY_TYPES and kind not in _NOTICE_TYPES and not kind.startswith("multipart/")


def content(data: Raw, part: Part, faults: list[Fault]) -> Iterator[bytes]:
    """Yield the decoded bytes of a part; what is not valid in its encoding is counted in `faults`."""
    encoding = re.split(r"[\s;]", part.text("content-transfer-encoding").strip().lower(), maxsplit=1)[0]
    if encoding == "base64":
        yield from _base64(data, part, faults)
    elif encoding == "quoted-printable":
        yield from (binascii.a2b_qp(block) for block in _line_blocks(data, part))
    elif encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        yield from _uuencoded(data, part, faults)
    else:
        yield from (data[at : min(at + _BLOCK, part.end)] for at in range(part.start, part.end, _BLOCK))


def _line_blocks(data: Raw, part: Part) -> Iterator[bytes]:
    at = part.start
    while at < part.end:
        after = _line_end(data, min(at + _BLOCK, part.end), part.end)
        yield data[at:after]
        at = after


def _base64(data: Raw, part: Part, faults: list[Fault]) -> Iterator[bytes]:
    kept, wrong = b"", 0
    for at in range(part.start, part.end, _BLOCK):
        block = data[at : min(at + _BLOCK, part.end)]
        text, padding, rest = block.partition(b"=")
        clean = text.translate(None, _NOT_BASE64)
        wrong += len(text) - len(clean) - sum(map(text.count, (b"\r", b"\n", b" ", b"\t")))
        kept += clean
        whole = len(kept) // 4 * 4
        yield binascii.a2b_base64(kept[:whole])
        kept = kept[whole:]
        if padding:
            wrong += len((rest + data[at + len(block) : part.end]).translate(None, b"= \t\r\n"))
            break
    if len(kept) > 1:
        yield binascii.a2b_base64(kept + b"=" * (4 - len(kept)))
    if wrong or len(kept) == 1:
        faults.append(Fault(part.start, "bytes that are not base64", wrong + (len(kept) == 1)))


def _uuencoded(data: Raw, part: Part, faults: list[Fault]) -> Iterator[bytes]:
    wrong = 0
    for block in _line_blocks(data, part):
        for line in block.splitlines():
            if re.match(rb"begin [0-7]{3}|end$|\s*$|`$", line):
                continue
            try:
                yield binascii.a2b_uu(line)
            except binascii.Error:
                wrong += len(line)
    if wrong:
        faults.append(Fault(part.start, "bytes that are not uuencoded", wrong))
