"""A rule's condition as a tree of tests on single fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

ANY: Final = 1
"""In a pattern: any text, also none (`*`)."""
ONE: Final = 2
"""In a pattern: one character (`?`)."""
DASH: Final = 3
"""In a pattern: one of the five signs that introduce an option on Windows command lines (`windash`)."""
DASHES: Final = "-/\u2013\u2014\u2015"


@dataclass(frozen=True, slots=True)
class Text:
    """The whole value is of this shape.

    Attributes:
        parts: literal texts and ANY, ONE, DASH, in order; no two texts in a row.
        cased: whether case counts.
    """

    parts: tuple[str | int, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Regex:
    """The regular expression is found somewhere in the value; `flags` is a subset of `ims`, sorted."""

    pattern: str
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """The value is an address in this network (CIDR)."""

    cidr: str


@dataclass(frozen=True, slots=True)
class Compare:
    """The value, or a part of the time it tells, compares so with a number.

    Attributes:
        op: lt, lte, gt, gte, eq, neq.
        part: "" for the value itself, else minute, hour, day, week, month or year.
    """

    op: str
    number: float
    part: str = ""


@dataclass(frozen=True, slots=True)
class SameAs:
    """The value is that of another field, or contains it (`start` and `end` free), case ignored unless `cased`."""

    field: str
    starts: bool = False
    ends: bool = False
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """The field is there, whatever its value."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The field is not there."""


@dataclass(frozen=True, slots=True)
class Empty:
    """The field is not there, or its value is empty (`null` and `''`)."""


Test: TypeAlias = Text | Regex | Network | Compare | SameAs | Present | Absent | Empty


@dataclass(frozen=True, slots=True)
class Leaf:
    """A test on one field as written in the rule, or on every field (None: a keyword)."""

    field: str | None
    test: Test


@dataclass(frozen=True, slots=True)
class And:
    """All members hold."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One member holds at least; without members, never."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The member does not hold."""

    node: Node


Node: TypeAlias = Leaf | And | Or | Not
TESTS: Final = (Text, Regex, Network, Compare, SameAs, Present, Absent, Empty)
