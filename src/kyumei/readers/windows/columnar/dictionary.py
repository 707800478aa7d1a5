"""The distinct values of all fields: raw bytes for the kernels, and Arrow texts that grow without being copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from kyumei.readers.windows.columnar import encode, spelling, text

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLACK: Final = 40
"""Most bytes a value's text has beyond three times its raw size."""


class Texts:
    """The values of one field as texts. Earlier arrays stay valid: their bytes are a beginning of the later ones'."""

    def __init__(self) -> None:
        self.n = 0
        self._ends = np.zeros(16, np.int32)
        self._bytes = np.empty(64, np.uint8)
        self._made: pa.StringArray | None = None

    def add(self, data: np.ndarray, ends: np.ndarray) -> None:
        """Append values: their bytes one behind the other, and where each ends."""
        used, n = int(self._ends[self.n]), self.n + len(ends)
        self._bytes = _grown(self._bytes, used, used + len(data))
        self._ends = _grown(self._ends, self.n + 1, n + 1)
        self._bytes[used : used + len(data)] = data
        self._ends[self.n + 1 : n + 1] = ends + used
        self.n = n
        self._made = None

    def array(self) -> pa.StringArray:
        """Return all values, without a copy."""
        if self._made is None:
            parts = [None, pa.py_buffer(self._ends[: self.n + 1]), pa.py_buffer(self._bytes[: int(self._ends[self.n])])]
            self._made = pa.Array.from_buffers(pa.string(), self.n, parts)
        return self._made


def _grown(array: np.ndarray, used: int, needed: int) -> np.ndarray:
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)), array.dtype)
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
        n = 1 << 14
        self.identity = object()
        self.codec = codec
        self.arrays: dict[int, dict[int, list[str]]] = {}
        self.raw = encode.Values(
            np.zeros(2, np.int64),
            np.zeros((4 * n, 4), np.uint64),
            np.empty(1 << 20, np.uint8),
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

    def make_fields(self, n: int) -> None:
        """Make room for so many fields."""
        if n > len(self.raw.codes):
            codes = np.zeros(2 * n, np.int32)
            codes[: len(self.raw.codes)] = self.raw.codes
            self.raw = self.raw._replace(codes=codes)

    def grow(self, entries: int, size: int) -> None:
        """Make room for so many more values and bytes."""
        raw, (n, used) = self.raw, (int(c) for c in self.raw.counts)
        if n + entries > len(raw.at):
            raw = raw._replace(**{f: _grown(getattr(raw, f), n, n + entries) for f in ("at", "size", "kind", "field", "code")})
        if 2 * len(raw.at) > len(raw.table):
            table = np.zeros((1 << (2 * len(raw.at) - 1).bit_length(), 4), np.uint64)
            encode.rehash(raw.table, table)
            raw = raw._replace(table=table)
        self.raw = raw._replace(arena=_grown(raw.arena, used, used + size))

    def intern(self, field: int, value: str) -> int:
        """Return the code of a text in a field."""
        known = self._interned.setdefault(field, {})
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
        field, kind = self.raw.field[first:last], self.raw.kind[first:last].astype(np.int64)
        values = np.stack([self.raw.at[first:last], self.raw.size[first:last].astype(np.int64), kind], axis=1)
        special = np.flatnonzero(spelling.is_spelt_here(kind))
        if len(special):
            self._prepare(first, special, values)
        order = np.argsort(field, kind="stable")
        ends = np.empty(len(order), np.int64)
        out = np.empty(int((3 * values[:, 1] + _SLACK).sum()), np.uint8)
        text.spell(self.raw.arena, values[order], out, ends)
        self._append(field[order], out, ends)

    def _append(self, field: np.ndarray, out: np.ndarray, ends: np.ndarray) -> None:
        bounds = np.flatnonzero(np.diff(field, prepend=-1, append=-1))
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            before = int(ends[start - 1]) if start else 0
            texts = self._texts.setdefault(int(field[start]), Texts())
            texts.add(out[before : int(ends[end - 1])], ends[start:end] - before)

    def _prepare(self, first: int, special: np.ndarray, values: np.ndarray) -> None:
        """Spell values in Python, put the texts into the arena and point at them; arrays get no text of their own."""
        made: list[bytes] = []
        for i in special.tolist():
            at, size, kind = (int(v) for v in values[i])
            raw = self.raw.arena[at : at + size].tobytes()
            if kind >= encode.ARRAY:
                codes = self.arrays.setdefault(int(self.raw.field[first + i]), {})
                codes[int(self.raw.code[first + i])] = spelling.elements(kind, raw)
                made.append(b"")
            else:
                made.append(spelling.spelt(kind, raw, self.codec).encode("utf-8", "replace"))
        self._point(special, values, made)

    def _point(self, special: np.ndarray, values: np.ndarray, made: Sequence[bytes]) -> None:
        joined = np.frombuffer(b"".join(made), np.uint8)
        self.grow(0, len(joined))
        place = int(self.raw.counts[1])
        self.raw.arena[place : place + len(joined)] = joined
        self.raw.counts[1] = place + len(joined)
        sizes = np.array([len(m) for m in made], np.int64)
        values[special, 0] = place + np.cumsum(sizes) - sizes
        values[special, 1] = sizes
        values[special, 2] = text.READY
