"""Logs in the W3C extended format: directives in front of the rows say which fields follow, and may change midway.

Format: https://www.w3.org/TR/WD-logfile.html
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Lines, Unread, batches
from kyumei.readers.match import bools

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

NO_FIELDS: Final = "row before any #Fields"
_SHIELD: Final = "\x1f"
WRONG_COUNT: Final = "row has not the fields of its header"


@dataclass(frozen=True)
class Header:
    """The directives in force: the fields of the rows, and the others by lower-case name (`date`, `software`, …)."""

    fields: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """Rows under one header: equally long columns by field name, "-" and "" as null."""

    header: Header
    lines: Lines
    columns: dict[str, pa.Array]


def runs(source: Source, rows: Rows, *, comma: bool = False) -> Iterator[Run]:
    """Yield the source's rows in runs under one header; rows that do not fit their header become faults.

    Args:
        source: what is read.
        rows: takes the faults.
        comma: the rows are CSV (Exchange) and not parted by blanks or tabs.
    """
    unread = {reason: Unread(rows, reason) for reason in (NO_FIELDS, WRONG_COUNT)}
    header = Header()
    for lines in batches(source, rows):
        for part in _parts(lines):
            if isinstance(part, str):
                header = _directed(header, part)
            elif not header.fields:
                unread[NO_FIELDS].add(part)
            else:
                cells, fits = _csv(part, len(header.fields)) if comma else _cells(part.text, len(header.fields))
                unread[WRONG_COUNT].add(part.where(_not(fits)))
                good = part.where(fits)
                if len(good):
                    yield Run(header, good, {name: _column(cells, i, header) for i, name in enumerate(header.fields)})
    for each in unread.values():
        each.close()


def _parts(lines: Lines) -> Iterator[str | Lines]:
    """Yield directives as text and the rows between them as lines."""
    import pyarrow.compute as pc

    marks = pc.indices_nonzero(pc.starts_with(lines.text, "#")).to_pylist()
    begin = 0
    for mark in [*marks, len(lines)]:
        if mark > begin:
            length = mark - begin
            yield Lines(lines.rec.slice(begin, length), lines.size.slice(begin, length), lines.text.slice(begin, length))
        if mark < len(lines):
            yield lines.text[mark].as_py()
        begin = mark + 1


def _directed(header: Header, line: str) -> Header:
    name, _, value = line[1:].partition(":")
    value = value.strip()
    if name.strip().lower() == "fields":
        names = value.split(",") if "," in value else value.split()
        return replace(header, fields=_unlike(names))
    return replace(header, said={**header.said, name.strip().lower(): value})


def _unlike(names: list[str]) -> tuple[str, ...]:
    """Return the names with a number behind those that stand there before."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(found)


def _not(mask: pa.Array) -> Any:
    import pyarrow.compute as pc

    return pc.invert(mask)


def _cells(texts: pa.Array, width: int) -> tuple[pa.Array, pa.Array]:
    """Return the cells of the fitting rows one after another, and which rows fit."""
    import pyarrow.compute as pc

    tabs = pc.all(pc.match_substring(texts, "\t")).as_py()
    quoted = not tabs and pc.any(pc.match_substring(texts, '"')).as_py()
    if quoted:
        texts = _shielded(texts)
    split = pc.split_pattern(texts, "\t" if tabs else " ")
    fits = pc.equal(pc.list_value_length(split), width)
    if not pc.all(fits).as_py() and not tabs:  # blanks doubled or behind the last field
        again = pc.split_pattern_regex(pc.utf8_trim_whitespace(texts), " +")
        split = pc.if_else(fits, split, again)
        fits = pc.equal(pc.list_value_length(split), width)
    cells = split.filter(fits).flatten()
    if quoted:
        cells = pc.replace_substring(pc.replace_substring_regex(cells, r'^"(.*)"$', r"\1"), _SHIELD, " ")
    return cells, fits


def _shielded(texts: pa.Array) -> pa.Array:
    """Return the texts with blanks inside quotes written as another character; an open quote ends with its row."""
    import numpy as np
    import pyarrow as pa

    joined = pa.concat_arrays([texts])
    _, bounds, data = joined.buffers()
    offsets = np.frombuffer(bounds, np.int32)[joined.offset : joined.offset + len(joined) + 1].astype(np.int64)
    letters = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]].copy()
    starts = offsets[:-1] - offsets[0]
    count = np.concatenate(([0], np.cumsum(letters == ord('"'))))
    inside = (count[:-1] - np.repeat(count[starts], np.diff(offsets))) % 2 == 1
    letters[inside & (letters == ord(" "))] = ord(_SHIELD)
    buffers = [None, pa.py_buffer((offsets - offsets[0]).astype(np.int32).tobytes()), pa.py_buffer(letters.tobytes())]
    return pa.Array.from_buffers(pa.string(), len(joined), buffers)


def _csv(lines: Lines, width: int) -> tuple[pa.Array, pa.Array]:
    """Return the cells of the rows that have the right width; a row is one line, as Exchange writes it."""
    import numpy as np
    import pyarrow as pa

    cells: list[str] = []
    fits = np.zeros(len(lines), bool)
    for place, text in enumerate(lines.text.to_pylist()):
        try:
            row = next(csv.reader([text]))
        except (csv.Error, StopIteration):
            continue
        if len(row) == width:
            cells.extend(row)
            fits[place] = True
    return pa.array(cells, pa.string()), bools(fits)


def _column(cells: pa.Array, place: int, header: Header) -> Any:
    import numpy as np

    from kyumei.readers.match import filled, ints

    return filled(cells.take(ints(np.arange(place, len(cells), len(header.fields)))))
