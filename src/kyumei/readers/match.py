"""Regular expressions (RE2) over whole columns."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa


_REST: Final = re.compile(r"(?:\(\?P<(?P<name>\w+)>(?P<before>(?:\\.|[^()\\|])*)\.\*\)|(?<!\\)\.\*)\$$")
"""What takes the rest of a text at the end of a pattern: `(?P<name>….*)$` or `.*$`."""
_SAMPLED: Final = 64
_EVERY: Final = re.compile(r"\(\?i?s\)")
"""How a pattern begins whose dot takes line ends too."""


def extract(texts: pa.Array, *patterns: str) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return the named groups of the first pattern that matches each text, and a mask of the texts that any matched.

    A group that took no part in its match is "", a text that no pattern matched has null in every group; so has a group
    that the matching pattern does not name.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    groups, matched, misses = (_rarely if _is_rare(texts, patterns[0]) else _extracted)(texts, patterns[0])
    if len(patterns) == 1 or not misses:
        return groups, matched
    missing = pc.invert(matched)
    later, also = extract(texts.filter(missing), *patterns[1:])
    for name in {**groups, **later}:
        mine = groups.get(name, pa.nulls(len(texts), pa.string()))
        theirs = later.get(name, pa.nulls(len(also), pa.string()))
        groups[name] = pc.replace_with_mask(mine, missing, theirs)
    return groups, pc.replace_with_mask(matched, missing, also)


def _is_rare(texts: pa.Array, pattern: str) -> bool:
    """Return whether few of a column's texts match, told from some in its middle."""
    import pyarrow.compute as pc

    if len(texts) <= 4 * _SAMPLED:
        return False
    hits = pc.match_substring_regex(texts.slice(len(texts) // 2, _SAMPLED), pattern)
    return bool(2 * hits.true_count < _SAMPLED)


def _rarely(texts: pa.Array, pattern: str) -> tuple[dict[str, pa.Array], pa.Array, int]:
    """Return what `_extracted` does: RE2 is slow to say that there are no groups, and quick to say that nothing matches."""
    import numpy as np
    import pyarrow.compute as pc

    likely = pc.fill_null(pc.match_substring_regex(texts, pattern), False)  # noqa: FBT003
    few, _, _ = _extracted(texts.filter(likely), pattern)
    there = likely.to_numpy(zero_copy_only=False)
    place = ints(np.maximum(np.cumsum(there) - 1, 0), there)
    return {name: values.take(place) for name, values in few.items()}, likely, likely.false_count


def _extracted(texts: pa.Array, pattern: str) -> tuple[dict[str, pa.Array], pa.Array, int]:
    """Return groups, mask and how many texts did not match.

    Of a pattern that takes the rest of the text only its head is matched, and the rest is cut off, several times as fast.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    head, rest = _headed(pattern)
    _, bounds, data = texts.buffers()
    cuts = head and data is not None and texts.type == "string"
    if cuts and (_EVERY.match(pattern) or not (np.frombuffer(data, np.uint8) == 10).any()):
        found = pc.extract_regex_span(texts, head)
        matched, names = pc.is_valid(found), [field.name for field in found.type]
        if found.null_count == len(found):
            return {name: pa.nulls(len(found), pa.string()) for name in names}, matched, len(found)
        place = np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1]
        held = np.frombuffer(data, np.uint8), place
        return {name: _cut(held, found, name, to_end=name == rest) for name in names}, matched, found.null_count
    found = pc.extract_regex(texts, pattern)
    groups = {field.name: found.field(field.name) for field in found.type}
    matched = pc.is_valid(found)
    groups = {name: pc.if_else(matched, values, None) for name, values in groups.items()} if found.null_count else groups
    return groups, matched, found.null_count


@cache
def _headed(pattern: str) -> tuple[str, str]:
    """Return the pattern without what takes the rest of the text, and the group that goes on to its end ("": none)."""
    ends = _REST.search(pattern)
    if ends is None or "(?P<" not in pattern:
        return "", ""
    name = ends["name"] or ""
    return pattern[: ends.start()] + (f"(?P<{name}>{ends['before']})" if name else ""), name


def _cut(held: tuple[Any, Any], found: pa.Array, name: str, *, to_end: bool) -> pa.Array:
    """Return one group's texts, null where the pattern did not match, "" where the group took no part."""
    import numpy as np
    import pyarrow as pa

    from kyumei.readers import kernel_cut as kernel

    (data, bounds), group, n = held, found.field(name), len(found)
    there = group.is_valid().to_numpy(zero_copy_only=False)
    if found.null_count:
        there = there & found.is_valid().to_numpy(zero_copy_only=False)
    spans, offsets = np.frombuffer(group.values.buffers()[1], np.int32), np.empty(n + 1, np.int32)
    kernel.measure(bounds, spans, there, to_end, offsets)
    text = np.empty(offsets[n], np.uint8)
    kernel.copy(data, bounds, spans, offsets, text)
    buffers = [found.buffers()[0], pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), n, buffers, null_count=found.null_count)


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
