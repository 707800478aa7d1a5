"""What the text of a file says: documents part by part, other text and bytes as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.fault import Fault
from kyumei.scope.documents.ocr import is_picture, recognised
from kyumei.scope.found import FEWEST, FEWEST_PLAIN, UNSURE, Values
from kyumei.scope.text import found_in, scan
from kyumei.store.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kyumei.model.source import Source
    from kyumei.scope.documents.registry import DocumentReader
    from kyumei.scope.names import Finder
    from kyumei.scope.text import Hit

_PLAIN: Final = frozenset({"text", "bytes", "document.eml", "document.html", "document.msg"})


@dataclass(slots=True)
class Content:
    """What was found in the text of one file.

    Attributes:
        reader: the document's reader, `text` or `bytes`.
        counts: hits by category and kind.
        samples: one masked value a category and kind.
        checked: hits by category and kind that passed more than a dictionary or a vocabulary.
        personal: whether the text is about persons who can be told, as far as `read` found.
        parts: how many parts were read.
    """

    reader: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], str] = field(default_factory=dict)
    checked: Counter[tuple[str, str]] = field(default_factory=Counter)
    parts: int = 0
    personal: bool = False
    faults: list[Fault] = field(default_factory=list[Fault])

    def by_category(self) -> dict[str, int]:
        """Return hits by category, in the order of their ids."""
        total: Counter[str] = Counter()
        for (category, _), number in self.counts.items():
            total[category] += number
        return dict(sorted(total.items()))

    def table_row(self, source: Source) -> dict[str, Any]:
        """Return the row for `objects/tables`; each value found is a record."""
        return {
            "table_id": _table_id(source), "file_id": source.file_id, "evidence_id": source.evidence_id, "name": TEXT,
            "hidden": "", "records": self.counts.total(), "faults": len(self.faults), "columns": len(self.counts),
            "personal": self.personal,
        }  # fmt: skip

    def column_rows(self, source: Source) -> list[Mapping[str, Any]]:
        """Return the rows for `objects/columns`: one a category and kind, `by` text."""
        return [
            {
                "table_id": _table_id(source), "ordinal": n, "name": kind, "category": category, "kind": kind, "by": "text",
                "filled": self.counts[category, kind], "matching": self.checked[category, kind],
                "sample_masked": self.samples[category, kind],
            }
            for n, (category, kind) in enumerate(sorted(self.counts))
        ]  # fmt: skip


def _table_id(source: Source) -> str:
    import hashlib

    return "T-" + hashlib.sha256(f"{source.file_id}\0\0text".encode()).hexdigest()[:16]


def reader_of(source: Source) -> DocumentReader | None:
    """Return the reader of documents that takes the source, if any."""
    from kyumei.scope.documents.registry import recognise

    return recognise(source)


def hits(source: Source, content: Content, *, ocr: bool = False, names: Finder | None = None) -> Iterator[Hit]:
    """Yield the values in the text of a file, and note in `content` what was read; never raises on any bytes.

    In documents `start` and `end` are bytes in the UTF-8 form of the part that `place` names. With `names`, names are those of
    `kyumei.scope.names`.
    """
    reader = reader_of(source)
    if reader is None and ocr and is_picture(source):
        yield from _of_picture(source, content, names=names)
        return
    if reader is None:
        content.parts += 1
        for hit in scan(source, names=names):
            _note(content, hit)
            yield hit
        return
    content.reader = reader.name
    try:
        yield from _of_document(source, reader, content, ocr=ocr, names=names)
    except Exception as bug:  # noqa: BLE001  # plug-ins and foreign parsers run here
        content.faults.append(Fault(0, f"{reader.name} failed: {type(bug).__name__}", source.size))


def read(source: Source, out: Callable[[list[Mapping[str, Any]]], None] = lambda _: None, *, ocr: bool = False) -> Content:
    """Return what the text of a file says.

    Args:
        source: the file.
        out: called with rows of `kyumei.store.schema.FOUND`.
        ocr: whether pages without text may be given to tesseract.
    """
    content = Content("text")
    values = Values(_table_id(source), out)
    for hit in hits(source, content, ocr=ocr):
        values.add(hit)
    values.finish()
    fewest = FEWEST_PLAIN if content.reader in _PLAIN else FEWEST
    content.personal = values.strong or values.telling >= fewest
    return content


def _of_document(source: Source, reader: DocumentReader, content: Content, *, ocr: bool, names: Finder | None) -> Iterator[Hit]:
    from kyumei.scope.documents.registry import Opened

    opened = Opened(source, content.faults, ocr)
    for part in reader.read(opened):
        content.parts += 1
        for hit in found_in(part.text, part.place, names=names):
            _note(content, hit)
            yield hit


def _of_picture(source: Source, content: Content, *, names: Finder | None) -> Iterator[Hit]:
    content.reader = "picture"
    text = recognised(source.read())
    if text is None:
        content.faults.append(Fault(0, "picture: there is no tesseract, or it fails", source.size))
        return
    content.parts += 1
    for hit in found_in(text, "picture", names=names):
        _note(content, hit)
        yield hit


def _note(content: Content, hit: Hit) -> None:
    key = (hit.category, hit.kind)
    content.counts[key] += 1
    content.checked[key] += hit.validator not in UNSURE
    content.samples.setdefault(key, hit.sample_masked)
