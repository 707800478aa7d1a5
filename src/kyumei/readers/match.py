"""Regular expressions (RE2) over whole columns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa


def extract(texts: pa.Array, *patterns: str) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return the named groups of the first pattern that matches each text, and a mask of the texts that any matched.

    A group that took no part in its match is "", a text that no pattern matched has null in every group; so has a group
    that the matching pattern does not name.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(texts, patterns[0])
    groups = {field.name: found.field(field.name) for field in found.type}
    matched = pc.is_valid(found)
    groups = {name: pc.if_else(matched, values, None) for name, values in groups.items()} if found.null_count else groups
    if len(patterns) == 1 or not found.null_count:
        return groups, matched
    missing = pc.invert(matched)
    later, also = extract(texts.filter(missing), *patterns[1:])
    for name in {**groups, **later}:
        mine = groups.get(name, pa.nulls(len(texts), pa.string()))
        theirs = later.get(name, pa.nulls(len(also), pa.string()))
        groups[name] = pc.replace_with_mask(mine, missing, theirs)
    return groups, pc.replace_with_mask(matched, missing, also)


def only(columns: Mapping[str, pa.Array], mask: pa.Array) -> dict[str, pa.Array]:
    """Return the columns' rows for which the mask is true."""
    return {name: values.filter(mask) for name, values in columns.items()}


@cache
def constant(value: str | None) -> pa.Scalar:
    """Return a text scalar, made once: making one looks for pandas each time, which costs more than comparing a column."""
    import pyarrow as pa

    return pa.scalar(value, pa.string())


def filled(texts: pa.Array) -> pa.Array:
    """Return the column with "" and "-" as null, which is how logs write that there is nothing."""
    import pyarrow.compute as pc

    if texts.null_count == len(texts):
        return texts
    return pc.if_else(pc.is_in(texts, _nothing()), constant(None), texts)


@cache
def _nothing() -> pa.Array:
    import pyarrow as pa

    return pa.array(["", "-"])


def whole(texts: pa.Array) -> pa.Array:
    """Return texts of digits as int64; anything else, also numbers past 18 digits, becomes null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    good = pc.match_substring_regex(texts, r"^\d{1,18}$")
    return pc.if_else(good, texts, pa.scalar(None, pa.string())).cast(pa.int64())


def ints(values: np.ndarray[Any, Any], valid: np.ndarray[Any, Any] | None = None) -> pa.Array:
    """Return an int64 column over a NumPy array, null where `valid` is false.

    `pa.array` would do the same but looks for pandas at every call, which costs more than the conversion.
    """
    import numpy as np
    import pyarrow as pa

    data = np.ascontiguousarray(values, np.int64)
    bits = None if valid is None or valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.int64(), len(data), [bits, pa.py_buffer(data)])


def bools(values: np.ndarray[Any, Any]) -> pa.Array:
    """Return a column of true and false over a NumPy array of them."""
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])
