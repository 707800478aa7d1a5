"""Events as sparse columns with dictionaries: what a columnar decoder gives and what rules are evaluated on.

A field that a row does not have takes no room, and a text that occurs a million times is held, scanned and compared once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a batch of events.

    Attributes:
        rows: uint32, ascending, each row at most once: the rows that have the field.
        codes: int32, as long as `rows`: index into `values`.
        values: the distinct values (text). A batch need not use all of them.
    """

    rows: np.ndarray
    codes: np.ndarray
    values: pa.StringArray


@dataclass(frozen=True, slots=True)
class Columns:
    """A batch of events, row numbers 0 to n - 1.

    Attributes:
        n: number of events.
        fields: column by native name (`System_EventID`, `CommandLine`, …).
        dictionary: identity of the dictionaries. Where two batches have the same object, a code means the same value in
            both, and `values` of the later one begins with those of the earlier: who scanned them needs only the rest.
    """

    n: int
    fields: dict[str, Column]
    dictionary: object = field(default_factory=object)


def arrays(columns: Columns) -> dict[str, pa.DictionaryArray]:
    """Return each field as an Arrow array as long as the batch; its dictionary holds the values that the batch uses."""
    return {name: as_array(*dense(column, columns.n)) for name, column in columns.fields.items()}


def dense(column: Column, n: int) -> tuple[np.ndarray, pa.StringArray]:
    """Return the place of each of n rows' value among those that the batch uses (int32, -1 where it has none), and these."""
    import numpy as np
    import pyarrow as pa

    used, place = _compact(column.codes, len(column.values))
    codes = np.full(n, -1, np.int32)
    codes[column.rows] = place
    return codes, column.values if len(used) == len(column.values) else column.values.take(pa.array(used))


def as_array(codes: np.ndarray, values: pa.StringArray) -> pa.DictionaryArray:
    """Return what `dense` gave as an Arrow array, which takes the codes over: where it is null, they become 0."""
    import numpy as np
    import pyarrow as pa

    there = codes >= 0
    n = int(np.count_nonzero(there))
    valid = None if n == len(codes) else pa.py_buffer(np.packbits(there, bitorder="little"))
    buffers = [valid, pa.py_buffer(codes if valid is None else np.maximum(codes, 0, out=codes))]
    indices = pa.Array.from_buffers(pa.int32(), len(codes), buffers, null_count=len(codes) - n)
    return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def _compact(codes: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that occur, in order, and the place of each code among them."""
    import numpy as np

    if n > 8 * len(codes):
        used, place = np.unique(codes, return_inverse=True)
        return used, place
    occurs = np.zeros(n, bool)
    occurs[codes] = True
    used = np.flatnonzero(occurs)
    if len(used) == n:
        return used, codes
    place = np.empty(n, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[codes]


def from_table(table: pa.Table) -> Columns:
    """Return the text columns of an Arrow table as sparse columns; columns of other types are cast to text.

    Args:
        table: columns may be plain or dictionary-encoded.
    """
    fields = {name: column for name in table.column_names if len((column := _sparse(table.column(name))).rows)}
    return Columns(table.num_rows, fields)


def _sparse(column: pa.ChunkedArray) -> Column:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], column.type)
    rows = np.flatnonzero(pc.is_valid(array).to_numpy(zero_copy_only=False)).astype(np.uint32)
    codes = pc.fill_null(array.indices, 0).to_numpy(zero_copy_only=False).astype(np.int32)
    return Column(rows, codes[rows], array.dictionary.cast(pa.string()))
