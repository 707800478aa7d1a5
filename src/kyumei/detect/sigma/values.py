"""A value of a rule, as pySigma typed and modified it → tests."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sigma.types import (
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from kyumei.detect.sigma.modifiers import WINDASH
from kyumei.detect.sigma.tree import ANY, DASH, ONE, Absent, Compare, Empty, Network, Present, Regex, SameAs, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.detect.sigma.tree import Test

_MOST_WAYS: Final = 10_000
"""So many texts may come of the placeholders of one value."""


def number(text: str) -> int | float:
    """Return the number a text is, with a base's prefix (`0x1f`) or a fraction.

    Raises:
        ValueError: it is none.
    """
    try:
        return int(text.strip(), 0)
    except ValueError:
        return float(text)


def tests_of(value: Any, placeholders: Mapping[str, Sequence[str]], *, keyword: bool) -> list[Test]:
    """Return the tests one of which must hold.

    Args:
        value: pySigma's value, all modifiers applied.
        placeholders: what `%name%` stands for.
        keyword: whether the value is to be found anywhere in the event.

    Raises:
        ValueError: a placeholder without values, or a value that cannot be a keyword.
    """
    if isinstance(value, SigmaExpansion):
        return [test for one in value.values for test in tests_of(one, placeholders, keyword=keyword)]
    if isinstance(value, SigmaString):
        return [_text(parts, value, keyword=keyword) for parts in _expanded(value, placeholders)]
    if isinstance(value, SigmaNumber | SigmaBool) and not isinstance(value, SigmaTimestampPart):
        return [Text((ANY, text, ANY) if keyword else (text,)) for text in _spellings(value)]
    if isinstance(value, SigmaRegularExpression):
        letters = {"IGNORECASE": "i", "MULTILINE": "m", "DOTALL": "s"}
        return [Regex(str(value.regexp.original or value.regexp), "".join(sorted(letters[f.name] for f in value.flags)))]
    if keyword:
        msg = "a keyword must be a text"
        raise ValueError(msg)
    return [_special(value)]


def _special(value: Any) -> Test:
    if isinstance(value, SigmaNull):
        return Empty()
    if isinstance(value, SigmaExists):
        return Present() if value.exists else Absent()
    if isinstance(value, SigmaCIDRExpression):
        return Network(value.cidr)
    if isinstance(value, SigmaFieldReference):
        return SameAs(value.field, value.starts_with, value.ends_with)
    if isinstance(value, SigmaCompareExpression):
        part = value.number.timestamp_part.name.lower() if isinstance(value.number, SigmaTimestampPart) else ""
        return Compare(value.op.name.lower(), value.number.number, part)
    if isinstance(value, SigmaTimestampPart):
        return Compare("eq", value.number, value.timestamp_part.name.lower())
    msg = f"a value of type {type(value).__name__} is not known"
    raise ValueError(msg)


def _spellings(value: SigmaNumber | SigmaBool) -> list[str]:
    """Return how logs write the value: an integer also in hexadecimal."""
    if isinstance(value, SigmaBool):
        return [str(value.boolean).lower()]
    if isinstance(value.number, int) and value.number >= 0:
        return [str(value.number), hex(value.number)]
    return [str(value.number)]


def _text(parts: list[str | int], value: SigmaString, *, keyword: bool) -> Test:
    if keyword:
        parts = [ANY, *parts, ANY]
    merged: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "" and not (part == ANY and merged and merged[-1] == ANY):
            merged.append(part)
    if not merged:
        return Empty()
    return Present() if merged == [ANY] else Text(tuple(merged), isinstance(value, SigmaCasedString))


def _expanded(value: SigmaString, placeholders: Mapping[str, Sequence[str]]) -> list[list[str | int]]:
    """Return the value's parts, once for each way of filling its placeholders."""
    ways: list[list[list[str | int]]] = []
    for part in value.s:
        if isinstance(part, Placeholder) and part.name != WINDASH:
            ways.append([_parts(SigmaString(text)) for text in _filling(part.name, placeholders)])
        else:
            ways.append([[_part(part)]])
    total = 1
    for way in ways:
        total *= len(way)
    if total > _MOST_WAYS:
        msg = f"its placeholders give more than {_MOST_WAYS} values"
        raise ValueError(msg)
    return [[part for some in way for part in some] for way in product(*ways)]


def _filling(name: str, placeholders: Mapping[str, Sequence[str]]) -> Sequence[str]:
    for known, values in placeholders.items():
        if known.lower() == name.lower():
            return values
    msg = f"nothing is given for the placeholder %{name}%"
    raise ValueError(msg)


def _parts(value: SigmaString) -> list[str | int]:
    return [_part(part) for part in value.s]


def _part(part: object) -> str | int:
    if isinstance(part, str):
        return part
    if isinstance(part, SpecialChars):
        return ANY if part is SpecialChars.WILDCARD_MULTI else ONE
    return DASH
