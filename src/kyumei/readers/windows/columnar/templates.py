"""A template's definition → the fields that its records have, under the names that the fallback gives them.

The fallback is the Rust library's JSON taken apart by `kyumei.readers.windows.fields`; the rules here are those two put
together. A template for which a name would depend on what the record holds is `Unplain`: its records are read there.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Final

SYSTEM_TIME: Final = "System_TimeCreated"
RECORD_NUMBER: Final = "System_EventRecordID"
_U16, _U32 = struct.Struct("<H"), struct.Struct("<I")
_CONTENT: Final = ("EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID", "Channel", "Computer")
_ATTRIBUTES: Final = {
    "Execution": None,  # None: all, under their own names
    "Correlation": None,
    "Security": None,
    "Provider": {"Name": "ProviderName", "Guid": "ProviderGuid", "EventSourceName": "EventSourceName"},
    "EventID": {"Qualifiers": "Qualifiers"},
    "TimeCreated": {"SystemTime": "TimeCreated"},
}
_CONTAINERS: Final = frozenset({"EventData", "UserData"})
MOST_SLOTS: Final = 512
_DEPTH: Final = 64
_NUMBERED: Final = re.compile(r"[#_]\d+\Z")
_ENTITIES: Final = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'"}


class Unplain(Exception):  # a template, not a failure
    """Says that a template's records must be read by the fallback."""


Part = str | int
"""A piece of text: literal, or the number of a slot."""


@dataclass(slots=True)
class Element:
    """One element: attributes, and children, which are elements and pieces of text."""

    name: str
    attributes: list[tuple[str, list[Part]]] = field(default_factory=list)
    children: list[Element | Part] = field(default_factory=list)

    @property
    def elements(self) -> list[Element]:
        """Return the child elements."""
        return [c for c in self.children if isinstance(c, Element)]

    @property
    def text(self) -> list[Part]:
        """Return what stands between the child elements."""
        return [c for c in self.children if not isinstance(c, Element) and c != ""]


@dataclass(frozen=True, slots=True)
class Given:
    """One field: its name, its pieces, and how further elements of an array are called: `#` or `_`, empty: not allowed.

    `first` is the number of the first element: of `Data#2` as an array the next is `Data#3`.
    """

    name: str
    parts: tuple[Part, ...]
    more: str = ""
    first: int = 0


@dataclass(slots=True)
class Plan:
    """What a shape's records hold. `empty`: slots that must be empty, else the record is not of this plan."""

    given: list[Given] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, name: str, parts: list[Part], more: str = "", first: int = 0) -> None:
        """Add a field; a name that comes twice would depend on which of both is there."""
        if name in self.names:
            raise Unplain
        self.names.add(name)
        if len(parts) != 1 or isinstance(parts[0], str):
            more = ""
        self.given.append(Given(name, tuple(parts), more, first))

    def nothing(self, parts: list[Part]) -> None:
        """Demand that these pieces are empty."""
        if any(isinstance(p, str) for p in parts):
            raise Unplain
        self.empty += [p for p in parts if isinstance(p, int)]


def parse(chunk: memoryview, offset: int, end: int = 0) -> Element:
    """Return the tree of the definition at this offset of a chunk, or of a record's own BinXML that ends at `end`.

    In the latter each text is a slot, but for those of attributes called `Name`.

    Raises:
        Unplain: it is unsound, or has something that is left to the fallback.
    """
    try:
        return _Parser(chunk, offset, end).root()
    except (struct.error, IndexError, UnicodeDecodeError) as unsound:
        raise Unplain from unsound


