"""The rows of a pass put in order for the rules, and the rules' hits for the reader, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.scope.scan.jit import jit, u
from kyumei.scope.scan.marks import DIGITS, IDENTIFIER, WORD

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]


@jit
def divided(rows: Ints, keys: Ints, words: Ints, others: Ints, group: Ints, first: Ints) -> int:
    """Write the words by themselves and the other tokens by themselves, and how many of these there are of each shape.

    Args:
        rows: as the pass writes them.
        keys: kind << 56 | shape, ascending; the shape counts for numbers and identifiers only.
        words: gets number, start and end of each word.
        others: gets the rows of the other tokens.
        group: gets for each of them the place of its key, one more than there are keys where it has none.
        first: zeros, two more than there are keys; gets, one place further on, how many tokens each has.

    Returns:
        The number of words.
    """
    w = 0
    o = 0
    for n in range(len(rows)):
        kind = rows[u(n), u(0)]
        if kind == WORD:
            words[u(w), u(0)], words[u(w), u(1)], words[u(w), u(2)] = rows[u(n), u(3)], rows[u(n), u(1)], rows[u(n), u(2)]
            w += 1
            continue
        for column in range(6):
            others[u(o), u(column)] = rows[u(n), u(column)]
        key = kind << 56 | (rows[u(n), u(3)] if kind in (DIGITS, IDENTIFIER) else 0)
        low = 0
        high = len(keys)
        while low < high:
            middle = (low + high) >> 1
            if keys[u(middle)] < key:
                low = middle + 1
            else:
                high = middle
        if low == len(keys) or keys[u(low)] != key:
            low = len(keys)
        group[u(o)] = low
        first[u(low + 1)] += 1
        o += 1
    return w


@jit
def filed(group: Ints, at: Ints, order: Ints) -> None:
    """Write the numbers of tokens group by group, in order within each.

    Args:
        group: of each token.
        at: where each group begins in `order`; changed.
        order: as long as `group`.
    """
    for n in range(len(group)):
        g = group[u(n)]
        order[u(at[u(g)])] = n
        at[u(g)] += 1


@jit
def chosen(rows: Ints, order: Ints, kept: Ints) -> int:
    """Write which hits are kept: of those over one another the earliest, then the longest, then that of the first rule.

    Args:
        rows: start, end, rule.
        order: the hits' numbers by their starts.
        kept: as long as `order`; gets the numbers of those kept.

    Returns:
        How many are kept.
    """
    size = len(order)
    last = -1
    n = 0
    found = 0
    while n < size:
        best = order[u(n)]
        start = rows[u(best), u(0)]
        n += 1
        while n < size and rows[u(order[u(n)]), u(0)] == start:
            other = order[u(n)]
            longer = rows[u(other), u(1)] - rows[u(best), u(1)]
            if longer > 0 or (longer == 0 and rows[u(other), u(2)] < rows[u(best), u(2)]):
                best = other
            n += 1
        if start >= last:
            kept[u(found)] = best
            found += 1
            last = rows[u(best), u(1)]
    return found


@jit
def nearest(data: Bytes, words: Ints, starts: Ints, distance: int, near: npt.NDArray[np.bool_], found: Ints) -> None:
    """Write for each place whether a word stands before it, at most one line above, and which is the nearest.

    Args:
        data: the text.
        words: start and end of each, ascending.
        starts: the places, ascending.
        distance: how many bytes before a place the word may begin.
        near: gets whether there is one.
        found: gets start and end of the word, zeros where there is none.
    """
    w = 0
    for n in range(len(starts)):
        start = starts[u(n)]
        while w < len(words) and words[u(w), u(1)] <= start:
            w += 1
        if w == 0 or start - words[u(w - 1), u(0)] > distance:
            continue
        i = words[u(w - 1), u(1)]
        feeds = 0
        while i < start and feeds < 2:
            feeds += data[u(i)] == 10
            i += 1
        if feeds < 2:
            near[u(n)] = True
            found[u(n), u(0)], found[u(n), u(1)] = words[u(w - 1), u(0)], words[u(w - 1), u(1)]
