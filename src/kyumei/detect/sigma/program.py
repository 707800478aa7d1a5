"""Rules interned: each test on a field once, each field once, rules as small trees of numbers. It can be stored as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from kyumei.detect.sigma import logsource, tree
from kyumei.detect.sigma.logsource import Made, fold
from kyumei.detect.sigma.rule import Problem
from kyumei.detect.sigma.tree import And, Empty, Leaf, Not, Present, SameAs, Text

if TYPE_CHECKING:
    from kyumei.detect.sigma.rule import Rule
    from kyumei.detect.sigma.tree import Node

AND: Final = -1
OR: Final = -2
NOT: Final = -3
Tree: TypeAlias = "int | list[Any]"
"""A leaf's number, or [AND | OR | NOT, members…]."""
ALL: Final = "* "
"""Before a product: the field of keywords in its rules, every column. No field's folded name has a blank."""
_EMPTY: Final = Text(())
_KINDS: Final[dict[str, Any]] = {one.__name__: one for one in tree.TESTS}


@dataclass(frozen=True, slots=True)
class Binding:
    """What a rule's field means: the columns of its name and, in some rows, others.

    Attributes:
        field: folded name; for keywords ALL and the product of the log source.
        extra: (number of the condition on rows, column or made column), in order.
    """

    field: str
    extra: tuple[tuple[int, str | Made], ...] = ()


@dataclass(slots=True)
class Program:
    """Interned rules.

    Attributes:
        tests: distinct tests. empty: number of the pattern of empty values, -1 where no rule asks.
        bindings: distinct bindings.
        leaves: (binding, test, second binding of a SameAs or -1).
        wheres: trees of the log sources' conditions on rows.
        sources: tuples of numbers in `wheres`: any of them.
        rules: (number in `sources`, tree) by rule, as given to `program`.
        units: tests on texts by folded column, sorted: what is to be scanned for in columns of that name.
        keywords: numbers in `sources` by name of keywords: only their rows are asked for these.
    """

    tests: Sequence[tree.Test] = field(default_factory=list)
    empty: int = -1
    bindings: list[Binding] = field(default_factory=list)
    leaves: Sequence[Sequence[int]] = field(default_factory=list)
    wheres: list[Tree] = field(default_factory=list)
    sources: list[tuple[int, ...]] = field(default_factory=list)
    rules: list[tuple[int, Tree]] = field(default_factory=list)
    units: dict[str | Made, list[int]] = field(default_factory=dict)
    keywords: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Maker:
    made: Program
    tests: list[tree.Test] = field(default_factory=list)
    leaves: list[tuple[int, int, int]] = field(default_factory=list)
    numbers: dict[tuple[str, object], int] = field(default_factory=dict)
    wanted: dict[str | Made, set[int]] = field(default_factory=dict)

    def number(self, kind: str, value: object, into: list[Any]) -> int:
        known = self.numbers.setdefault((kind, value), len(into))
        if known == len(into):
            into.append(value)
        return known


def program(rules: Sequence[Rule]) -> tuple[Program, list[int], list[Problem]]:
    """Return the program, the positions of the rules in it, and the rules for whose log source no events are known."""
    maker = _Maker(Program())
    kept: list[int] = []
    left: list[Problem] = []
    for position, rule in enumerate(rules):
        sources = logsource.resolve(rule.logsource)
        if not sources.reads:
            left.append(Problem(rule.about.path, rule.title, sources.why))
            continue
        numbers = [_where(maker, source.where) for source in sources.reads]
        number = maker.number("sources", tuple(sorted(set(numbers))), maker.made.sources)
        fields = list(zip(numbers, (dict(source.fields) for source in sources.reads), strict=True))
        maker.made.rules.append((number, _tree(maker, rule.tree, _Scope(number, rule.logsource.product or "", fields))))
        kept.append(position)
    maker.made.units = {name: sorted(tests) for name, tests in sorted(maker.wanted.items(), key=lambda one: repr(one[0]))}
    maker.made.tests, maker.made.leaves = maker.tests, maker.leaves
    maker.made.empty = maker.numbers.get(("test", _EMPTY), -1)
    return maker.made, kept, left


@dataclass(frozen=True, slots=True)
class _Scope:
    """The log source a tree is about: its number and product, and by condition on rows what stands for which field."""

    source: int = -1
    product: str = ""
    fields: Sequence[tuple[int, dict[str, tuple[str | Made, ...]]]] = ()


