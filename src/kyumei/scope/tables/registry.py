"""Extractors: functions that yield the tables of a data object, and the registry that finds them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kyumei.model.fault import Fault
from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source

    Extract = Callable[[Source], Iterator["Table"]]
    Accepts = Callable[[Source], int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a table, column by column.

    Attributes:
        recs: int64, for each record its byte offset in the source, or its row number from 1 where the format has no offsets
            (sheets).
        columns: one text array a column, equally long, cells as written; null for an empty cell or NULL.
    """

    recs: pa.Int64Array
    columns: tuple[pa.StringArray, ...]

    @classmethod
    def of(cls, recs: Sequence[int], columns: Sequence[Sequence[str | None]]) -> Batch:
        """Return a batch of cells given as Python values; empty text becomes null."""
        import pyarrow as pa

        cells = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
        return cls(pa.array(recs, pa.int64()), tuple(cells))


@dataclass(slots=True)
class Table:
    """One table of a data object, its records in batches that are read once.

    Attributes:
        name: sheet or table name, empty where the file is the table.
        columns: header words; `column 1`, `column 2`, … where there is no header.
        batches: the records, in the order of the source.
        hidden: whether and how a spreadsheet hides the sheet.
        faults: records that could not be given; complete only when the batches are used up.
        flaws: places inside records that were given all the same (undecodable bytes, cells too few or too many); like faults.
    """

    source: Source
    name: str
    columns: tuple[str, ...]
    batches: Iterator[Batch]
    hidden: Literal["", "hidden", "very hidden"] = ""
    faults: list[Fault] = field(default_factory=list[Fault])
    flaws: list[Fault] = field(default_factory=list[Fault])

    @property
    def id(self) -> str:
        """Return `T-` and sixteen hex digits of file and name."""
        return "T-" + hashlib.sha256(f"{self.source.file_id}\0{self.name}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Extractor:
    """An extractor and what it states about itself; `accepts` as in `kyumei.readers.registry.Reader`."""

    name: str
    accepts: Accepts
    extract: Extract
    title: str
    spec: str


EXTRACTORS: Registry[Extractor] = Registry("extractors", "kyumei.scope.tables")


def extractor(name: str, *, accepts: Accepts, title: str, spec: str) -> Callable[[Extract], Extract]:
    """Register the decorated generator as an extractor.

    It yields the tables one after the other; each is used up before the generator is resumed. It never raises on any bytes
    and counts what it cannot read in the table's faults: records given + faults = records there. Where not even a table can be
    told, it yields one without columns that holds the fault.
    """

    def register(extract: Extract) -> Extract:
        EXTRACTORS.add(Extractor(name, accepts, extract, title, spec))
        return extract

    return register
