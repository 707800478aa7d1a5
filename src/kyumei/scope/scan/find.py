"""From a block of text to hits: the pass, the rules over its tokens, what follows labels, the vocabularies."""

from __future__ import annotations

import re
import threading
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.scope.scan.group import chosen, divided, filed, nearest
from kyumei.scope.scan.lists import tables, words
from kyumei.scope.scan.near import SEPARATORS, after_label
from kyumei.scope.scan.rules import Labelled, Rule, Tokens, labels, rules, shape_of, wanted
from kyumei.scope.scan.sweep import COLUMNS, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]
    Ints = npt.NDArray[np.int64]

_ROOM: Final = 1 << 17
_KEPT: Final = threading.local()
_VALUE_BYTES: Final = 200
_BESIDE_BYTES: Final = 120
_SEPARATED: Final = re.compile(
    r"[\"'」】)\]]{0,2}[ \t]{0,4}(?:[:=|>]|=>|は|\t)[ \t]{0,4}[\"'「【(]?|(?<![^\"'])[ \t]*\r?\n(?=\S)"
)
_LOOSE: Final = re.compile(r"[\"'」】)\]]{0,2}[ \t]{0,4}(?:[:=|>]|=>|は|\t|が)?[ \t]{0,4}[\"'「【(]?")
_MAY_FOLLOW: Final = b":=|>\t \"'])\xe3\n\r"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A rule whose hits are the words of a list, where a word of another list stands beside them."""

    name: str
    kind: str
    category: str
    near: str
    validator: str = "vocabulary"
    order: int = 900


AnyRule = Rule | Labelled | Vocabulary


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one block, in the order of their starts, none over another.

    Attributes:
        rows: start, end, number of the rule in `all_rules()`, start and end of the context word (0, 0 without one).
    """

    rows: Ints

    def __len__(self) -> int:
        return len(self.rows)


@cache
def all_rules() -> tuple[AnyRule, ...]:
    """Return every rule; hits name them by position."""
    return (*rules(), *labels(), *_vocabularies())


@cache
def _vocabularies() -> tuple[Vocabulary, ...]:
    text = (Path(__file__).parents[1] / "recognise" / "vocabulary.toml").read_text("utf-8")
    listed: Mapping[str, Any] = tomllib.loads(text)
    kinds = {"sens.criminal": "criminal record", "sens.social_status": "social status"}
    return tuple(
        Vocabulary(name, kinds.get(entry["category"], entry["category"].split(".")[1]), entry["category"], entry["near"])
        for name, entry in sorted(listed.items())
    )


def find(data: Bytes) -> Found:
    """Return the hits of a block.

    Args:
        data: UTF-8, full-width ASCII folded (`kyumei.scope.scan.kernel.fold`); any bytes will do.
    """
    tokens = _Tokens(_swept(data))
    said = _Words(data, tokens.words)
    hits = [*_by_rules(data, tokens, said), *_by_labels(data, said), *_by_vocabulary(said)]
    if not hits:
        return Found(np.zeros((0, 5), np.int64))
    return Found(settled(np.concatenate(hits)))


def settled(found: Ints) -> Ints:
    """Return rows by their starts; of those over one another the earliest, then the longest, then the first rule's."""
    order = np.argsort(found[:, 0], kind="stable")  # runs that are in order already are merged, which is what there is
    kept = np.empty(len(found), np.int64)
    number = chosen(found, order, kept)
    return found[kept[:number]]


