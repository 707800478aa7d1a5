"""With which bytes a regular expression can begin to match, so that it is not tried where it cannot."""

from __future__ import annotations

from re import _constants as c  # type: ignore[attr-defined]  # CPython's own parser says what a pattern is
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re

Bytes = frozenset[int] | None
"""First bytes in UTF-8; None for any."""
_ANY: Bytes = None
_FOLDED = {ord("i"): 0xC4, ord("s"): 0xC5, ord("k"): 0xE2}
"""Letters that other letters fold to (ı, the long s, the Kelvin sign), and the first bytes of these."""


def first_bytes(expression: re.Pattern[str]) -> Bytes:
    """Return the first bytes of all texts that the expression matches, or None where that may be any, or it matches nothing."""
    found, empty = _of(_parser.parse(expression.pattern, expression.flags), bool(expression.flags & c.SRE_FLAG_IGNORECASE))
    return None if empty else found


def _of(parsed: Any, fold: bool) -> tuple[Bytes, bool]:  # noqa: FBT001
    """Return the first bytes of a sequence, and whether it can match nothing."""
    every: set[int] = set()
    for op, value in parsed:
        found, empty = _one(op, value, fold)
        if found is None:
            return None, empty
        every |= found
        if not empty:
            return frozenset(every), False
    return frozenset(every), True


def _one(op: Any, value: Any, fold: bool) -> tuple[Bytes, bool]:  # noqa: FBT001
    if op in {c.LITERAL, c.IN}:
        return _set([(op, value)] if op is c.LITERAL else value, fold), False
    if op is c.BRANCH:
        return _either([_of(branch, fold) for branch in value[1]])
    if op is c.SUBPATTERN:
        return _of(value[3], fold or bool(value[1] & c.SRE_FLAG_IGNORECASE))
    if op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
        found, empty = _of(value[2], fold)
        return found, empty or value[0] == 0
    nothing = op in {c.AT, c.ASSERT, c.ASSERT_NOT}
    return (frozenset() if nothing else _ANY), True


def _either(branches: list[tuple[Bytes, bool]]) -> tuple[Bytes, bool]:
    sets = [found for found, _ in branches]
    empty = any(nothing for _, nothing in branches)
    if any(found is None for found in sets):
        return None, empty
    return frozenset().union(*(found for found in sets if found is not None)), empty


def _set(listed: Any, fold: bool) -> Bytes:  # noqa: FBT001
    every: set[int] = set()
    for op, value in listed:
        low, high = (value, value) if op is c.LITERAL else value if op is c.RANGE else (0, -1)
        if high < low:
            return None  # a category, or all but these
        every |= _letters(low, high, fold) or set()
    return frozenset(every)


def _letters(low: int, high: int, fold: bool) -> frozenset[int]:  # noqa: FBT001
    """Return the first bytes of the letters between two; those of a range run on from that of its first to that of its last."""
    first, last = chr(low).encode("utf-8", "surrogatepass")[0], chr(high).encode("utf-8", "surrogatepass")[0]
    found = set(range(first, last + 1))
    if fold:
        found |= {n ^ 32 for n in found if chr(n & 0xDF).isalpha() and n < 128}
        found |= {first for letter, first in _FOLDED.items() if letter in found}
    return frozenset(found)
