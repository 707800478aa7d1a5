"""Blocks of separated text into rows: vectorised where the quotes are in order, cell by cell where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.tables.cells import grid, grid_of
from kyumei.scope.tables.tokens import MAX_ROW, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.tables.blocks import Block, Flaws, Lines
    from kyumei.scope.tables.cells import Grid

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]

_QUOTE: Final = 34
_LF: Final = 10
_CR: Final = 13


def grids(lines: Lines, separator: str, flaws: Flaws) -> Iterator[tuple[Grid, Ints]]:
    """Yield the rows in order, with each row's place in the original bytes."""
    rest: Block | None = None
    for part in lines:
        block = rest.joined(part) if rest else part
        rows, used = _vectorised(block, separator) or _by_cell(block, separator, flaws)
        if len(rows):
            yield rows, block.place(rows.starts)
        rest = block.after(used) if used < len(block.text) else None


def _vectorised(block: Block, separator: str) -> tuple[Grid, int] | None:
    """Return the whole rows and how many bytes they take; None where the quotes are out of order."""
    import numpy as np

    text = block.text if block.text.endswith(b"\n") or not block.last else block.text + b"\n"
    data = np.frombuffer(text, np.uint8)
    quote = data == _QUOTE
    outside = (np.cumsum(quote, dtype=np.uint8) & 1) == 0 if b'"' in text else np.ones(len(data), np.bool_)
    breaks = (data == _LF) & outside
    found = np.flatnonzero(breaks)
    used = int(found[-1]) + 1 if len(found) else 0
    if len(data) - used > (0 if block.last else MAX_ROW):
        return None
    data, quote, outside, breaks = data[:used], quote[:used], outside[:used], breaks[:used]
    marks = np.flatnonzero(quote)
    if not _in_order(data, marks, ord(separator)):
        return None
    structure = ((data == ord(separator)) & outside) | breaks
    keep = ~structure & ~quote
    keep[_doubled(marks)] = True
    carriage = np.flatnonzero(data[:-1] == _CR)
    keep[carriage[breaks[carriage + 1]]] = False
    ends = np.flatnonzero(structure)
    return grid(data, keep, ends, breaks[ends]), min(used, len(block.text))


def _in_order(data: Bytes, marks: Ints, separator: int) -> bool:
    """Return whether each quote opens a cell, closes one, or is half of a doubled one."""
    import numpy as np

    allowed = np.zeros(256, np.bool_)
    allowed[[separator, _LF, _QUOTE]] = True
    opening, closing = marks[0::2], marks[1::2]
    begins = bool(np.all(allowed[data[opening[opening > 0] - 1]]))
    allowed[_CR] = True
    return begins and bool(np.all(allowed[data[np.minimum(closing + 1, len(data) - 1)]]))


def _doubled(marks: Ints) -> Ints:
    """Return the second quotes of doubled ones: an opening quote right after a closing one."""
    opening = marks[2::2]
    doubled: Ints = opening[opening == marks[1 : 2 * len(opening) : 2] + 1]
    return doubled


def _by_cell(block: Block, separator: str, flaws: Flaws) -> tuple[Grid, int]:
    import numpy as np

    starts: list[int] = []
    rows: list[list[str]] = []
    used = 0
    for start, end, cells in tokens(block.text, separator, more=not block.last):
        starts.append(start)
        rows.append([cell.decode("utf-8", "backslashreplace") for cell in cells])
        used = end
        if any(cell.startswith('"') for cell in rows[-1]) and block.text[start:end].count(b'"') % 2:
            flaws.add(int(block.place(np.array([start]))[0]), "quote that is never closed")
    return grid_of(rows, starts), used
