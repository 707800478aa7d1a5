"""Lines of `key=value` pairs, taken apart column by column.

A value runs to the next word that is followed by `=`, so that values with blanks are whole also where they are not quoted;
a quoted value ends with its quote. Pairs are parted by blanks, tabs, commas or semicolons. When a key stands twice in a line
its first value is kept; the line itself stays in the event's message.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

KEYS: Final = 400
"""Keys kept in one batch, the commonest first: damaged text must not make thousands of columns."""
PARTS: Final = b" \t,;"


def pairs(texts: pa.Array) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    """Return the values by key, null where a line lacks the key, and how many pairs each line has."""
    return _taken(texts, PARTS, "=", quoted=True)


def colons(texts: pa.Array) -> dict[str, pa.Array]:
    """Return the values by key of pairs like `key:"value"`."""
    return _taken(texts, PARTS, ":", quoted=True)[0]


def plain(texts: pa.Array, parts: bytes, sign: str = "=") -> dict[str, pa.Array]:
    r"""Return the values by key of pairs that no quotes hold together and that any of these bytes part.

    An equals sign behind a backslash is part of a value, and so are quotes; blanks around a value are cut.
    """
    import pyarrow.compute as pc

    found, _ = _taken(texts, parts, sign, quoted=False)
    return {name: pc.utf8_trim_whitespace(values) for name, values in found.items()}


def _taken(texts: pa.Array, parts: bytes, sign: str, *, quoted: bool) -> tuple[dict[str, pa.Array], np.ndarray[Any, Any]]:
    import numpy as np
    import pyarrow.compute as pc

    from kyumei.readers import kernel_pairs as kernel

    data, bounds = _bytes_of(texts)
    room = int(np.count_nonzero(data == ord(sign))) + 1
    counts, tokens, keys = np.zeros(len(texts), np.int64), np.empty((room, 4), np.int64), np.zeros((room, 4), np.int64)
    table = np.full(1 << max(6, (2 * room).bit_length()), -1, np.int32)
    how = (quoted, not quoted, ord(sign))
    last = np.full(room, -1, np.int64)
    found, named = kernel.scan(data, bounds, _parting(parts), how, (tokens, keys, counts, table, last))
    order, begins = kernel.by_key(tokens[:found], named)
    names = [data[start:end].tobytes().decode("ascii") for start, end in keys[:named, :2].tolist()]
    columns: dict[str, pa.Array] = {}
    for key in sorted(range(named), key=lambda k: (-int(keys[k, 2]), names[k]))[:KEYS]:
        values = _column(data, tokens, order[begins[key] : begins[key + 1]], len(texts))
        columns[names[key]] = pc.replace_substring(values, "\\=", "=") if keys[key, 3] else values
    return columns, counts


def _bytes_of(texts: pa.Array) -> tuple[Any, Any]:
    """Return the bytes of all texts in one array, and where each begins; the last entry is the end."""
    import numpy as np

    _, bounds, data = texts.buffers()
    if not len(texts) or data is None:
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int32)
    return np.frombuffer(data, np.uint8), np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1]


@cache
def _parting(parts: bytes) -> np.ndarray[Any, Any]:
    """Return for each byte whether it parts pairs."""
    import numpy as np

    table = np.zeros(256, bool)
    table[np.frombuffer(parts, np.uint8)] = True
    return table


def _column(data: np.ndarray[Any, Any], tokens: np.ndarray[Any, Any], mine: np.ndarray[Any, Any], n: int) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    from kyumei.readers import kernel_pairs as kernel

    offsets, valid = np.empty(n + 1, np.int32), np.zeros(n + 7 >> 3, np.uint8)
    text = np.empty(kernel.lengths(tokens, mine), np.uint8)
    kernel.column(data, tokens, mine, (offsets, valid, text))
    bits = None if len(mine) == n else pa.py_buffer(valid)
    return pa.Array.from_buffers(pa.string(), n, [bits, pa.py_buffer(offsets), pa.py_buffer(text)], null_count=n - len(mine))
