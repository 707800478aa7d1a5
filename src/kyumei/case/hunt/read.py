"""From paths to batches of columns: EVTX straight from the decoder, everything else through its reader."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from kyumei.case.hunt.gather import Batch
from kyumei.evidence.open.walk import Closed, walk
from kyumei.evidence.sources import local_source
from kyumei.readers import run as readers
from kyumei.readers.windows import evtx
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import Decoder
from kyumei.readers.windows.columnar.lean import Chosen, Lean
from kyumei.store.columns import Column, from_table
from kyumei.store.schema import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from kyumei.model.fault import Fault
    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader
    from kyumei.readers.windows.columnar.decoder import Batch as Decoded
    from kyumei.readers.windows.columnar.lean import Wanted
    from kyumei.store.columns import Columns

EVTX: Final = "windows.evtx"
PART: Final = 192 * 1024 * 1024
"""A large event log is read in parts of about this size, whatever the number of processes."""
_COMMON: Final = {
    "event_id": "System_EventID",
    "provider": "System_ProviderName",
    "channel": "System_Channel",
    "host": "System_Computer",
}


class Sink(Protocol):
    """What takes the batches."""

    @property
    def wanted(self) -> Wanted | None:
        """Return which fields of event logs on the disk are needed at first, None for all; `whole` gives the others."""

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
        suspects: file on the disk that was read in parts → chunks with records outside the chain.
    """

    files: int = 0
    bytes: int = 0
    events: int = 0
    carved: int = 0
    first: int | None = None
    last: int | None = None
    unread: dict[str, str] = field(default_factory=dict[str, str])
    faults: dict[str, int] = field(default_factory=dict[str, int])
    suspects: dict[Path, tuple[int, ...]] = field(default_factory=dict)

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
        for file, offsets in other.suspects.items():
            self.suspects[file] = self.suspects.get(file, ()) + offsets


@dataclass(frozen=True, slots=True)
class Piece:
    """What one job reads of a file on the disk: all of it and what lies inside, or a part of a large event log.

    Attributes:
        span: first byte and the one behind the last, of live records only; None for the whole file.
        rest: chunks to look through for what is not in the chain of live records: slack and carved ones, nothing else is read.
    """

    path: Path
    size: int
    span: tuple[int, int] | None = None
    rest: tuple[int, ...] = ()


