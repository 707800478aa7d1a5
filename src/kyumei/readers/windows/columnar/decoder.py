"""One decoder: chunks in, columns out. It keeps its templates and dictionaries from batch to batch and from file to file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.readers.windows.columnar import encode, scan, templates
from kyumei.readers.windows.columnar.dictionary import Dictionary
from kyumei.readers.windows.columnar.shapes import Shapes
from kyumei.readers.windows.fields import micros
from kyumei.store.columns import Column, Columns

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.fault import Fault

CHUNKS: Final = 256
"""Chunks (16 MiB) a batch has at most."""
MOST_VALUES: Final = 1 << 21
MOST_BYTES: Final = 96 << 20
"""A dictionary that holds more distinct values, or bytes of them, is closed before the next batch."""
_MOST_PAIRS: Final = 1 << 26
NO_TIME: Final = int(encode.NO_TIME)
CODECS: Final = {"Asia/Tokyo": "cp932"}
"""Zone of the evidence → codec of texts that are not Unicode (rare: old providers); else cp1252."""
INTEGRITY: Final = "System_Integrity"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one file that are handed on together.

    Attributes:
        columns: all native fields, System's with `System_` in front: also `System_EventID`, `System_ProviderName`,
            `System_Channel` and `System_Computer`.
        rec: int64, byte offset of each record in the file.
        ts: int64, System/TimeCreated in microseconds since 1970 UTC; `NO_TIME` where there is none.
        origin: of all of them: `live`, `slack` or `carved`.
        faults: places that could not be read, which came up with this batch.
        number: uint64, record number of each record as its header says; of fallback records 0.
    """

    columns: Columns
    rec: np.ndarray
    ts: np.ndarray
    origin: str = "live"
    faults: list[Fault] = field(default_factory=list)
    number: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64))

    def timestamps(self) -> pa.Array:
        """Return `ts` as Arrow timestamps with nulls."""
        import pyarrow as pa

        return pa.array(self.ts, pa.int64(), mask=self.ts == NO_TIME).cast(pa.timestamp("us", tz="UTC"))


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan of a buffer found: chunks with a signature from its beginning, and their records."""

    chunks: int
    n: int
    status: np.ndarray


class Decoder:
    """Templates, shapes and dictionaries of one thread.

    Args:
        zone: IANA name of the zone of the evidence; says the code page of ANSI texts.
        chunks: chunks that are decoded at once.
    """

    def __init__(self, zone: str = "Asia/Tokyo", chunks: int = CHUNKS) -> None:
        self.chunks = chunks
        self.codec = CODECS.get(zone, "cp1252")
        self.buffer = np.empty(chunks * scan.CHUNK, np.uint8)
        self.records = scan.records(chunks)
        self._forget()

    def _forget(self) -> None:
        self._known = scan.known()
        self._shapes = Shapes()
        self._close()

    def _close(self) -> None:
        self._dictionary = Dictionary(self.codec)
        self._slots = self._shapes.slots()
        self._literals()
        self._times: dict[int, int] = {}

    def scan(self, chunks: int) -> Scanned:
        """Scan the first chunks of `buffer`, up to one without signature."""
        if max(self._known.counts[:2]) > scan.TABLE // 4:
            self._forget()
        elif self._dictionary.raw.counts[0] > MOST_VALUES or self._dictionary.raw.counts[1] > MOST_BYTES:
            self._close()
        n = int(scan.scan(self.buffer, chunks, self._known, self.records)) if chunks else 0
        status = self.records.chunks[:chunks, 0]
        signed = int(np.argmax(status == scan.NOT_SIGNED)) if chunks and (status == scan.NOT_SIGNED).any() else chunks
        return Scanned(signed, n, self.records.chunks[:signed])

    def decode(self, scanned: Scanned, offset: int, notes: dict[int, str]) -> tuple[Batch, np.ndarray]:
        """Return the events of what was scanned, and the numbers of the records that the fallback must read.

        Args:
            scanned: what `scan` returned last.
            offset: place of the buffer in the file.
            notes: what is wrong with a chunk (by its number in the buffer) as a whole, where something is.
        """
        n = scanned.n
        if self._shapes.learn(self.buffer.data, self._known):
            last = self._slots.last
            self._slots = self._shapes.slots()
            self._slots.last[: len(last)] = last
            self._literals()
        self._dictionary.make_fields(len(self._shapes.names) + 1)
        encode.allowed(self.buffer, n, self.records, self._slots)
        pairs = self._pairs(n)
        rows = self._encode(n, pairs)
        self._dictionary.spell()
        columns = self._columns(pairs)
        ts = pairs.ts[:rows]
        at = pairs.record[:rows]
        self._resolve_times(columns, ts)
        self._join(columns)
        self._expand(columns)
        self._note(columns, at, scanned, notes)
        self._dictionary.spell()
        fields = {
            self._shapes.names[f]: Column(row.view(np.uint32), code, self._dictionary.texts(f))
            for f, (row, code) in sorted(columns.items(), key=lambda c: self._shapes.names[c[0]])
            if len(row) and not self._shapes.names[f].startswith("\0")
        }
        batch = Batch(
            Columns(rows, fields, self._dictionary.identity),
            self.records.at[at] + offset,
            ts,
            number=self.records.number[at].view(np.uint64),
        )
        return batch, np.flatnonzero(self.records.shape[:n] < 0)

    def _literals(self) -> None:
        self._dictionary.make_fields(len(self._shapes.names) + 1)
        for n, (number, text) in enumerate(self._shapes.literals):
            self._slots.literals[n, 1] = self._dictionary.intern(number, text)

    def _pairs(self, n: int) -> encode.Pairs:
        """Return room for all pairs that these records can give; where that is too much, some go to the fallback."""
        slots, shape = self._slots, self.records.shape[:n]
        counts = np.bincount(shape[shape >= 0], minlength=len(slots.start))
        width = slots.outer + slots.nested + slots.literal[:, 1] - slots.literal[:, 0]
        if (counts * width).sum() > _MOST_PAIRS:
            wide = (width > 64) & (counts > 0)
            shape[np.isin(shape, np.flatnonzero(wide))] = -1
            counts[wide] = 0
        spans = np.maximum(slots.outer, 0) + slots.nested
        fields = np.concatenate([slots.field, slots.literals[:, 0]])
        weights = np.concatenate([np.repeat(counts, spans), np.repeat(counts, np.diff(slots.literal, axis=1)[:, 0])])
        used = fields >= 0
        room = np.bincount(fields[used], weights[used], minlength=len(self._shapes.names)).astype(np.int64)
        start = np.cumsum(room) - room
        total = int(room.sum())
        rows = int(counts.sum())
        return encode.Pairs(
            start,
            np.zeros(len(room), np.int64),
            np.empty(total, np.int32),
            np.empty(total, np.int32),
            np.empty(rows, np.int64),
            np.empty(rows, np.int64),
        )

    def _encode(self, n: int, pairs: encode.Pairs) -> int:
        at, row = 0, 0
        while True:
            at, row = encode.encode(self.buffer, (at, row, n), self.records, self._slots, self._dictionary.raw, pairs)
            if at == encode.DONE:
                return int(row)
            self._dictionary.grow(2 * scan.MOST_VALUES, scan.CHUNK)

    def _columns(self, pairs: encode.Pairs) -> _Pairs:
        return {
            f: (pairs.row[s : s + c], pairs.code[s : s + c])
            for f, (s, c) in enumerate(zip(pairs.start.tolist(), pairs.used.tolist(), strict=True))
            if c
        }

    def _resolve_times(self, columns: _Pairs, ts: np.ndarray) -> None:
        """Take times that are no FILETIME from their texts; a text that is no time stays a field."""
        number = self._shapes.number(templates.SYSTEM_TIME)
        if number not in columns:
            return
        row, code = columns[number]
        texts = self._dictionary.texts(number)
        for c in np.unique(code).tolist():
            if c not in self._times:
                found = micros(texts[c].as_py())
                self._times[c] = NO_TIME if found is None else found
        times = np.array([self._times[c] for c in code.tolist()], np.int64)
        ts[row] = times
        columns[number] = (row[times == NO_TIME], code[times == NO_TIME])

    def _join(self, columns: _Pairs) -> None:
        """Put fields together that consist of several pieces."""
        for join in self._shapes.joins:
            hidden = [p for p in join.parts if isinstance(p, int)]
            there = [columns[f][0] for f in hidden if f in columns]
            if not there:
                continue
            rows = np.unique(np.concatenate(there))
            codes = np.full((len(rows), len(hidden)), -1, np.int32)
            for k, f in enumerate(hidden):
                if f in columns:
                    codes[np.searchsorted(rows, columns[f][0]), k] = columns[f][1]
            distinct, inverse = np.unique(codes, axis=0, return_inverse=True)
            made = [self._dictionary.intern(join.target, self._text(join.parts, one)) for one in distinct.tolist()]
            self._merge(columns, join.target, rows, np.array(made, np.int32)[inverse.reshape(-1)])

    def _text(self, parts: tuple[str | int, ...], codes: list[int]) -> str:
        given = iter(codes)
        pieces = []
        for part in parts:
            code = -1 if isinstance(part, str) else next(given)
            pieces.append(part if isinstance(part, str) else self._dictionary.texts(part)[code].as_py() if code >= 0 else "")
        return "".join(pieces)

    def _merge(self, columns: _Pairs, number: int, rows: np.ndarray, codes: np.ndarray) -> None:
        if number in columns:
            rows = np.concatenate([columns[number][0], rows])
            codes = np.concatenate([columns[number][1], codes])
        order = np.argsort(rows, kind="stable")
        columns[number] = (rows[order].astype(np.int32), codes[order].astype(np.int32))

    def _expand(self, columns: _Pairs) -> None:
        """Give each element of an array its own field."""
        for number, arrays in self._dictionary.arrays.items():
            if number not in columns:
                continue
            rows, codes = columns[number]
            used = np.array([c for c in np.unique(codes).tolist() if c in arrays], np.int32)
            is_array = np.isin(codes, used)
            if not len(used) or not is_array.any():
                continue
            columns[number] = (rows[~is_array], codes[~is_array])
            rows, place = rows[is_array], np.searchsorted(used, codes[is_array])
            texts = [arrays[c] for c in used.tolist()]
            for k in range(max(map(len, texts))):
                self._element(columns, number, k, rows, [t[k] if k < len(t) else "" for t in texts], place)

    def _element(self, columns: _Pairs, number: int, k: int, rows: np.ndarray, texts: list[str], place: np.ndarray) -> None:
        name, (sign, first) = self._shapes.names[number], self._shapes.more[number]
        base = name.rpartition(sign)[0] if first else name
        target = self._shapes.number(f"{base}{sign}{first + k}") if k else number
        self._dictionary.make_fields(len(self._shapes.names) + 1)
        made = np.array([self._dictionary.intern(target, t) if t else -1 for t in texts], np.int32)[place]
        self._merge(columns, target, rows[made >= 0], made[made >= 0])

    def _note(self, columns: _Pairs, at: np.ndarray, scanned: Scanned, notes: dict[int, str]) -> None:
        for c, note in sorted(notes.items()):
            first = int(scanned.status[c, 1])
            rows = np.arange(*np.searchsorted(at, (first, first + int(scanned.status[c, 2]))), dtype=np.int32)
            if len(rows):
                number = self._shapes.number(INTEGRITY)
                self._dictionary.make_fields(len(self._shapes.names) + 1)
                code = self._dictionary.intern(number, note)
                self._merge(columns, number, rows, np.full(len(rows), code, np.int32))


if TYPE_CHECKING:
    _Pairs = dict[int, tuple[np.ndarray, np.ndarray]]
