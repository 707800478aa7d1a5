"""Blocks of separated text into rows: vectorised where the quotes are in order, cell by cell where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.scope.tables.cells import grid_of, packed
from kyumei.scope.tables.tokens import MAX_ROW, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.tables.blocks import Block, Flaws, Lines
    from kyumei.scope.tables.cells import Grid

    Ints = npt.NDArray[np.int64]


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
    from kyumei.scope.tables.tokenise import count_of, tokenise

    data = np.frombuffer(text, np.uint8)
    content = np.empty(len(data) + 8, np.uint8)
    lines = len(block.lines)  # one at least for each line end
    offsets = np.zeros(count_of(data, ord(separator)) + lines + 1, np.int32)
    starts, first = np.empty(lines, np.int64), np.empty(lines, np.int64)
    rows, number, used = tokenise(data, ord(separator), content, offsets, starts, first)
    if rows < 0 or len(data) - used > (0 if block.last else MAX_ROW):
        return None
    end = int(offsets[number])
    return packed(content[:end], offsets[: number + 1], starts[:rows], first[:rows]), min(used, len(block.text))


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
