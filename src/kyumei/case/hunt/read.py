"""From paths to batches of columns: EVTX straight from the decoder, everything else through its reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from kyumei.evidence.open.walk import Closed, walk
from kyumei.evidence.sources import local_source
from kyumei.readers import run as readers

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from kyumei.model.fault import Fault
    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader
    from kyumei.store.columns import Columns

EVTX: Final = "windows.evtx"
_PLACES: Final = ("evidence_id", "file_id", "rec", "ts", "ts_kind", "zone_assumed", "origin")


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one source.

    Attributes:
        rec: int64, offset or record number of each event.
        ts: timestamp[us, UTC], null where the record has no time.
        table: the events with the common columns, where the reader gave them.
    """

    source: Source
    reader: str
    columns: Columns
    rec: np.ndarray
    ts: pa.Array
    table: pa.Table | None = None


class Sink(Protocol):
    """What takes the batches."""

    def read(self, source: Source, reader: str) -> None:
        """Note a source that will be read."""

    def take(self, batch: Batch) -> None:
        """Take a batch of it."""


@dataclass(slots=True)
class Tally:
    """What became of the files of a job; sums of two jobs do not depend on which came first.

    Attributes:
        files: sources read. events: rows read, carved ones included. unread: path → why nothing read it.
        faults: path → number of places that could not be read.
    """

    files: int = 0
    bytes: int = 0
    events: int = 0
    carved: int = 0
    first: int | None = None
    last: int | None = None
    unread: dict[str, str] = field(default_factory=dict[str, str])
    faults: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, other: Tally) -> None:
        """Add what another job says."""
        self.files += other.files
        self.bytes += other.bytes
        self.events += other.events
        self.carved += other.carved
        self.first = min((t for t in (self.first, other.first) if t is not None), default=None)
        self.last = max((t for t in (self.last, other.last) if t is not None), default=None)
        self.unread |= other.unread
        for path, number in other.faults.items():
            self.faults[path] = self.faults.get(path, 0) + number


def read(path: Path, zone: str, temp: Path, sink: Sink) -> Tally:
    """Hand every event of a file, and of all that lies inside it, to the sink, batch by batch."""
    tally = Tally()
    source = local_source(path, zone=zone)
    try:
        _ = source.head
    except OSError as wrong:
        tally.unread[source.path] = f"cannot be opened: {wrong.strerror}"
        return tally
    for step in walk(source, temp=temp):
        if isinstance(step, Closed):
            _note(tally, step.source, step.faults)
        else:
            _read_one(step.source, tally, sink, opened=step.opener is not None)
    return tally


def _read_one(source: Source, tally: Tally, sink: Sink, *, opened: bool) -> None:
    if not source.size:
        return
    reader, _ = readers.recognise(source)
    if reader is None:
        if not opened:
            tally.unread[source.path] = "no reader recognises the content"
        return
    tally.files += 1
    tally.bytes += source.size
    sink.read(source, reader.name)
    rows = _by_reader(reader, source, tally, sink)
    _note(tally, source, rows)


def _by_reader(reader: Reader, source: Source, tally: Tally, sink: Sink) -> list[Fault]:
    from kyumei.store.columns import from_table

    def hand_on(table: pa.Table) -> None:
        columns = from_table(table.drop_columns(list(_PLACES)))
        batch = Batch(source, reader.name, columns, table["rec"].to_numpy(), table["ts"].combine_chunks(), table)
        _count(tally, batch)
        sink.take(batch)

    rows = readers.run(reader, source, hand_on)
    tally.carved += rows.carved
    return rows.faults


def _count(tally: Tally, batch: Batch) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    tally.events += batch.columns.n
    span = pc.min_max(batch.ts.cast(pa.int64())).as_py()
    tally.add(Tally(first=span["min"], last=span["max"]))


def _note(tally: Tally, source: Source, faults: list[Fault] | tuple[Fault, ...]) -> None:
    if faults:
        tally.faults[source.path] = tally.faults.get(source.path, 0) + len(faults)
