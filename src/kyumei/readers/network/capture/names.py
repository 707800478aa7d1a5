"""What DNS messages, TLS hellos and HTTP heads say, from the bytes of one packet or of a joined beginning of a stream.

Nothing here raises on any bytes: what is no such message gives None.

Formats: RFC 1035 (DNS), RFC 8446 section 4.1.2 and RFC 6066 section 3 (TLS), RFC 9112 (HTTP/1.1)
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from kyumei.model.text import decode, visible

_TYPES: Final = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    10: "NULL",
    12: "PTR",
    13: "HINFO",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    35: "NAPTR",
    41: "OPT",
    43: "DS",
    46: "RRSIG",
    47: "NSEC",
    48: "DNSKEY",
    64: "SVCB",
    65: "HTTPS",
    255: "ANY",
}
_CODES: Final = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH")
_VERSIONS: Final = {0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3", 0x0300: "SSLv3"}
_ANSWERS: Final = 64
METHODS: Final = (
    *(b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"TRACE ", b"PROPFIND "),
    *(b"PROPPATCH ", b"MKCOL ", b"COPY ", b"MOVE ", b"LOCK ", b"UNLOCK ", b"REPORT ", b"SEARCH "),
)
"""How HTTP requests begin, WebDAV included."""


@dataclass(frozen=True, slots=True)
class Dns:
    """A DNS message; `answers` are addresses, names or texts in the order of the message."""

    number: int
    is_answer: bool
    code: str
    query: str
    kind: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hello:
    """A TLS ClientHello."""

    server: str
    version: str
    protocols: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an HTTP request or response: the parts of the first line, and headers by name in lower case."""

    first: tuple[str, str, str]
    headers: dict[str, str]
    is_whole: bool


def dns(data: bytes) -> Dns | None:
    """Return the message, None where the bytes are none."""
    if len(data) < 17:
        return None
    number, flags, questions, answers, _, _ = struct.unpack_from(">6H", data)
    if questions != 1 or flags >> 11 & 15 > 6 or flags & 0x40:
        return None
    name, at = _name(data, 12)
    if name is None or at + 4 > len(data):
        return None
    kind, _ = struct.unpack_from(">2H", data, at)
    given = _answers(data, at + 4, min(answers, _ANSWERS)) if flags & 0x8000 else ()
    code = flags & 15
    return Dns(number, bool(flags & 0x8000), _CODES[code] if code < len(_CODES) else str(code), name, _type(kind), given)


def _type(kind: int) -> str:
    return _TYPES.get(kind, f"TYPE{kind}")


def _answers(data: bytes, at: int, count: int) -> tuple[str, ...]:
    found: list[str] = []
    for _ in range(count):
        name, at = _name(data, at)
        if name is None or at + 10 > len(data):
            break
        kind, _, _, size = struct.unpack_from(">HHIH", data, at)
        at += 10
        said = _answer(data, kind, at, size)
        if said:
            found.append(said)
        at += size
    return tuple(found)


def _answer(data: bytes, kind: int, at: int, size: int) -> str:
    value = data[at : at + size]
    if kind == 1 and len(value) == 4:
        return str(IPv4Address(value))
    if kind == 28 and len(value) == 16:
        return str(IPv6Address(value))
    if kind in {2, 5, 12}:
        return _name(data, at)[0] or ""
    if kind in {15, 33}:
        return _name(data, at + (2 if kind == 15 else 6))[0] or ""
    if kind == 16:
        parts, place = [], 0
        while place < len(value):
            parts.append(value[place + 1 : place + 1 + value[place]])
            place += 1 + value[place]
        return _shown(b"".join(parts))
    return f"{_type(kind)}({size})" if kind != 41 else ""


def _name(data: bytes, at: int) -> tuple[str | None, int]:
    """Return the name and where the bytes behind it begin; None where it is none."""
    labels: list[str] = []
    behind, jumps, length = -1, 0, 0
    while at < len(data):
        size = data[at]
        if size >= 0xC0:
            if at + 1 >= len(data) or jumps >= 32:
                return None, at
            behind = at + 2 if behind < 0 else behind
            at, jumps = (size & 0x3F) << 8 | data[at + 1], jumps + 1
            continue
        if size >= 0x40 or length > 255:
            return None, at
        if not size:
            return ".".join(labels) or ".", at + 1 if behind < 0 else behind
        labels.append(_shown(data[at + 1 : at + 1 + size]).replace(".", "\\."))
        at, length = at + 1 + size, length + 1 + size
    return None, at


def _shown(data: bytes) -> str:
    return visible(decode(data).text if not data.isascii() else data.decode("ascii"))


def hello_size(data: bytes) -> int:
    """Return how many bytes the ClientHello has that begins here, 0 where none does."""
    if len(data) < 11 or data[0] != 0x16 or data[1] != 3 or data[5] != 1 or data[9] != 3:
        return 0
    return min(5 + int.from_bytes(data[3:5], "big"), 5 + 4 + int.from_bytes(data[6:9], "big"))


def hello(data: bytes) -> Hello | None:
    """Return what the client's first message states, also where its end is missing; None where there is none."""
    if not hello_size(data):
        return None
    version = int.from_bytes(data[9:11], "big")
    at = 11 + 32
    at += 1 + _at(data, at)
    at += 2 + int.from_bytes(data[at : at + 2], "big")
    at += 1 + _at(data, at) + 2
    server = protocols = ""
    while at + 4 <= len(data):
        kind, size = struct.unpack_from(">2H", data, at)
        body = data[at + 4 : at + 4 + size]
        if kind == 0 and len(body) >= 5:
            server = server or _shown(body[5 : 5 + int.from_bytes(body[3:5], "big")])
        elif kind == 16:
            protocols = protocols or ",".join(_protocols(body[2:]))
        elif kind == 43:
            offered = [int.from_bytes(body[i : i + 2], "big") for i in range(1, len(body) - 1, 2)]
            version = max([each for each in offered if each in _VERSIONS], default=version)
        at += 4 + size
    return Hello(server, _VERSIONS.get(version, f"0x{version:04x}"), protocols)


def _at(data: bytes, at: int) -> int:
    return data[at] if at < len(data) else 0


def _protocols(data: bytes) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(data) and len(found) < 16:
        found.append(_shown(data[at + 1 : at + 1 + data[at]]))
        at += 1 + data[at]
    return found


def http(data: bytes) -> Head | None:
    """Return the head of the request or response that begins here, also where its end is missing; None where none does."""
    if not data.startswith((*METHODS, b"HTTP/1.")):
        return None
    head, end, _ = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    first = _shown(lines[0]).split(" ", 2)
    if not lines[0].startswith(b"HTTP/") and not (end or len(lines) > 1 or b" HTTP/1." in lines[0]):
        return None
    headers: dict[str, str] = {}
    for line in lines[1:100]:
        name, colon, value = line.partition(b":")
        if colon:
            headers.setdefault(_shown(name).strip().lower(), _shown(value.strip()))
    padded = [*first, "", ""]
    return Head((padded[0], padded[1], padded[2]), headers, bool(end))


def basic_account(headers: dict[str, str]) -> str:
    """Return the account of HTTP's basic authentication, never its password; "" where there is none."""
    for name in ("authorization", "proxy-authorization"):
        kind, _, value = headers.get(name, "").partition(" ")
        if kind.lower() == "basic":
            try:
                return visible(decode(base64.b64decode(value.strip()[:400], validate=True).partition(b":")[0]).text)
            except (binascii.Error, ValueError):
                return ""
    return ""
