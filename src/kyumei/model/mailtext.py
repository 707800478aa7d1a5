"""Text in mail headers: charsets, encoded words, parameters, addresses and dates, as mailers really write them.

RFC 2047 (encoded words, also inside quoted strings and split inside a character), RFC 2231 (parameters in parts and with a
charset), RFC 5322 (addresses, dates), and raw CP932, ISO-2022-JP or UTF-8 bytes where none are allowed. Nothing raises.
"""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from kyumei.model.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CODECS: Final = {
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext"),
    "shift_jis": ("cp932",),
    "shift-jis": ("cp932",),
    "x-sjis": ("cp932",),
    "sjis": ("cp932",),
    "ms_kanji": ("cp932",),
    "windows-31j": ("cp932",),
    "cp932": ("cp932",),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "x-euc-jp": ("euc_jp", "euc_jis_2004"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "ks_c_5601-1987": ("cp949",),
    "euc-kr": ("cp949",),
    "iso-8859-1": ("cp1252", "latin-1"),
}
_NOT_TEXT: Final = {"base64", "hex", "hex_codec", "zip", "zlib", "bz2", "uu", "quopri", "rot13", "rot_13", "undefined", "idna"}
_WORD: Final = re.compile(rb"=\?([!-)+->@-~]{1,40})(?:\*[!->@-~]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_JIS: Final = re.compile(rb"\x1b(\$[@B]|\(I|\([BJ]|\$\(D)")
_ESCAPED_RUN: Final = re.compile(rb"\x1b\$[@B][^\x1b]*(?:\x1b\([BJ]|$)", re.DOTALL)
_PARAMETER: Final = re.compile(
    rb"""(?:^|[;\s])\s*([A-Za-z0-9_.*-]+)\s*=\s*
    ("(?:\x1b\$[@B][^\x1b]*\x1b\([BJ]|[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|\\.|[^"\\])*"?|[^;]*)""",
    re.DOTALL | re.VERBOSE,
)
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d+))?(\*)?$")
_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"?|\((?:\\.|[^()\\]|\([^()]*\))*\)?|<[^>]*>?|[,;:]|[^",;:<(]+', re.DOTALL)
_HAS_ZONE: Final = re.compile(r"[+-]\d{4}\b|\b(GMT|UTC?|Z|[ECMP][SD]T)\b")
_PARAMETER_BYTES: Final = 65_536  # far more than any mailer writes; bounds what hostile quoting can cost
_NAMED_ZONES: Final = {"JST": "+0900", "KST": "+0900"}


def charset_text(data: bytes, charset: str) -> str:
    """Return the bytes as text by the declared charset; where they do not fit it, by what they look like."""
    name = charset.strip().strip("\"'").lower()
    for codec in _CODECS.get(name, (name,)):
        if codec in _NOT_TEXT:
            continue
        try:
            return data.decode(codec)
        except (LookupError, ValueError):
            continue
    if name.startswith(("iso-2022-jp", "cp5022")) and b"\x1b" in data:
        return _jis_text(data)
    return decode(data).text


def header_text(raw: bytes) -> str:
    """Return a header's value as one line of text; encoded words of the same charset are joined before they are decoded."""
    raw = _unfolded(raw)
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        named = word[1].decode("ascii").lower()
        if between.strip(b" \t") or named != charset:
            out.append(charset_text(pending, charset) if pending else "")
            pending = b""
            out.append(_plain(between) if between.strip(b" \t") or not charset else "")
        pending += _word_bytes(word)
        charset, at = named, word.end()
    out.append(charset_text(pending, charset) if pending else "")
    out.append(_plain(raw[at:]))
    return "".join(out)


def _unfolded(raw: bytes) -> bytes:
    return re.sub(rb"[\r\n]+[ \t]*", b" ", raw).strip(b" \t")


def _plain(data: bytes) -> str:
    if b"\x1b" in data:
        return _jis_text(data)
    return data.decode("ascii") if data.isascii() else decode(data).text


def _word_bytes(word: re.Match[bytes]) -> bytes:
    if word[2] in b"bB":
        return base64_bytes(word[3])
    return binascii.a2b_qp(word[3], header=True)


def base64_bytes(data: bytes) -> bytes:
    """Return what base64 text holds; characters outside the alphabet are passed over and missing padding is added."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data.split(b"=", 1)[0])
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _jis_text(data: bytes) -> str:
    """Decode ISO-2022-JP with the vendors' additions (NEC row 13, IBM kanji, half-width kana), which Python's codecs refuse."""
    out: list[str] = []
    mode, at = b"(B", 0
    for escape in (*_JIS.finditer(data), None):
        run = data[at : escape.start() if escape else len(data)]
        out.append(_jis_run(run, mode))
        if escape:
            mode, at = escape[1], escape.end()
    return "".join(out)


def _jis_run(run: bytes, mode: bytes) -> str:
    if mode in {b"(B", b"(J"}:
        return run.decode("ascii") if run.isascii() else decode(run).text
    if mode == b"(I":
        return bytes(b | 0x80 for b in run).decode("cp932", "backslashreplace")
    pairs = [run[i : i + 2] for i in range(0, len(run), 2)]
    if mode == b"$(D":
        return "".join((b"\x8f" + bytes(b | 0x80 for b in p)).decode("euc_jp", "backslashreplace") for p in pairs)
    return "".join(_shift_jis(p).decode("cp932", "backslashreplace") for p in pairs)


def _shift_jis(pair: bytes) -> bytes:
    """Return the CP932 bytes of a JIS X 0208 pair; anything else (line ends) unchanged."""
    if len(pair) < 2 or not all(0x21 <= b <= 0x7E for b in pair):
        return pair
    row, cell = pair
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes((lead, trail))


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return a structured value and its parameters: `text/plain; name*=UTF-8''%E5%90%8D` gives ("text/plain", {"name": "名"}).

    The value is in lower case. A parameter in the form of RFC 2231 wins over the plain one of the same name.
    """
    raw = _unfolded(raw)[:_PARAMETER_BYTES]
    value = re.match(rb"[^;]*", raw)
    first = header_text(value[0] if value else b"").strip()
    sections: dict[str, dict[int, tuple[bool, bytes]]] = {}
    plain: dict[str, str] = {}
    for found in _PARAMETER.finditer(raw):
        name = _SECTION.match(found[1].decode("ascii").lower())
        if name is None:
            continue
        data = found[2].strip()
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], _unquoted(data))
        else:
            sections.setdefault(name[1], {}).setdefault(int(name[2] or 0), (bool(name[3]), data.strip(b'"')))
    plain |= {name: _joined(parts) for name, parts in sections.items()}
    return re.split(r"[\s;]", first.lower(), maxsplit=1)[0] if first else "", plain


def _unquoted(data: bytes) -> str:
    if not data.startswith(b'"'):
        return header_text(data)
    text = header_text(data[1:-1] if data.endswith(b'"') and len(data) > 1 else data[1:])
    return re.sub(r'\\(["\\])', r"\1", text)


def _joined(parts: dict[int, tuple[bool, bytes]]) -> str:
    charset, data = "", b""
    for place, number in enumerate(sorted(parts)):
        encoded, piece = parts[number]
        if encoded and place == 0 and piece.count(b"'") >= 2:
            named, _, piece = piece.split(b"'", 2)
            charset = named.decode("ascii", "replace")
        if encoded:
            piece = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), piece)
        data += piece
    return charset_text(data, charset) if charset else header_text(data)


