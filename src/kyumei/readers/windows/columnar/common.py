"""The common columns of a batch: what `kyumei.readers.windows.mapping` says of one event, for all events of the batch at once.

Columns are numbers of texts in one pool until they are handed on. Conditions and columns are worked out once for each distinct
combination of the values they look at, by provider, channel and event id; messages are put together by a kernel. Events that
the fallback read are mapped one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kyumei.readers.windows import mapping
from kyumei.readers.windows.columnar.joined import Pool, messages
from kyumei.readers.windows.fields import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kyumei.readers.windows.columnar.decoder import Batch
    from kyumei.readers.windows.mapping import Rule

    Coded = Mapping[str, tuple[np.ndarray, pa.StringArray]]

_PICKED: Final = ("account", "src_ip", "dst", "object", "device", "bytes")
_TEXTS: Final = ("action", "outcome", *_PICKED)
COMMON_ONLY: Final = ("System_EventID", "System_ProviderName", "System_Channel", "System_Computer")
"""Fields that are stored as common columns."""


def common(batch: Batch, coded: Coded) -> dict[str, Any]:
    """Return the common columns of a batch, as long as it is, for `Rows.add_columns`.

    Args:
        batch: what the decoder gave.
        coded: its fields as `kyumei.store.columns.dense` gives them.
    """
    work = _Work(batch, coded)
    plain: list[tuple[np.ndarray, int]] = []
    for rows in work.groups():
        plain += _group(work, rows)
    others = np.flatnonzero(batch.shape < 0)
    told = _fallback(work, others)
    message = _messages(work, plain, others, told)
    timed = pa.array(batch.ts != _no_time())
    texts = work.pool.array()
    return {
        **{name: _taken(texts, work.found[name]) for name in _TEXTS if name != "bytes"},
        "message": message,
        "bytes": _numbers(texts, work.found["bytes"]),
        "rec": pa.array(batch.rec),
        "ts": batch.timestamps(),
        "ts_kind": pc.if_else(timed, "written", pa.scalar(None, pa.string())),
        "zone_assumed": pc.if_else(timed, pa.scalar(value=False), pa.scalar(None, pa.bool_())),
        "origin": pa.repeat(batch.origin, batch.columns.n),
        "host": work.text("System_Computer"),
        "channel": work.text("System_Channel"),
        "provider": work.provider,
        "event_id": work.event_id,
    }


def _no_time() -> int:
    from kyumei.readers.windows.columnar.decoder import NO_TIME

    return NO_TIME


def _taken(texts: pa.Array, numbers: np.ndarray) -> pa.Array:
    return texts.take(pa.array(numbers, mask=numbers < 0))


def _numbers(texts: pa.Array, numbers: np.ndarray) -> pa.Array:
    used, place = np.unique(numbers, return_inverse=True)
    made = pa.array([integer(t) for t in _taken(texts, used).to_pylist()], pa.int64())
    return made.take(pa.array(place))


class _Work:
    """A batch that is being mapped.

    Attributes:
        pool: all texts. found: column → number of each row's text in the pool, -1 for null.
    """

    def __init__(self, batch: Batch, coded: Coded) -> None:
        self.batch = batch
        self.coded = coded
        self.n = batch.columns.n
        self.pool = Pool()
        self.found = {name: np.full(self.n, -1, np.int32) for name in _TEXTS}
        self.pieces: list[tuple[np.ndarray, list[np.ndarray | int]]] = []
        self._none = (np.full(self.n, -1, np.int32), pa.array([], pa.string()))
        self._first: dict[str, int] = {}
        self._filled: dict[str, np.ndarray] = {}
        names = (self.text("System_ProviderName"), self.text("System_EventSourceName"))
        self.provider = pc.coalesce(*names)
        self.event_id = self._once("System_EventID", integer, pa.int64())
        audit = self._once("System_Keywords", mapping.audit, pa.string()).dictionary_encode()
        results = self.pool.some([*audit.dictionary.to_pylist(), None])
        self.audit = results[pc.fill_null(audit.indices, -1).to_numpy(zero_copy_only=False)]
        self.results = dict(zip(results.tolist(), [*audit.dictionary.to_pylist(), None], strict=True))

    def codes(self, name: str) -> np.ndarray:
        """Return the code of each row in a field, -1 where the row lacks it."""
        codes: np.ndarray = self.coded.get(name, self._none)[0]
        return codes

    def texts(self, name: str, codes: np.ndarray) -> pa.Array:
        """Return the texts of these codes of a field."""
        return _taken(self.coded.get(name, self._none)[1], codes)

    def text(self, name: str) -> pa.Array:
        """Return a field's texts in all rows."""
        return self.texts(name, self.codes(name))

    def first(self, name: str) -> int:
        """Return the number in the pool of the text of a field whose code is 0."""
        if name not in self._first:
            self._first[name] = self.pool.add(self.coded.get(name, self._none)[1])
        return self._first[name]

    def filled(self, name: str) -> np.ndarray:
        """Return the number in the pool of each row's text in a field, -1 where it is missing or says that it is."""
        if name not in self._filled:
            codes, texts = self.coded.get(name, self._none)
            numbers = np.arange(len(texts) + 1, dtype=np.int32) + self.first(name)
            numbers[:-1][_nothing(texts)] = -1
            numbers[-1] = -1
            self._filled[name] = numbers[codes]
        return self._filled[name]

    def groups(self) -> Iterator[np.ndarray]:
        """Yield the rows of each provider, channel and event id, but for those that the fallback read."""
        names = ("System_ProviderName", "System_EventSourceName", "System_Channel", "System_EventID")
        own = np.flatnonzero(self.batch.shape >= 0)
        keys = np.stack([self.codes(n)[own] for n in names], axis=1)
        order = np.lexsort(keys.T[::-1])
        cuts = np.flatnonzero((np.diff(keys[order], axis=0) != 0).any(axis=1)) + 1
        yield from (rows for rows in np.split(own[order], cuts) if len(rows))

    def _once(self, name: str, work: Callable[[str | None], Any], kind: pa.DataType) -> pa.Array:
        """Return what is worked out for each distinct value of a field, in the order of the rows."""
        codes, texts = self.coded.get(name, self._none)
        return _taken(pa.array([work(t) for t in texts.to_pylist()], kind), codes)