def _swept(data: Bytes) -> Ints:
    """Return the rows of the pass; they may lie in memory that the next pass of this thread writes to."""
    table = tables(*wanted())
    parts: list[Ints] = []
    at = 0
    out = _room(min(_ROOM, len(data) // 2 + 64))
    while at < len(data):
        number, at = sweep(data, at, out, table)
        if at >= len(data) and not parts:
            return out[:number]
        parts.append(out[:number].copy())
    return np.concatenate(parts) if parts else np.zeros((0, COLUMNS), np.int64)


def _room(rows: int) -> Ints:
    """Return where a pass may write: the same memory for each block of a thread, since new memory costs as much as the pass."""
    kept: Ints | None = getattr(_KEPT, "rows", None)
    if kept is None or len(kept) < rows:
        kept = _KEPT.rows = np.empty((rows, COLUMNS), np.int64)
    return kept[:rows]


class _Tokens:
    """The rows of a pass, words apart from the rest, this by its shapes."""

    def __init__(self, rows: Ints) -> None:
        keys = _shape_keys()
        words, others = np.empty((len(rows), 3), np.int64), np.empty_like(rows)
        group, first = np.empty(len(rows), np.int64), np.zeros(len(keys) + 2, np.int64)
        number = divided(rows, keys, words, others, group, first)
        self.words = words[:number]
        self.others = others[: len(rows) - number]
        self._first = np.cumsum(first)
        self._order = np.empty(len(self.others), np.int64)
        filed(group[: len(self.others)], self._first.copy(), self._order)

    def of(self, rule: Rule) -> Ints:
        """Return the places in `others` of the tokens of a rule's shapes, ascending."""
        parts = [self._order[self._first[n] : self._first[n + 1]] for n in _groups_of(rule)]
        filled = [part for part in parts if len(part)]
        if len(filled) < 2:
            return filled[0] if filled else self._order[:0]
        return np.sort(np.concatenate(filled))


def _keys(rule: Rule) -> set[int]:
    return {kind << 56 | max(shape, 0) for kind, shape in map(shape_of, rule.shapes)}


@cache
def _shape_keys() -> Ints:
    """Return kind and shape of all tokens that any rule takes, ascending."""
    return np.array(sorted(set().union(*map(_keys, rules()))), np.int64)


@cache
def _groups_of(rule: Rule) -> tuple[int, ...]:
    """Return the places of a rule's shapes among all."""
    return tuple(np.searchsorted(_shape_keys(), sorted(_keys(rule))).tolist())


class _Words:
    """The words of a block, and which of a group stands before or beside a place."""

    def __init__(self, data: Bytes, rows: Ints) -> None:
        self.data = data
        self.words = np.ascontiguousarray(rows[:, 0])
        self.spans = np.ascontiguousarray(rows[:, 1:])
        self.present = np.flatnonzero(np.bincount(self.words)) if len(rows) else self.words
        self._groups: dict[str, Ints] = {}

    def of(self, group: str) -> Ints:
        """Return start and end of the words of a group, in order."""
        if group not in self._groups:
            member = words().of(group)
            there = member[self.present].any()
            self._groups[group] = self.spans[member[self.words]] if there else self.spans[:0]
        return self._groups[group]

    def before(self, group: str, starts: Ints, distance: int) -> tuple[Bools, Ints]:
        """Return for each place whether a word of the group stands before it, and start and end of the nearest."""
        near, word = np.zeros(len(starts), np.bool_), np.zeros((len(starts), 2), np.int64)
        listed = self.of(group)
        if len(listed):
            nearest(self.data, listed, starts, distance, near, word)
        return near, word

    def beside(self, group: str, spans: Ints) -> tuple[Bools, Ints]:
        """Return for each span whether a word of the group stands within 120 bytes of it, and that word."""
        listed = self.of(group)
        if not len(listed) or not len(spans):
            return np.zeros(len(spans), np.bool_), np.zeros((len(spans), 2), np.int64)
        after = np.minimum(np.searchsorted(listed[:, 0], spans[:, 1]), len(listed) - 1)
        before = np.maximum(after - 1, 0)
        to_after = np.where(listed[after, 0] >= spans[:, 1], listed[after, 0] - spans[:, 1], 1 << 40)
        to_before = np.where(listed[before, 1] <= spans[:, 0], spans[:, 0] - listed[before, 1], 1 << 40)
        nearest = np.where(to_before <= to_after, before, after)
        return np.minimum(to_before, to_after) <= _BESIDE_BYTES, listed[nearest]


def _by_rules(data: Bytes, tokens: _Tokens, said: _Words) -> Iterator[Ints]:
    free = np.ones(len(tokens.others), np.bool_)
    for number, rule in enumerate(rules()):
        picked = tokens.of(rule)
        if len(picked):
            picked = picked[free[picked]]
        if len(picked):
            accepted, hits = _accepted(data, tokens.others[picked], rule, number, said)
            free[picked[accepted]] = False
            if len(hits):
                yield hits


def _accepted(data: Bytes, rows: Ints, rule: Rule, number: int, said: _Words) -> tuple[Bools, Ints]:
    context = np.zeros(len(rows), np.bool_)
    word = np.zeros((0, 2), np.int64)
    if rule.context:
        context, word = said.before(rule.context, rows[:, 1], rule.near)
    if rule.needs and not context.any():
        return context, np.zeros((0, 5), np.int64)
    accepted = rule.accepts(Tokens(data, rows, context))
    if rule.needs:
        accepted = accepted & context
    hits = np.zeros((int(np.count_nonzero(accepted)), 5), np.int64)
    hits[:, :2], hits[:, 2] = rows[accepted, 1:3], number
    if len(word):
        hits[:, 3:] = word[accepted]
    return accepted, hits


def _by_labels(data: Bytes, said: _Words) -> Iterator[Ints]:
    may_follow = np.zeros(256, np.bool_)
    may_follow[np.frombuffer(_MAY_FOLLOW, np.uint8)] = True
    rows: list[tuple[int, int, int, int, int]] = []
    shift = len(rules())
    for number, rule in enumerate(labels()):
        listed = said.of(rule.context)
        ends = listed[:, 1]
        inside = ends < len(data)
        listed = listed[inside][may_follow[data[ends[inside]]]]
        can = _can_begin(rule)
        if can is not None and len(listed):
            listed = listed[can[after_label(data, listed[:, 1])]]
        for start, end in listed.tolist():
            span = _value(data, end, rule)
            if span:
                rows.append((*span, shift + number, start, end))
    if rows:
        yield np.array(rows, np.int64)


@cache
def _can_begin(rule: Labelled) -> Bools | None:
    """Return for each byte whether a value may begin with it; None where it may begin as what separates it from its label."""
    from kyumei.scope.scan.begins import first_bytes

    found = first_bytes(rule.expression)
    if found is None or found & set(SEPARATORS):
        return None
    can = np.zeros(256, np.bool_)
    can[list(found)] = True
    return can


def _value(data: Bytes, at: int, rule: Labelled) -> tuple[int, int] | None:
    """Return where the value after a label stands, if it is one."""
    text = data[at : at + _VALUE_BYTES].tobytes().decode("utf-8", "surrogateescape")
    between = (_LOOSE if rule.loose else _SEPARATED).match(text)
    found = rule.expression.match(text, between.end()) if between else None
    if found is None or not rule.accepts(found["v"]):
        return None
    start = at + len(text[: found.start("v")].encode("utf-8", "surrogateescape"))
    return start, start + len(found["v"].encode("utf-8", "surrogateescape"))


def _by_vocabulary(said: _Words) -> Iterator[Ints]:
    shift = len(rules()) + len(labels())
    for number, rule in enumerate(_vocabularies()):
        spans = said.of(f"vocabulary {rule.name}")
        near, word = said.beside(rule.near, spans)
        yield np.column_stack([spans[near], np.full(int(near.sum()), shift + number), word[near]])
