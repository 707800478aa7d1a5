"""Correlations on a table of hits: one group, one finding, however many events it has.

An event is a member of a group if a window of the timespan holds for it: for counts, its fullest window must pass the
condition (so `gte: 10` takes all events of any ten or more, and `lt: 5` only events that are rare in every window); for sums,
averages, percentiles and medians, a window that ends with some event must. Members with no more than the timespan between
them are one group. Values are grouped by without case, an event with none of the group-by fields belongs to no group.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kyumei.detect.sigma import windows
from kyumei.detect.sigma.hittable import FIELD
from kyumei.detect.sigma.logsource import fold
from kyumei.detect.sigma.rule import METRICS, TEMPORAL, Condition, Correlation, Problem
from kyumei.detect.sigma.special import numbers
from kyumei.detect.sigma.temporal import qualifying

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.detect.sigma.rule import Rule

NO_TIME: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Group:
    """What a correlation found: events that belong together.

    Attributes:
        correlation: which.
        key: (field, value) of the group-by fields, as written in the first event; None where it has none.
        first: time of the first event, in microseconds since 1970 UTC; None where the timespan is all of time and none has one.
        last: time of the last event.
        count: number of events.
        value: what the condition was compared with: the largest count (or sum, …) of a window.
        rows: the events' numbers in the hit table's `row`, each once, in the order of time.
        rules: ids of the rules that hit them, sorted.
    """

    correlation: Correlation
    key: tuple[tuple[str, str | None], ...]
    first: int | None
    last: int | None
    count: int
    value: float
    rows: tuple[int, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correlated:
    """What correlations found.

    Attributes:
        groups: in the order of the correlations, then of time and key.
        problems: correlations that could not be applied: a rule they need is missing, or they need each other.
        untimed: by id of a correlation, hits that it left out because they have no time.
    """

    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]
    untimed: Mapping[str, int]


def correlate(rules: Iterable[Rule | Correlation], hits: pa.Table) -> Correlated:
    """Return the groups that the correlations among the rules find.

    Args:
        rules: rules and correlations; a correlation refers to others by id or name.
        hits: of `hittable.hit_table`, all batches together.
    """
    work = _Work(list(rules), hits)
    groups = [group for one in work.correlations for group in work.groups(one)]
    return Correlated(tuple(groups), tuple(work.problems), work.untimed)


@dataclass(slots=True)
class _Events:
    """Hits under a correlation, in no order: columns of equal length.

    Attributes:
        rule: place of the rule in the correlation's list.
        at: position in the hit table.
        inner: number of the inner group the hit stands for, -1 for a plain hit.
    """

    rule: np.ndarray
    at: np.ndarray
    inner: np.ndarray


class _Work:
    """One call of `correlate`."""

    def __init__(self, rules: list[Rule | Correlation], hits: pa.Table) -> None:
        self.correlations = [one for one in rules if isinstance(one, Correlation)]
        self.problems: list[Problem] = []
        self.untimed: dict[str, int] = {}
        self._hits = hits
        self._ts = hits["ts"].to_numpy()
        self._rows = hits["row"].to_numpy()
        self._ids = np.array(hits["rule"].to_pylist(), object)
        self._named: dict[str, list[Rule | Correlation]] = defaultdict(list)
        for one in rules:
            for name in {one.id, one.about.name} - {""}:
                self._named[name].append(one)
        self._done: dict[str, list[Group]] = {}
        self._fired: dict[str, list[np.ndarray]] = {}
        self._open: set[str] = set()

    def groups(self, one: Correlation) -> list[Group]:
        """Return the groups of a correlation, made once."""
        if one.id not in self._done:
            self._open.add(one.id)
            self._done[one.id] = []
            self._fired[one.id] = []
            if (events := self._events(one)) is not None:
                self._find(one, events)
            self._open.discard(one.id)
        return self._done[one.id]

    def _events(self, one: Correlation) -> _Events | None:
        parts: list[tuple[int, np.ndarray, np.ndarray]] = []
        for place, name in enumerate(one.rules):
            known = self._named.get(name, [])
            if not known or any(inner.id in self._open for inner in known):
                why = "is not among the rules" if not known else "refers back to it"
                self.problems.append(Problem(one.about.path, one.title, f"the rule {name} {why}"))
                return None
            for inner in known:
                if isinstance(inner, Correlation):
                    self.groups(inner)
                    parts += [(place, at, np.full(len(at), n)) for n, at in enumerate(self._fired[inner.id])]
                else:
                    at = np.flatnonzero(self._ids == inner.id)
                    parts.append((place, at, np.full(len(at), -1)))
        rule = np.concatenate([np.full(len(at), place) for place, at, _ in parts])
        events = _Events(rule.astype(np.int64), np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts]))
        return self._timed(one, events)

    def _timed(self, one: Correlation, events: _Events) -> _Events:
        has = self._ts[events.at] != NO_TIME
        if one.timespan == 0 or has.all():
            return events
        self.untimed[one.id] = int((~has).sum())
        return _Events(events.rule[has], events.at[has], events.inner[has])

    def _texts(self, one: Correlation, name: str, events: _Events) -> pa.Array:
        """Return the value of a field, or of an alias for several, by event."""
        aliases = dict(one.aliases).get(name)
        found = np.full(len(events.at), None, object)
        for place, rule in enumerate(one.rules):
            ids = {rule, *(i for known in self._named[rule] for i in (known.id, known.about.name))}
            field = next((said for alias, said in aliases if alias in ids), None) if aliases else name
            column = f"{FIELD}{fold(field)}" if field else ""
            here = np.flatnonzero(events.rule == place)
            if column in self._hits.column_names and len(here):
                found[here] = self._hits[column].take(pa.array(events.at[here])).to_pylist()
        return pa.array(found.tolist(), pa.string())

    def _find(self, one: Correlation, events: _Events) -> None:
        texts = [self._texts(one, name, events) for name in one.group_by]
        codes = np.stack([_codes(text) for text in texts], axis=1) if texts else np.zeros((len(events.at), 1), np.int64)
        values = self._values(one, events)
        keep = (codes >= 0).any(axis=1)
        _, group = np.unique(codes[keep], axis=0, return_inverse=True)
        at = np.flatnonzero(keep)
        order = np.lexsort((self._rows[events.at[at]], events.rule[at], self._ts[events.at[at]], group.reshape(-1)))
        at, group = at[order], group.reshape(-1)[order]
        found: list[tuple[Group, np.ndarray]] = []
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1, [len(at)]])
        for n in np.flatnonzero(np.diff(bounds) >= max(_least(one), 1)).tolist():
            found += self._in_group(one, events, at[bounds[n] : bounds[n + 1]], values, texts)
        found.sort(key=lambda pair: (pair[0].first or 0, repr(pair[0].key), pair[0].rows))
        self._done[one.id] = [group for group, _ in found]
        self._fired[one.id] = [fired for _, fired in found]

    def _values(self, one: Correlation, events: _Events) -> np.ndarray:
        """Return, by event, what is counted or measured: codes for value_count, numbers for the metrics."""
        texts = [self._texts(one, name, events) for name in one.condition.fields]
        if one.kind in METRICS:
            return numbers(pc.fill_null(texts[0], "-"))
        if one.kind == "value_count":
            codes = np.stack([_codes(text) for text in texts], axis=1)
            _, joined = np.unique(codes, axis=0, return_inverse=True)
            return np.where((codes >= 0).all(axis=1), joined.reshape(-1), -1)
        return events.rule

    def _in_group(
        self, one: Correlation, events: _Events, at: np.ndarray, values: np.ndarray, texts: Sequence[pa.Array]
    ) -> list[tuple[Group, np.ndarray]]:
        ts = self._ts[events.at[at]] if one.timespan else np.zeros(len(at), np.int64)
        member, size = members(one, ts, values[at], events.rule[at])
        chosen = np.flatnonzero(member)
        found = []
        for run in np.split(chosen, np.flatnonzero(_apart(ts[chosen], one.timespan)) + 1) if len(chosen) else []:
            key = tuple((name, _first(text, at[run])) for name, text in zip(one.group_by, texts, strict=True))
            found.append(self._group(one, events, at[run], key, size[run]))
        return found

    def _group(
        self, one: Correlation, events: _Events, at: np.ndarray, key: tuple[tuple[str, str | None], ...], size: np.ndarray
    ) -> tuple[Group, np.ndarray]:
        rows: dict[int, int] = {}
        rules: set[str] = set()
        for place, position, inner in zip(
            events.rule[at].tolist(), events.at[at].tolist(), events.inner[at].tolist(), strict=True
        ):
            if inner < 0:
                rows.setdefault(int(self._rows[position]), int(self._ts[position]))
                rules.add(self._ids[position])
                continue
            for known in self._named[one.rules[place]]:
                if isinstance(known, Correlation) and inner < len(self._done[known.id]):
                    rules.update(self._done[known.id][inner].rules)
                    rows.update(self._times(self._done[known.id][inner]))
        times = [time for time in rows.values() if time != NO_TIME]
        ordered = tuple(sorted(rows, key=lambda row: (rows[row], row)))
        first, last = (min(times), max(times)) if times else (None, None)
        fired = events.at[at][windows.holds(size, one.condition)] if one.condition.tests else events.at[at]
        group = Group(one, key, first, last, len(rows), float(np.nanmax(size)), ordered, tuple(sorted(rules)))
        return group, fired if len(fired) else events.at[at]

    def _times(self, group: Group) -> dict[int, int]:
        wanted = np.isin(self._rows, np.array(group.rows, np.int64))
        return dict(zip(self._rows[wanted].tolist(), self._ts[wanted].tolist(), strict=True))


def members(one: Correlation, ts: np.ndarray, values: np.ndarray, rule: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which events of one group are members, and by event what was compared in the window that ends with it.

    Args:
        one: the correlation.
        ts: times, ascending.
        values: by event, codes (value_count), numbers (metrics); unused otherwise.
        rule: by event, place of its rule in the correlation's list.
    """
    if one.kind in METRICS:
        size = windows.metric(one.kind, ts, values, one.timespan, one.condition.percentile)
        first = windows.bounds(ts, one.timespan)[0]
        good = np.flatnonzero(windows.holds(size, one.condition))
        return windows.covered(len(ts), [(int(first[n]), int(n)) for n in good]), size
    if one.kind in TEMPORAL and (one.kind == "temporal_ordered" or one.condition.expression):
        member = windows.covered(len(ts), qualifying(one, ts, rule))
        return member, np.full(len(ts), float(len(set(rule[member].tolist()))))
    condition = one.condition
    if one.kind in TEMPORAL and not condition.tests:
        condition = Condition((("gte", float(len(set(one.rules)))),))
    codes = rule if one.kind in TEMPORAL else values
    begun = windows.counts(ts, one.timespan) if one.kind == "event_count" else windows.distinct(ts, codes, one.timespan)
    ending = -ts[::-1]
    ended = (
        windows.counts(ending, one.timespan)
        if one.kind == "event_count"
        else windows.distinct(ending, codes[::-1], one.timespan)
    )
    return windows.holds(windows.fullest(ts, begun, one.timespan), condition), ended[::-1].astype(np.float64)


def _least(one: Correlation) -> int:
    """Return how many events a group must have at least for the condition to hold in it: nothing is counted beyond them."""
    if one.kind in METRICS or one.condition.expression:
        return 0
    if one.kind in TEMPORAL and not one.condition.tests:
        return len(one.rules) if one.kind == "temporal_ordered" else len(set(one.rules))
    return max((int(number // 1) + (op == "gt") for op, number in one.condition.tests if op in {"gte", "gt", "eq"}), default=0)


def _apart(ts: np.ndarray, timespan: int) -> np.ndarray:
    return np.diff(ts) > timespan if timespan else np.zeros(max(len(ts) - 1, 0), np.bool_)


def _codes(texts: pa.Array) -> np.ndarray:
    encoded = pc.utf8_lower(texts).dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), np.int64)


def _first(texts: pa.Array, at: np.ndarray) -> str | None:
    found: str | None = texts[int(at[0])].as_py()
    return found
