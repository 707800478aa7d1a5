"""Kernel: messages put together from pieces of text, each on one line and cut to its length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from kyumei.readers.windows import mapping
from kyumei.readers.windows.columnar.jit import jit

if TYPE_CHECKING:
    from collections.abc import Sequence

    Texts = tuple[np.ndarray, np.ndarray]
    Rows = tuple[np.ndarray, np.ndarray, np.ndarray]

_LENGTH: Final = mapping.MESSAGE_LENGTH
_MOST: Final = 4 * _LENGTH
"""Characters looked at."""
_ROOM: Final = 4 * _MOST
_OUT: Final = 1 << 22
_CLEAN, _NONE, _ODD = 0, 1, 2


class Pool:
    """Texts of all kinds, numbered one behind the other: what columns and messages are made of."""

    def __init__(self) -> None:
        self._parts: list[pa.Array] = []
        self._n = 0
        self._single: dict[str, int] = {}

    def add(self, texts: pa.Array) -> int:
        """Append texts and return the number of the first."""
        first = self._n
        self._parts.append(texts)
        self._n += len(texts)
        return first

    def one(self, text: str) -> int:
        """Return the number of a text."""
        if text not in self._single:
            self._single[text] = self.add(pa.array([text], pa.string()))
        return self._single[text]

    def some(self, texts: Sequence[str | None]) -> np.ndarray:
        """Append texts and return the number of each, -1 for None."""
        first = self.add(pa.array(texts, pa.string()))
        return np.array([-1 if t is None else first + i for i, t in enumerate(texts)], np.int32)

    def array(self) -> pa.Array:
        """Return all texts."""
        if len(self._parts) != 1:
            self._parts = [pa.concat_arrays([pa.array([], pa.string()), *self._parts])]
        return self._parts[0]


@jit
def _copy(data: np.ndarray, place: int, last: int, out: np.ndarray, state: np.ndarray) -> None:
    """Copy a text up to the most characters. `state`: bytes and characters so far, where to cut, 1 for control characters."""
    to, count, cut, odd = state[0], state[1], state[2], state[3]
    for i in range(place, last):
        byte = data[i]
        if byte & 0xC0 != 0x80:
            if count == _MOST:
                break
            if count == _LENGTH - 1:
                cut = to
            count += 1
            if byte == 9 or byte == 10 or byte == 13:  # noqa: PLR1714  # a set would be made for each byte
                odd = 1
        out[to] = byte
        to += 1
    state[0], state[1], state[2], state[3] = to, count, cut, odd


@jit
def join(texts: Texts, rows: Rows, at: int, out: np.ndarray, made: np.ndarray, state: np.ndarray) -> int:
    """Put messages together, from row `at` until `out` may be full; return the row behind the last one.

    Args:
        texts: bytes of all texts; where each begins, and the last one's end.
        rows: numbers of texts (-1: nothing); where each row's begin, and the last one's end; what stands between the texts
            of a row (-1: nothing).
        at: first row.
        out: messages, one behind the other.
        made: of each row its bytes in `out`, and `_CLEAN`, `_NONE` (no text) or `_ODD` (has control characters, not cut).
        state: room for four numbers.
    """
    data, ends = texts
    pieces, bounds, between = rows
    state[0] = 0
    for row in range(at, len(between)):
        begin = state[0]
        if begin + _ROOM > len(out):
            return row
        state[1], state[2], state[3] = 0, begin, 0
        space = between[row]
        for k in range(bounds[row], bounds[row + 1]):
            text = pieces[k]
            if text < 0:
                continue
            if space >= 0 and state[0] > begin:
                _copy(data, ends[space], ends[space + 1], out, state)
            _copy(data, ends[text], ends[text + 1], out, state)
        made[row, 1] = _ODD if state[3] else _NONE if state[0] == begin and space >= 0 else _CLEAN
        if state[1] > _LENGTH and not state[3]:
            cut = state[2]
            out[cut], out[cut + 1], out[cut + 2] = 0xE2, 0x80, 0xA6  # …
            state[0] = cut + 3
        made[row, 0] = state[0] - begin
    return len(between)


def messages(texts: pa.Array, pieces: np.ndarray, bounds: np.ndarray, between: np.ndarray) -> pa.Array:
    """Return the messages of all rows, null where there is nothing to say. Arguments as in `join`."""
    _, ends, data = texts.buffers()
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    starts = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    made = np.zeros((len(between), 2), np.int64)
    out, parts, at, state = np.empty(_OUT, np.uint8), [], 0, np.zeros(4, np.int64)
    while at < len(between):
        last = int(join((raw, starts), (pieces, bounds, between), at, out, made, state))
        parts.append(_array(out, made[at:last]))
        at = last
    return pa.concat_arrays(parts) if parts else pa.array([], pa.string())


def _array(out: np.ndarray, made: np.ndarray) -> pa.Array:
    """Return texts in a buffer as an array of its own; those with control characters are put on one line."""
    ends = np.concatenate([[0], np.cumsum(made[:, 0])])
    data = out[: ends[-1]].copy()
    texts = pa.Array.from_buffers(pa.string(), len(made), [None, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data)])
    odd = np.flatnonzero(made[:, 1] == _ODD)
    if len(odd) or (made[:, 1] == _NONE).any():
        lines = pa.array([mapping.line(t) for t in texts.take(pa.array(odd)).to_pylist()], pa.string())
        place = np.arange(len(made))
        place[odd] = len(made) + np.arange(len(odd))
        texts = pa.concat_arrays([texts, lines]).take(pa.array(place, mask=made[:, 1] == _NONE))
    return texts