class _Parser:
    def __init__(self, chunk: memoryview, offset: int, end: int) -> None:
        self._chunk = chunk
        self._at = offset if end else offset + 24
        self._end = end or self._at + _U32.unpack_from(chunk, offset + 20)[0]
        self._head = 9 if end else 11
        self._pieces = 0
        self._is_name = False
        self._open: list[Element] = []
        self._into: list[Element | Part] = []
        self._top: list[Element | Part] = self._into

    def root(self) -> Element:
        while self._at < self._end and (token := self._chunk[self._at]):
            self._one(token & 0x3F, more=bool(token & 0x40))
            self._is_name = token & 0x3F == 0x06 and self._open[-1].attributes[-1][0] == "Name"
        roots = [e for e in self._top if isinstance(e, Element)]
        if len(roots) != 1 or len(self._top) != 1 or self._open:
            raise Unplain
        return roots[0]

    def _one(self, kind: int, *, more: bool) -> None:
        at = self._at
        if kind == 0x01:
            self._start(at, more=more)
        elif kind == 0x06:
            name, self._at = self._name(at + 1)
            value: list[Part] = []
            self._open[-1].attributes.append((name, value))
            self._into = value  # type: ignore[assignment]  # holds pieces only until the tag ends
        elif kind == 0x02:
            self._at += 1
            self._into = self._open[-1].children
        elif kind in {0x03, 0x04}:
            self._at += 1
            self._open.pop()
            self._into = self._open[-1].children if self._open else self._top
        elif kind == 0x0F:
            self._at += 4
        else:
            self._piece(kind, at)

    def _start(self, at: int, *, more: bool) -> None:
        if len(self._open) >= _DEPTH:
            raise Unplain
        name, self._at = self._name(at + self._head - 4)
        self._at += 4 if more else 0
        element = Element(name)
        self._into.append(element)
        self._open.append(element)

    def _piece(self, kind: int, at: int) -> None:
        if kind == 0x05 and self._chunk[at + 1] == 1:
            size = 2 * _U16.unpack_from(self._chunk, at + 2)[0]
            if self._head == 9 and not self._is_name:
                self._into.append(self._slot(self._pieces))
                self._pieces += 1
                self._at = at + 4 + size
                return
            self._into.append(bytes(self._chunk[at + 4 : at + 4 + size]).decode("utf-16-le").split("\0", 1)[0])
            self._at = at + 4 + size
        elif kind in {0x0D, 0x0E}:
            self._into.append(self._slot(_U16.unpack_from(self._chunk, at + 1)[0]))
            self._at = at + 4
        elif kind == 0x09:
            name, self._at = self._name(at + 1)
            if name not in _ENTITIES:
                raise Unplain
            self._into.append(_ENTITIES[name])
        else:
            raise Unplain

    def _slot(self, slot: int) -> int:
        if slot >= MOST_SLOTS:
            raise Unplain
        return slot

    def _name(self, at: int) -> tuple[str, int]:
        offset = _U32.unpack_from(self._chunk, at)[0]
        length = _U16.unpack_from(self._chunk, offset + 6)[0]
        name = bytes(self._chunk[offset + 8 : offset + 8 + 2 * length]).decode("utf-16-le")
        return name, at + 4 + (10 + 2 * length if offset == at + 4 else 0)


def plan(event: Element) -> Plan:
    """Return the fields of an event; slots of a nested template are numbered as they stand in the tree.

    Raises:
        Unplain: a name would depend on what the record holds.
    """
    if event.name != "Event":
        raise Unplain
    found = Plan()
    found.nothing(event.text)
    parts = [e.name for e in event.elements]
    if len(set(parts)) != len(parts):
        raise Unplain
    for part in event.elements:
        if part.name == "System":
            _system(found, part)
        elif part.name == "EventData":
            _event_data(found, part)
        else:
            _user_data(found, part)
    slots = [p for g in found.given for p in g.parts if isinstance(p, int)] + found.empty
    if len(set(slots)) != len(slots):
        raise Unplain
    return found


def _system(found: Plan, system: Element) -> None:
    names = [e.name for e in system.elements]
    if len(set(names)) != len(names):
        raise Unplain
    for element in system.elements:
        if element.elements:
            raise Unplain
        if element.name in _CONTENT and element.text:
            found.add(f"System_{element.name}", element.text)
        renamed = _ATTRIBUTES.get(element.name, {})
        for key, value in element.attributes:
            if renamed is None or key in renamed:
                found.add(f"System_{renamed[key] if renamed else key}", value)


