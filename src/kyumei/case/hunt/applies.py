"""Which events a set of rules is about, from what is known of them without reading them: reader, channel, number."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from kyumei.detect.sigma.logsource import CHANNEL, EVENT_ID, SOURCE, resolve
from kyumei.detect.sigma.tree import ANY, And, Leaf, Or, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.detect.sigma.rule import Rule
    from kyumei.detect.sigma.tree import Node

Kind = tuple[str, str, str]
"""Reader, channel and number of events, "" where they have none."""

_AT: Final[dict[str | None, int]] = {SOURCE: 0, CHANNEL: 1, EVENT_ID: 2}


def readers(rules: Iterable[Rule], kinds: Iterable[Kind]) -> list[str]:
    """Return the readers, sorted, among whose events are some that one of the rules may be about."""
    wheres = {read.where for source in {rule.logsource for rule in rules} for read in resolve(source).reads}
    return sorted({kind[0] for kind in kinds if any(_may(where, kind) for where in wheres)})


def _may(where: Node, kind: Kind) -> bool:
    """Return whether events of this kind may meet a condition; what is asked of other fields is not known and may hold."""
    if isinstance(where, And):
        return all(_may(node, kind) for node in where.nodes)
    if isinstance(where, Or):
        return any(_may(node, kind) for node in where.nodes)
    if not isinstance(where, Leaf) or not isinstance(where.test, Text):
        return True
    at = _AT.get(where.field)
    return at is None or _pattern(where.test).fullmatch(kind[at]) is not None


@cache
def _pattern(text: Text) -> re.Pattern[str]:
    shape = "".join(re.escape(part) if isinstance(part, str) else ".*" if part == ANY else "." for part in text.parts)
    return re.compile(shape, re.IGNORECASE | re.DOTALL)
