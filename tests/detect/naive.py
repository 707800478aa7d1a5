"""Sigma event by event, in plain Python: slow, short, and written from the specification alone, to compare with.

Nothing here is shared with the engine but the parsed rules and the mapping of log sources.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kyumei.detect.sigma import logsource, tree
from kyumei.detect.sigma.logsource import Made, fold, keys
from kyumei.detect.sigma.rule import Correlation, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    Row = Mapping[str, str]
    Names = Mapping[str, tuple[str | Made, ...]]

_PATTERN = {tree.ANY: ".*", tree.ONE: ".", tree.DASH: f"[{re.escape(tree.DASHES)}]"}
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
ZONE = "Asia/Tokyo"


def hits(rules: Sequence[Rule | Correlation], table: pa.Table) -> dict[str, list[int]]:
    """Return the rows that each rule or correlation (by id) matches; of a correlation, all rows of its groups' windows."""
    rows = [{name: _text(value) for name, value in row.items() if value is not None} for row in table.to_pylist()]
    times = [row["ts"] for row in table.to_pylist()]
    found: dict[str, list[int]] = {}
    for rule in rules:
        if isinstance(rule, Rule):
            found[rule.id] = [n for n, row in enumerate(rows) if _matches(rule, row)]
    for rule in rules:
        if isinstance(rule, Correlation):
            found[rule.id] = _correlated(rule, rules, found, (rows, times))
    return {rule.id: found[rule.id] for rule in rules if found[rule.id]}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _matches(rule: Rule, row: Row) -> bool:
    for read in logsource.resolve(rule.logsource).reads:
        if _holds(read.where, row, {}) and _holds(rule.tree, row, dict(read.fields)):
            return True
    return False


def _holds(node: tree.Node, row: Row, names: Names) -> bool:
    match node:
        case tree.And(nodes):
            return all(_holds(one, row, names) for one in nodes)
        case tree.Or(nodes):
            return any(_holds(one, row, names) for one in nodes)
        case tree.Not(inner):
            return not _holds(inner, row, names)
        case tree.Leaf(field, test):
            values = list(row.values()) if field is None else _values(field, row, names)
            return _tested(test, values, row, names)


def _values(field: str, row: Row, names: Names) -> list[str]:
    wanted = fold(field)
    columns = [*logsource.everywhere().get(wanted, ()), *names.get(wanted, ()), wanted]
    found = [text for column in columns for text in ([_made(column, row)] if isinstance(column, Made) else _own(column, row))]
    return [text for text in found if text is not None]


def _own(column: str, row: Row) -> list[str | None]:
    return [text for name, text in row.items() if column in keys(name) or fold(name) == column]


def _made(made: Made, row: Row) -> str | None:
    parts = [text for column in made.of for text in _own(column, row)[:1] if text]
    text = made.by.join(parts)
    if not parts:
        return None
    for head, other in made.heads:
        if text.lower().startswith(head.lower()):
            text = other + text[len(head) :]
            break
    if made.map:
        return next((other for value, other in made.map if value.lower() == text.lower()), None)
    if made.take:
        found = re.search(made.take, text)
        return found[1] if found else None
    return text


def _tested(test: tree.Test, values: Sequence[str], row: Row, names: Names) -> bool:
    match test:
        case tree.Present():
            return bool(values)
        case tree.Absent():
            return not values
        case tree.Empty():
            return not any(values)
        case tree.SameAs(field, starts, ends, cased):
            del starts, ends, cased
            return any(a.lower() == b.lower() for a in values for b in _values(field, row, names))
    return any(_one(test, value) for value in values)


def _one(test: tree.Test, value: str) -> bool:
    match test:
        case tree.Text(parts, cased):
            pattern = "".join(_PATTERN[part] if isinstance(part, int) else re.escape(part) for part in parts)
            return re.fullmatch(pattern, value, re.DOTALL | (0 if cased else re.IGNORECASE)) is not None
        case tree.Regex(pattern, flags):
            return re.search(pattern, value, sum(_FLAGS[flag] for flag in flags)) is not None
        case tree.Network(cidr):
            try:
                return ipaddress.ip_address(value) in ipaddress.ip_network(cidr)
            except ValueError:
                return False
        case tree.Compare(op, number, part):
            return _compared(op, _number(value, part), number)
    return False


def _number(text: str, part: str) -> float | None:
    try:
        if not part:
            return float(int(text, 0)) if not re.fullmatch(r"-?\d+\.\d+", text) else float(text)
        moment = datetime.fromisoformat(text).replace(tzinfo=datetime.fromisoformat(text).tzinfo or UTC)
        moment = moment.astimezone(ZoneInfo(ZONE))
        return float(moment.isocalendar().week if part == "week" else getattr(moment, part))
    except ValueError:
        return None


def _compared(op: str, left: float | None, right: float) -> bool:
    if left is None:
        return False
    told = {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right, "eq": left == right}
    return told.get(op, left != right)


def _correlated(
    rule: Correlation,
    rules: Sequence[Rule | Correlation],
    found: Mapping[str, list[int]],
    events: tuple[list[dict[str, str]], list[datetime]],
) -> list[int]:
    rows, times = events
    named = [next(one for one in rules if wanted in {one.id, one.about.name}) for wanted in rule.rules]
    groups: dict[tuple[str, ...], list[tuple[datetime, int, int]]] = defaultdict(list)
    for place, base in enumerate(named):
        for n in found.get(base.id, []):
            key = tuple(next(iter(_grouped(base, field, rows[n])), "") for field in rule.group_by)
            if all(key):
                groups[key].append((times[n], place, n))
    span = timedelta(microseconds=rule.timespan)
    hit: set[int] = set()
    for members in groups.values():
        for first, (start, _, _) in enumerate(sorted(members)):
            window = [one for one in sorted(members)[first:] if one[0] - start <= span]
            if _enough(rule, named, window, rows):
                hit |= {n for _, _, n in window}
    return sorted(hit)


def _grouped(base: Rule | Correlation, field: str, row: Row) -> Iterable[str]:
    assert isinstance(base, Rule)
    for read in logsource.resolve(base.logsource).reads:
        if _holds(read.where, row, {}):
            yield from _values(field, row, dict(read.fields))


def _enough(
    rule: Correlation, named: Sequence[Rule | Correlation], window: Sequence[tuple[datetime, int, int]], rows: Sequence[Row]
) -> bool:
    if rule.kind == "temporal":
        return {place for _, place, _ in window} == set(range(len(named)))
    if rule.kind == "temporal_ordered":
        wanted = 0
        for _, place, _ in window:
            wanted += place == wanted
        return wanted == len(named)
    values: list[Any] = [
        next(iter(_grouped(named[place], field, rows[n])), None) for _, place, n in window for field in rule.condition.fields
    ]
    if rule.kind == "value_sum":
        number = sum(float(value) for value in values if value)
    else:
        number = float(len(window) if rule.kind == "event_count" else len(set(values) - {None}))
    return all(_compared(op, number, limit) for op, limit in rule.condition.tests)
