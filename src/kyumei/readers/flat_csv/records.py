"""CSV and TSV logs: the header found by its names, rows with quotes and line ends inside them, columns with dictionaries.

A row whose quotes do not close within `JOINED` lines is a fault, and reading goes on with the line behind its first.
Names that come twice in the header are `name#1`, `name#2`; cells beyond the header are kept as `column N`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.event import native
from kyumei.model.text import decode
from kyumei.readers.flat_json.records import Records
from kyumei.readers.lines import Lines, batches
from kyumei.readers.match import constant, ints
from kyumei.readers.records import joined, part
from kyumei.store.columns import from_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

JOINED: Final = 200
_HEADER_LINES: Final = 30
_HEADER_BYTES: Final = 16_384
_DELIMITERS: Final = (",", "\t", ";", "|")
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
    carried: Lines | None = None
    begun = False
    for batch in batches(source, rows):
        rest = batch if begun else _behind_header(batch, shape)
        begun = True
        found, carried = _rows(rest if carried is None else joined(carried, rest), shape, rows, is_last=False)
        if len(found):
            yield _block(found, shape)
    if carried is not None:
        found, _ = _rows(carried, shape, rows, is_last=True)
        if len(found):
            yield _block(found, shape)


def _listed(lines: Lines) -> list[Line]:
    return list(zip(lines.rec.to_pylist(), lines.size.to_pylist(), lines.text.to_pylist(), strict=True))


def _behind_header(lines: Lines, shape: Layout) -> Lines:
    """Return the lines behind the header; blank ones were passed over, so it is found again by its cells."""
    at = _header_at(_listed(Lines(*(column.slice(0, _HEADER_LINES) for column in (lines.rec, lines.size, lines.text)))), shape)
    return Lines(*(column.slice(at + 1) for column in (lines.rec, lines.size, lines.text)))


def _header_at(lines: Sequence[Line], shape: Layout) -> int:
    for number, (_, _, text) in enumerate(lines[: shape.line + 1]):
        if _distinct(_cells(text.lstrip("\ufeff"), shape.delimiter)) == shape.names:
            return number
    return min(shape.line, len(lines) - 1)


def _rows(lines: Lines, shape: Layout, rows: Rows, *, is_last: bool) -> tuple[Lines, Lines | None]:
    """Return the whole rows of these lines as one line each, and the lines of one that may go on in the next batch."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.flat_csv import kernel

    ends, after, delimiter = np.empty(len(lines), bool), np.empty(len(lines), bool), ord(shape.delimiter)
    if not kernel.open_ends(*_bytes(lines.text), delimiter, False, ends):  # noqa: FBT003
        return lines, None
    kernel.open_ends(*_bytes(lines.text), delimiter, True, after)  # noqa: FBT003
    out = np.empty((len(lines), 2), np.int64)
    count, left = kernel.rows_of(ends, after, JOINED, is_last, out).tolist()
    starts, taken = out[:count, 0], out[:count, 1]
    recs, sizes = lines.rec.to_numpy(), lines.size.to_numpy()
    for at in starts[taken == 0].tolist():
        rows.fault(int(recs[at]), "quotes of the row do not close", int(sizes[at]))
    starts, taken = starts[taken > 0], taken[taken > 0]
    bounds = np.concatenate(([0], np.cumsum(taken))).astype(np.int32)
    within = np.arange(bounds[-1]) - np.repeat(bounds[:-1], taken) + np.repeat(starts, taken)
    texts = pc.binary_join(pa.ListArray.from_arrays(pa.array(bounds), lines.text.take(ints(within))), "\n")
    whole = Lines(ints(recs[starts]), ints(sizes[starts]), texts)
    return whole, part(lines, left, len(lines)) if left < len(lines) else None


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


def _block(lines: Lines, shape: Layout) -> Records:
    """Return rows, one a line, as columns."""
    import numpy as np
    import pyarrow as pa

    from kyumei.readers.flat_csv import kernel

    text, places = _bytes(lines.text)
    delimiter = ord(shape.delimiter)
    room = int(np.count_nonzero(text[places[0] : places[-1]] == delimiter)) + len(lines)
    held = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(len(lines) + 1, np.int64)
    kernel.cells(text, places, delimiter, *held)
    columns: dict[str, pa.Array] = {}
    for place in range(int(np.diff(held[2]).max())):
        name = shape.names[place] if place < len(shape.names) else f"column {place + 1}"
        columns[native(name)] = _column(text, held, place)
    return Records(from_table(pa.table(columns)), lines.rec.to_numpy(zero_copy_only=False))


def _bytes(texts: pa.Array) -> tuple[Any, Any]:
    """Return the bytes of all texts, and where each begins; the last entry is the end."""
    import numpy as np

    _, bounds, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int32)
    return np.frombuffer(data, np.uint8), np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _column(text: np.ndarray[Any, Any], held: tuple[Any, Any, Any], place: int) -> pa.Array:
    """Return the cells at a place of all rows, null where they are empty."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.flat_csv import kernel

    offsets, out = np.empty(len(held[2]), np.int32), np.empty(kernel.measure(held, place), np.uint8)
    kernel.column(text, held, place, offsets, out)
    found = pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(out)])
    found = pc.utf8_trim_whitespace(found)
    return pc.if_else(pc.equal(found, constant("")), constant(None), found)
