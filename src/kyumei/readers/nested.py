"""JSON inside a field's text, as services put the details of an event into one field of a record or one cell of a table.

Such a field stays as it is, and the fields within become fields too, named after it: `description` that holds
`{"ip_address": "192.0.2.1"}` gives `description.ip_address`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import Source
from kyumei.store.columns import Column
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from kyumei.store.columns import Columns

LOOKED_AT: Final = 32
"""Values of a field that are looked at; details are JSON in most records or in none."""
FIELDS: Final = 64
"""Fields taken out of one field: more are no event but a document, which stays as it is."""
BYTES: Final = 64 << 20
"""Text of one field in one block that is taken apart."""


def expanded(columns: Columns) -> Columns:
    """Return the columns with the fields that stand as JSON objects in others' texts."""
    found = dict(columns.fields)
    for name, column in columns.fields.items():
        if _is_likely(column):
            for inner, values in _within(column):
                found.setdefault(f"{name.removesuffix('#native')}.{inner.removesuffix('#native')}", values)
    if len(found) == len(columns.fields):
        return columns
    return replace(columns, fields=dict(sorted(found.items())), dictionary=object())


def _is_likely(column: Column) -> bool:
    import pyarrow as pa

    some = column.values.take(pa.array(column.codes[:LOOKED_AT])).cast(pa.binary()).to_pylist()
    return any(value.startswith(b"{") and value.rstrip().endswith(b"}") for value in some if value)


def _within(column: Column) -> Iterator[tuple[str, Column]]:
    import numpy as np

    from kyumei.readers.flat_json import records as json

    texts, codes = _objects(column)
    if not texts or sum(map(len, texts)) > BYTES:
        return
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    inner = Source.memory(b"".join(texts))
    place = np.full(len(column.values), -1, np.int64)
    place[codes] = np.arange(len(codes))
    which = place[column.codes]  # of each row the text, -1 where it is none
    for part in json.records(inner, Rows(inner, "", lambda _: None)):
        if len(part.columns.fields) > FIELDS:
            return
        records = np.searchsorted(starts, part.rec, side="right") - 1
        yield from ((name, _spread(column, which, records, values)) for name, values in part.columns.fields.items())
        return  # the text of a block is one block


def _objects(column: Column) -> tuple[list[bytes], list[int]]:
    """Return the distinct texts that look like objects, one a line, and their codes."""
    import numpy as np
    import pyarrow as pa

    used = np.unique(column.codes)
    texts = column.values.take(pa.array(used)).cast(pa.binary()).to_pylist()
    found = [(bytes(t), int(c)) for t, c in zip(texts, used, strict=True) if t.startswith(b"{") and t.rstrip().endswith(b"}")]
    return [b" ".join(text.splitlines()) + b"\n" for text, _ in found], [code for _, code in found]


def _spread(column: Column, which: np.ndarray[Any, Any], records: np.ndarray[Any, Any], values: Column) -> Column:
    """Return a field of the texts as a field of the rows that hold them."""
    import numpy as np

    of_text = np.full(int(np.max(which, initial=-1)) + 1, -1, np.int64)
    of_text[records[values.rows]] = values.codes
    codes = np.where(which >= 0, of_text[np.maximum(which, 0)], -1)
    there = codes >= 0
    return Column(column.rows[there], codes[there].astype(np.int32), values.values)
