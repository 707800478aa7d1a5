"""From separated text to columns, without a Python object a cell.

All cells of a block become one Arrow text array, row by row: the bytes that are structure (quotes, separators, line ends,
escapes) are left out, and the offsets of the cells are counts of the bytes kept. A column is then every n-th cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, not all of the same length.

    Attributes:
        cells: all cells, row after row; empty ones are null.
        starts: for each row, where it begins in the block of text.
        first: for each row, its first cell's number.
        width: for each row, how many cells it has.
        plain: whether the empty cells are null and no others.
    """

    cells: pa.StringArray
    starts: Ints
    first: Ints
    width: Ints
    plain: bool = False

    def __len__(self) -> int:
        return len(self.starts)

    def rows(self, picked: Ints | Bools) -> Grid:
        """Return the grid with these rows only."""
        return Grid(self.cells, self.starts[picked], self.first[picked], self.width[picked], self.plain)

    def column(self, number: int) -> pa.StringArray:
        """Return one column; null where a row is too short."""
        import numpy as np
        import pyarrow as pa

        missing = self.width <= number
        if self.plain and not missing.any():
            return _gathered(self.cells, self.first, number)
        wanted = np.where(missing, 0, self.first + number)
        return self.cells.take(pa.array(wanted, pa.int64(), mask=missing))

    def blank(self) -> Bools:
        """Return, for each row, whether all of its cells are empty."""
        import numpy as np

        if self.plain:
            ends = np.frombuffer(self.cells.buffers()[1], np.int32)
            empty: Bools = ends[self.first + self.width] == ends[self.first]
            return empty
        filled = np.concatenate([[0], np.cumsum(self.cells.is_valid().to_numpy(zero_copy_only=False))])
        result: Bools = filled[self.first + self.width] == filled[self.first]
        return result

    def row(self, number: int) -> list[str | None]:
        """Return one row as Python values."""
        first = int(self.first[number])
        listed: list[str | None] = self.cells[first : first + int(self.width[number])].to_pylist()
        return listed


def grid(data: Bytes, keep: Bools, ends: Ints, row_ends: Bools, null: Bools | None = None) -> Grid:
    """Return the cells of a block.

    Args:
        data: valid UTF-8.
        keep: for each byte, whether it is content.
        ends: positions just after each cell's last byte, ascending: the separators and line ends (or the block's end).
        row_ends: for each cell, whether it is the last of its row.
        null: for each cell, whether it is NULL; empty cells are null anyway.
    """
    import numpy as np
    import pyarrow as pa

    dropped = np.flatnonzero(~keep)
    offsets = np.concatenate([[0], ends - np.searchsorted(dropped, ends)]).astype(np.int32)
    content = data[keep]
    empty = offsets[1:] == offsets[:-1]
    if null is not None:
        empty |= null
    valid = pa.py_buffer(np.packbits(~empty, bitorder="little").tobytes())
    cells = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(content), valid, int(empty.sum()))
    last = np.flatnonzero(row_ends)
    first = np.concatenate([[0], last[:-1] + 1]) if len(last) else np.zeros(0, np.int64)
    starts = np.concatenate([[0], ends[last[:-1]] + 1]) if len(last) else np.zeros(0, np.int64)
    return Grid(cells, starts.astype(np.int64), first.astype(np.int64), (last - first + 1).astype(np.int64))


def packed(content: Bytes, offsets: npt.NDArray[np.int32], starts: Ints, first: Ints) -> Grid:
    """Return the cells that a compiled pass wrote; empty ones are null."""
    import numpy as np
    import pyarrow as pa

    empty = offsets[1:] == offsets[:-1]
    valid = pa.py_buffer(np.packbits(~empty, bitorder="little"))
    buffers = (pa.py_buffer(offsets), pa.py_buffer(content), valid)
    cells = pa.StringArray.from_buffers(len(empty), *buffers, int(empty.sum()))
    return Grid(cells, starts, first, np.diff(np.append(first, len(empty))), plain=True)


def _gathered(cells: pa.StringArray, first: Ints, number: int) -> pa.StringArray:
    """Return the cells of one column that every row has; empty ones are null."""
    import numpy as np
    import pyarrow as pa

    from kyumei.scope.strip import parts
    from kyumei.scope.tables.tokenise import gathered, widths

    content, offsets = parts(cells)
    ends = np.zeros(len(first) + 1, np.int32)
    out = np.empty(widths(offsets, first, number, ends) + 8, np.uint8)
    gathered(content, offsets, first, number, out)
    valid = ends[1:] > ends[:-1]
    buffers = (pa.py_buffer(ends), pa.py_buffer(out), pa.py_buffer(np.packbits(valid, bitorder="little")))
    return pa.StringArray.from_buffers(len(first), *buffers, int(len(valid) - np.count_nonzero(valid)))


def grid_of(rows: Sequence[Sequence[str]], starts: Sequence[int]) -> Grid:
    """Return rows given as Python values."""
    import numpy as np
    import pyarrow as pa

    width = np.array([len(row) for row in rows], np.int64)
    first = np.concatenate([[0], np.cumsum(width)[:-1]]).astype(np.int64) if len(rows) else np.zeros(0, np.int64)
    cells = pa.array([cell or None for row in rows for cell in row], pa.string())
    return Grid(cells, np.array(starts, np.int64), first, width)
