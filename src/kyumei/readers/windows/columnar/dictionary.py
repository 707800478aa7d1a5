"""The distinct values of all fields: raw bytes for the kernels, and Arrow texts that grow without being copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from kyumei.readers.windows.columnar import encode, spelling, text

if TYPE_CHECKING:
    from collections.abc import Sequence

_OUT: Final = 1 << 20
_VALUES: Final = 1 << 18
_ARENA: Final = 1 << 24
_STRING: Final = pa.string()
_GROWTH: Final = 4
"""Arrays grow by that: what is not used of them takes no memory, and copies cost."""


class Texts:
    """The values of one field as texts. Earlier arrays stay valid: their bytes are a beginning of the later ones'."""

    def __init__(self) -> None:
        self.n = 0
        self._ends = np.zeros(32, np.int32)
        self._bytes = np.empty(512, np.uint8)
        self._made: pa.StringArray | None = None
        self._buffers: list[pa.Buffer | None] = []

    def add(self, data: np.ndarray, ends: np.ndarray, before: int) -> None:
        """Append values: their bytes one behind the other, and where each ends, counted from `before` their beginning."""
        used, n = int(self._ends[self.n]), self.n + len(ends)
        if used + len(data) > len(self._bytes) or n + 1 > len(self._ends):
            self._bytes = _grown(self._bytes, used, used + len(data))
            self._ends = _grown(self._ends, self.n + 1, n + 1)
            self._buffers = []
        self._bytes[used : used + len(data)] = data
        np.add(ends, used - before, out=self._ends[self.n + 1 : n + 1])
        self.n = n
        self._made = None

    def array(self) -> pa.StringArray:
        """Return all values, without a copy."""
        if self._made is None:
            self._buffers = self._buffers or [None, pa.py_buffer(self._ends), pa.py_buffer(self._bytes)]
            self._made = pa.Array.from_buffers(_STRING, self.n, self._buffers, 0)
        return self._made


def _grown(array: np.ndarray, used: int, needed: int) -> np.ndarray:
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, _GROWTH * len(array)), array.dtype)
    larger[:used] = array[:used]
    return larger


class Dictionary:
    """Values of all fields of one decoder, until it is closed and another one begins.

    Args:
        codec: Python codec of ANSI texts.

    Attributes:
        identity: see `kyumei.store.columns.Columns.dictionary`.
        raw: the kernels' view. arrays: per field, code of an array → texts of its elements.
    """

    def __init__(self, codec: str) -> None:
        n = _VALUES
        self.identity = object()
        self.codec = codec
        self.arrays: dict[int, dict[int, list[str]]] = {}
        self.raw = encode.Values(
            np.zeros(3, np.int64),
            np.zeros((2 * n, 4), np.uint64),
            np.empty(_ARENA, np.uint8),
            np.empty(n, np.int64),
            np.empty(n, np.int32),
            np.empty(n, np.uint8),
            np.empty(n, np.int32),
            np.empty(n, np.int32),
            np.zeros(256, np.int32),
        )
        self._texts: dict[int, Texts] = {}
        self._interned: dict[int, dict[str, int]] = {}
        self._spelt = 0
        self._out = np.empty(_OUT, np.uint8)

    def make_fields(self, n: int) -> None:
        """Make room for so many fields."""
        if n > len(self.raw.codes):
            codes = np.zeros(2 * n, np.int32)
            codes[: len(self.raw.codes)] = self.raw.codes
            self.raw = self.raw._replace(codes=codes)

    def grow(self, entries: int, size: int) -> None:
        """Make room for so many more values and bytes."""
        raw, (n, used, _) = self.raw, (int(c) for c in self.raw.counts)
        if n + entries > len(raw.at):
            raw = raw._replace(**{f: _grown(getattr(raw, f), n, n + entries) for f in ("at", "size", "kind", "field", "code")})
        if 2 * (int(raw.counts[2]) + entries) > len(raw.table):
            table = np.zeros((_GROWTH * len(raw.table), 4), np.uint64)
            encode.rehash(raw.table, table)
            raw = raw._replace(table=table)
        self.raw = raw._replace(arena=_grown(raw.arena, used, used + size))

    def intern(self, field: int, value: str) -> int:
        """Return the code of a text in a field."""
        known = self._interned.get(field)
        if known is None:
            known = self._interned[field] = {}
        code = known.get(value)
        if code is None:
            data = np.frombuffer(value.encode("utf-16-le", "surrogatepass"), np.uint8)
            self.grow(1, len(data))
            known[value] = code = int(encode.interned(data, field, self.raw))
        return code

    def texts(self, field: int) -> pa.StringArray:
        """Return the values of a field; `spell` has been called since the last of them came."""
        found = self._texts.get(field)
        return found.array() if found else pa.array([], pa.string())

    def spell(self) -> None:
        """Make texts of the values that came since the last call."""
        first, last = self._spelt, int(self.raw.counts[0])
        if first == last:
            return
        self._spelt = last
        special = first + np.flatnonzero(spelling.is_spelt_here(self.raw.kind[first:last]))
        if len(special):
            self._prepare(special)
        field = self.raw.field[first:last]
        field = field.astype(np.uint16) if len(self.raw.codes) <= 1 << 16 else field  # then the order is found in linear time
        order = np.argsort(field, kind="stable")
        field, ends, at = field[order], np.empty(len(order), np.int32), 0
        order += first
        if (most := 3 * int(self.raw.size[first:last].max()) + text.SLACK) > len(self._out):
            self._out = np.empty(most, np.uint8)
        while at < len(order):
            end = int(text.spell(self.raw, order, at, self._out, ends))
            self._append(field[at:end], ends[at:end])
            at = end

    def _append(self, field: np.ndarray, ends: np.ndarray) -> None:
        """Hand the texts in `_out` to their fields."""
        starts = np.concatenate([[0], np.flatnonzero(field[1:] != field[:-1]) + 1])
        last = np.append(starts[1:], len(field))
        before, made = 0, self._texts
        spans = zip(field[starts].tolist(), starts.tolist(), last.tolist(), ends[last - 1].tolist(), strict=True)
        for number, start, end, after in spans:
            texts = made.get(number)
            if texts is None:
                texts = made[number] = Texts()
            texts.add(self._out[before:after], ends[start:end], before)
            before = after

    def _prepare(self, special: np.ndarray) -> None:
        """Spell values in Python, put the texts into the arena and point at them; arrays get no text of their own."""
        raw, made = self.raw, []
        for n in special.tolist():
            at, size, kind = int(raw.at[n]), int(raw.size[n]), int(raw.kind[n])
            value = raw.arena[at : at + size].tobytes()
            if kind >= encode.ARRAY:
                codes = self.arrays.setdefault(int(raw.field[n]), {})
                codes[int(raw.code[n])] = spelling.elements(kind, value)
                made.append(b"")
            else:
                made.append(spelling.spelt(kind, value, self.codec).encode("utf-8", "replace"))
        self._point(special, made)

    def _point(self, special: np.ndarray, made: Sequence[bytes]) -> None:
        joined = np.frombuffer(b"".join(made), np.uint8)
        self.grow(0, len(joined))
        place = int(self.raw.counts[1])
        self.raw.arena[place : place + len(joined)] = joined
        self.raw.counts[1] = place + len(joined)
        sizes = np.array([len(m) for m in made], np.int64)
        self.raw.at[special] = place + np.cumsum(sizes) - sizes
        self.raw.size[special] = sizes
        self.raw.kind[special] = text.READY
