"""The rows of INSERT statements and of COPY, a window of the script at a time and without a Python object a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from kyumei.scope.tables.cells import Grid, grid, packed
from kyumei.scope.tables.sql_calls import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]

_QUOTE, _BACKSLASH, _OPEN, _CLOSE, _COMMA, _SEMICOLON, _TAB, _LF, _CR = b"'\\(),;\t\n\r"
_GO: Final = re.compile(rb"GO\b[ \t]*\r?\n\s*", re.IGNORECASE)
"""What SQL Server's scripts put between statements."""
_ESCAPES: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"0": b"\0", b"b": b"\b", b"Z": b"\x1a", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class Lexed:
    """A window of script that begins at a row or between rows.

    Attributes:
        data: the bytes. outside: which lie outside strings. quote: which are quotes that begin or end strings.
        escape: which are backslashes that change the next byte. depth: how many parentheses are open after each byte.
        closes: where parentheses of rows close.
    """

    data: Bytes
    outside: Bools
    quote: Bools
    escape: Bools
    depth: npt.NDArray[np.int32]
    closes: Ints


def lex(window: bytes, *, backslash: bool) -> Lexed:
    """Return the window's structure; `backslash` says whether strings have escapes (MySQL)."""
    import numpy as np

    from kyumei.scope.tables.sql_kernel import structure

    data = np.frombuffer(window, np.uint8)
    outside, quote, escape = (np.empty(len(data), np.bool_) for _ in range(3))
    depth = np.empty(len(data), np.int32)
    closes = np.empty(int(np.count_nonzero(data == _CLOSE)), np.int64)
    found = structure(data, backslash, outside, quote, escape, depth, closes)
    return Lexed(data, outside, quote, escape, depth, closes[:found])


def escapes(data: Bytes) -> Bools:
    """Return which bytes are backslashes that change the next byte: the odd ones of each run."""
    import numpy as np

    marks: Bools = data == _BACKSLASH
    if not marks.any():
        return marks
    index = np.arange(len(data))
    before = np.maximum.accumulate(np.where(marks, -1, index))
    odd: Bools = marks & ((index - before) % 2 == 1)
    return odd


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of one statement, and of those after it that begin with the same header.

    Attributes:
        closes: where the rows close.
        headers: where the headers between them stand.
        ended: whether something else follows within the window.
    """

    closes: Ints
    headers: list[tuple[int, int]]
    ended: bool


def run_of_rows(lexed: Lexed, window: bytes, header: bytes) -> Run:
    """Return the rows that the window holds whole."""
    import numpy as np

    solid = np.flatnonzero(lexed.data > 32)
    after = np.searchsorted(solid, lexed.closes + 1)
    follows = np.where(after < len(solid), lexed.data[solid[np.minimum(after, len(solid) - 1)]], 0) if len(solid) else after
    headers: list[tuple[int, int]] = []
    last, ended = len(lexed.closes), False
    for number in np.flatnonzero((follows != _COMMA) & (follows != 0)).tolist():
        close = int(lexed.closes[number])
        if headers and close < headers[-1][1]:
            continue  # the column list of a header
        index = int(after[number]) + (follows[number] == _SEMICOLON)
        begin = int(solid[index]) if index < len(solid) else len(window)
        go = _GO.match(window, begin)
        begin = go.end() if go else begin
        if window.startswith(header, begin):
            headers.append((close + 1, begin + len(header)))
            continue
        rest = window[begin:]
        last, ended = number + 1, not (header.startswith(rest) or b"GO".startswith(rest.strip().upper()))
        break
    closes = lexed.closes[:last]
    within = np.zeros(len(closes), np.bool_)
    for start, stop in headers:
        within |= (closes >= start) & (closes < stop)
    return Run(closes[~within], headers, ended)


def rows_of(lexed: Lexed, run: Run) -> Grid:
    """Return the rows of a run; each row's start is that of its parenthesis."""
    import numpy as np
    import pyarrow as pa

    from kyumei.scope.tables.sql_kernel import cells as written

    end = int(run.closes[-1]) + 1
    data = lexed.data[:end]
    most, rows = int(np.count_nonzero(data == _COMMA)) + len(run.closes), len(run.closes)
    content, offsets = np.empty(end, np.uint8), np.zeros(most + 1, np.int32)
    quoted, called = np.zeros(most + 1, np.bool_), np.zeros(most + 1, np.bool_)
    opens, first = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    structure = (data, lexed.quote, lexed.outside, lexed.escape, lexed.depth, run.closes)
    headers = np.array(run.headers, np.int64).reshape(-1, 2)
    count, size = written(*structure, headers, _meant(), content, offsets, quoted, called, opens, first)
    found = packed(content[:size], offsets[: count + 1], opens, first)
    values = _called(found.cells, _calls(lexed, run, called[:count]))
    return Grid(_literals(values, pa.array(~quoted[:count])), opens, first, found.width)


