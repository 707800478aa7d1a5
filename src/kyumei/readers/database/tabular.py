"""Rows of separated values, read in batches by their columns, each with its byte offset.

Rows may hold line breaks inside quotes. What has another number of cells than the header is a fault.
"""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kyumei.readers.match import bools

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows


class Quoted:
    """Says which lines begin a row: those before which the number of quotes is even."""

    def __init__(self) -> None:
        self._odd = False

    def __call__(self, texts: pa.Array) -> pa.Array:
        """Return the mask for the next lines of the file."""
        import numpy as np
        import pyarrow.compute as pc

        marks = pc.count_substring(texts, '"').to_numpy(zero_copy_only=False).astype(np.int64)
        before = np.concatenate([[int(self._odd)], marks]).cumsum()
        self._odd = bool(before[-1] % 2)
        return bools(before[:-1] % 2 == 0)


def header(text: str) -> tuple[tuple[str, ...], str]:
    """Return the cells of the first row in lower case, and what separates them."""
    first = text.lstrip("\ufeff\r\n ").split("\n", 1)[0].strip()
    separator = max(",\t;|", key=first.count)
    try:
        cells = next(csv.reader([first], delimiter=separator), [])
    except csv.Error:
        cells = []
    return tuple(cell.strip().lower().replace(" ", "_") for cell in cells), separator


def cells(lines: Lines, width: int, separator: str, rows: Rows) -> tuple[Lines, list[pa.Array]]:
    """Return the rows that have `width` cells, and their columns as text ("" for an empty cell)."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.match import ints

    numbered = pc.binary_join_element_wise(ints(np.arange(len(lines))).cast(pa.string()), lines.text, separator)
    data = ("\n".join(numbered.to_pylist()) + "\n").encode()
    table = _table(data, width + 1, separator) or _slowly(numbered, width + 1, separator)
    at = [int(n) for n in table[0].to_pylist()]
    missing = np.setdiff1d(np.arange(len(lines)), at)
    for n in missing.tolist():
        rows.fault(lines.rec[n].as_py(), f"no row of {width} cells", lines.size[n].as_py())
    kept = ints(np.array(at, np.int64))
    return type(lines)(lines.rec.take(kept), lines.size.take(kept), lines.text.take(kept)), table[1:]


def _table(data: bytes, width: int, separator: str) -> list[pa.Array] | None:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(n) for n in range(width)]
    try:
        found = arrow_csv.read_csv(
            io.BytesIO(data),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=lambda _: "skip"
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowException):
        return None
    columns = [column.combine_chunks() for column in found.columns]
    first = columns[0].to_pylist()
    if not all(n.isdigit() for n in first) or any(int(a) >= int(b) for a, b in pairwise(first)):
        return None  # a quote left open has swallowed rows
    return columns


def _slowly(numbered: pa.Array, width: int, separator: str) -> list[pa.Array]:
    """Read row by row where one of them breaks the others."""
    import pyarrow as pa

    good: list[list[str]] = []
    for text in numbered.to_pylist():
        try:
            row = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        except csv.Error:
            continue
        if len(row) == width:
            good.append(row)
    columns: list[Any] = list(zip(*good, strict=True)) if good else [[] for _ in range(width)]
    return [pa.array(column, pa.string()) for column in columns]