def _where(maker: _Maker, node: Node) -> int:
    known = maker.numbers.get(("where", node))
    if known is None:
        known = maker.numbers["where", node] = len(maker.made.wheres)
        maker.made.wheres.append(_tree(maker, node, _Scope()))
    return known


def _tree(maker: _Maker, node: Node, scope: _Scope) -> Tree:
    if isinstance(node, Leaf):
        return _leaf(maker, node, scope)
    if isinstance(node, Not):
        return [NOT, _tree(maker, node.node, scope)]
    op = AND if isinstance(node, And) else OR
    members: list[Tree] = []
    for one in node.nodes:
        member = _tree(maker, one, scope)
        if isinstance(member, list) and member[0] == op:
            members += member[1:]
        elif member not in members:
            members.append(member)
    return members[0] if len(members) == 1 else [op, *members]


def _leaf(maker: _Maker, leaf: Leaf, scope: _Scope) -> int:
    test = leaf.test
    binding = _binding(maker, leaf.field, scope)
    other = _binding(maker, test.field, scope) if isinstance(test, SameAs) else -1
    number = maker.number("test", test, maker.tests)
    if not isinstance(test, SameAs | Present | tree.Absent):
        scanned = maker.number("test", _EMPTY, maker.tests) if isinstance(test, Empty) else number
        bound = maker.made.bindings[binding]
        for name in (bound.field, *(column for _, column in bound.extra)):
            maker.wanted.setdefault(name, set()).add(scanned)
    return maker.number("leaf", (binding, number, other), maker.leaves)


def _binding(maker: _Maker, name: str | None, scope: _Scope) -> int:
    if name is None:
        sources = maker.made.keywords.setdefault(ALL + scope.product, [])
        if scope.source not in sources:
            sources.append(scope.source)
        return maker.number("binding", Binding(ALL + scope.product), maker.made.bindings)
    own = fold(name)
    extra = [(where, column) for where, fields in scope.fields for column in fields.get(own, ()) if column != own]
    general = [(-1, column) for column in logsource.everywhere().get(own, ()) if column != own]
    return maker.number("binding", Binding(own, tuple(general + extra)), maker.made.bindings)


def as_plain(made: Program) -> dict[str, Any]:
    """Return the program as JSON values, all but its leaves."""
    return {
        "tests": [[type(test).__name__, *astuple(test)] for test in made.tests],
        "bindings": [[one.field, [[where, _plain(column)] for where, column in one.extra]] for one in made.bindings],
        "empty": made.empty,
        "wheres": made.wheres,
        "sources": made.sources,
        "rules": made.rules,
        "units": [[_plain(name), tests] for name, tests in made.units.items()],
        "keywords": made.keywords,
    }


class Tests(Sequence[tree.Test]):
    """Tests as JSON values, each made where it is asked for: of tens of thousands a batch asks for some hundreds."""

    def __init__(self, said: list[Any]) -> None:
        self._said = said
        self._made: dict[int, tree.Test] = {}

    def __len__(self) -> int:
        return len(self._said)

    def __getitem__(self, number: Any) -> Any:
        if number not in self._made:
            self._made[number] = _test(*self._said[number])
        return self._made[number]


def from_plain(data: dict[str, Any], leaves: Sequence[Sequence[int]]) -> Program:
    """Return the program of its JSON values and its leaves."""
    return Program(
        tests=Tests(data["tests"]),
        empty=data["empty"],
        bindings=[Binding(name, tuple((where, _column(one)) for where, one in extra)) for name, extra in data["bindings"]],
        leaves=leaves,
        wheres=data["wheres"],
        sources=[tuple(one) for one in data["sources"]],
        rules=[(source, one) for source, one in data["rules"]],
        units={_column(name): tests for name, tests in data["units"]},
        keywords=data["keywords"],
    )


def _plain(column: str | Made) -> Any:
    return column if isinstance(column, str) else list(astuple(column))


def _column(data: Any) -> str | Made:
    if isinstance(data, str):
        return data
    of, by, heads, mapped, take = data
    return Made(tuple(of), by, tuple((a, b) for a, b in heads), tuple((a, b) for a, b in mapped), take)


def _test(kind: str, *values: Any) -> tree.Test:
    return _KINDS[kind](*(tuple(v) if isinstance(v, list) else v for v in values))  # type: ignore[no-any-return]
