"""PowerPoint presentations until 2003: `document.ppt`. Text of slides, notes and masters, comments, properties.

All records of the stream are gone through, so that text which an earlier saving left there comes out as well.

Format: MS-PPT (https://learn.microsoft.com/openspecs/office_file_formats/ms-ppt/), 2.3.1 RecordHeader, 2.9 text records.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.scope.documents.ole import names_stream, opened_ole, properties, stream
from kyumei.scope.documents.registry import Part, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import Opened

_STREAM: Final = "PowerPoint Document"
_SLIDE, _NOTES, _MASTER, _LIST, _ENCRYPTED = 0x03EE, 0x03F0, 0x03F8, 0x0FF0, 0x2F14
_CHARACTERS, _BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_NAMES: Final = {_SLIDE: "slide", _NOTES: "notes", _MASTER: "master", _LIST: "outline"}
_DEEPEST: Final = 40
_BREAKS: Final = str.maketrans({"\r": "\n", "\x0b": "\n", "\x00": ""})


def _accepts(source: Source) -> int:
    return CERTAIN if names_stream(source, _STREAM) else 0


@document(
    "document.ppt",
    accepts=_accepts,
    title="PowerPoint presentation, 97 to 2003",
    spec="https://learn.microsoft.com/openspecs/office_file_formats/ms-ppt/",
)
def ppt(opened: Opened) -> Iterator[Part]:
    """Yield the text container by container, then the properties."""
    ole = opened_ole(opened)
    if ole is None:
        return
    data = stream(ole, _STREAM)
    if data is None:
        opened.fault("document is damaged", 0, opened.source.size)
        return
    walk = _Walk(opened, data)
    walk.over(0, len(data), "presentation", 0)
    for place, lines in walk.found.items():
        yield Part(place, "\n".join(lines))
    said = "\n".join(properties(ole))
    if said:
        yield Part("properties", said)


@dataclass(slots=True)
class _Walk:
    """Goes over records; `found` holds the texts by place, `counts` how many slides and notes there were."""

    opened: Opened
    data: bytes
    found: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def over(self, at: int, end: int, place: str, depth: int) -> None:
        """Take the records between two places."""
        while at + 8 <= end:
            version, kind, size = struct.unpack_from("<HHI", self.data, at)
            inside, after = at + 8, at + 8 + size
            if after > end:
                self.opened.fault("a record is cut off", at, end - at)
            if kind == _ENCRYPTED:
                self.opened.fault("presentation is encrypted", at, size)
                return
            if version & 15 == 15 and depth < _DEEPEST:
                self.over(inside, min(after, end), self._place(kind, place), depth + 1)
            elif kind in {_CHARACTERS, _STRING, _BYTES}:
                self._text(kind, inside, min(after, end), place)
            at = after

    def _place(self, kind: int, place: str) -> str:
        if kind not in _NAMES:
            return place
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{_NAMES[kind]} {self.counts[kind]}"

    def _text(self, kind: int, start: int, end: int, place: str) -> None:
        raw = self.data[start:end]
        text = raw.decode("latin-1" if kind == _BYTES else "utf-16-le", "replace").translate(_BREAKS)
        if text.strip():
            self.found.setdefault(place, []).append(text)