def _event_data(found: Plan, data: Element) -> None:
    for key, value in data.attributes:
        if key == "Name":
            found.add("EventData_Name", value)
    found.nothing(data.text)
    named = [_label(e) for e in data.elements if e.name == "Data"]
    if any(named) and not all(named):
        raise Unplain
    keys: list[str] = []
    place = 0
    for element in data.elements:
        if element.name == "Data":
            if element.elements:
                raise Unplain
            _data(found, element, keys, place)
            place += 1
        elif element.name.startswith(("Data", "ComplexData")) or element.name in _CONTAINERS:
            raise Unplain
        else:
            _nested(found, _suffixed(element.name, keys), element, _is_last(element, data))
    _forbid_moved(found)


def _label(element: Element) -> str:
    for key, value in element.attributes:
        if key == "Name":
            if any(isinstance(p, int) for p in value):
                raise Unplain
            return "".join(p for p in value if isinstance(p, str))
    return ""


def _data(found: Plan, element: Element, keys: list[str], place: int) -> None:
    label = _label(element)
    if not label:
        found.add("Data" if place == 0 else f"Data#{place}", element.text, "#", place)
        return
    name, n = label, 0
    while name in keys:
        n += 1
        name = f"{label}#{n}"
    keys.append(name)
    found.add(name, element.text, "#" if name == label else "")


def _forbid_moved(found: Plan) -> None:
    """Take the leave to be an array from fields whose further elements would move or meet others."""
    numbered = {name for name in found.names if _NUMBERED.search(name)}
    for n, one in enumerate(found.given):
        if one.more and numbered:
            base = one.name.rpartition("#")[0] if one.first else one.name
            if any(name != one.name and name.startswith(base + one.more) for name in numbered - _before(found, n)):
                found.given[n] = Given(one.name, one.parts)


def _before(found: Plan, n: int) -> set[str]:
    one = found.given[n]
    return {g.name for g in found.given[:n]} if one.name == "Data" or one.first else set()


def _suffixed(name: str, keys: list[str]) -> str:
    n = sum(key == name for key in keys)
    keys.append(name)
    return f"{name}_{n}" if n else name


def _is_last(element: Element, parent: Element) -> bool:
    return sum(e.name == element.name for e in parent.elements) == 1


def _user_data(found: Plan, data: Element) -> None:
    if any(not key.startswith("xmlns") for key, _ in data.attributes):
        raise Unplain
    if not data.elements:
        if data.attributes and data.text:
            raise Unplain
        if data.text:
            found.add(data.name, data.text)
        return
    if data.attributes or any(e.name == "Data" for e in data.elements if data.name == "UserData"):
        raise Unplain
    found.nothing(data.text)
    keys: list[str] = []
    for wrapper in data.elements:
        _wrapper(found, _suffixed(wrapper.name, keys), wrapper)
    _forbid_moved(found)


def _wrapper(found: Plan, name: str, wrapper: Element) -> None:
    if wrapper.name in _CONTAINERS:
        raise Unplain
    if not wrapper.elements and not wrapper.attributes:
        found.add(name, wrapper.text)
        return
    found.nothing(wrapper.text)
    for key, value in wrapper.attributes:
        if not key.startswith("xmlns"):
            found.add(key, value)
    keys: list[str] = []
    for element in wrapper.elements:
        _nested(found, _suffixed(element.name, keys), element, _is_last(element, wrapper))


def _nested(found: Plan, name: str, element: Element, is_only: bool) -> None:  # noqa: FBT001  # says whether the name is single
    if element.name in _CONTAINERS:
        raise Unplain
    is_leaf = not element.elements and not element.attributes
    if element.text:
        found.add(name, element.text, "_" if is_leaf and is_only else "")
    for key, value in element.attributes:
        if not key.startswith("xmlns"):
            found.add(f"{name}.{key}", value)
    keys: list[str] = []
    for child in element.elements:
        _nested(found, f"{name}.{_suffixed(child.name, keys)}", child, _is_last(child, element))
