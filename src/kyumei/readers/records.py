"""Records of a text log that may go on over several lines, joined column by column.

A record begins with a line that matches a pattern; lines after it that do not match belong to it. A record of a million lines
would be held whole, so one that grows past `MAX_RECORD` bytes is closed there and the rest of it is a fault.
Blocks of NUL bytes (never written out) are faults too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Lines, Unread, batches
from kyumei.readers.match import ints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

MAX_RECORD: Final = 16 * 1024 * 1024


def records(source: Source, rows: Rows, begins: str | Callable[[pa.Array], pa.Array], reason: str) -> Iterator[Lines]:
    r"""Yield the source's records in batches; their lines are joined by `\n`, blank lines inside them are left out.

    Args:
        source: what is read.
        rows: takes the faults: lines before the first record, and what is too long.
        begins: RE2 expression that the first line of a record matches, or what says so of a column of lines.
        reason: what the fault of lines before the first record says.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, reason)
    rest: Lines | None = None
    for whole in batches(source, rows):
        unwritten = pc.starts_with(whole.text, "\0")
        batch = whole
        if pc.any(unwritten).as_py():
            unread.add(whole.where(unwritten))
            batch = whole.where(pc.invert(unwritten))
            if not len(batch):
                continue
        heads = pc.match_substring_regex(batch.text, begins) if isinstance(begins, str) else begins(batch.text)
        lines, first = batch, heads.to_numpy(zero_copy_only=False)
        if rest is not None:
            lines = joined(rest, batch)
            first = _after(rest, first)
        starts = first.nonzero()[0]
        if not len(starts):
            unread.add(lines)
            rest = None
            continue
        unread.add(part(lines, 0, int(starts[0])))
        yield from _joined(lines, starts[:-1], int(starts[-1]))
        rest = _open(part(lines, int(starts[-1]), len(lines)), unread)
    if rest is not None:
        yield from _joined(rest, ints_of([0]), len(rest))
    unread.close()


def last_known(known: np.ndarray[Any, Any], groups: np.ndarray[Any, Any] | None = None) -> np.ndarray[Any, Any]:
    """Return for each row the last row up to it that is known (in its own group), -1 where there is none."""
    import numpy as np

    n = len(known)
    index = np.where(known, np.arange(n), -1)
    if groups is None:
        return np.maximum.accumulate(index) if n else index
    order = np.argsort(groups, kind="stable")
    begins = np.flatnonzero(np.diff(groups[order], prepend=groups[order][:1] - 1)) if n else order
    rank = np.where(known[order], np.arange(n), -1)
    floor = np.zeros(n, np.int64)
    floor[begins] = begins
    floor = np.maximum.accumulate(floor) if n else floor
    rank = np.maximum.accumulate(rank) if n else rank
    found = np.empty(n, np.int64)
    found[order] = np.where(rank >= floor, order[np.maximum(rank, 0)], -1)
    return found


def ints_of(values: list[int]) -> np.ndarray[Any, Any]:
    """Return the numbers as an int64 array."""
    import numpy as np

    return np.array(values, np.int64)


def _after(rest: Lines, heads: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return which lines begin a record when those of the open record stand in front."""
    import numpy as np

    front = np.zeros(len(rest), bool)
    front[0] = True
    return np.concatenate([front, heads])


def _open(lines: Lines, unread: Unread) -> Lines:
    """Return the open record as one line, so that it costs no more the longer it grows, and cut where it is too long."""
    import numpy as np

    ends = np.cumsum(lines.size.to_numpy())
    kept = max(1, int(np.searchsorted(ends, MAX_RECORD, side="right")))
    if kept < len(lines):
        unread.add(part(lines, kept, len(lines)))
    return next(_joined(lines, ints_of([0]), kept)) if kept > 1 else part(lines, 0, 1)


def joined(first: Lines, then: Lines) -> Lines:
    """Return the lines of both, one behind the other."""
    import pyarrow as pa

    return Lines(*(pa.concat_arrays([getattr(first, f), getattr(then, f)]) for f in ("rec", "size", "text")))


def behind(lines: Lines, begins: np.ndarray[Any, Any]) -> pa.Array:
    r"""Return for each record the text of its lines after the first, each with `\n` before it; "" where there is none."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    bounds = np.append(begins, len(lines))
    if (np.diff(bounds) == 1).all():
        return pa.repeat(pa.scalar("", pa.string()), len(begins))
    texts = pc.binary_join_element_wise("\n", lines.text, "")
    first = np.isin(np.arange(len(lines)), begins)
    texts = pc.if_else(pa.array(first), pa.scalar("", pa.string()), texts)
    lists = pa.ListArray.from_arrays(
        pa.array((bounds - bounds[0]).astype(np.int32)), pa.concat_arrays([texts[int(begins[0]) :]])
    )
    return pc.binary_join(lists, "")


def part(lines: Lines, start: int, stop: int) -> Lines:
    """Return lines `start` up to `stop`."""
    return Lines(lines.rec[start:stop], lines.size[start:stop], lines.text[start:stop])


def _joined(lines: Lines, starts: np.ndarray[Any, Any], stop: int) -> Iterator[Lines]:
    """Yield the records that begin at `starts`, the last of which ends before line `stop`."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(starts):
        return
    bounds = np.append(starts, stop)
    recs, sizes = lines.rec.to_numpy(), lines.size.to_numpy()
    size = recs[bounds[1:] - 1] + sizes[bounds[1:] - 1] - recs[starts]
    if (np.diff(bounds) == 1).all():
        text = lines.text[int(starts[0]) : stop]
    else:
        texts = lines.text[int(starts[0]) : stop]
        lists = pa.ListArray.from_arrays(pa.array((bounds - starts[0]).astype(np.int32)), pa.concat_arrays([texts]))
        text = pc.binary_join(lists, "\n")
    yield Lines(ints(recs[starts]), ints(size), text)
