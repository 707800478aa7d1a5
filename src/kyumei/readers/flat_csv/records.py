"""CSV and TSV logs: the header found by its names, rows with quotes and line ends inside them, columns with dictionaries.

A row whose quotes do not close within `JOINED` lines is a fault, and reading goes on with the line behind its first.
Names that come twice in the header are `name#1`, `name#2`; cells beyond the header are kept as `column N`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kyumei.model.event import native
from kyumei.model.text import decode
from kyumei.readers.flat_json.records import Records
from kyumei.readers.lines import Lines, batches
from kyumei.store.columns import Column, Columns, from_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

JOINED: Final = 200
_HEADER_LINES: Final = 30
_HEADER_BYTES: Final = 16_384
_DELIMITERS: Final = (",", "\t", ";", "|")
Row = tuple[int, list[str]]
Line = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header stands (line from 0), what separates cells, and the names."""

    line: int
    delimiter: str
    names: tuple[str, ...]


@lru_cache(maxsize=64)
def layout(head: bytes, wanted: frozenset[str]) -> Layout | None:
    """Return the layout of the first line near the top that holds all the names wanted, case and blanks aside."""
    folded = {_folded(name) for name in wanted}
    for number, delimiter, cells, names in _top(head):
        if folded <= names:
            return Layout(number, delimiter, _distinct(cells))
    return None


@lru_cache(maxsize=4)
def _top(head: bytes) -> tuple[tuple[int, str, tuple[str, ...], frozenset[str]], ...]:
    """Return line, delimiter, cells and folded cells of what may be a header near the top; many mappings ask for it."""
    found = []
    for number, line in enumerate(decode(head[:_HEADER_BYTES]).text.lstrip("\ufeff").split("\n")[:_HEADER_LINES]):
        for delimiter in _DELIMITERS:
            if delimiter in line:
                cells = _cells(line.rstrip("\r"), delimiter)
                found.append((number, delimiter, tuple(cells), frozenset(map(_folded, cells))))
    return tuple(found)


def guessed(head: bytes) -> Layout | None:
    """Return the layout whose header is the first line of several filled cells with mostly lines like it behind."""
    lines = [line.rstrip("\r") for line in decode(head).text.lstrip("\ufeff").split("\n")]
    for number, line in enumerate(lines[:_HEADER_LINES]):
        for delimiter in _DELIMITERS:
            cells = _cells(line, delimiter)
            behind = _widths([other for other in lines[number + 1 : number + 21] if other.strip()], delimiter)
            alike = sum(count >= len(cells) - 1 for count in behind)
            if len(cells) > 2 and all(map(_is_name, cells)) and behind and alike * 2 >= len(behind):
                return Layout(number, delimiter, _distinct(cells))
    return None


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    """Return the number of cells of each row, lines joined until quotes close."""
    numbered, widths, at = [(0, 0, line) for line in lines], [], 0
    while at < len(lines):
        taken, cells = _one(numbered, at, delimiter)
        widths.append(len(cells or ()))
        at += taken
    return widths


def _is_name(cell: str) -> bool:
    """Return whether a cell can be the name of a column: there, and no number or time."""
    bare = cell.strip().strip('"')
    return bool(bare) and not bare[0].isdecimal() and not bare.startswith(("-", "+"))


def records(source: Source, rows: Rows, shape: Layout) -> Iterator[Records]:
    """Yield the rows behind the header in blocks; what cannot be read becomes a fault of `rows`."""
    carried: list[Line] = []
    begun = False
    for batch in batches(source, rows):
        rest = batch if begun else _behind_header(batch, shape)
        begun = True
        fast = None if carried else _plain(rest, shape)
        if fast is not None:
            yield fast
            continue
        found, carried = _rows([*carried, *_listed(rest)], shape.delimiter, rows, last=False)
        if found:
            yield _block(found, shape.names)
    found, _ = _rows(carried, shape.delimiter, rows, last=True)
    if found:
        yield _block(found, shape.names)


def _listed(lines: Lines) -> list[Line]:
    return list(zip(lines.rec.to_pylist(), lines.size.to_pylist(), lines.text.to_pylist(), strict=True))


