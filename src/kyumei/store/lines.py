"""Arrow batches as JSON lines, column by column: Python touches distinct values, never rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_TEXT: Final = json.JSONEncoder(ensure_ascii=False).encode


def json_objects(table: pa.Table, *, zone: str = "UTC", raw: Sequence[str] = ()) -> pa.Array:
    """Return one JSON object a row as text, its keys in the order of the columns, null values left out.

    Args:
        table: text, numbers, booleans and timestamps.
        zone: IANA name of the zone in which times are written; the offset is always written too.
        raw: text columns that hold JSON already.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    members = [
        pc.binary_join_element_wise(f"{_TEXT(name)}: ", column if name in raw else _encoded(column, zone), "")
        for name, column in zip(table.column_names, map(_array, table.columns), strict=True)
        if column.null_count < table.num_rows
    ]
    if not members:
        return pa.repeat("{}", table.num_rows)
    joined = pc.binary_join_element_wise(*members, ", ", null_handling="skip")
    return pc.binary_join_element_wise("{", joined, "}", "")


def iso_times(times: pa.Array, zone: str) -> pa.Array:
    """Return timestamps in UTC as ISO 8601 text with microseconds and the offset of that zone at that instant."""
    import pyarrow as pa
    import pyarrow.compute as pc

    instants = times.cast(pa.int64())
    local = pc.local_timestamp(times.cast(pa.timestamp("us", tz=zone)))
    minutes = pc.divide(pc.subtract(local.cast(pa.int64()), instants), 60_000_000).dictionary_encode()
    offsets = pa.array([_offset(m) for m in minutes.dictionary.to_pylist()], pa.string()).take(minutes.indices)
    written = pc.replace_substring(local.cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(written, offsets, "")


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _array(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    merged = column.combine_chunks()
    return merged if isinstance(merged, pa.Array) else pa.concat_arrays(merged.chunks)


def _encoded(values: pa.Array, zone: str) -> pa.Array:
    """Return the values as JSON text; null stays null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_timestamp(kind):
        return pc.binary_join_element_wise('"', iso_times(values, zone), '"', "")
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return values.cast(pa.string())
    return _distinct(values)


def _distinct(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    written = [_TEXT(_plain(value)) for value in coded.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(coded.indices)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else str(value)
