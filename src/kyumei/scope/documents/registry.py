"""Documents: functions that yield the text of a file, part by part, and the registry that finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.model.source import Source
from kyumei.model.text import decode
from kyumei.plugins import Registry
from kyumei.scope.text import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[["Opened"], Iterator["Part"]]
    Accepts = Callable[[Source], int]

MAX_DEPTH: Final = 4
"""Documents embedded in documents are read so deep."""
MAX_EMBEDDED: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """Some text of a document.

    Attributes:
        place: where it stands: `page 3`, `slide 2 notes`, `word/comments.xml`, `Sheet1!B4 comment`.
        text: lines; cells of tables in the text are separated by tabs.
    """

    place: str
    text: str


@dataclass(slots=True)
class Opened:
    """A document that is being read.

    Attributes:
        faults: what could not be read, to be added to.
        ocr: whether pages without text may be given to tesseract.
        depth: in how many documents it is embedded.
    """

    source: Source
    faults: list[Fault]
    ocr: bool = False
    depth: int = 0

    def fault(self, reason: str, offset: int = 0, skipped: int = 0) -> None:
        """Note what could not be read."""
        self.faults.append(Fault(offset, reason, skipped))

    def embedded(self, name: str, data: bytes) -> Iterator[Part]:
        """Yield the parts and tables of a document inside this one, its name before their places, or the text of a text.

        What is none of these is a fault, unless it is empty, and so is what is larger than `MAX_EMBEDDED`.
        """
        if len(data) > MAX_EMBEDDED:
            self.fault(f"{name} is larger than what is read inside a document", 0, len(data))
            return
        inner = Source.memory(data, self.source.member(name), evidence_id=self.source.evidence_id, zone=self.source.zone)
        if self.depth >= MAX_DEPTH:
            self.fault(f"{name} is nested more than {MAX_DEPTH} deep")
            return
        reader = recognise(inner)
        if reader is not None:
            for part in reader.read(Opened(inner, self.faults, self.ocr, self.depth + 1)):
                yield Part(f"{name} › {part.place}", part.text)
        if is_text(inner):
            if reader is None:
                yield Part(name, decode(data).text)
            return
        tables = [Part(f"{name} › {place}", text) for place, text in _tables(inner, self.faults)]
        yield from tables
        if reader is None and not tables and data:
            self.fault(f"{name} is of a form that is not read inside a document", 0, len(data))


def _tables(source: Source, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Yield name and text of the tables of a workbook or database, cells separated by tabs, and add what could not be read."""
    from kyumei.scope.profile import recognise as extractor_of

    extractor, _ = extractor_of(source)
    for table in extractor.extract(source) if extractor is not None else ():
        lines = ["\t".join(table.columns)]
        for batch in table.batches:
            lines += [
                "\t".join(cell or "" for cell in row) for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
            ]
        faults.extend(table.faults)
        yield table.name or "table", "\n".join(lines)


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """A reader of documents and what it states about itself; `accepts` as in `kyumei.readers.registry.Reader`."""

    name: str
    accepts: Accepts
    read: Read
    title: str
    spec: str


DOCUMENTS: Registry[DocumentReader] = Registry("documents", "kyumei.scope.documents")


def document(name: str, *, accepts: Accepts, title: str, spec: str) -> Callable[[Read], Read]:
    """Register the decorated generator as a reader of documents.

    It never raises on any bytes: what it cannot read it notes as a fault of the opened document.
    """

    def register(read: Read) -> Read:
        DOCUMENTS.add(DocumentReader(name, accepts, read, title, spec))
        return read

    return register


def recognise(source: Source) -> DocumentReader | None:
    """Return the reader that accepts the source with most confidence; ties go by name."""
    best: DocumentReader | None = None
    most = 0
    for reader in DOCUMENTS.all():
        confidence = reader.accepts(source)
        if confidence > most:
            best, most = reader, confidence
    return best
