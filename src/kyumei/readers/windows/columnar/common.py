"""The common columns of a batch: what `kyumei.readers.windows.mapping` says of one event, for each group of events at once.

Rows are grouped by provider, channel and event id; conditions and columns are worked out once for each distinct combination of
the values they look at, and messages are put together by Arrow. Events that the fallback read are mapped one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kyumei.readers.windows import mapping
from kyumei.readers.windows.fields import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kyumei.readers.windows.columnar.decoder import Batch
    from kyumei.readers.windows.mapping import Rule

_PICKED: Final = ("account", "src_ip", "dst", "object", "device", "bytes")
_TEXTS: Final = ("action", "outcome", *_PICKED, "message")
COMMON_ONLY: Final = ("System_EventID", "System_ProviderName", "System_Channel", "System_Computer")
"""Fields that are stored as common columns."""
_CUT: Final = 4 * mapping.MESSAGE_LENGTH


def common(batch: Batch) -> dict[str, Any]:
    """Return the common columns of a batch, as long as it is, for `Rows.add_columns`."""
    work = _Work(batch)
    for rows in work.groups():
        _group(work, rows)
    for row, event in zip(np.flatnonzero(batch.shape < 0).tolist(), batch.events, strict=True):
        work.take(row, mapping.mapped(event))
    timed = pa.array(batch.ts != _no_time())
    texts = {name: work.column(name) for name in _TEXTS}
    return {
        **texts,
        "bytes": pa.array([integer(b) for b in texts["bytes"].to_pylist()], pa.int64()),
        "rec": pa.array(batch.rec),
        "ts": batch.timestamps(),
        "ts_kind": pc.if_else(timed, "written", pa.scalar(None, pa.string())),
        "zone_assumed": pc.if_else(timed, pa.scalar(value=False), pa.scalar(None, pa.bool_())),
        "origin": pa.repeat(batch.origin, batch.columns.n),
        "host": work.text("System_Computer", None),
        "channel": work.text("System_Channel", None),
        "provider": work.provider,
        "event_id": work.event_id,
    }


def _no_time() -> int:
    from kyumei.readers.windows.columnar.decoder import NO_TIME

    return NO_TIME


class _Work:
    """A batch that is being mapped: its fields as dense codes, and what was found for the columns so far."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.n = batch.columns.n
        self._dense: dict[str, np.ndarray] = {}
        self._parts: dict[str, list[tuple[np.ndarray, pa.Array]]] = {name: [] for name in _TEXTS}
        names = (self.text("System_ProviderName", None), self.text("System_EventSourceName", None))
        self.provider = pc.coalesce(*names)
        self.event_id = self._once("System_EventID", integer, pa.int64())
        self.audit = self._once("System_Keywords", mapping.audit, pa.string())

    def codes(self, name: str) -> np.ndarray:
        """Return the code of each row in a field, -1 where the row lacks it."""
        if name not in self._dense:
            dense = np.full(self.n, -1, np.int32)
            if column := self.batch.columns.fields.get(name):
                dense[column.rows] = column.codes
            self._dense[name] = dense
        return self._dense[name]

    def text(self, name: str, rows: np.ndarray | None) -> pa.Array:
        """Return a field's texts in these rows (all where it is None)."""
        codes = self.codes(name) if rows is None else self.codes(name)[rows]
        column = self.batch.columns.fields.get(name)
        return column.values.take(pa.array(codes, mask=codes < 0)) if column else pa.nulls(len(codes), pa.string())

    def groups(self) -> Iterator[np.ndarray]:
        """Yield the rows of each provider, channel, event id and shape, but for those that the fallback read."""
        keys = np.stack(
            [self.batch.shape, *(self.codes(n) for n in ("System_ProviderName", "System_EventSourceName"))]
            + [self.codes(n) for n in ("System_Channel", "System_EventID")],
            axis=1,
        )
        own = np.flatnonzero(self.batch.shape >= 0)
        order = own[np.lexsort(keys[own].T[::-1])]
        cuts = np.flatnonzero((np.diff(keys[order], axis=0) != 0).any(axis=1)) + 1
        yield from (rows for rows in np.split(order, cuts) if len(rows))

    def give(self, name: str, rows: np.ndarray, values: pa.Array) -> None:
        """Note the values of a column in these rows."""
        self._parts[name].append((rows, values))

    def take(self, row: int, columns: dict[str, Any]) -> None:
        """Note the columns of one row."""
        for name, value in columns.items():
            text = None if value is None else str(value)
            self.give(name, np.array([row]), pa.array([text], pa.string()))

    def column(self, name: str) -> pa.Array:
        """Return a column in the order of the rows."""
        parts = self._parts[name]
        if not parts:
            return pa.nulls(self.n, pa.string())
        place = np.full(self.n, -1, np.int64)
        rows = np.concatenate([r for r, _ in parts])
        place[rows] = np.arange(len(rows))
        return pa.concat_arrays([v for _, v in parts]).take(pa.array(place, mask=place < 0))

    def _once(self, name: str, work: Callable[[str | None], Any], kind: pa.DataType) -> pa.Array:
        """Return what is worked out for each distinct value of a field, in the order of the rows."""
        codes = self.codes(name)
        column = self.batch.columns.fields.get(name)
        used = np.unique(codes[codes >= 0])
        made = pa.array([work(t) for t in column.values.take(pa.array(used)).to_pylist()] if column else [], kind)
        place = np.searchsorted(used, codes)
        return made.take(pa.array(place, pa.int64(), mask=codes < 0))


