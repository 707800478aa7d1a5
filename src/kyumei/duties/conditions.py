"""Conditions of a rule, in Kleene's three-valued logic: true, false, or not known (None).

`all` is false as soon as one part is false, `any` true as soon as one part is true, whatever the others are; so a fact
that cannot change the outcome is never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from kyumei.duties.values import Bounds, Members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kyumei.duties.facts import Facts
    from kyumei.model.obligation import Text


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison of a fact; `value` is a scalar, or a frozenset for `in`, `contains` and `intersects`."""

    fact: str
    op: str
    value: object
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when a part is."""

    parts: tuple[Condition, ...]
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false."""

    part: Condition
    label: Text | None = None


Condition: TypeAlias = Leaf | AllOf | AnyOf | Not


def truth(condition: Condition, facts: Facts) -> bool | None:
    """Return whether the condition holds, None where the facts leave it open."""
    match condition:
        case Leaf():
            value = facts.get(condition.fact)
            return None if value is None else _OPS[condition.op](value, condition.value)
        case Not():
            inner = truth(condition.part, facts)
            return None if inner is None else not inner
        case AllOf():
            found = [truth(part, facts) for part in condition.parts]
            return False if False in found else None if None in found else True
        case AnyOf():
            found = [truth(part, facts) for part in condition.parts]
            return True if True in found else None if None in found else False


def deciding(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """Return the facts that, once known, can decide a condition that is open; none when it is not open."""
    if truth(condition, facts) is not None:
        return ()
    match condition:
        case Leaf():
            return (condition.fact,)
        case Not():
            return deciding(condition.part, facts)
        case AllOf() | AnyOf():
            return unique(name for part in condition.parts for name in deciding(part, facts))


def reasons(condition: Condition, facts: Facts) -> tuple[Text, ...]:
    """Return the labels of the alternatives that are true."""
    if truth(condition, facts) is not True:
        return ()
    if condition.label is not None:
        return (condition.label,)
    match condition:
        case Leaf() | Not():
            return ()
        case AllOf() | AnyOf():
            return tuple(label for part in condition.parts for label in reasons(part, facts))


def leaves(condition: Condition) -> tuple[Leaf, ...]:
    """Return every comparison in the condition, in the order written."""
    match condition:
        case Leaf():
            return (condition,)
        case Not():
            return leaves(condition.part)
        case AllOf() | AnyOf():
            return tuple(leaf for part in condition.parts for leaf in leaves(part))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names in their order, each once."""
    return tuple(dict.fromkeys(names))


def _equal(value: object, wanted: object) -> bool | None:
    return value == wanted


def _in(value: object, wanted: object) -> bool | None:
    return isinstance(wanted, frozenset) and value in wanted


def _intersects(value: object, wanted: object) -> bool | None:
    if not (isinstance(value, Members) and isinstance(wanted, frozenset)):
        return None
    if value.yes & wanted:
        return True
    return None if not value.closed or value.maybe & wanted else False


def _above(value: object, wanted: object) -> bool | None:
    """Return whether every, no, or (None) only some number within the bounds is greater."""
    if not (isinstance(value, Bounds) and isinstance(wanted, int)):
        return None
    if value.low > wanted:
        return True
    return False if value.high is not None and value.high <= wanted else None


def _at_least(value: object, wanted: object) -> bool | None:
    return _above(value, wanted - 1) if isinstance(wanted, int) else None


def _negated(op: Callable[[object, object], bool | None]) -> Callable[[object, object], bool | None]:
    def negation(value: object, wanted: object) -> bool | None:
        found = op(value, wanted)
        return None if found is None else not found

    return negation


def _known(value: object, wanted: object) -> bool | None:  # noqa: ARG001  # every operator takes both
    return True


_OPS: Final[dict[str, Callable[[object, object], bool | None]]] = {
    "==": _equal,
    "!=": _negated(_equal),
    ">": _above,
    ">=": _at_least,
    "<": _negated(_at_least),
    "<=": _negated(_above),
    "in": _in,
    "contains": _intersects,
    "intersects": _intersects,
    "exists": _known,
}
OPS: Final = frozenset(_OPS)
