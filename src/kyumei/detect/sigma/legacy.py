"""Conditions with a pipe, as Sigma had them before correlations, → a rule and a correlation.

`selection | count() by X > 5` is an event_count, `count(Y) by X` a value_count, `sum` and `avg` the metrics of that name.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kyumei.detect.sigma.correlation import timespan
from kyumei.detect.sigma.detection import NotSigma
from kyumei.detect.sigma.rule import Condition, Correlation

if TYPE_CHECKING:
    from kyumei.detect.sigma.rule import About

_COUNT: Final = re.compile(
    r"(?P<what>count|sum|avg)\s*\(\s*(?P<field>[^)]*?)\s*\)\s*(?:by\s+(?P<by>.+?)\s*)?(?P<op><=|>=|==|<|>|=)\s*(?P<n>\d+)",
    re.IGNORECASE,
)
_OPERATORS: Final = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}


def split(detection: dict[str, Any], about: About) -> tuple[dict[str, Any], Correlation | None]:
    """Return the section without what follows the pipe, and the correlation that says the same (None without a pipe).

    The correlation has the rule's own id; the rule it refers to is called `<id>.event`.

    Raises:
        NotSigma: there is a pipe and what follows it is not known.
    """
    condition = detection.get("condition")
    if not isinstance(condition, str) or "|" not in condition:
        return detection, None
    single, _, rest = condition.partition("|")
    found = _COUNT.fullmatch(rest.strip())
    if not found:
        raise NotSigma(f"the old aggregation | {rest.strip()} is not known")
    what, field = found["what"].lower(), found["field"]
    if what != "count" and not field:
        raise NotSigma(f"{what} needs a field")
    kind = f"value_{what}" if field else "event_count"
    frame = detection.get("timeframe")
    group = Correlation(
        about=replace(about, name=""),
        kind=kind,
        rules=(f"{about.id}.event",),
        timespan=timespan(frame) if frame is not None else 0,
        group_by=tuple(part.strip() for part in (found["by"] or "").split(",") if part.strip()),
        condition=Condition(((_OPERATORS[found["op"]], float(found["n"])),), (field,) if field else ()),
    )
    return {**detection, "condition": single.strip()}, group
