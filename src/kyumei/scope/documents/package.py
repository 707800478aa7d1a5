"""ZIP packages of XML parts (OOXML, ODF): members within limits, their text by element names."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

MAX_MEMBER: Final = 256 * 1024 * 1024
MAX_TOTAL: Final = 1024 * 1024 * 1024
MAX_RATIO: Final = 500
"""A member that unpacks to so many times its size is a bomb."""
_TAIL: Final = 65_536


def lists(source: Source, name: bytes) -> bool:
    """Return whether a ZIP names a member that begins so, in its first or last 64 KiB."""
    if not source.head.startswith(b"PK\x03\x04"):
        return False
    if name in source.head:
        return True
    with source.open() as stream:
        stream.seek(max(0, source.size - _TAIL))
        return name in stream.read(_TAIL)


class Package:
    """An open package.

    Attributes:
        names: the members' names, sorted.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._total = 0
        self._said: set[str] = set()
        self._zip: zipfile.ZipFile | None = None
        try:
            self._zip = zipfile.ZipFile(opened.source.open())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            opened.fault("package is damaged", 0, opened.source.size)
        self.names = sorted({name for name in self._zip.namelist() if not name.endswith("/")}) if self._zip else []

    def _fault(self, reason: str, offset: int, skipped: int) -> None:
        """Note a fault once, however often the member is asked for."""
        if reason not in self._said:
            self._said.add(reason)
            self._opened.fault(reason, offset, skipped)

    def read(self, name: str) -> bytes:
        """Return a member; empty, with a fault, where it is damaged, encrypted or too large."""
        if self._zip is None or name not in self.names:
            return b""
        info = self._zip.getinfo(name)
        if info.file_size > min(MAX_MEMBER, MAX_TOTAL - self._total) or info.file_size > MAX_RATIO * (info.compress_size + 100):
            self._fault(f"{name} unpacks to more than is read", info.header_offset, info.compress_size)
            return b""
        try:
            with self._zip.open(info) as stream:
                data = stream.read(MAX_MEMBER)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
            self._fault(f"{name} is damaged or encrypted", info.header_offset, info.compress_size)
            return b""
        self._total += len(data)
        return data

    def elements(self, name: str) -> Iterator[tuple[str, str, ET.Element]]:
        """Yield `start` or `end`, the local name and the element of an XML member, in order; the rest of bad XML is a fault."""
        data = self.read(name)
        if not data:
            return
        if b"<!DOCTYPE" in data[:4096]:
            self._fault(f"{name} has a document type, which such a part may not have", 0, len(data))
            return
        try:
            for event, element in ET.iterparse(BytesIO(data), ("start", "end")):  # noqa: S314  # no document type gets here
                yield event, element.tag.rsplit("}", 1)[-1], element
        except (ET.ParseError, ExpatError, ValueError):
            self._fault(f"{name} is damaged", 0, len(data))


def text_of(package: Package, name: str, *, words: Collection[str], lines: Collection[str], cells: Collection[str] = ()) -> str:
    """Return the text of an XML member.

    Args:
        package: the open package.
        name: the member.
        words: elements whose text counts.
        lines: elements that end a line.
        cells: elements that end a cell.
    """
    found: list[str] = []
    for event, tag, element in package.elements(name):
        if event == "start":
            found += ["\t"] * (tag == "tab") + ["\n"] * (tag == "br")
        elif tag in words and element.text:
            found.append(element.text)
        elif tag in cells:
            if found and found[-1] == "\n":
                found.pop()
            found.append("\t")
        elif tag in lines:
            found.append("\n")
    return "".join(found)


def properties(package: Package, names: Collection[str]) -> str:
    """Return document properties as lines `name: value`."""
    lines = []
    for name in names:
        for event, tag, element in package.elements(name):
            if event == "end" and element.text and element.text.strip() and not len(element):
                lines.append(f"{tag}: {element.text.strip()}")
    return "\n".join(lines)
