"""Templates and what records of them hold, worked out once for all logs that a process reads.

A template is found again by all that its tree is made of, not by a hash: one log's templates can not pass for another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from kyumei.readers.windows.columnar import encode, scan, templates

IGNORED, EMPTY = -1, -2
_NESTED: Final = templates.MOST_SLOTS
"""Slots of the nested template are numbered from here while a shape is planned."""
_MOST: Final = 4096
_ROOM: Final = 1 << 18


@dataclass(frozen=True, eq=False, slots=True)
class Template:
    """One template: its tree, None where the fallback must read its records. Two are the same only if they are one object."""

    tree: templates.Element | None


class Meant(NamedTuple):
    """What a slot is: places in a layout's entries and names, what further elements are called, and the first's number."""

    entry: int
    name: int
    more: str
    first: int


class Joined(NamedTuple):
    """A name's place, and the texts and entries that its field is put together from."""

    name: int
    parts: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What the records of a shape hold: its slots are entries, the outer template's first.

    Attributes:
        outer, nested: how many entries each template has.
        names: of all fields, in the template's order.
        places: of each entry the place of its name, IGNORED, or EMPTY where nothing may be.
        rules: of each entry, as `kyumei.readers.windows.columnar.encode.Slots.rule`.
        more: entries that may hold an array.
        joined: fields of several pieces.
        literals: places of names, and texts that all records have.
    """

    outer: int
    nested: int
    names: tuple[str, ...]
    places: list[int]
    rules: list[int]
    more: list[Meant]
    joined: list[Joined]
    literals: list[tuple[int, str]]


_templates: dict[bytes, Template] = {}
_layouts: dict[tuple[Template, int, Template | None], Layout | None] = {}
_NONE: Final = Template(None)


def template(data: np.ndarray, where: int, end: int) -> Template:
    """Return the template defined at this place of a buffer, or, where `end` is not 0, of a record's own BinXML up to there."""
    out = np.empty(_ROOM, np.uint8)
    size = int(scan.spelt(data, where, end, out))
    key = out[:size].tobytes() if size >= 0 else None
    known = _templates.get(key) if key is not None else None
    if known is None:
        base = where - where % scan.CHUNK
        known = _parsed(data.data[base : base + scan.CHUNK], where - base, end - base if end else 0)
        if key is not None:
            _make_room()
            _templates[key] = known
    return known


def layout(outer: Template, slot: int, nested: Template | None) -> Layout | None:
    """Return what the records of such templates hold, None where the fallback must read them."""
    key = (outer, slot, nested)
    if key not in _layouts:
        _make_room()
        _layouts[key] = _laid_out(outer.tree, slot, nested)
    return _layouts[key]


def _make_room() -> None:
    if max(len(_layouts), len(_templates)) >= _MOST:
        _layouts.clear()
        _templates.clear()


def _parsed(chunk: memoryview, offset: int, end: int) -> Template:
    try:
        return Template(templates.parse(chunk, offset, end))
    except templates.Unplain:
        return _NONE


def _laid_out(outer: templates.Element | None, slot: int, nested: Template | None) -> Layout | None:
    if outer is None or (nested is not None and nested.tree is None):
        return None
    try:
        plan = templates.plan(_spliced(outer, slot, nested.tree) if nested is not None and nested.tree else outer)
    except templates.Unplain:
        return None
    used = [p for g in plan.given for p in g.parts if isinstance(p, int)] + plan.empty
    n = 1 + max((s for s in used if s < _NESTED), default=-1)
    m = 1 + max((s - _NESTED for s in used if s >= _NESTED), default=-1)
    found = Layout(n, m, tuple(g.name for g in plan.given), [IGNORED] * (n + m), [encode.NO_ARRAY] * (n + m), [], [], [])
    for empty in plan.empty:
        entry = _entry(empty, n)
        found.places[entry], found.rules[entry] = EMPTY, encode.NOT_THIS
    for name, given in enumerate(plan.given):
        _give(found, name, given)
    return found


def _entry(slot: int, outer: int) -> int:
    return slot if slot < _NESTED else outer + slot - _NESTED


def _give(found: Layout, name: int, given: templates.Given) -> None:
    if all(isinstance(p, str) for p in given.parts):
        if text := "".join(str(p) for p in given.parts):
            found.literals.append((name, text))
        return
    parts = [p if isinstance(p, str) else _entry(p, found.outer) for p in given.parts]
    if len(parts) > 1:
        found.joined.append(Joined(name, tuple(parts)))
        return
    entry = int(parts[0])
    found.places[entry] = name
    if given.name == templates.SYSTEM_TIME:
        found.rules[entry] = encode.TIME
    elif given.name == templates.RECORD_NUMBER:
        found.rules[entry] = encode.NUMBER
    elif given.more:
        found.more.append(Meant(entry, name, given.more, given.first))


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
