"""Events made to meet rules, and some that just miss them: one way through each rule's condition, filled with values."""

from __future__ import annotations

import importlib
import ipaddress
import random
import re
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from kyumei.detect.sigma import tree
from kyumei.detect.sigma.logsource import CHANNEL, EVENT_ID, SOURCE, resolve
from kyumei.store.columns import from_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kyumei.detect.sigma.rule import Rule
    from kyumei.store.columns import Columns

EACH: Final = 6
_OWN: Final = {CHANNEL: "channel", EVENT_ID: "event_id", SOURCE: "source", "eventid": "event_id"}
_FILLING: Final = {tree.ANY: ("", "x", "漢字 y"), tree.ONE: ("z", "é"), tree.DASH: tuple(tree.DASHES)}
_HEX: Final = re.compile("0x[0-9a-f]+")
_MOST: Final = 4


def events(rules: Sequence[Rule], seed: int) -> list[dict[str, str]]:
    """Return some events for each rule: most of them meet it, some lack a field or have an empty one."""
    draw = random.Random(seed)
    made = [_event(rule, draw) for rule in rules for _ in range(EACH)]
    spelled: dict[str, str] = {}
    return [{spelled.setdefault(name.lower(), name): value for name, value in row.items()} for row in made]


def columns(rows: Sequence[dict[str, str]]) -> Columns:
    """Return the events as one batch."""
    names = sorted({name for row in rows for name in row})
    return from_table(pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}))


def _event(rule: Rule, draw: random.Random) -> dict[str, str]:
    row = {"source": "windows.evtx"}
    _fill(draw.choice(resolve(rule.logsource).reads).where, row, draw)
    _fill(rule.tree, row, draw)
    data = [name for name in row if name not in _OWN.values()]
    if data and draw.random() < 0.3:
        del row[data.pop(draw.randrange(len(data)))]
    if data and draw.random() < 0.2:
        row[draw.choice(data)] = draw.choice(("", "-", "null"))
    return row


def _fill(node: tree.Node, row: dict[str, str], draw: random.Random) -> None:
    match node:
        case tree.And(nodes):
            for one in nodes:
                _fill(one, row, draw)
        case tree.Or(nodes):
            plain = [one for one in nodes if not _is_hex(one)] or list(nodes)
            if plain:
                _fill(draw.choice(plain), row, draw)
        case tree.Leaf(field, test):
            _meet(_name(field, row), test, row, draw)


def _is_hex(node: tree.Node) -> bool:
    """Return whether a node is the other way to write a number, which no log of ours uses for it."""
    return isinstance(node, tree.Leaf) and isinstance(node.test, tree.Text) and bool(_HEX.fullmatch(str(node.test.parts[0])))


def _name(field: str | None, row: dict[str, str]) -> str:
    name = (field or "Message").replace(" ", "")
    name = _OWN.get(name.lower(), name)
    return next((known for known in row if known.lower() == name.lower()), name)


def _meet(name: str, test: tree.Test, row: dict[str, str], draw: random.Random) -> None:
    """Let a field meet a test, and what was in it before stay where that can be."""
    if isinstance(test, tree.SameAs):
        row[name] = row[_name(test.field, row)] = "the same"
        return
    value = _value(test, draw)
    if value is None:
        return
    before = row.get(name, "")
    if isinstance(test, tree.Text) and before:
        value = before + value if test.parts and test.parts[0] == tree.ANY else value + before
    row[name] = value


def _value(test: tree.Test, draw: random.Random) -> str | None:
    match test:
        case tree.Text(parts, cased):
            text = "".join(part if isinstance(part, str) else draw.choice(_FILLING[part]) for part in parts)
            return text if cased else draw.choice((text, text, text.upper(), text.lower()))
        case tree.Regex(pattern, _):
            parsed = importlib.import_module("re._parser").parse(pattern)
            return _samples(parsed, draw)
        case tree.Network(cidr):
            network = ipaddress.ip_network(cidr)
            return str(network[draw.randrange(min(network.num_addresses, 1 << 32))])
        case tree.Compare(_, number, part):
            return "2024-03-05T03:10:00Z" if part else str(int(number) + draw.choice((-1, 0, 1)))
        case tree.Present():
            return "here"
    return None


def _samples(parts: Iterable[tuple[object, Any]], draw: random.Random) -> str:
    return "".join(_sample(kind, said, draw) for kind, said in parts)


def _sample(kind: object, said: Any, draw: random.Random) -> str:
    """Return a text that a part of a parsed expression finds; lookarounds are left out, what is denied may come up."""
    ways: dict[str, Callable[[], str]] = {
        "LITERAL": lambda: chr(said),
        "NOT_LITERAL": lambda: "~" if chr(said) != "~" else "!",
        "ANY": lambda: draw.choice("x 9"),
        "IN": lambda: _one_of(said, draw),
        "BRANCH": lambda: _samples(draw.choice(said[1]), draw),
        "SUBPATTERN": lambda: _samples(said[-1], draw),
        "MAX_REPEAT": lambda: _repeated(said, draw),
        "MIN_REPEAT": lambda: _repeated(said, draw),
    }
    return ways.get(str(kind), str)()


def _repeated(said: Any, draw: random.Random) -> str:
    least, most, inner = said
    times = draw.randint(least, max(least, min(int(most), least + _MOST)))
    return "".join(_samples(inner, draw) for _ in range(times))


def _one_of(said: Any, draw: random.Random) -> str:
    kinds = {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "w", "CATEGORY_NOT_SPACE": "n"}
    if str(said[0][0]) == "NEGATE":
        return "~"
    kind, one = draw.choice(said)
    if str(kind) == "CATEGORY":
        return kinds.get(str(one), "#")
    return chr(draw.randint(*one)) if str(kind) == "RANGE" else chr(one)
