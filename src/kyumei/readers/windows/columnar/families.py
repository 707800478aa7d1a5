"""A batch of several channels to batches that have few columns each: a row has 20 fields, a log of all channels a thousand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.store.columns import Column, Columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.readers.windows.columnar.decoder import Batch

LEAST: Final = 1024
"""Rows of a channel in one batch from which on they are handed on by themselves."""
_CHANNEL: Final = "System_Channel"


def families(batch: Batch) -> Iterator[tuple[str, Batch]]:
    """Yield the batch in parts: each channel that has many rows, by name, and the other rows together, named ``.

    Rows keep their order within a part; faults come with the last one.
    """
    channel = batch.columns.fields.get(_CHANNEL)
    counts = np.bincount(channel.codes) if channel is not None else np.zeros(0, np.int64)
    large = np.flatnonzero(counts >= LEAST)
    if channel is None or not len(large):
        yield "", batch
        return
    names = [str(channel.values[code].as_py()) for code in large.tolist()]
    of_code = np.zeros(len(counts), np.int32)
    of_code[large] = 1 + np.arange(len(large))
    family = np.zeros(batch.columns.n, np.int32)
    family[channel.rows] = of_code[channel.codes]
    last = int(family.max())
    parts = _split(batch.columns, family)
    for number, name in enumerate(["", *names]):
        rows = np.flatnonzero(family == number)
        if len(rows) or number == last:
            yield name, _part(batch, rows, parts[number], with_faults=number == last)


def _split(columns: Columns, family: np.ndarray) -> list[dict[str, Column]]:
    """Return the columns of each family; rows are numbered within it."""
    sizes = np.bincount(family)
    place = np.empty(len(family), np.uint32)
    place[np.argsort(family, kind="stable")] = np.arange(len(family)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    parts: list[dict[str, Column]] = [{} for _ in sizes]
    for name, column in columns.fields.items():
        of, rows = family[column.rows], place[column.rows]
        present = np.flatnonzero(np.bincount(of)).tolist()
        for number in present:
            here = slice(None) if len(present) == 1 else of == number
            parts[number][name] = Column(rows[here], column.codes[here], column.values)
    return parts


def _part(batch: Batch, rows: np.ndarray, fields: dict[str, Column], *, with_faults: bool) -> Batch:
    others = np.flatnonzero(batch.shape < 0)
    events = [batch.events[k] for k in np.flatnonzero(np.isin(others, rows)).tolist()]
    return replace(
        batch,
        columns=Columns(len(rows), fields, batch.columns.dictionary),
        rec=batch.rec[rows],
        ts=batch.ts[rows],
        faults=batch.faults if with_faults else [],
        number=batch.number[rows] if len(batch.number) else batch.number,
        shape=batch.shape[rows],
        events=events,
    )
