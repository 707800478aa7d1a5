"""Small batches put together before rules see them: thousands of rules cost the same for ten events as for ten thousand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from kyumei.store.columns import Column, Columns

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa

ROWS: Final = 131_072


class Place(Protocol):
    """Where events are from: item of evidence, file, and path in the item."""

    @property
    def evidence_id(self) -> str:
        """Return the id of the item."""

    @property
    def file_id(self) -> str:
        """Return the id of the file."""

    @property
    def path(self) -> str:
        """Return the path in it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one reader, of one source or several.

    Attributes:
        sources: where the events are from. of: int32, which of the sources each event is from.
        rec: int64, offset or record number of each event.
        ts: timestamp[us, UTC], null where the record has no time.
        tables: the events with the common columns, where the reader gave them.
        lasting: whether the dictionaries go on in the next such batch.
        chunk: int64, of each event of which only some fields are here, where its chunk begins in the log; -1 of the others.
    """

    reader: str
    columns: Columns
    sources: tuple[Place, ...]
    of: np.ndarray
    rec: np.ndarray
    ts: pa.Array
    tables: tuple[pa.Table, ...] = ()
    lasting: bool = False
    chunk: np.ndarray | None = None

    @property
    def kind(self) -> tuple[str, bool, bool]:
        """Return what two batches must have in common to be put together."""
        return self.reader, self.lasting, self.chunk is not None


@dataclass(slots=True)
class Gather:
    """Takes batches and hands on fewer and larger ones, those of one reader and kind together.

    Attributes:
        sink: what takes them.
    """

    sink: Callable[[Batch], None]
    _held: dict[tuple[str, bool, bool], list[Batch]] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Take a batch."""
        key = batch.kind
        held = self._held.setdefault(key, [])
        other = batch.lasting and held and held[-1].columns.dictionary is not batch.columns.dictionary
        if other or sum(b.columns.n for b in held) + batch.columns.n > ROWS:
            self._hand_on(key)
            held = self._held.setdefault(key, [])
        held.append(batch)

    def flush(self) -> None:
        """Hand on what is left."""
        for key in sorted(self._held):
            self._hand_on(key)

    def _hand_on(self, key: tuple[str, bool, bool]) -> None:
        held = self._held.pop(key, [])
        if held:
            self.sink(held[0] if len(held) == 1 else joined(held))


def joined(batches: list[Batch]) -> Batch:
    """Return batches of one reader and kind as one."""
    import numpy as np
    import pyarrow as pa

    first = batches[0]
    places = np.cumsum([0, *(len(b.sources) for b in batches)])
    return Batch(
        first.reader,
        _columns([b.columns for b in batches], lasting=first.lasting),
        tuple(source for b in batches for source in b.sources),
        np.concatenate([b.of + places[n] for n, b in enumerate(batches)]).astype(np.int32),
        np.concatenate([b.rec for b in batches]),
        pa.concat_arrays([b.ts for b in batches]),
        tuple(table for b in batches for table in b.tables),
        first.lasting,
        None if first.chunk is None else np.concatenate([b.chunk for b in batches if b.chunk is not None]),
    )


def _columns(parts: list[Columns], *, lasting: bool) -> Columns:
    import numpy as np

    starts = np.cumsum([0, *(part.n for part in parts)])
    held: dict[str, list[tuple[int, Column]]] = {}
    for start, part in zip(starts.tolist(), parts, strict=False):
        for name, column in part.fields.items():
            held.setdefault(name, []).append((start, column))
    join = _same if lasting else _anew
    fields = {name: join(columns) for name, columns in held.items()}
    total = int(starts[-1])
    return Columns(total, fields, parts[-1].dictionary) if lasting else Columns(total, fields)


def _rows(columns: list[tuple[int, Column]]) -> np.ndarray:
    import numpy as np

    return np.concatenate([column.rows + np.uint32(start) for start, column in columns]).astype(np.uint32)


def _same(columns: list[tuple[int, Column]]) -> Column:
    """Return columns over one dictionary as one; the last has all values of those before."""
    import numpy as np

    return Column(_rows(columns), np.concatenate([column.codes for _, column in columns]), columns[-1][1].values)


def _anew(columns: list[tuple[int, Column]]) -> Column:
    """Return columns over dictionaries of their own as one with a new dictionary."""
    import numpy as np
    import pyarrow as pa

    parts = [column.values.cast(pa.string()).take(pa.array(column.codes)) for _, column in columns]
    encoded = pa.concat_arrays(parts).dictionary_encode()
    return Column(_rows(columns), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32), encoded.dictionary)