def _nothing(texts: pa.Array) -> np.ndarray:
    """Return a mask of the texts that mean that there is nothing."""
    nothing: np.ndarray = pc.is_in(pc.utf8_trim_whitespace(texts), pa.array(sorted(mapping.MISSING))).to_numpy(
        zero_copy_only=False
    )
    return nothing


def _group(work: _Work, rows: np.ndarray) -> list[tuple[np.ndarray, int]]:
    """Map the rows of one provider, channel and event id; return those that no rule says anything of, with their head."""
    first = int(rows[0])
    provider, event_id = work.provider[first].as_py(), work.event_id[first].as_py()
    for rule in mapping.candidates(
        provider, work.texts("System_Channel", work.codes("System_Channel")[rows[:1]])[0].as_py(), event_id
    ):
        holds = _holding(work, rule, rows)
        if holds.any():
            _by_rule(work, rule, rows[holds])
        rows = rows[~holds]
        if not len(rows):
            return []
    work.found["action"][rows] = work.pool.one("record.written")
    work.found["outcome"][rows] = work.audit[rows]
    head = f"{provider or ''} {event_id if event_id is not None else ''}".strip()
    return [(rows, work.pool.one(head) if head else -1)]


def _distinct(work: _Work, names: Sequence[str], rows: np.ndarray) -> tuple[list[dict[str, str]], np.ndarray]:
    """Return the distinct combinations of these fields in the rows, and which one each row has."""
    there = [n for n in names if n in work.coded]
    if not there:
        return [{}], np.zeros(len(rows), np.int64)
    first, key = np.unique(work.codes(there[0])[rows], return_index=True, return_inverse=True)[1:]
    for name in there[1:]:
        used, place = np.unique(work.codes(name)[rows], return_inverse=True)
        first, key = np.unique(key * len(used) + place, return_index=True, return_inverse=True)[1:]
    codes = [work.codes(name)[rows[first]] for name in there]
    texts = [work.texts(n, c).to_pylist() for n, c in zip(there, codes, strict=True)]
    return [{n: t for n, t in zip(there, one, strict=True) if t is not None} for one in zip(*texts, strict=True)], key


