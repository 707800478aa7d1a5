"""Text logs by patterns: the named groups of the first pattern that fits a line are its fields.

A group whose name begins with `pairs` is taken apart into its `key=value` pairs. A line that no pattern fits (the rest of a
stack trace, a wrapped message) becomes a record of its own that has only `text`, so that nothing is lost. Lines that `skip`
fits, headers and comments, are no records.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.event import native
from kyumei.model.text import decode
from kyumei.readers.flat_json.records import Records
from kyumei.readers.lines import batches, share
from kyumei.readers.match import extract, filled
from kyumei.readers.pairs import pairs
from kyumei.store.columns import from_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_FIRST: Final = 40
_FIRST_BYTES: Final = 16_384
PAIRS: Final = "pairs"
TEXT: Final = "text"


def fitting(source: Source, patterns: Sequence[str], skip: str = "") -> float:
    """Return the share of the sampled lines that a pattern fits, those that `skip` fits left out.

    It is 0 where no pattern fits one of the first lines. Skipped lines prove little, since many formats begin comments
    alike; they decide only where there is nothing else, as in a file of headers alone.
    """
    told, passed = _any(tuple(patterns)), _any((skip,)) if skip else None
    first = [line for line in _first(source.head) if passed is None or not passed.match(line)]
    if not first:
        return share(source, passed) if passed else 0.0
    if not any(map(told.match, first)):
        return 0.0
    left_out = share(source, passed) if passed else 0.0
    return min(1.0, share(source, told) / (1 - left_out)) if left_out < 1 else 0.0


@lru_cache(maxsize=4)
def _first(head: bytes) -> tuple[str, ...]:
    """Return the first lines, asked for by every mapping of text."""
    return tuple(line for line in decode(head[:_FIRST_BYTES]).text.lstrip("\ufeff").split("\n")[:_FIRST] if line.strip())


@lru_cache(maxsize=256)
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern for all; names of groups are dropped, since they may come twice."""
    return re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in patterns))


def records(source: Source, rows: Rows, patterns: Sequence[str], skip: str = "") -> Iterator[Records]:
    """Yield every line in blocks of columns; a line too long becomes a fault of `rows`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for lines in batches(source, rows):
        if skip:
            lines = lines.where(pc.invert(pc.match_substring_regex(lines.text, skip)))  # noqa: PLW2901  # the rest of them
        parts, fits = extract(lines.text, *patterns)
        fields = {native(name): filled(values) for name, values in parts.items() if not name.startswith(PAIRS)}
        for name in sorted(parts):
            if name.startswith(PAIRS):
                for key, values in _pairs(parts[name]).items():
                    fields[key] = pc.coalesce(fields[key], values) if key in fields else values
        if not pc.all(fits).as_py():
            fields[TEXT] = pc.if_else(fits, pa.scalar(None, pa.string()), lines.text)
        if len(lines):
            yield Records(from_table(pa.table(dict(sorted(fields.items())))), lines.rec.to_numpy(zero_copy_only=False))


def _pairs(texts: pa.Array) -> dict[str, Any]:
    import pyarrow.compute as pc

    found, _ = pairs(pc.fill_null(texts, ""))
    return {native(name): filled(values) for name, values in found.items()}