def _calls(lexed: Lexed, run: Run, called: Bools) -> dict[int, bytes]:
    """Return the text of the cells that are calls of several arguments, by their numbers."""
    import numpy as np

    listed = np.flatnonzero(called)
    if not len(listed):
        return {}
    data = lexed.data[: int(run.closes[-1]) + 1]
    commas = (data == _COMMA) & lexed.outside[: len(data)] & (lexed.depth[: len(data)] == 1)
    commas[run.closes] = True
    ends = np.flatnonzero(commas)
    for start, stop in run.headers:
        ends = ends[(ends < start) | (ends >= stop)]
    return {int(n): bytes(data[(ends[n - 1] if n else -1) + 1 : ends[n]]) for n in listed}


@cache
def _meant() -> Bytes:
    import numpy as np

    table = np.arange(256, dtype=np.uint8)
    for written, meant in _ESCAPES.items():
        table[ord(written)] = ord(meant)
    return table


def copied_rows(text: bytes) -> Grid:
    r"""Return the lines of COPY in text format: tabs between cells, `\N` for NULL, backslash escapes."""
    import numpy as np

    data = np.frombuffer(text, np.uint8)
    separators = (data == _TAB) | (data == _LF)
    ends = np.flatnonzero(separators)
    starts = np.concatenate([[0], ends[:-1] + 1])
    keep = ~separators
    carriage = np.flatnonzero((data[:-1] == _CR) & (data[1:] == _LF))
    keep[carriage] = False
    length = ends - starts
    second = np.minimum(starts + 1, len(data) - 1)
    null = (length - np.isin(ends - 1, carriage) == 2) & (data[starts] == _BACKSLASH) & (data[second] == ord("N"))
    row_ends = data[ends] == _LF
    data, keep = _unescaped(data, keep, escapes(data))
    return grid(data, keep, ends, row_ends, null)


def _unescaped(data: Bytes, keep: Bools, escape: Bools) -> tuple[Bytes, Bools]:
    import numpy as np

    at = np.flatnonzero(escape[:-1])
    if not len(at):
        return data, keep
    changed = data.copy()
    changed[at + 1] = _meant()[data[at + 1]]
    kept = keep.copy()
    kept[at] = False
    return changed, kept


def _literals(cells: pa.StringArray, unquoted: pa.BooleanArray) -> pa.StringArray:
    """Return the cells with NULL as null, and hexadecimal literals that are text in UTF-8 read as such."""
    import pyarrow as pa
    import pyarrow.compute as pc

    null = pc.and_(pc.fill_null(pc.match_substring_regex(cells, "^(?i:null|default)$"), fill_value=False), unquoted)
    cells = pc.if_else(null, pa.scalar(None, pa.string()), cells)
    literal = pc.and_(pc.fill_null(pc.match_substring_regex(cells, "^0[xX](?:[0-9A-Fa-f]{2})+$"), fill_value=False), unquoted)
    if not literal.true_count:
        return cells
    texts = [_text(cell) for cell in pc.filter(cells, literal).to_pylist()]
    return pc.replace_with_mask(cells, literal, pa.array(texts, pa.string()))


def _called(cells: pa.StringArray, called: Mapping[int, bytes]) -> pa.StringArray:
    """Return the cells with calls of several arguments, given by the cells' numbers, replaced by what they give."""
    import pyarrow as pa
    import pyarrow.compute as pc

    given = {n: value for n, raw in called.items() if (value := value_of(raw.decode("utf-8", "replace"))) is not None}
    if not given:
        return cells
    return pc.replace_with_mask(cells, _mask(len(cells), list(given)), pa.array(list(given.values()), pa.string()))


def _mask(length: int, places: list[int]) -> pa.BooleanArray:
    """Return which of so many places are listed."""
    import numpy as np
    import pyarrow as pa

    listed = np.zeros(length, np.bool_)
    listed[places] = True
    return pa.array(listed)


def _text(literal: str) -> str:
    try:
        text = bytes.fromhex(literal[2:]).decode("utf-8")
    except UnicodeDecodeError:
        return literal
    return text if text.isprintable() else literal
