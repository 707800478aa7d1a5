"""Hits as a table, with the values that correlations group by: what is kept of the events once their batch has gone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from kyumei.detect.sigma import logsource, made_columns
from kyumei.detect.sigma.logsource import Made, fold, keys
from kyumei.detect.sigma.rule import Correlation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kyumei.detect.sigma.engine import Hits
    from kyumei.detect.sigma.rule import Rule
    from kyumei.store.columns import Column, Columns

FIELD: Final = "@"
"""Before the folded name of a field in a hit table's columns, so that it cannot clash with `rule`, `ts` and `row`."""


def wanted(rules: Iterable[Rule | Correlation]) -> dict[str, frozenset[str]]:
    """Return, by id of each rule that a correlation needs, the fields (folded) that must be kept of its hits."""
    everything = list(rules)
    by_name: dict[str, list[Rule | Correlation]] = defaultdict(list)
    for one in everything:
        for name in {one.id, one.about.name} - {""}:
            by_name[name].append(one)
    fields: dict[str, set[str]] = {}
    for one in everything:
        if isinstance(one, Correlation):
            asked = {*one.group_by, *one.condition.fields, *(name for _, said in one.aliases for _, name in said)}
            _spread(one, {fold(name) for name in asked}, by_name, fields, frozenset())
    return {rule: frozenset(names) for rule, names in fields.items()}


def _spread(
    group: Correlation,
    asked: set[str],
    by_name: Mapping[str, list[Rule | Correlation]],
    fields: dict[str, set[str]],
    above: frozenset[str],
) -> None:
    for name in group.rules:
        for one in by_name.get(name, ()):
            if not isinstance(one, Correlation):
                fields.setdefault(one.id, set()).update(asked)
            elif one.id not in above:
                _spread(one, asked, by_name, fields, above | {group.id})


def hit_table(hits: Hits, columns: Columns, ts: np.ndarray, rows: np.ndarray, fields: Mapping[str, frozenset[str]]) -> pa.Table:
    """Return the hits of one batch that correlations need: `rule` (id), `ts`, `row`, and `@field` for each field asked for.

    Args:
        hits: of the batch.
        columns: the batch.
        ts: by row of the batch, microseconds since 1970 UTC, the smallest int64 where there is no time.
        rows: by row of the batch, the number by which the caller knows the event.
        fields: what `wanted` says.
    """
    needed = [(rule, found) for rule, found in hits if rule.id in fields]
    names = sorted({name for rule, _ in needed for name in fields[rule.id]})
    at = np.concatenate([found for _, found in needed]) if needed else np.empty(0, np.uint32)
    ids = [rule.id for rule, found in needed for _ in range(len(found))]
    plain = {"rule": pa.array(ids, pa.string()), "ts": pa.array(ts[at], pa.int64()), "row": pa.array(rows[at], pa.int64())}
    kept = {name: [_kept(columns, name, rule, found, fields[rule.id]) for rule, found in needed] for name in names}
    return pa.table(plain | {f"{FIELD}{name}": pa.chunked_array(arrays, pa.string()) for name, arrays in kept.items()})


def _kept(columns: Columns, name: str, rule: Rule, rows: np.ndarray, asked: frozenset[str]) -> pa.Array:
    if name not in asked:
        return pa.nulls(len(rows), pa.string())
    return values(columns, name, rows, aliases(rule, name))


def aliases(rule: Rule, field: str) -> tuple[str | Made, ...]:
    """Return what says the same as a field in the events of the rule's log source, whatever their kind, each once."""
    reads = logsource.resolve(rule.logsource).reads
    return tuple(
        dict.fromkeys(one for read in reads for name, columns in read.fields if name == fold(field) for one in columns)
    )


def values(columns: Columns, field: str, rows: np.ndarray, same: Sequence[str | Made] = ()) -> pa.Array:
    """Return the values (text) of a field in some rows, null where they have none.

    Of several columns that are called so, the first that has a value counts: the event's own before common ones, and these
    before those that only say the same.

    Args:
        columns: the batch.
        field: as a rule writes it.
        rows: numbers of rows, in any order, also repeated.
        same: other columns that say the same in these rows (`aliases`).
    """
    own = fold(field)
    found = np.full(len(rows), None, object)
    for key in (own, *logsource.everywhere().get(own, ()), *same):
        for column in _called(columns, key):
            place = np.minimum(np.searchsorted(column.rows, rows), max(len(column.rows) - 1, 0))
            if not len(column.rows):
                continue
            has = (column.rows[place] == rows) & np.array([text is None for text in found], np.bool_)
            found[has] = column.values.take(pa.array(column.codes[place[has]])).to_pylist()
    return pa.array(found.tolist(), pa.string())


def _called(columns: Columns, key: str | Made) -> list[Column]:
    if isinstance(key, Made):
        return [made_columns.column(key, [column for part in key.of for column in _called(columns, part)])]
    return [columns.fields[name] for name in sorted(columns.fields) if key in keys(name)]


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the tables of several batches as one."""
    empty = pa.table({"rule": pa.array([], pa.string()), "ts": pa.array([], pa.int64()), "row": pa.array([], pa.int64())})
    return pa.concat_tables([empty, *tables], promote_options="default")
