"""The compound files in which Office wrote until 2003: streams and properties, by olefile."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

HEAD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_BYTES: Final = 512 * 1024 * 1024
_PROPERTIES: Final = ("title", "subject", "author", "keywords", "comments", "last_saved_by", "manager", "company")


def names_stream(source: Source, name: str) -> bool:
    """Return whether the directory of a compound file has a stream of this name, as far as its beginning tells."""
    if not source.head.startswith(HEAD):
        return False
    with source.open() as stream:
        sector = 1 << min(12, int.from_bytes(source.head[30:32], "little"))
        stream.seek(min((int.from_bytes(source.head[48:52], "little") + 1) * sector, source.size))
        directory = source.head + stream.read(65_536)
    return name.encode("utf-16-le") in directory


def opened_ole(opened: Opened) -> Any:
    """Return the file as olefile has it, None with a fault where it cannot be opened."""
    import olefile

    if opened.source.size > MAX_BYTES:
        opened.fault("document is larger than what is read at once", 0, opened.source.size)
        return None
    try:
        return olefile.OleFileIO(BytesIO(opened.source.read()), raise_defects=olefile.DEFECT_FATAL)
    except Exception:  # noqa: BLE001  # a foreign parser raises what it likes on damage
        opened.fault("document is damaged", 0, opened.source.size)
        return None


def stream(ole: Any, name: str) -> bytes | None:
    """Return the bytes of a stream, None where there is none or it is damaged."""
    try:
        return bytes(ole.openstream(name).read()) if ole.exists(name) else None
    except Exception:  # noqa: BLE001  # as above
        return None


def properties(ole: Any) -> Iterator[str]:
    """Yield what the document's properties say of persons and of what it is about."""
    try:
        found = ole.get_metadata()
    except Exception:  # noqa: BLE001  # as above
        return
    for name in _PROPERTIES:
        value = getattr(found, name, None)
        if value:
            text = value.decode(_codec(found), "backslashreplace") if isinstance(value, bytes) else str(value)
            yield f"{name}: {text}"


def _codec(found: Any) -> str:
    page = int(getattr(found, "codepage", 0) or 0) & 0xFFFF
    return {65001: "utf-8", 1200: "utf-16-le", 932: "cp932"}.get(
        page, f"cp{page}" if page in {1250, 1251, 1252, 949, 936, 950} else "cp1252"
    )