def pieces(path: Path) -> list[Piece]:
    """Return the file as one piece, a large event log as several, which tell what chunks must be looked through again."""
    size = path.stat().st_size
    if size < PART:
        return [Piece(path, size)]
    source = local_source(path)
    if not evtx.accepts(source):
        return [Piece(path, size)]
    spans = decode.spans(source, -(-size // PART))
    return [Piece(path, end - start, (start, end)) for start, end in spans]


def read(piece: Piece, zone: str, temp: Path, sink: Sink) -> Tally:
    """Hand every event of a file, and of all that lies inside it, to the sink, batch by batch."""
    tally = Tally()
    source = local_source(piece.path, zone=zone)
    try:
        _ = source.head
    except OSError as wrong:
        tally.unread[source.path] = f"cannot be opened: {wrong.strerror}"
        return tally
    if piece.span is not None or piece.rest:
        _read_part(source, piece, tally, sink)
        return tally
    for step in walk(source, temp=temp):
        if isinstance(step, Closed):
            _note(tally, step.source, step.faults)
        elif step.source is source and evtx.accepts(source):
            _begin(source, EVTX, tally, sink)
            _decoded(source, decode.batches(source, _decoder(source.zone, sink.wanted)), tally, sink)
        else:
            _read_one(step.source, tally, sink, opened=step.opener is not None)
    return tally


def _read_one(source: Source, tally: Tally, sink: Sink, *, opened: bool) -> None:
    if not source.size:
        return
    if evtx.accepts(source):
        _begin(source, EVTX, tally, sink)
        _decoded(source, decode.batches(source, _decoder(source.zone, None)), tally, sink)
        return
    reader, _ = readers.recognise(source)
    if reader is None:
        if not opened:
            tally.unread[source.path] = "no reader recognises the content"
        return
    _begin(source, reader.name, tally, sink)
    _note(tally, source, _by_reader(reader, source, tally, sink))


def _read_part(source: Source, piece: Piece, tally: Tally, sink: Sink) -> None:
    decoder = _decoder(source.zone, sink.wanted)
    if piece.rest:
        suspects = decode.Suspects(list(piece.rest))
        _decoded(source, (b for got in decode.rest(source, decoder, suspects) for b in decode.as_batches(got)), tally, sink)
        return
    if piece.span is not None and piece.span[0] == 0:
        _begin(source, EVTX, tally, sink)
    suspects = decode.Suspects()
    _decoded(source, decode.batches(source, decoder, piece.span, suspects), tally, sink)
    tally.suspects[piece.path] = tuple(suspects.offsets)


def _begin(source: Source, reader: str, tally: Tally, sink: Sink) -> None:
    tally.files += 1
    tally.bytes += source.size
    sink.read(source, reader)


def _decoded(source: Source, batches: Iterable[Decoded], tally: Tally, sink: Sink) -> None:
    import numpy as np

    for got in batches:
        _note(tally, source, got.faults)
        if got.columns.n:
            batch = _batch(source, EVTX, _named(got.columns), got.rec, got.timestamps())
            lasting = bool(got.number.any())
            lean = lasting and sink.wanted is not None and len(got.chunk)
            chunk = np.where(got.shape >= 0, got.chunk, -1) if lean else None
            batch = replace(batch, lasting=lasting, chunk=chunk)
            _count(tally, batch)
            tally.carved += 0 if got.origin == "live" else got.columns.n
            sink.take(batch)


@cache
def _decoder(zone: str, wanted: Wanted | None) -> Decoder:
    """Return the decoder of this process, which keeps its dictionaries from file to file."""
    return Decoder(zone) if wanted is None else Lean(zone, wanted)


@cache
def _chosen(zone: str) -> Chosen:
    return Chosen(zone)


def forget() -> None:
    """Let go of the decoders of this process."""
    _decoder.cache_clear()
    _chosen.cache_clear()


def whole(source: Source, chunk: np.ndarray, rec: np.ndarray) -> Iterator[tuple[np.ndarray, Columns]]:
    """Yield places among these records of an event log, and all fields of the events there, row by row.

    Args:
        source: the log.
        chunk: of each record, where its chunk begins.
        rec: where each record stands.
    """
    with source.open() as stream:
        yield from _chosen(source.zone).fields(stream, chunk, rec)


def _named(columns: Columns) -> Columns:
    """Return the columns with those that rules address by the store's names."""
    import numpy as np
    import pyarrow as pa

    own = {name: columns.fields[given] for name, given in _COMMON.items() if given in columns.fields}
    every = np.arange(columns.n, dtype=np.uint32)
    own["source"] = Column(every, np.zeros(columns.n, np.int32), pa.array([EVTX]))
    return replace(columns, fields=columns.fields | own)


def _by_reader(reader: Reader, source: Source, tally: Tally, sink: Sink) -> list[Fault]:
    def hand_on(table: pa.Table) -> None:
        columns = from_table(table.drop_columns(list(PLACES)))
        batch = _batch(source, reader.name, columns, table["rec"].to_numpy(), _whole(table["ts"]))
        batch = replace(batch, tables=(table,))
        _count(tally, batch)
        sink.take(batch)

    rows = readers.run(reader, source, hand_on)
    tally.carved += rows.carved
    return rows.faults


def _batch(source: Source, reader: str, columns: Columns, rec: np.ndarray, ts: pa.Array) -> Batch:
    import numpy as np

    return Batch(reader, columns, (source,), np.zeros(columns.n, np.int32), rec, ts)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    merged = column.combine_chunks()
    return pa.concat_arrays(merged.chunks) if isinstance(merged, pa.ChunkedArray) else merged


def _count(tally: Tally, batch: Batch) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    tally.events += batch.columns.n
    span = pc.min_max(batch.ts.cast(pa.int64())).as_py()
    tally.add(Tally(first=span["min"], last=span["max"]))


def _note(tally: Tally, source: Source, faults: list[Fault] | tuple[Fault, ...]) -> None:
    if faults:
        tally.faults[source.path] = tally.faults.get(source.path, 0) + len(faults)
