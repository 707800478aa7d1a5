"""CSV, TSV and their like: `table.csv`.

Separated by comma, tab, semicolon or bar, quoted after RFC 4180; in UTF-8, UTF-16, CP932, EUC-JP or ISO-2022-JP; with or
without a header, and with title lines above it as Japanese business systems write them. A record's place is the byte
offset of its first byte in the original file. Rows that are too short are filled up and rows that are too long keep the
excess in their last cell, separated as it was: both are records, and noted as flaws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.scope.tables.blocks import Flaws, Lines
from kyumei.scope.tables.dialect import dialect_of
from kyumei.scope.tables.header import find_header, named
from kyumei.scope.tables.registry import Batch, Table, extractor
from kyumei.scope.tables.rows import grids

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.scope.tables.cells import Grid
    from kyumei.scope.tables.dialect import Dialect

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

TABULAR: Final = 60
"""Below a reader that knows the lines, above one that only takes them for lines."""


def accepts(source: Source) -> int:
    """Return `TABULAR` where the sampled lines have two columns or more and agree on their number."""
    return TABULAR if dialect_of(source.sample, source.name, whole=source.size <= len(source.head)) else 0


@extractor("table.csv", accepts=accepts, title="Separated values", spec="https://www.rfc-editor.org/rfc/rfc4180")
def extract(source: Source) -> Iterator[Table]:
    """Yield the one table of the file."""
    dialect = dialect_of(source.sample, source.name, whole=source.size <= len(source.head), strict=False)
    table = Table(source, "", (), iter(()))
    if dialect is None:
        table.faults.append(Fault(0, "no columns found", source.size))
    else:
        header, skipped = find_header(dialect.rows)
        table.columns = named(header, max(dialect.width, len(header)))
        table.batches = _batches(table, dialect, skipped)
    yield table


def _batches(table: Table, dialect: Dialect, skipped: int) -> Iterator[Batch]:
    """Yield the rows after the first `skipped` ones that are not blank."""
    import numpy as np
    import pyarrow as pa

    flaws = Flaws()
    with table.source.open() as stream:
        for grid, places in grids(Lines(stream, table.source.sample.encoding, flaws), dialect.separator, flaws):
            filled = np.flatnonzero(~grid.blank())
            drop = min(skipped, len(filled))
            skipped -= drop
            picked = filled[drop:]
            if len(picked):
                rows, recs = grid.rows(picked), places[picked]
                _note(rows.width != dialect.width, rows, recs, flaws)
                yield Batch(pa.array(recs, pa.int64()), _columns(rows, len(table.columns), dialect.separator))
    table.flaws.extend(flaws.all())


def _note(odd: Bools, rows: Grid, recs: Ints, flaws: Flaws) -> None:
    import numpy as np

    for row in np.flatnonzero(odd).tolist():
        flaws.add(int(recs[row]), f"row of {int(rows.width[row])} cells")


def _columns(rows: Grid, width: int, separator: str) -> tuple[pa.StringArray, ...]:
    """Return the columns; what a row has beyond them is joined to its last cell."""
    import numpy as np
    import pyarrow as pa

    columns = [rows.column(number) for number in range(width)]
    long = np.flatnonzero(rows.width > width).tolist()
    if long:
        last: list[str | None] = columns[-1].to_pylist()
        for row in long:
            last[row] = separator.join(cell or "" for cell in rows.row(row)[width - 1 :]).rstrip(separator) or None
        columns[-1] = pa.array(last, pa.string())
    return tuple(columns)