def _holding(work: _Work, rule: Rule, rows: np.ndarray) -> np.ndarray:
    """Return a mask of the rows for which all conditions of the rule hold."""
    holds = np.ones(len(rows), bool)
    for test in rule.tests:
        if test.name == "outcome":
            right = [number for number, result in work.results.items() if test.holds({}, result)]
            holds &= np.isin(work.audit[rows], right)
        else:
            fields, which = _distinct(work, [test.name], rows)
            holds &= np.array([test.holds(one, None) for one in fields], bool)[which]
    return holds


def _by_rule(work: _Work, rule: Rule, rows: np.ndarray) -> None:
    found = work.found
    found["action"][rows] = work.pool.one(rule.action)
    if rule.outcome:
        found["outcome"][rows] = work.audit[rows] if rule.outcome == "audit" else work.pool.one(rule.outcome)
    for pick in rule.picks:
        fields, which = _distinct(work, pick.names, rows)
        found[pick.column][rows] = work.pool.some([pick.of(one) for one in fields])[which]
    pieces: list[np.ndarray | int] = []
    for literal, names in rule.message:
        pieces += [work.pool.one(literal)] if literal else []
        if names:
            numbers = np.full(len(rows), -1, np.int32)
            for name in names:
                for option in (found.get(name), work.filled(name)):
                    if option is not None:
                        numbers = np.where(numbers < 0, option[rows], numbers)
            pieces.append(np.where(numbers < 0, work.pool.one("-"), numbers))
    work.pieces.append((rows, pieces))


def _fallback(work: _Work, others: np.ndarray) -> np.ndarray:
    """Map the rows that the fallback read; return the numbers of their messages."""
    columns = [mapping.mapped(event) for event in work.batch.events]
    for name in _TEXTS if len(others) else ():
        texts = [None if (value := one.get(name)) is None else str(value) for one in columns]
        work.found[name][others] = work.pool.some(texts)
    return work.pool.some([one.get("message") for one in columns])


def _messages(work: _Work, plain: list[tuple[np.ndarray, int]], others: np.ndarray, told: np.ndarray) -> pa.Array:
    """Return the messages of all rows."""
    shape, n = work.batch.shape, work.n
    places, widths = _places(work, np.unique(shape[np.concatenate([r for r, _ in plain])]) if plain else np.empty(0, int))
    width, between, is_plain = np.ones(n, np.int64), np.full(n, -1, np.int32), np.zeros(n, bool)
    for rows, _ in plain:
        is_plain[rows] = True
    width[is_plain] = widths[shape[is_plain]]
    between[is_plain] = work.pool.one(" · ")
    for rows, parts in work.pieces:
        width[rows] = len(parts)
    bounds = np.concatenate([[0], np.cumsum(width)])
    pieces = np.full(bounds[-1], -1, np.int32)
    for rows, head in plain:
        pieces[bounds[rows]] = head
    for rows, parts in work.pieces:
        for k, part in enumerate(parts):
            pieces[bounds[rows] + k] = part
    pieces[bounds[others]] = told
    for name, place in places.items():
        column = work.batch.columns.fields[name]
        at = np.where(is_plain[column.rows], place[shape[column.rows]], 0)
        here = np.flatnonzero(at)
        if len(here):
            rows = column.rows[here]
            pieces[bounds[rows] + at[here]] = work.codes(name)[rows] + work.first(name)
    between[others] = work.pool.one("")  # no message is null
    return messages(work.pool.array(), pieces, bounds, between)


def _places(work: _Work, shapes: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return field → its place in the plain message by shape, 0 where it has none, and each shape's number of places."""
    n = int(work.batch.shape.max(initial=0)) + 1
    places: dict[str, np.ndarray] = {}
    widths = np.ones(n, np.int64)
    for shape in shapes.tolist():
        names = [name for name in work.batch.order(shape) if not name.startswith("System_")]
        widths[shape] += len(names)
        for k, name in enumerate(names, 1):
            if name in work.batch.columns.fields:
                places.setdefault(name, np.zeros(n, np.int64))[shape] = k
    return places, widths
