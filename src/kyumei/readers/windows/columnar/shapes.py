"""The shapes of records and what their slots mean; arrays of the kernel that grow with each new shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kyumei.readers.windows.columnar import encode, plans

if TYPE_CHECKING:
    from kyumei.readers.windows.columnar.plans import Layout, Template
    from kyumei.readers.windows.columnar.scan import Known


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
    _sorted: list[tuple[str, int]] = field(default_factory=list)
    _hidden: int = 0
    _templates: list[Template] = field(default_factory=list)
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _fields: list[int] = field(default_factory=list)
    _rules: list[int] = field(default_factory=list)

    def order(self, shape: int) -> list[str]:
        """Return the names of a shape's fields in the order of its template, further elements of arrays included."""
        found: list[str] = []
        for name in self.orders[shape]:
            found += [name, *self.further.get(name, ())]
        return found

    def sorted(self) -> list[tuple[str, int]]:
        """Return name and number of all fields that are not hidden, by name."""
        if len(self._sorted) != len(self.names) - self._hidden:
            self._sorted = sorted(i for i in self._numbers.items() if not i[0].startswith("\0"))
            self._hidden = len(self.names) - len(self._sorted)
        return self._sorted

    def number(self, name: str) -> int:
        """Return the field's number, which is given out where it is new."""
        number = self._numbers.get(name)
        if number is None:
            self._numbers[name] = number = len(self.names)
            self.names.append(name)
        return number

    def learn(self, data: np.ndarray, known: Known) -> bool:
        """Take in what the scan of this buffer found to be new; return whether anything was."""
        for n in range(len(self._templates), known.counts[0]):
            self._templates.append(plans.template(data, int(known.template_where[n]), int(known.template_end[n])))
        first = len(self._rows)
        for n in range(first, known.counts[1]):
            outer, slot, nested = (int(v) for v in known.shape[n])
            self._add(plans.layout(self._templates[outer], slot, self._templates[nested] if nested >= 0 else None))
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

    def _add(self, layout: Layout | None) -> None:
        start, text = len(self._fields), len(self.literals)
        if layout is None:
            self.orders.append(())
            self._rows.append((start, -1, 0, text, text))
            return
        self.orders.append(layout.names)
        known = self._numbers
        numbers = [known[name] if name in known else self.number(name) for name in layout.names]
        self._fields += [numbers[place] if place >= 0 else place for place in layout.places]
        self._rules += layout.rules
        for entry, name, more, number in layout.more:
            if self.more.setdefault(numbers[name], (more, number)) == (more, number):
                self._rules[start + entry] = encode.ANY
        for joined in layout.joined:
            self._join(joined, numbers[joined.name], start)
        self.literals += [(numbers[name], value) for name, value in layout.literals]
        self._rows.append((start, layout.outer, layout.nested, text, len(self.literals)))

    def _join(self, joined: plans.Joined, target: int, start: int) -> None:
        parts: list[str | int] = []
        for n, part in enumerate(joined.parts):
            parts.append(part if isinstance(part, str) else self.number(f"\0{len(self.joins)}.{n}"))
            if isinstance(part, int):
                self._fields[start + part] = int(parts[-1])
        self.joins.append(Join(target, tuple(parts)))
