"""The shapes of records and what their slots mean; arrays of the kernel that grow with each new shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.readers.windows.columnar import encode, templates

if TYPE_CHECKING:
    from kyumei.readers.windows.columnar.scan import Known

_NESTED: Final = templates.MOST_SLOTS
"""Slots of the nested template are numbered from here while a shape is planned."""
_IGNORED, _EMPTY = -1, -2
_MOST_PLANS: Final = 4096


@dataclass(frozen=True, slots=True)
class Join:
    """A field that is put together from several slots and literals: a part is a text, or a hidden field's number."""

    target: int
    parts: tuple[str | int, ...]


@dataclass(slots=True)
class Shapes:
    """All shapes met so far.

    Attributes:
        names: name of each field; hidden fields (parts of joined ones) have a NUL in front.
        more: how further elements of an array in this field are called (`#` or `_`), and the number of the first.
        joins: fields that are put together.
        literals: field and text, in the order in which the kernel's arrays name them.
        further: field → names of further elements of arrays in it.
        orders: names of each shape's fields in the order of its template.
    """

    names: list[str] = field(default_factory=list)
    more: dict[int, tuple[str, int]] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    literals: list[tuple[int, str]] = field(default_factory=list)
    orders: list[tuple[str, ...]] = field(default_factory=list)
    further: dict[str, list[str]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _trees: dict[int, templates.Element | None] = field(default_factory=dict)
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _fields: list[int] = field(default_factory=list)
    _rules: list[int] = field(default_factory=list)

    def order(self, shape: int) -> list[str]:
        """Return the names of a shape's fields in the order of its template, further elements of arrays included."""
        found: list[str] = []
        for name in self.orders[shape]:
            found += [name, *self.further.get(name, ())]
        return found

    def number(self, name: str) -> int:
        """Return the field's number, which is given out where it is new."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def learn(self, data: memoryview, known: Known) -> bool:
        """Take in what the scan of this buffer found to be new; return whether anything was."""
        for n in range(len(self._trees), known.counts[0]):
            where = int(known.template_where[n])
            base = where - where % 65_536
            try:
                end = int(known.template_end[n])
                self._trees[n] = templates.parse(data[base : base + 65_536], where - base, end - base if end else 0)
            except templates.Unplain:
                self._trees[n] = None
        first = len(self._rows)
        for n in range(first, known.counts[1]):
            outer, slot, nested = (int(v) for v in known.shape[n])
            self._add(self._trees[outer], slot, self._trees[nested] if nested >= 0 else None, has_nested=nested >= 0)
        return len(self._rows) > first

    def slots(self) -> encode.Slots:
        """Return the kernel's arrays; the codes of literals are left 0."""
        rows = np.array(self._rows, np.int32).reshape(-1, 5)
        literals = np.zeros((len(self.literals), 2), np.int32)
        literals[:, 0] = [f for f, _ in self.literals]
        return encode.Slots(
            rows[:, 0].copy(),
            rows[:, 1].copy(),
            rows[:, 2].copy(),
            rows[:, 3:].copy(),
            np.array(self._fields, np.int32),
            np.array(self._rules, np.int32),
            np.zeros((len(self._fields), 3), np.int64),
            literals,
        )

    def _add(self, outer: templates.Element | None, slot: int, nested: templates.Element | None, *, has_nested: bool) -> None:
        start, text = len(self._fields), len(self.literals)
        plan = None if has_nested and nested is None else _known_plan(outer, slot, nested)
        self.orders.append(tuple(g.name for g in plan.given) if plan else ())
        if plan is None:
            self._rows.append((start, -1, 0, text, text))
            return
        used = [p for g in plan.given for p in g.parts if isinstance(p, int)] + plan.empty
        n = 1 + max((s for s in used if s < _NESTED), default=-1)
        m = 1 + max((s - _NESTED for s in used if s >= _NESTED), default=-1)
        self._fields += [_IGNORED] * (n + m)
        self._rules += [encode.NO_ARRAY] * (n + m)

        def mean(slot: int, number: int, rule: int) -> None:
            entry = start + (slot if slot < _NESTED else n + slot - _NESTED)
            self._fields[entry], self._rules[entry] = number, rule

        for empty in plan.empty:
            mean(empty, _EMPTY, encode.NOT_THIS)
        for given in plan.given:
            self._give(given, mean)
        self._rows.append((start, n, m, text, len(self.literals)))

    def _give(self, given: templates.Given, mean: Mean) -> None:
        target = self.number(given.name)
        if all(isinstance(p, str) for p in given.parts):
            text = "".join(str(p) for p in given.parts)
            if text:
                self.literals.append((target, text))
        elif len(given.parts) == 1:
            mean(int(given.parts[0]), target, self._rule(given, target))
        else:
            parts: list[str | int] = []
            for n, part in enumerate(given.parts):
                parts.append(part if isinstance(part, str) else self.number(f"\0{len(self.joins)}.{n}"))
                if isinstance(part, int):
                    mean(part, int(parts[-1]), encode.NO_ARRAY)
            self.joins.append(Join(target, tuple(parts)))

    def _rule(self, given: templates.Given, target: int) -> int:
        if given.name == templates.SYSTEM_TIME:
            return encode.TIME
        if given.name == templates.RECORD_NUMBER:
            return encode.NUMBER
        if given.more and self.more.setdefault(target, (given.more, given.first)) == (given.more, given.first):
            return encode.ANY
        return encode.NO_ARRAY


if TYPE_CHECKING:
    from collections.abc import Callable

    Mean = Callable[[int, int, int], None]


_plans: dict[str, templates.Plan | None] = {}


def _known_plan(outer: templates.Element | None, slot: int, nested: templates.Element | None) -> templates.Plan | None:
    """Return the plan of these templates, worked out once for all logs that the process reads."""
    key = repr((outer, slot, nested))
    if key not in _plans:
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[key] = _plan(outer, slot, nested)
    return _plans[key]


def _plan(outer: templates.Element | None, slot: int, nested: templates.Element | None) -> templates.Plan | None:
    """Return what records of such templates hold, None where the fallback must read them."""
    if outer is None:
        return None
    try:
        return templates.plan(_spliced(outer, slot, nested) if nested is not None else outer)
    except templates.Unplain:
        return None


def _spliced(outer: templates.Element, slot: int, nested: templates.Element) -> templates.Element:
    """Return the outer template's tree with the nested one's in the place of the slot that holds it."""
    children: list[templates.Element | templates.Part] = []
    for child in outer.children:
        if isinstance(child, templates.Element):
            children.append(_spliced(child, slot, nested))
        else:
            children.append(_moved(nested) if child == slot else child)
    return templates.Element(outer.name, outer.attributes, children)


def _moved(element: templates.Element) -> templates.Element:
    """Return the nested template's tree with its slots numbered behind the outer one's."""

    def moved(parts: list[templates.Part]) -> list[templates.Part]:
        return [p + _NESTED if isinstance(p, int) else p for p in parts]

    children = [_moved(c) if isinstance(c, templates.Element) else moved([c])[0] for c in element.children]
    return templates.Element(element.name, [(k, moved(v)) for k, v in element.attributes], children)
