"""Correlations over the hits of all jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.detect.sigma.correlate import correlate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

    from kyumei.case.hunt.kept import Kept
    from kyumei.detect.sigma.correlate import Group

CITED: Final = 50
NAMED: Final = 20


def rows(folder: Path, kept: Kept) -> list[dict[str, Any]]:
    """Return what the correlations find, as rows of `kyumei.case.hunt.ask`; correlations are numbered behind the rules."""
    hits = _hits(folder)
    if hits is None:
        return []
    found = correlate([*(kept.rules[number] for number, _ in kept.asked.values()), *kept.correlations], hits)
    numbers = {one.id: number for number, one in enumerate(kept.correlations, len(kept.rules)) if one.shown}
    groups = [group for group in found.groups if group.correlation.id in numbers]
    places = _places(hits, groups)
    return [_row(group, numbers[group.correlation.id], places) for group in groups]


def _hits(folder: Path) -> pa.Table | None:
    """Return the hits that correlations need, in one order; the same event has the same number under every rule."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [pq.read_table(path) for path in sorted((folder / "needed").glob("*.parquet"))]
    if not parts:
        return None
    table = pa.concat_tables(parts, promote_options="default").sort_by(
        [("ts", "ascending"), ("path", "ascending"), ("rec", "ascending")]
    )
    path = table["path"].combine_chunks().dictionary_encode().indices.to_numpy()
    order = np.lexsort((table["rec"].to_numpy(), path))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(path[order]) != 0) | (np.diff(table["rec"].to_numpy()[order]) != 0)
    first = order[new]  # lexsort is stable: the first in the table of those with the same place
    number = np.empty(len(order), np.int64)
    number[order] = np.argsort(np.argsort(first))[np.cumsum(new) - 1]
    return table.set_column(table.column_names.index("row"), "row", pa.array(number))


def _places(hits: pa.Table, groups: Iterable[Group]) -> dict[int, dict[str, Any]]:
    """Return what is shown of the events of these groups, by their numbers."""
    import numpy as np
    import pyarrow as pa

    names = ["row", "host", "channel", "event_id", "account", "src_ip", "reader", "evidence", "path", "rec"]
    wanted = np.unique([row for group in groups for row in group.rows]).astype(np.int64)
    known, last = np.unique(hits["row"].to_numpy()[::-1], return_index=True)
    at = len(hits) - 1 - last[np.searchsorted(known, wanted)]
    return {row["row"]: row for row in hits.select(names).take(pa.array(at)).to_pylist()}


def _row(group: Group, number: int, places: dict[int, dict[str, Any]]) -> dict[str, Any]:
    events = [places[row] for row in group.rows]
    marks = [{"place": n, "e": e["evidence"], "p": e["path"], "o": e["rec"]} for n, e in enumerate(events[:CITED])]
    hosts = _distinct(e["host"] for e in events)
    return {
        "rule": number,
        "host": hosts[0] if hosts else None,
        "n": group.count,
        "first": group.first,
        "last": group.last,
        "channels": _distinct(e["channel"] for e in events),
        "event_ids": _distinct(e["event_id"] for e in events),
        "accounts": _distinct(e["account"] for e in events),
        "addresses": _distinct(e["src_ip"] for e in events),
        "readers": _distinct(e["reader"] for e in events),
        "marks": marks,
        "details": "; ".join(f"{field}: {value}" for field, value in group.key if value) or None,
    }


def _distinct(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})[:NAMED]
