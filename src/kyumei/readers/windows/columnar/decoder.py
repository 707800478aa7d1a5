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
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from kyumei.model.fault import Fault
    from kyumei.readers.windows.fields import WindowsEvent
    from kyumei.readers.windows.recovery import Found

CHUNKS: Final = 512
"""Chunks (32 MiB) a batch has at most."""
MOST_VALUES: Final = 3 << 19
MOST_BYTES: Final = 96 << 20
"""A dictionary that holds more distinct values, or bytes of them, is closed before the next batch."""
_MOST_PAIRS: Final = 1 << 26
_WIDE: Final = 64
NO_TIME: Final = int(encode.NO_TIME)
CODECS: Final = {"Asia/Tokyo": "cp932"}
"""Zone of the evidence → codec of texts that are not Unicode (rare: old providers); else cp1252."""
_COMMON: Final = {"event_id": "EventID", "provider": "ProviderName", "channel": "Channel", "host": "Computer"}
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
        number: uint64, record number of each record as its header says; of records that the fallback read 0.
        shape: int32, which template a record is of, -1 where the fallback read it.
        events: the records that the fallback read, in order.
        order: of a shape: the names of its fields as they stand in the template.
        chunk: int64, where in the file the chunk of each record begins; of no meaning for those that the fallback read.
    """

    columns: Columns
    rec: np.ndarray
    ts: np.ndarray
    origin: str = "live"
    faults: list[Fault] = field(default_factory=list)
    number: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64))
    shape: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    events: list[WindowsEvent] = field(default_factory=list)
    order: Callable[[int], Sequence[str]] = lambda _: ()
    chunk: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def timestamps(self) -> pa.Array:
        """Return `ts` as Arrow timestamps with nulls."""
        import pyarrow as pa

        return pa.array(self.ts, pa.int64(), mask=self.ts == NO_TIME).cast(pa.timestamp("us", tz="UTC"))


def native_fields(event: WindowsEvent) -> dict[str, str]:
    """Return all fields of a record that the fallback read, as the decoder gives them."""
    fields = {name: text for name, text in event.fields.items() if text}
    for ours, theirs in _COMMON.items():
        value = getattr(event, ours)
        if value is not None:
            fields.setdefault(f"System_{theirs}", str(value))
    return fields


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
        self._literal_codes: list[int] = []
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

    def prepare(self, scanned: Scanned) -> np.ndarray:
        """Plan the shapes of what was scanned last; return the numbers of the records that the fallback must read."""
        n = scanned.n
        if self._shapes.learn(self.buffer, self._known):
            last = self._slots.last
            self._slots = self._shapes.slots()
            self._slots.last[: len(last)] = last
            self._literals()
        self._dictionary.make_fields(len(self._shapes.names) + 1)
        encode.allowed(self.buffer, n, self.records, self._slots)
        self._trim(n)
        return np.flatnonzero(self.records.shape[:n] < 0)

    def decode(self, scanned: Scanned, offset: int, notes: dict[int, str], others: Sequence[Found]) -> Batch:
        """Return the events of what was prepared last.

        Args:
            scanned: what `scan` returned.
            offset: place of the buffer in the file.
            notes: what is wrong with a chunk (by its number in the buffer) as a whole, where something is.
            others: the live records of these chunks that the fallback read; each gets its place.
        """
        work = self._work(scanned.n)
        start, pairs = self._pairs(work, scanned.n, offset, others)
        self._encode(work, pairs)
        self._dictionary.spell()
        columns = self._columns(start, pairs)
        ts, at = pairs.ts, pairs.record
        self._resolve_times(columns, ts)
        self._join(columns)
        self._expand(columns)
        self._note(columns, at, scanned, notes)
        rec, number, shape = self.records.at[at] + offset, self.records.number[at].view(np.uint64), self.records.shape[at]
        if others:
            self._take_in(columns, np.flatnonzero(at < 0), others, (rec, number, shape, ts))
        self._dictionary.spell()
        return Batch(
            Columns(len(rec), self._named(columns), self._dictionary.identity),
            rec,
            ts,
            number=number,
            shape=shape,
            events=[f.event for f in others],
            order=self._shapes.order,
            chunk=rec - self.records.at[at] % scan.CHUNK,
        )

    def _work(self, n: int) -> _Encoded:  # noqa: ARG002  # for others that take less of the n records
        """Return what is encoded: the slots, and the records with their shapes."""
        return self._slots, self.records

    def _named(self, columns: _Pairs) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for name, f in self._shapes.sorted():
            pair = columns.get(f)
            if pair is not None and len(pair[0]):
                found[name] = Column(pair[0].view(np.uint32), pair[1], self._dictionary.texts(f))
        return found

    def _take_in(self, columns: _Pairs, place: np.ndarray, others: Sequence[Found], into: tuple[np.ndarray, ...]) -> None:
        """Add records that the fallback read, in the rows that were left to them; `into`: rec, number, shape, ts."""
        rec, number, shape, ts = into
        rec[place] = [f.rec for f in others]
        number[place], shape[place] = 0, -1
        ts[place] = [NO_TIME if f.event.ts is None else f.event.ts for f in others]
        given: dict[int, tuple[list[int], list[int]]] = {}
        for n, one in enumerate(others):
            for name, value in native_fields(one.event).items():
                field_ = self._number(name)
                rows, codes = given.setdefault(field_, ([], []))
                rows.append(n)
                codes.append(self._dictionary.intern(field_, value))
        for field_, (rows, codes) in given.items():
            self._merge(columns, field_, place[rows], np.array(codes, np.int32))

    def _literals(self) -> None:
        """Give the texts that all records of a shape have their codes."""
        self._dictionary.make_fields(len(self._shapes.names) + 1)
        codes = self._literal_codes
        codes += [self._dictionary.intern(number, text) for number, text in self._shapes.literals[len(codes) :]]
        self._slots.literals[:, 1] = codes

    def _counts(self, work: _Encoded, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return how many records each shape has, and how many pairs one of them can give."""
        slots, shape = work[0], work[1].shape[:n]
        counts = np.bincount(shape[shape >= 0], minlength=len(slots.start))
        return counts, np.maximum(slots.outer, 0) + slots.nested + slots.literal[:, 1] - slots.literal[:, 0]

    def _trim(self, n: int) -> None:
        """Leave records with very many values to the fallback where the whole batch would take too much room."""
        counts, width = self._counts((self._slots, self.records), n)
        if (counts * width).sum() > _MOST_PAIRS:
            shape = self.records.shape[:n]
            shape[np.isin(shape, np.flatnonzero(width > _WIDE))] = -1

    def _pairs(self, work: _Encoded, n: int, offset: int, others: Sequence[Found]) -> tuple[np.ndarray, encode.Pairs]:
        """Return where each field's pairs begin, and room for all that these records can give, each with its row."""
        slots, records = work
        counts, _ = self._counts(work, n)
        spans = np.maximum(slots.outer, 0) + slots.nested
        fields = np.concatenate([slots.field, slots.literals[:, 0]])
        weights = np.concatenate([np.repeat(counts, spans), np.repeat(counts, np.diff(slots.literal, axis=1)[:, 0])])
        used = fields >= 0
        room = np.bincount(fields[used], weights[used], minlength=len(self._shapes.names)).astype(np.int64)
        start = np.cumsum(room) - room
        total = int(room.sum())
        own = np.flatnonzero(records.shape[:n] >= 0)
        rows = np.arange(len(own))
        if others:
            rows += np.searchsorted(np.array([f.rec for f in others], np.int64), self.records.at[own] + offset)
        record = np.full(len(own) + len(others), -1, np.int64)
        record[rows] = own
        pairs = encode.Pairs(
            start.copy(),
            np.empty(total, np.int32),
            np.empty(total, np.int32),
            np.full(len(record), NO_TIME, np.int64),
            record,
            np.empty((2 * scan.MOST_VALUES + 1, 4), np.int64),
        )
        return start, pairs

    def _encode(self, work: _Encoded, pairs: encode.Pairs) -> None:
        slots, records = work
        row = 0
        while True:
            row = encode.encode(self.buffer, row, records, slots, self._dictionary.raw, pairs)
            if row == len(pairs.record):
                return
            self._dictionary.grow(2 * scan.MOST_VALUES, scan.CHUNK)

    def _columns(self, start: np.ndarray, pairs: encode.Pairs) -> _Pairs:
        return {
            f: (pairs.row[first:last], pairs.code[first:last])
            for f, (first, last) in enumerate(zip(start.tolist(), pairs.next.tolist(), strict=True))
            if last > first
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
            made: dict[tuple[int, ...], int] = {}
            for one in sorted(set(combinations := list(map(tuple, codes.tolist())))):
                made[one] = self._dictionary.intern(join.target, self._text(join.parts, one))
            self._merge(columns, join.target, rows, np.array([made[one] for one in combinations], np.int32))

    def _text(self, parts: tuple[str | int, ...], codes: Sequence[int]) -> str:
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
            known = np.zeros(max(int(codes.max(initial=0)), *arrays) + 1, bool)
            known[list(arrays)] = True
            is_array = known[codes]
            used = np.unique(codes[is_array])
            if not len(used):
                continue
            columns[number] = (rows[~is_array], codes[~is_array])
            rows, place = rows[is_array], np.searchsorted(used, codes[is_array])
            texts = [arrays[c] for c in used.tolist()]
            for k in range(max(map(len, texts))):
                self._element(columns, number, k, rows, [t[k] if k < len(t) else "" for t in texts], place)

    def _element(self, columns: _Pairs, number: int, k: int, rows: np.ndarray, texts: list[str], place: np.ndarray) -> None:
        name, (sign, first) = self._shapes.names[number], self._shapes.more[number]
        base = name.rpartition(sign)[0] if first else name
        target = self._number(f"{base}{sign}{first + k}") if k else number
        further = self._shapes.further.setdefault(name, [])
        if k > len(further):
            further.append(self._shapes.names[target])
        made = np.array([self._dictionary.intern(target, t) if t else -1 for t in texts], np.int32)[place]
        self._merge(columns, target, rows[made >= 0], made[made >= 0])

    def _number(self, name: str) -> int:
        number = self._shapes.number(name)
        self._dictionary.make_fields(number + 1)
        return number

    def _note(self, columns: _Pairs, at: np.ndarray, scanned: Scanned, notes: dict[int, str]) -> None:
        for c, note in sorted(notes.items()):
            first = int(scanned.status[c, 1])
            rows = np.flatnonzero((at >= first) & (at < first + int(scanned.status[c, 2]))).astype(np.int32)
            if len(rows):
                number = self._number(INTEGRITY)
                code = self._dictionary.intern(number, note)
                self._merge(columns, number, rows, np.full(len(rows), code, np.int32))


if TYPE_CHECKING:
    _Pairs = dict[int, tuple[np.ndarray, np.ndarray]]
    _Encoded = tuple[encode.Slots, scan.Records]
