"""The `correlation` section of a rule → a correlation."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from sigma.correlations import SigmaExtendedCorrelationCondition

from kyumei.detect.sigma.detection import NotSigma
from kyumei.detect.sigma.rule import METRICS, SECOND, TEMPORAL, Condition, Correlation

if TYPE_CHECKING:
    from kyumei.detect.sigma.rule import About

KINDS: Final = ("event_count", "value_count", *TEMPORAL, *METRICS)
OPERATORS: Final = ("gt", "gte", "lt", "lte", "eq", "neq")
_SPAN: Final = re.compile(r"([0-9]+) ?([smhdwMy])")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629746, "y": 31556952}


def correlation(said: object, about: About) -> Correlation:
    """Return the correlation of a `correlation` section.

    Raises:
        NotSigma: it cannot be understood.
    """
    if not isinstance(said, dict):
        raise NotSigma("the correlation is no map")
    kind = str(said.get("type", "")).lower()
    if kind not in KINDS:
        raise NotSigma(f"the correlation type {kind or 'is missing'}" + (" is not known" if kind else ""))
    condition = _condition(said.get("condition"), kind)
    rules = _names(said.get("rules")) or _named(condition.expression)
    if not rules:
        raise NotSigma("the correlation names no rules")
    return Correlation(
        about=about,
        kind=kind,
        rules=rules,
        timespan=timespan(said.get("timespan")),
        group_by=_names(said.get("group-by")),
        condition=condition,
        aliases=_aliases(said.get("aliases")),
        generate=said.get("generate") is True,
    )


def timespan(text: object) -> int:
    """Return a time span such as `15m` in microseconds.

    Raises:
        NotSigma: it is none.
    """
    found = _SPAN.fullmatch(str(text).strip())
    if not found or not int(found[1]):
        raise NotSigma(f"the timespan {text} is none such as 15s, 90m, 1h or 2d")
    return int(found[1]) * _UNITS[found[2]] * SECOND


def _names(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(str(one).strip() for one in listed if one is not None and str(one).strip())


def _condition(said: object, kind: str) -> Condition:
    if said is None and kind in TEMPORAL:
        return Condition()
    if isinstance(said, str) and kind in TEMPORAL:
        text = re.sub(r"\b(and|or|not)\b", lambda word: word[0].lower(), said, flags=re.IGNORECASE)
        SigmaExtendedCorrelationCondition(text)  # raises where it is none
        return Condition(expression=text)
    if not isinstance(said, dict):
        raise NotSigma("the correlation has no condition")
    if unknown := sorted(str(key) for key in said if key not in {*OPERATORS, "field", "percentile"}):
        raise NotSigma(f"the condition's {unknown[0]} is not known")
    fields = _names(said.get("field"))
    if kind in {"value_count", *METRICS} and not fields:
        raise NotSigma(f"a {kind} needs a field in its condition")
    tests = tuple((op, _number(said[op])) for op in OPERATORS if op in said)
    if not tests:
        raise NotSigma("the condition compares with nothing")
    percentile = _number(said.get("percentile", 50))
    if not 0 <= percentile <= 100:
        raise NotSigma("the percentile lies not between 0 and 100")
    return Condition(tests, fields, percentile)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise NotSigma(f"the condition's {value} is no number")
    return number


def _named(expression: str) -> tuple[str, ...]:
    words = re.findall(r"\w+", expression)
    return tuple(dict.fromkeys(word for word in words if word not in {"and", "or", "not"}))


def _aliases(said: object) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    if said is None:
        return ()
    if not isinstance(said, dict) or not all(isinstance(one, dict) for one in said.values()):
        raise NotSigma("the aliases are no map of maps")
    return tuple((str(alias), tuple((str(rule), str(name)) for rule, name in one.items())) for alias, one in said.items())
