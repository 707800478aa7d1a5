"""A whole EVTX file, or a part of it, as batches of columns; damaged places by way of `kyumei.readers.windows.recovery`.

Live records come first, in the order of the file; then slack and carved ones. Memory is bounded by one batch (32 MiB of the
file) and the decoder's dictionaries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from kyumei.readers.windows import chunks as evtx_chunks
from kyumei.readers.windows import recovery
from kyumei.readers.windows.chunks import CHUNK, CHUNK_MARK, FILE_HEADER, Chunk, Slot
from kyumei.readers.windows.columnar import scan
from kyumei.readers.windows.columnar.decoder import NO_TIME, Batch, Decoder, native_fields
from kyumei.store.columns import Columns, from_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.model.source import Source
    from kyumei.readers.windows.columnar.decoder import Scanned
    from kyumei.readers.windows.recovery import Found, Recovered

Span = tuple[int, int]
"""First byte and byte behind the last of a part of a file."""


@dataclass(slots=True)
class Suspects:
    """Chunks with records outside the chain, and those whose chain is broken: what `rest` looks at."""

    offsets: list[int] = field(default_factory=list)


def batches(
    source: Source, decoder: Decoder | None = None, span: Span | None = None, suspects: Suspects | None = None
) -> Iterator[Batch]:
    """Yield all events of a file.

    Args:
        source: the log.
        decoder: use the same for all files of a thread: it keeps templates and dictionaries. By default a new one.
        span: one of `spans`; only live records of these bytes then. Who reads a file in parts calls `rest` once.
        suspects: takes the places that `rest` must look at.
    """
    decoder = decoder or Decoder(source.zone)
    suspects = Suspects() if suspects is None else suspects
    for piece in live(source, decoder, suspects, span):
        yield from [piece] if isinstance(piece, Batch) else as_batches(piece)
    if span is None:
        for got in rest(source, decoder, suspects):
            yield from as_batches(got)


def spans(source: Source, parts: int) -> list[Span]:
    """Return the file cut into at most so many parts of whole chunks, each with a signature at its beginning."""
    chunks = max(1, (source.size - FILE_HEADER) // CHUNK)
    bounds = {0, source.size}
    with source.open() as stream:
        for part in range(1, parts):
            at = FILE_HEADER + part * chunks // parts * CHUNK
            while at < source.size:
                stream.seek(at)
                if stream.read(8) == CHUNK_MARK:
                    bounds.add(at)
                    break
                at += CHUNK
    cuts = sorted(bounds)
    return list(pairwise(cuts))


def as_batches(got: Recovered) -> list[Batch]:
    """Return what the fallback read as batches, one for each run of records of the same origin; faults in the last."""
    made = [_batch(list(found), origin) for origin, found in groupby(got.found, lambda f: f.origin)]
    if got.faults and not made:
        made = [Batch(Columns(0, {}), np.empty(0, np.int64), np.empty(0, np.int64))]
    if made:
        made[-1].faults.extend(got.faults)
    return made


def live(source: Source, decoder: Decoder, suspects: Suspects, span: Span | None = None) -> Iterator[Batch | Recovered]:
    """Yield the live records of a file, and note where others may lie."""
    codec = recovery.codec(source)
    header = evtx_chunks.file_header(source.head)
    first, last = span or (0, source.size)
    with source.open() as stream:
        blocks = _Blocks(stream, decoder, first or _first(source), last)
        for offset, scanned in blocks:
            if scanned is None:
                chunk = evtx_chunks.examine(offset, blocks.odd, has_crc=header.has_crc)
                yield _whole(chunk, codec, suspects)
                continue
            notes = _notes(scanned, has_crc=header.has_crc)
            got = _by_fallback(decoder, scanned, offset, notes, codec)
            for c in np.flatnonzero(scanned.status[:, 0] == scan.BROKEN).tolist():
                data = decoder.buffer[c * CHUNK : (c + 1) * CHUNK].tobytes()
                whole = _whole(evtx_chunks.examine(offset + c * CHUNK, data, has_crc=header.has_crc), codec, suspects)
                got = recovery.Recovered(got.found + whole.found, got.faults + whole.faults)
            got.found.sort(key=lambda f: f.rec)
            got.faults.sort(key=lambda f: f.offset)
            yield decoder.decode(scanned, offset, notes, [f for f in got.found if f.origin == "live"])
            yield recovery.Recovered([f for f in got.found if f.origin != "live"], got.faults)
            for c in np.flatnonzero(scanned.status[:, 3]).tolist():
                suspects.offsets.append(offset + c * CHUNK)
    if last == source.size:
        yield recovery.Recovered(faults=recovery.missing_chunks(source.size, header.chunks))


def rest(source: Source, decoder: Decoder, suspects: Suspects | None = None) -> Iterator[Recovered]:
    """Yield slack and carved records of a whole file that are not the same as a live one.

    Args:
        source: the log.
        decoder: its buffer is used.
        suspects: what `live` noted for the whole file; without it the file is scanned for them.
    """
    suspects = _suspects(source, decoder) if suspects is None else suspects
    has_crc = evtx_chunks.file_header(source.head).has_crc
    codec, known = recovery.codec(source), recovery.Known()
    numbers: set[int] = set()
    left: list[int] = []
    with source.open() as stream:
        for offset in sorted(set(suspects.offsets)):
            if found := recovery.others(evtx_chunks.chunk_at(stream, offset, has_crc=has_crc)):
                left.append(offset)
                numbers.update(s.number for s in found)
    if not left:
        return
    _note_live(source, decoder, numbers, known)
    with source.open() as stream:
        for offset in left:
            yield recovery.rest(evtx_chunks.chunk_at(stream, offset, has_crc=has_crc), codec, known)


def _first(source: Source) -> int:
    return 0 if source.head.startswith(CHUNK_MARK) else FILE_HEADER


class _Blocks:
    """Runs of chunks with signatures, scanned into the decoder's buffer, and single blocks that are otherwise (`odd`)."""

    def __init__(self, stream: BinaryIO, decoder: Decoder, first: int, last: int) -> None:
        self._stream = stream
        self._decoder = decoder
        self._at = first
        self._last = last
        self.odd = b""

    def __iter__(self) -> Iterator[tuple[int, Scanned | None]]:
        chunks = self._decoder.chunks
        while size := self._read(chunks * CHUNK):
            scanned = self._decoder.scan(size // CHUNK)
            at = self._at
            if scanned.chunks:
                chunks = min(2 * chunks, self._decoder.chunks)
                self._at += scanned.chunks * CHUNK
                yield at, scanned
                continue
            chunks = 1
            self.odd = self._decoder.buffer[: min(size, CHUNK)].tobytes()
            if not self.odd.startswith(CHUNK_MARK) and (further := self.odd.find(CHUNK_MARK, 1)) > 0:
                self.odd = self.odd[:further]  # the grid of chunks begins anew there
            self._at += len(self.odd)
            if self.odd.count(0) < len(self.odd):
                yield at, None

    def _read(self, most: int) -> int:
        """Fill the buffer from the current place; return how many bytes came."""
        self._stream.seek(self._at)
        room = self._decoder.buffer.data[: min(most, self._last - self._at)]
        size = 0
        while size < len(room):
            got = self._stream.readinto(room[size:])  # type: ignore[attr-defined]  # of all binary streams but in their type
            if not got:
                break
            size += got
        return size


def _whole(chunk: Chunk, codec: str, suspects: Suspects) -> Recovered:
    got = recovery.live(chunk, codec)
    got.faults += recovery.gaps(chunk)
    if recovery.others(chunk):
        suspects.offsets.append(chunk.offset)
    return got


def _notes(scanned: Scanned, *, has_crc: bool) -> dict[int, str]:
    """Return chunk → what is wrong with its checksums, in the words of `chunks.examine`."""
    found: dict[int, str] = {}
    wrong = np.where(scanned.status[:, 2] > 0, scanned.status[:, 4], 0)
    for c in np.flatnonzero(wrong).tolist() if has_crc else []:
        header = ["chunk header checksum wrong"] if wrong[c] & scan.BAD_HEADER else []
        content = ["chunk data checksum wrong"] if wrong[c] & scan.BAD_DATA else []
        found[c] = "; ".join(header + content)
    return found


def _by_fallback(decoder: Decoder, scanned: Scanned, offset: int, notes: dict[int, str], codec: str) -> Recovered:
    """Return the records that the kernels leave over."""
    left = decoder.prepare(scanned)
    of_chunk = np.searchsorted(scanned.status[:, 1], left, side="right") - 1
    got = recovery.Recovered()
    for c in np.unique(of_chunk).tolist():
        one = recovery.live(_chunk(decoder, c, offset, left[of_chunk == c], notes.get(c, "")), codec)
        got.found += one.found
        got.faults += one.faults
    return got


def _chunk(decoder: Decoder, c: int, offset: int, records: np.ndarray, note: str) -> Chunk:
    """Return a chunk of the buffer with some of its live records."""
    data = decoder.buffer[c * CHUNK : (c + 1) * CHUNK].tobytes()
    slots = []
    for at in (decoder.records.at[records] - c * CHUNK).tolist():
        _, size, number, written = evtx_chunks.RECORD.unpack_from(data, at)
        slots.append(Slot(at, size, number, written))
    return Chunk(offset + c * CHUNK, data, note, slots)


def _suspects(source: Source, decoder: Decoder) -> Suspects:
    found = Suspects()
    with source.open() as stream:
        for offset, scanned in _Blocks(stream, decoder, _first(source), source.size):
            odd = [0] if scanned is None else np.flatnonzero(scanned.status[:, 3] | (scanned.status[:, 0] == scan.BROKEN))
            found.offsets += [offset + int(c) * CHUNK for c in odd]
    return found


def _note_live(source: Source, decoder: Decoder, numbers: set[int], known: recovery.Known) -> None:
    """Note those live records whose numbers occur outside the chains."""
    codec = recovery.codec(source)
    has_crc = evtx_chunks.file_header(source.head).has_crc
    wanted = np.array(sorted(numbers), np.uint64)
    with source.open() as stream:
        blocks = _Blocks(stream, decoder, _first(source), source.size)
        for offset, scanned in blocks:
            if scanned is None:
                recovery.note_live(evtx_chunks.examine(offset, blocks.odd, has_crc=has_crc), numbers, codec, known)
                continue
            hits = np.flatnonzero(np.isin(decoder.records.number[: scanned.n].view(np.uint64), wanted))
            of_chunk = np.searchsorted(scanned.status[:, 1], hits, side="right") - 1
            for c in np.unique(of_chunk).tolist():
                recovery.note_live(_chunk(decoder, c, offset, hits[of_chunk == c], ""), numbers, codec, known)
            for c in np.flatnonzero(scanned.status[:, 0] == scan.BROKEN).tolist():
                data = decoder.buffer[c * CHUNK : (c + 1) * CHUNK].tobytes()
                chunk = evtx_chunks.examine(offset + c * CHUNK, data, has_crc=has_crc)
                recovery.note_live(chunk, numbers, codec, known)


def _batch(found: Sequence[Found], origin: str) -> Batch:
    """Return records that the fallback read as columns."""
    import pyarrow as pa

    columns: dict[str, list[str | None]] = {}
    for n, one in enumerate(found):
        for name, text in native_fields(one.event).items():
            column = columns.setdefault(name, [])
            column += [None] * (n - len(column))
            column.append(text)
    arrays = {name: pa.array(v + [None] * (len(found) - len(v)), pa.string()) for name, v in sorted(columns.items())}
    known = from_table(pa.table(arrays)).fields if arrays else {}
    ts = [NO_TIME if f.event.ts is None else f.event.ts for f in found]
    rec = np.array([f.rec for f in found], np.int64)
    events, none = [f.event for f in found], np.full(len(found), -1, np.int32)
    return Batch(Columns(len(found), known), rec, np.array(ts, np.int64), origin, shape=none, events=events)
