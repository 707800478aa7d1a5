"""Lines of `key=value` pairs, taken apart column by column.

A value runs to the next word that is followed by `=`, so that values with blanks are whole also where they are not quoted;
a quoted value ends with its quote. Pairs are parted by blanks, tabs, commas or semicolons. When a key stands twice in a line
its first value is kept; the line itself stays in the event's message.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import bools, ints

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

KEYS: Final = 400
"""Keys kept in one batch, the commonest first: damaged text must not make thousands of columns."""
_KEY: Final = r"^[A-Za-z_][A-Za-z0-9_.\-]{0,60}$"
_PARTS: Final = b" \t,;"


def pairs(texts: pa.Array) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    """Return the values by key, null where a line lacks the key, and how many pairs each line has."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    data, starts = _bytes_of(texts)
    equals, begins = _places(data, starts)
    if not len(equals):
        return {}, np.zeros(len(texts), np.int64)
    rows = np.searchsorted(starts, equals, side="right") - 1
    ends = np.minimum(np.append(begins[1:], len(data)), starts[rows + 1])
    cuts = np.column_stack((begins, equals, equals + 1, ends)).reshape(-1)
    cuts = np.maximum.accumulate(cuts).astype(np.int32)
    buffers = [None, pa.py_buffer(np.append(cuts, cuts[-1:])), pa.py_buffer(data.tobytes())]
    cells = pa.Array.from_buffers(pa.string(), len(cuts), buffers)
    keys = cells.take(ints(np.arange(0, len(cuts), 4)))
    good = pc.match_substring_regex(keys, _KEY).to_numpy(zero_copy_only=False)
    values = _clean(cells.take(ints(np.arange(2, len(cuts), 4)[good])))
    rows = rows[good]
    return _columns(keys.filter(bools(good)), values, rows, len(texts)), np.bincount(rows, minlength=len(texts))


def _bytes_of(texts: pa.Array) -> tuple[Any, Any]:
    """Return the bytes of all texts in one array, and where each begins; the last entry is the length."""
    import numpy as np
    import pyarrow as pa

    joined = pa.concat_arrays([texts])
    _, bounds, data = joined.buffers()
    offsets = np.frombuffer(bounds, np.int32)[joined.offset : joined.offset + len(joined) + 1].astype(np.int64)
    held = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data else np.zeros(0, np.uint8)
    return held, offsets - offsets[0]


def _places(data: np.ndarray[Any, Any], starts: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Return where the equals signs of pairs are and where their keys begin."""
    import numpy as np

    quotes = data == ord('"')
    quotes[1:] &= data[:-1] != ord("\\")
    odd = np.bitwise_xor.accumulate(quotes.view(np.uint8)) ^ quotes.view(np.uint8)  # quotes before each byte: odd or even
    at_start = np.append(odd, np.uint8(0))[starts[:-1]]
    outside = odd == np.repeat(at_start, np.diff(starts))
    equals = np.flatnonzero((data == ord("=")) & outside)
    begin = np.zeros(len(data) + 1, bool)
    begin[1:] = _is_part()[data] & outside
    begin[starts[:-1]] = True
    edges = np.flatnonzero(begin)
    begins = edges[np.searchsorted(edges, equals, side="right") - 1] if len(edges) else equals
    first = np.concatenate(([True], begins[1:] != begins[:-1])) & (equals > begins)  # of `a=b=c` the first sign counts
    first &= _is_letter(data[np.minimum(begins, len(data) - 1)]) if len(data) else False
    return equals[first], begins[first]


@cache
def _is_part() -> np.ndarray[Any, Any]:
    """Return for each byte whether it parts pairs."""
    import numpy as np

    table = np.zeros(256, bool)
    table[np.frombuffer(_PARTS, np.uint8)] = True
    return table


def _is_letter(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    lower = values | 0x20
    letters: np.ndarray[Any, Any] = ((lower >= ord("a")) & (lower <= ord("z"))) | (values == ord("_"))
    return letters


def _clean(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    values = pc.ascii_trim(values, characters=" \t,;")
    quoted = pc.extract_regex(values, r'^(?:"(?P<inside>(?:[^"\\]|\\.)*)"?|(?P<before>[^",;]*)[,;] )')
    inside = pc.binary_join_element_wise(quoted.field("inside"), quoted.field("before"), "")  # one of them is empty
    return pc.if_else(pc.is_valid(quoted), inside, values)


def _columns(keys: pa.Array, values: pa.Array, rows: np.ndarray[Any, Any], n: int) -> dict[str, pa.Array]:
    import numpy as np

    coded = keys.dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=len(coded.dictionary))
    bounds = np.concatenate(([0], np.cumsum(counts)))
    names = coded.dictionary.to_pylist()
    kept = sorted(range(len(names)), key=lambda i: (-int(counts[i]), names[i]))[:KEYS]
    found: dict[str, pa.Array] = {}
    for code in kept:
        mine = order[bounds[code] : bounds[code + 1]]
        where = np.full(n, -1, np.int64)
        where[rows[mine][::-1]] = mine[::-1]  # the first of several wins
        found[names[code]] = values.take(ints(np.maximum(where, 0), where >= 0))
    return found
