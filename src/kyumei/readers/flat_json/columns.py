"""A block of JSON records as `kyumei.store.columns.Columns`.

A field's name is its path joined by dots; members of a list have the name of the list. What comes again in one record under
the same name is `name#1`, `name#2`, …; beyond `REPEATS` the rest are joined by line ends into `name#more`. Numbers and
truths keep their text. Empty texts and nulls are missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.json_values import parsed
from kyumei.store.columns import Column, Columns

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

REPEATS: Final = 16
_PATHS: Final = 4096


@dataclass(frozen=True, slots=True)
class Block:
    """Records taken apart.

    Attributes:
        columns: one row for each span that was given.
        good: bool, which spans are JSON objects; the others have no field.
    """

    columns: Columns
    good: np.ndarray


def block(data: bytes, spans: np.ndarray) -> Block:
    """Return the records at these spans as columns.

    Args:
        data: UTF-8.
        spans: int64 (n, 2), start and end of each record in `data`.
    """
    import numpy as np

    buf = np.frombuffer(data, np.uint8)
    good = np.zeros(len(spans), np.bool_)
    taken = _taken(buf, spans, good)
    names = _names(buf, taken.paths)
    return Block(Columns(len(spans), dict(sorted(_fields(buf, taken, names).items()))), good)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the kernel gave, cut to size; see `kernel.flatten`."""

    tokens: np.ndarray
    paths: np.ndarray
    values: np.ndarray


def _taken(buf: np.ndarray, spans: np.ndarray, good: np.ndarray) -> _Taken:
    import numpy as np

    from kyumei.readers.flat_json import kernel

    leaves = int(np.count_nonzero(buf == 44) + np.count_nonzero(buf == 58)) + len(spans) + 1
    n_paths = _PATHS
    while True:
        tokens, values = np.empty((leaves, 3), np.int32), np.empty((leaves, 4), np.int64)
        paths = np.zeros((n_paths, 4), np.int64)
        tables = [np.full(_power(2 * size), -1, np.int32) for size in (n_paths, leaves)]
        t, p, v = kernel.flatten(buf, spans, good, (tokens, paths, tables[0], values, tables[1])).tolist()
        if t >= 0:
            return _Taken(tokens[:t], paths[:p], values[:v])
        n_paths *= 16


def _power(least: int) -> int:
    return 1 << max(4, (least - 1).bit_length())


def _names(buf: np.ndarray, paths: np.ndarray) -> list[str]:
    """Return the name of each path; parents stand before their children."""
    names = [""]
    for parent, _, start, length in paths[1:].tolist():
        own = _text(buf[start : start + length].tobytes())
        names.append(f"{names[parent]}.{own}" if names[parent] else own)
    return names


def _text(raw: bytes) -> str:
    """Return the text of a JSON string's inside; what no JSON decoder takes stands as it is written."""
    if b"\\" not in raw:
        return raw.decode("utf-8", "backslashreplace")
    try:
        return str(parsed(f'"{raw.decode("utf-8", "surrogateescape")}"'))
    except (ValueError, json.JSONDecodeError):
        return raw.decode("utf-8", "backslashreplace")


def _fields(buf: np.ndarray, taken: _Taken, names: list[str]) -> dict[str, Column]:
    """Return a column for each name; two paths may have one name (`a.b` and `a` → `b`)."""
    import numpy as np

    from kyumei.model.event import native

    order, bounds = _grouped(taken.tokens[:, 1], len(names))
    rows, codes = taken.tokens[order, 0], taken.tokens[order, 2]
    owned, starts = _grouped(taken.values[:, 0], len(names))
    rank = np.empty(len(owned), np.int32)
    rank[owned] = np.arange(len(owned)) - np.repeat(starts[:-1], np.diff(starts))
    found: dict[str, Column] = {}
    for path, name in enumerate(names):
        low, high = bounds[path], bounds[path + 1]
        if low < high:
            mine = codes[low:high]
            own = Column(
                rows[low:high].astype(np.uint32),
                rank[mine],
                _strings(buf, taken.values[owned[starts[path] : starts[path + 1]]]),
            )
            for suffix, column in _repeats(own):
                found[_free(native(name) + suffix, found)] = column
    return found


def _grouped(keys: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the order that puts equal keys (0 to n - 1) together, and where each key's begin."""
    import numpy as np

    narrow = keys.astype(np.uint16) if n <= 1 << 16 else keys  # sorted by counting, not by comparing
    return np.argsort(narrow, kind="stable"), np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=n))))


def _free(name: str, found: dict[str, Column]) -> str:
    free, n = name, 0
    while free in found:
        n += 1
        free = f"{name}@{n}"
    return free


def _repeats(column: Column) -> list[tuple[str, Column]]:
    """Return the first value of each row, then the second, … with the suffix of its name."""
    import numpy as np

    rows, codes, values = column.rows, column.codes, column.values
    if not (rows[1:] == rows[:-1]).any():
        return [("", column)]
    starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    rank = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    found = []
    for n in range(min(int(rank.max()) + 1, REPEATS)):
        at = rank == n
        found.append((f"#{n}" if n else "", _used(rows[at], codes[at], values)))
    rest = rank >= REPEATS
    if rest.any():
        found.append(("#more", _joined(rows[rest], _used(rows[rest], codes[rest], values))))
    return found


def _used(rows: np.ndarray, codes: np.ndarray, values: pa.StringArray) -> Column:
    """Return a column with the values that it uses alone."""
    import numpy as np
    import pyarrow as pa

    used, within = np.unique(codes, return_inverse=True)
    return Column(rows, within.astype(np.int32), values.take(pa.array(used)))


def _joined(rows: np.ndarray, column: Column) -> Column:
    """Return one value a row: those of the row joined by line ends."""
    import numpy as np
    import pyarrow as pa

    texts = column.values.take(pa.array(column.codes)).to_pylist()
    starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1]))).tolist()
    joined = ["\n".join(texts[a:b]) for a, b in zip(starts, [*starts[1:], len(texts)], strict=True)]
    return Column(rows[starts].astype(np.uint32), np.arange(len(joined), dtype=np.int32), pa.array(joined, pa.string()))


def _strings(buf: np.ndarray, values: np.ndarray) -> pa.StringArray:
    """Return the texts of distinct values; only those with escapes go through Python."""
    import numpy as np
    import pyarrow as pa

    from kyumei.readers.flat_json import kernel

    starts, lengths = values[:, 2].copy(), values[:, 3].copy()
    offsets = np.zeros(len(values) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint8)
    kernel.gather(buf, starts, lengths, offsets, out)
    array = pa.LargeStringArray.from_buffers(len(values), pa.py_buffer(offsets), pa.py_buffer(out)).cast(pa.string())
    escaped = np.flatnonzero(values[:, 1] == kernel.ESCAPED)
    if not len(escaped):
        return array
    texts: list[Any] = array.to_pylist()
    for place in escaped.tolist():
        texts[place] = _text(out[offsets[place] : offsets[place + 1]].tobytes())
    return pa.array(texts, pa.string())
