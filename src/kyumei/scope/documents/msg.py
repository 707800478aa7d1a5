"""Outlook messages: `document.msg`. Subject, addresses, body (plain, HTML, compressed RTF), attached documents; by olefile."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.model.text import decode
from kyumei.scope.documents.html import parts as html_parts
from kyumei.scope.documents.lzfu import decompressed
from kyumei.scope.documents.registry import Part, document
from kyumei.scope.documents.rtf import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD: Final = (
    ("Subject", "0037"), ("From", "0C1A"), ("From address", "0C1F"), ("Sender", "5D01"), ("To", "0E04"), ("Cc", "0E03"),
    ("Bcc", "0E02"), ("Headers", "007D"),
)  # fmt: skip
MAX_BYTES: Final = 512 * 1024 * 1024


def _accepts(source: Source) -> int:
    if not source.head.startswith(_OLE):
        return 0
    return CERTAIN if "__properties_version1.0".encode("utf-16-le") in _directory(source) else 0


def _directory(source: Source) -> bytes:
    with source.open() as stream:
        sector = 1 << min(12, int.from_bytes(source.head[30:32], "little"))
        stream.seek(min((int.from_bytes(source.head[48:52], "little") + 1) * sector, source.size))
        return source.head + stream.read(65_536)


@document("document.msg", accepts=_accepts, title="Outlook message", spec="MS-OXMSG, MS-OXRTFCP")
def msg(opened: Opened) -> Iterator[Part]:
    """Yield head, body and attached documents and messages."""
    import olefile

    if opened.source.size > MAX_BYTES:
        opened.fault("message is larger than what is read at once", 0, opened.source.size)
        return
    try:
        ole = olefile.OleFileIO(BytesIO(opened.source.read()), raise_defects=olefile.DEFECT_FATAL)
        streams = sorted("/".join(path) for path in ole.listdir())
    except Exception:  # noqa: BLE001  # a foreign parser raises what it likes on damage
        opened.fault("message is damaged", 0, opened.source.size)
        return
    yield from _message(opened, _Message(opened, ole, streams), "")


class _Message:
    """Properties of the message or of an attachment by their tags."""

    def __init__(self, opened: Opened, ole: Any, streams: list[str]) -> None:
        self._opened = opened
        self._ole = ole
        self.streams = streams

    def raw(self, prefix: str, tag: str) -> bytes:
        """Return the stream of a property with its type; empty where there is none or it is damaged."""
        name = f"{prefix}__substg1.0_{tag}"
        if name not in self.streams:
            return b""
        try:
            return bytes(self._ole.openstream(name).read())
        except Exception:  # noqa: BLE001  # see above
            self._opened.fault(f"{name} is damaged")
            return b""

    def text(self, prefix: str, tag: str) -> str:
        """Return a text property, Unicode or by code page."""
        wide = self.raw(prefix, f"{tag}001F")
        return wide.decode("utf-16-le", "backslashreplace") if wide else decode(self.raw(prefix, f"{tag}001E")).text


def _message(opened: Opened, message: _Message, prefix: str) -> Iterator[Part]:
    head = "\n".join(f"{said}: {value}" for said, tag in _HEAD if (value := message.text(prefix, tag)))
    if head:
        yield Part(f"{prefix}head", head)
    body = message.text(prefix, "1000")
    page = message.raw(prefix, "10130102")
    if body:
        yield Part(f"{prefix}body", body)
    elif page:
        yield from (Part(f"{prefix}body {part.place}", part.text) for part in html_parts(decode(page).text))
    elif packed := message.raw(prefix, "10090102"):
        yield Part(f"{prefix}body", text_of(decompressed(packed)))
    inner = sorted({name[len(prefix) :].split("/")[0] for name in message.streams if name.startswith(f"{prefix}__attach_")})
    for folder in inner:
        yield from _attachment(opened, message, f"{prefix}{folder}/")


def _attachment(opened: Opened, message: _Message, folder: str) -> Iterator[Part]:
    name = message.text(folder, "3707") or message.text(folder, "3704") or folder.rstrip("/")
    data = message.raw(folder, "37010102")
    if data:
        yield from opened.embedded(name, data)
    enclosed = f"{folder}__substg1.0_3701000D/"
    if any(stream.startswith(enclosed) for stream in message.streams) and folder.count("/") < 8:
        yield from _message(opened, message, enclosed)
