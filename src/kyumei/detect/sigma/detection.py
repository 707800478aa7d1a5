"""The `detection` section of a rule → a tree of tests. Of pySigma its conditions and modifiers are used, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
    SigmaCondition,
)
from sigma.policy.profiles import TrustedPolicy
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem, SigmaDetections
from sigma.types import SigmaString, sigma_type

from kyumei.detect.sigma.modifiers import MODIFIERS
from kyumei.detect.sigma.tree import And, Leaf, Not, Or
from kyumei.detect.sigma.values import number, tests_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.detect.sigma.tree import Node

_TEXTS: Final = frozenset(
    {"contains", "startswith", "endswith", "cased", "re", "cidr", "windash", "base64", "base64offset", "wide", "expand"}
    | {"utf16", "utf16le", "utf16be", "fieldref"}
)
"""A number or truth value in front of these is the text it is written as."""
_NUMBERS: Final = frozenset({"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year"})
_OTHER_WORDS: Final = {
    "equalsfield": ("fieldref",),
    "endswithfield": ("fieldref", "endswith"),
    "startswithfield": ("fieldref", "startswith"),
    "containsfield": ("fieldref", "contains"),
}
"""Modifiers of Hayabusa's rules → those of the specification."""
_SCALARS: Final = (str, int, float, bool, type(None))


class NotSigma(ValueError):
    """The rule says something that Sigma does not know, in one sentence."""


def tree(detection: Mapping[str, Any], placeholders: Mapping[str, Sequence[str]]) -> Node:
    """Return the condition of a `detection` section; several conditions are joined with or.

    Where there is none and one search identifier, that is it: Hayabusa's rules leave it out.

    Args:
        detection: search identifiers and `condition`.
        placeholders: what `%name%` stands for under `expand`; the names' case is ignored.

    Raises:
        NotSigma: it cannot be understood. pySigma's own errors (`sigma.exceptions.SigmaError`) pass, too.
    """
    conditions = detection.get("condition", _only(detection))
    listed = conditions if isinstance(conditions, list) else [conditions]
    if not listed or not all(isinstance(one, str) for one in listed):
        msg = "there is no condition"
        raise NotSigma(msg)
    named = {str(name): _detection(what) for name, what in detection.items() if name not in {"condition", "timeframe"}}
    sections = SigmaDetections(named, [str(one) for one in listed])
    trees = [_node(SigmaCondition(str(one), sections).parse(), placeholders) for one in listed]
    return trees[0] if len(trees) == 1 else Or(tuple(trees))


def _only(detection: Mapping[str, Any]) -> str | None:
    names = [str(name) for name in detection if name != "timeframe"]
    return names[0] if len(names) == 1 else None


def _detection(definition: object) -> SigmaDetection:
    if isinstance(definition, dict):
        return SigmaDetection([_item(str(key), value) for key, value in definition.items()])
    if isinstance(definition, list) and not all(isinstance(one, _SCALARS) for one in definition):
        return SigmaDetection([_detection(one) for one in definition])
    return SigmaDetection([_item("", definition)])


def _item(key: str, value: object) -> SigmaDetectionItem | SigmaDetection:
    field, *words = key.split("|")
    modifiers = [word for given in words for word in _OTHER_WORDS.get(given, (given,))]
    if unknown := [word for word in modifiers if word not in MODIFIERS]:
        msg = f"the modifier {unknown[0]} is not known"
        raise NotSigma(msg)
    if isinstance(value, dict):
        msg = f"the value of {key} is a map"
        raise NotSigma(msg)
    values = [_typed(one, modifiers) for one in (value if isinstance(value, list) else [value])]
    return SigmaDetectionItem(field.strip() or None, [MODIFIERS[word] for word in modifiers], values, policy=TrustedPolicy)


def _typed(value: object, modifiers: list[str]) -> Any:
    if not isinstance(value, _SCALARS):
        if hasattr(value, "isoformat"):  # YAML reads 2024-01-01 as a date
            return sigma_type(str(value))
        msg = "a value is a list or a map"
        raise NotSigma(msg)
    if value is not None and _TEXTS.intersection(modifiers):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, str) and _NUMBERS.intersection(modifiers):
        value = number(value)
    if "re" in modifiers and isinstance(value, str):
        return SigmaString.from_str(value)
    return sigma_type(value)


def _node(parsed: Any, placeholders: Mapping[str, Sequence[str]]) -> Node:
    if isinstance(parsed, ConditionFieldEqualsValueExpression):
        return _leaf(parsed.field, parsed.value, placeholders)
    if isinstance(parsed, ConditionValueExpression):
        return _leaf(None, parsed.value, placeholders)
    if isinstance(parsed, ConditionNOT):
        return Not(_node(parsed.args[0], placeholders))
    if isinstance(parsed, ConditionAND | ConditionOR):
        members = tuple(_node(arg, placeholders) for arg in parsed.args)
        return And(members) if isinstance(parsed, ConditionAND) else Or(members)
    msg = "the condition is empty"
    raise NotSigma(msg)


def _leaf(field: str | None, value: Any, placeholders: Mapping[str, Sequence[str]]) -> Node:
    try:
        found = tests_of(value, placeholders, keyword=field is None)
    except ValueError as wrong:
        raise NotSigma(str(wrong)) from wrong
    leaves = tuple(Leaf(field, test) for test in found)
    return leaves[0] if len(leaves) == 1 else Or(leaves)