def addresses(values: Iterable[bytes]) -> list[str]:
    """Return the addresses in the values of To, Cc and the like, as spelt; a name without address is kept as text."""
    return [address for raw in values for address in _addresses(raw)]


def _addresses(raw: bytes) -> Iterator[str]:
    raw = _unfolded(raw)
    hidden: list[bytes] = []

    def hide(found: re.Match[bytes]) -> bytes:  # commas and quotes inside encoded text separate nothing
        hidden.append(found[0])
        return b"\x00%d\x00" % (len(hidden) - 1)

    line = _WORD.sub(hide, _ESCAPED_RUN.sub(hide, raw)).decode("utf-8", "surrogateescape")

    def shown(text: str) -> str:
        data = text.encode("utf-8", "surrogateescape")
        return header_text(re.sub(rb"\x00(\d+)\x00", lambda m: hidden[int(m[1])] if int(m[1]) < len(hidden) else b"", data))

    for text, angle in _mailboxes(line):
        address = re.sub(r"\s+", "", shown(angle))
        yield address.rsplit(":", 1)[-1] if address else _bare(shown(text))


def _mailboxes(line: str) -> Iterator[tuple[str, str]]:
    """Yield the text outside and the text inside angle brackets of each mailbox."""
    text, angle = "", ""
    for piece in _TOKEN.findall(line):
        if piece in {",", ";"}:
            if text.strip() or angle:
                yield text, angle
            text, angle = "", ""
        elif piece == ":" and "@" not in text:
            text = ""  # the name of a group
        elif piece.startswith("<"):
            angle = angle or re.sub(r"\([^()]*\)", "", piece[1:].rstrip(">"))
        elif not piece.startswith("("):
            text += piece
    if text.strip() or angle:
        yield text, angle


def _bare(text: str) -> str:
    text = text.strip()
    if "@" in text and not text.startswith('"'):
        return next(word for word in text.split() if "@" in word)
    return text.strip('"') if "@" not in text else text


def instant(raw: bytes, zone: str) -> tuple[int | None, bool]:
    """Return microseconds since 1970 UTC of an RFC 5322 date, and whether its zone had to be assumed.

    The precision is a second. None where there is no date in it, or one outside 1970 to 2100.
    """
    from email.utils import parsedate_tz

    text = re.sub(r"\s*:\s*", ":", re.sub(r"\([^()]*\)", " ", header_text(raw)))
    for name, offset in _NAMED_ZONES.items():
        text = re.sub(rf"\b{name}\b", offset, text)
    try:
        told = parsedate_tz(text)
        if told is None or not 1970 <= told[0] <= 2100:
            return None, False
        local = datetime(*told[:5], min(told[5], 59), tzinfo=UTC)
        assumed = not _HAS_ZONE.search(text)
        moment = local.replace(tzinfo=ZoneInfo(zone)) if assumed else local - timedelta(seconds=told[9] or 0)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), assumed
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None, False