def _group(work: _Work, rows: np.ndarray) -> None:
    first = int(rows[0])
    rules = mapping.candidates(
        work.provider[first].as_py(), work.text("System_Channel", rows[:1])[0].as_py(), work.event_id[first].as_py()
    )
    for rule in rules:
        holds = _holding(work, rule, rows)
        if holds.any():
            _by_rule(work, rule, rows[holds])
        rows = rows[~holds]
        if not len(rows):
            return
    work.give("action", rows, pa.repeat("record.written", len(rows)))
    work.give("outcome", rows, work.audit.take(pa.array(rows)))
    work.give("message", rows, _plain_message(work, rows))


def _distinct(work: _Work, names: Sequence[str], rows: np.ndarray) -> tuple[list[dict[str, str]], np.ndarray]:
    """Return the distinct combinations of these fields in the rows, and which one each row has."""
    there = [n for n in names if n in work.batch.columns.fields]
    if not there:
        return [{}], np.zeros(len(rows), np.int64)
    key = np.zeros(len(rows), np.int64)
    for name in there:
        used, place = np.unique(work.codes(name)[rows], return_inverse=True)
        key = np.unique(key * len(used) + place, return_inverse=True)[1]
    _, first = np.unique(key, return_index=True)
    texts = [work.text(name, rows[first]).to_pylist() for name in there]
    return [{n: t for n, t in zip(there, one, strict=True) if t is not None} for one in zip(*texts, strict=True)], key


def _holding(work: _Work, rule: Rule, rows: np.ndarray) -> np.ndarray:
    """Return a mask of the rows for which all conditions of the rule hold."""
    holds = np.ones(len(rows), bool)
    for test in rule.tests:
        if test.name == "outcome":
            results = work.audit.take(pa.array(rows)).to_pylist()
            holds &= np.array([test.holds({}, result) for result in results], bool)
        else:
            fields, which = _distinct(work, [test.name], rows)
            holds &= np.array([test.holds(one, None) for one in fields], bool)[which]
    return holds


def _by_rule(work: _Work, rule: Rule, rows: np.ndarray) -> None:
    work.give("action", rows, pa.repeat(rule.action, len(rows)))
    if rule.outcome == "audit":
        work.give("outcome", rows, work.audit.take(pa.array(rows)))
    elif rule.outcome:
        work.give("outcome", rows, pa.repeat(rule.outcome, len(rows)))
    found: dict[str, pa.Array] = {}
    for pick in rule.picks:
        fields, which = _distinct(work, pick.names, rows)
        found[pick.column] = pa.array([pick.of(one) for one in fields], pa.string()).take(pa.array(which))
        work.give(pick.column, rows, found[pick.column])
    found["outcome"] = pa.repeat(rule.outcome, len(rows)) if rule.outcome else pa.nulls(len(rows), pa.string())
    work.give("message", rows, _message(work, rule, rows, found))


def _message(work: _Work, rule: Rule, rows: np.ndarray, found: dict[str, pa.Array]) -> pa.Array:
    parts: list[Any] = []
    for literal, names in rule.message:
        parts.append(pa.scalar(literal))
        if names:
            options = [option for n in names for option in (found.get(n), _filled(work.text(n, rows))) if option is not None]
            parts.append(pc.coalesce(*options, pa.scalar("-")))
    joined = pc.binary_join_element_wise(*parts, pa.scalar(""))
    return _lines(joined if isinstance(joined, pa.Array) else pa.repeat(joined.as_py(), len(rows)))


def _filled(texts: pa.Array) -> pa.Array:
    """Return the texts with null for those that mean that there is nothing."""
    short = pc.less(pc.binary_length(texts), 64)
    if not pc.any(short).as_py():
        return texts
    nothing = pc.is_in(pc.utf8_trim_whitespace(texts), pa.array(sorted(mapping.MISSING)))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), texts)


def _plain_message(work: _Work, rows: np.ndarray) -> pa.Array:
    provider, event_id = work.provider[int(rows[0])].as_py(), work.event_id[int(rows[0])].as_py()
    head = f"{provider or ''} {event_id if event_id is not None else ''}".strip()
    names = _present(work, (n for n in work.batch.order(int(work.batch.shape[rows[0]])) if not n.startswith("System_")), rows)
    parts: list[Any] = [pa.repeat(head, len(rows))] if head else []
    parts += [work.text(name, rows) for name in names]
    if not parts:
        return pa.nulls(len(rows), pa.string())
    joined = pc.binary_join_element_wise(*parts, pa.scalar(" · "), null_handling="skip")
    return _lines(pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined))


def _present(work: _Work, names: Iterable[str], rows: np.ndarray) -> list[str]:
    return [n for n in names if n in work.batch.columns.fields and (work.codes(n)[rows] >= 0).any()]


def _lines(texts: pa.Array) -> pa.Array:
    """Return the texts each on one line, cut to `MESSAGE_LENGTH` characters."""
    texts = pc.utf8_slice_codeunits(texts, 0, _CUT)
    odd = pc.fill_null(pc.match_substring_regex(texts, "[\n\r\t]"), fill_value=False)
    if pc.any(odd).as_py():
        texts = pc.replace_with_mask(
            texts, odd, pa.array([mapping.line(t) for t in texts.filter(odd).to_pylist()], pa.string())
        )
    long = pc.greater(pc.utf8_length(texts), mapping.MESSAGE_LENGTH)
    cut = pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, mapping.MESSAGE_LENGTH - 1), "…", "")
    return pc.if_else(pc.fill_null(long, fill_value=False), cut, texts)
