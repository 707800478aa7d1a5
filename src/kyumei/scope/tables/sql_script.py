"""A SQL script, statement by statement: which tables there are, and their rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.scope.tables.sql_lex import BLANK, COPY, CREATE, INSERT, NEXT, OTHER, columns_of, name_of, names_of
from kyumei.scope.tables.sql_values import copied_rows, lex, rows_of, run_of_rows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.tables.blocks import Block, Lines
    from kyumei.scope.tables.cells import Grid

    Ints = npt.NDArray[np.int64]

WINDOW: Final = 16 * 1024
WIDEST: Final = 1024 * 1024
_BETWEEN: Final = re.compile(rb"[\s,]*+")
MAX_ROW: Final = 64 * 1024 * 1024
"""A row that does not end within so many bytes is given up."""


@dataclass(frozen=True, slots=True)
class Created:
    """A table's definition."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one table; `columns` are empty where the statement does not list them."""

    table: str
    columns: tuple[str, ...]
    grid: Grid
    recs: Ints


@dataclass(frozen=True, slots=True)
class Broken:
    """A place in the rows of a table that cannot be read."""

    table: str
    fault: Fault


Event = Created | Rows | Broken


def events(lines: Lines, *, backslash: bool) -> Iterator[Event]:
    """Yield what the script holds, in its order; never raises on any bytes."""
    script = _Script(backslash=backslash)
    rest: Block | None = None
    for part in lines:
        block = rest.joined(part) if rest else part
        used = yield from script.read(block)
        rest = block.after(used) if used < len(block.text) else None


class _Script:
    """Where reading stands: inside an INSERT, inside a COPY, or between statements."""

    def __init__(self, *, backslash: bool) -> None:
        self._backslash = backslash
        self._table = ""
        self._columns: tuple[str, ...] = ()
        self._header = b""
        self._copying = False
        self._window = WINDOW

    def read(self, block: Block) -> Generator[Event, None, int]:
        """Yield what a block holds; the value of the iteration is how much of it was used."""
        at = 0
        while at < len(block.text):
            if self._copying:
                step = yield from self._copy(block, at)
            elif self._header:
                step = yield from self._insert(block, at)
            else:
                step = yield from self._statement(block, at)
            if step is None:
                break
            at = step
        return at

    def _statement(self, block: Block, at: int) -> Generator[Event, None, int | None]:
        text = block.text
        blank = BLANK.match(text, at)
        at = blank.end() if blank else at
        if not block.last and len(text) - at < WINDOW:
            return None  # the statement may go on
        if insert := INSERT.match(text, at):
            self._table, self._columns, self._header = name_of(insert[1]), names_of(insert[2]), insert[0]
            return insert.end()
        if copy := COPY.match(text, at):
            self._table, self._columns, self._copying = name_of(copy[1]), names_of(copy[2]), True
            return copy.end()
        if create := CREATE.match(text, at):
            columns, end = columns_of(text, create.end())
            yield Created(name_of(create[1]), columns)
            return end
        other = OTHER.match(text, at)
        return other.end() if other else len(text)

    def _insert(self, block: Block, at: int) -> Generator[Event, None, int | None]:
        text = block.text
        begin = _BETWEEN.match(text, at)
        at = begin.end() if begin else at
        if text[at : at + 1] != b"(":
            self._header = b"" if at < len(text) else self._header
            return at
        window = text[at : at + self._window]
        lexed = lex(window, backslash=self._backslash)
        run = run_of_rows(lexed, window, self._header)
        self._window = WINDOW if run.ended else min(self._window * 4, WIDEST if len(run.closes) else MAX_ROW)
        if len(run.closes):
            found = rows_of(lexed, run)
            yield Rows(self._table, self._columns, found, block.inside(found.starts + at))
            self._header = b"" if run.ended else self._header
            return at + int(run.closes[-1]) + 1
        if at + len(window) < len(text):
            return at  # once more with a larger window
        if not block.last and len(window) < MAX_ROW:
            return None
        return (yield from self._give_up(block, at))

    def _give_up(self, block: Block, at: int) -> Generator[Event, None, int]:
        """Pass over rows that never end, to the next line that begins a statement."""
        self._header = b""
        found = NEXT.search(block.text, at)
        end = found.end() if found else len(block.text)
        place = int(block.inside(_array(at))[0])
        yield Broken(self._table, Fault(place, "row that does not end", end - at))
        return end

    def _copy(self, block: Block, at: int) -> Generator[Event, None, int | None]:
        r"""Yield the lines to the one that is `\.`, or those there are."""
        text = block.text
        end = at if text.startswith(b"\\.", at) else text.find(b"\n\\.", at) + 1
        self._copying = not end and not text.startswith(b"\\.", at)
        stop = end if not self._copying else text.rfind(b"\n", at) + 1
        if stop > at:
            found = copied_rows(text[at:stop])
            yield Rows(self._table, self._columns, found, block.place(found.starts + at))
            return stop
        if not self._copying:
            return min(len(text), at + 2)
        if not block.last:
            return None
        self._copying = False
        yield Broken(self._table, Fault(int(block.place(_array(at))[0]), "line is cut off", len(text) - at))
        return len(text)


def _array(position: int) -> Ints:
    import numpy as np

    return np.array([position])