def _behind_header(lines: Lines, shape: Layout) -> Lines:
    """Return the lines behind the header; blank ones were passed over, so it is found again by its cells."""
    at = _header_at(_listed(Lines(*(column.slice(0, _HEADER_LINES) for column in (lines.rec, lines.size, lines.text)))), shape)
    return Lines(*(column.slice(at + 1) for column in (lines.rec, lines.size, lines.text)))


def _plain(lines: Lines, shape: Layout) -> Records | None:
    """Return the rows of lines without any quote and with as many cells as the header has names; None where some differ."""
    import pyarrow as pa
    import pyarrow.compute as pc

    width = len(shape.names)
    if not len(lines) or pc.any(pc.match_substring(lines.text, '"')).as_py():
        return None
    cells = pc.split_pattern(lines.text, shape.delimiter)
    if not pc.all(pc.equal(pc.list_value_length(cells), width)).as_py():
        return None
    flat = pc.utf8_trim_whitespace(cells.flatten())
    table = pa.table({native(name): _every(flat, place, width) for place, name in enumerate(shape.names)})
    return Records(from_table(table), lines.rec.to_numpy(zero_copy_only=False))


def _every(flat: pa.Array, place: int, width: int) -> pa.Array:
    """Return every `width`-th value from `place` on; empty ones are null."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = flat.take(pa.array(np.arange(place, len(flat), width)))
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _header_at(lines: Sequence[Line], shape: Layout) -> int:
    for number, (_, _, text) in enumerate(lines[: shape.line + 1]):
        if _distinct(_cells(text.lstrip("\ufeff"), shape.delimiter)) == shape.names:
            return number
    return min(shape.line, len(lines) - 1)


def _rows(lines: Sequence[Line], delimiter: str, rows: Rows, *, last: bool) -> tuple[list[Row], list[Line]]:
    """Return the whole rows of these lines, and the lines of one that may go on in the next batch."""
    found: list[Row] = []
    at = 0
    while at < len(lines):
        taken, cells = _one(lines, at, delimiter)
        if cells is None and not last and len(lines) - at <= JOINED:
            return found, list(lines[at:])
        if cells is None:
            rows.fault(lines[at][0], "quotes of the row do not close", lines[at][1])
        else:
            found.append((lines[at][0], cells))
        at += taken
    return found, []


def _one(lines: Sequence[Line], at: int, delimiter: str) -> tuple[int, list[str] | None]:
    """Return how many lines the row takes and its cells; None where its quotes do not close."""
    text = lines[at][2]
    odd = text.count('"') & 1
    taken = 1
    while odd and taken < JOINED and at + taken < len(lines):
        more = lines[at + taken][2]
        text, odd, taken = f"{text}\n{more}", odd ^ (more.count('"') & 1), taken + 1
    return (1, None) if odd else (taken, _cells(text, delimiter))


def _cells(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = cell.strip().strip('"').lstrip("\ufeff") or "column"
        count = seen.get(name, 0)
        seen[name] = count + 1
        names.append(f"{name}#{count}" if count else name)
    return tuple(names)


def _folded(name: str) -> str:
    return "".join(name.split()).casefold().strip('"')


def _block(found: Sequence[Row], names: Sequence[str]) -> Records:
    import numpy as np

    width = max(len(cells) for _, cells in found)
    fields: dict[str, Column] = {}
    for place in range(width):
        values = [cells[place].strip() if place < len(cells) else "" for _, cells in found]
        name = names[place] if place < len(names) else f"column {place + 1}"
        column = _column(values)
        if len(column.rows):
            fields[native(name)] = column
    return Records(Columns(len(found), fields), np.array([rec for rec, _ in found], np.int64))


def _column(values: Sequence[str]) -> Column:
    import numpy as np
    import pyarrow as pa

    codes: dict[str, int] = {}
    coded = [codes.setdefault(value, len(codes)) if value else -1 for value in values]
    array = np.array(coded, np.int32)
    rows = np.flatnonzero(array >= 0)
    return Column(rows.astype(np.uint32), array[rows], pa.array(list(codes), pa.string()))
