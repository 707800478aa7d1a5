"""Hits as rows of the hunt's tables: which rule, when, who, where, and the place of the event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from kyumei.case.hunt import look
from kyumei.case.hunt.ask import GAP
from kyumei.case.hunt.details import details

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.model.source import Source
    from kyumei.store.columns import Columns


def hits(batch: Batch, shown: list[tuple[int, np.ndarray]], *, with_details: str) -> pa.Table | None:
    """Return a table of the batch's hits, a row for each rule and event, None without any.

    Args:
        batch: the events.
        shown: number and rows of each rule.
        with_details: which hits carry the fields of their event: `all`, `first` for those that may be the first of a finding,
            "" for none.
    """
    import numpy as np

    if not shown:
        return None
    numbers = np.concatenate([np.full(len(rows), rule, np.int32) for rule, rows in shown])
    rows = np.concatenate([rows for _, rows in shown]).astype(np.int64)
    return _table(batch, numbers, rows, with_details=with_details)


def placed(batch: Batch, needed: pa.Table) -> pa.Table:
    """Return the hits that correlations need, with what is shown of their events."""
    import numpy as np

    rows = needed["row"].to_numpy()
    places = _table(batch, np.zeros(len(rows), np.int32), rows, with_details="").drop_columns(["rule", "ts"])
    for name in places.column_names:
        needed = needed.append_column(name, places[name])
    return needed


def _table(batch: Batch, numbers: np.ndarray, rows: np.ndarray, *, with_details: str) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    once, back = np.unique(rows, return_inverse=True)
    facts: dict[str, Any] = {
        "ts": batch.ts.take(pa.array(once)),
        "rec": pa.array(batch.rec[once]),
        "host": look.texts(batch.columns, look.HOST, once),
        "channel": look.texts(batch.columns, look.CHANNEL, once),
        "event_id": look.texts(batch.columns, look.EVENT_ID, once),
        "account": look.actors(batch.columns, once),
        "src_ip": look.texts(batch.columns, look.ADDRESS, once),
        "record": look.texts(batch.columns, look.RECORD, once),
    }
    if with_details:
        first = np.zeros(len(once), np.bool_)
        hosts, ts = facts["host"].take(pa.array(back)), facts["ts"].take(pa.array(back))
        first[back[_may_begin(numbers, hosts, ts, _order(batch, once)[back])]] = True
        chosen = np.arange(len(once)) if with_details == "all" else np.flatnonzero(first)
        at = np.full(len(once), -1)
        at[chosen] = np.arange(len(chosen))
        places = pa.array(at, mask=at < 0)
        told = _details(batch, once[chosen])
        facts["details"], facts["extra"] = (pa.array(texts, pa.string()).take(places) for texts in told)
    table = pa.table(facts).take(pa.array(back))
    table = table.add_column(0, "rule", pa.array(numbers))
    table = table.append_column("reader", pa.repeat(batch.reader, len(rows)))
    of = pa.array(batch.of[rows])
    table = table.append_column("evidence", pa.array([s.evidence_id for s in batch.sources], pa.string()).take(of))
    return table.append_column("path", pa.array([s.path for s in batch.sources], pa.string()).take(of))


def _details(batch: Batch, rows: np.ndarray) -> tuple[list[str], list[str]]:
    """Return what `details` does, also of events of which not all fields are here: these are read again."""
    import numpy as np

    from kyumei.case.hunt.read import whole

    if batch.chunk is None:
        return details(batch.columns, rows)
    shown, extra = [""] * len(rows), [""] * len(rows)

    def tell(places: np.ndarray, columns: Columns, own: np.ndarray) -> None:
        for place, one, more in zip(places.tolist(), *details(columns, own), strict=True):
            shown[place], extra[place] = one, more

    lean = batch.chunk[rows] >= 0
    tell(np.flatnonzero(~lean), batch.columns, rows[~lean])
    for n in np.unique(batch.of[rows[lean]]).tolist():
        mine = np.flatnonzero(lean & (batch.of[rows] == n))
        source = cast("Source", batch.sources[n])  # as `read` gave it: events of other readers have all their fields
        for places, columns in whole(source, batch.chunk[rows[mine]], batch.rec[rows[mine]]):
            tell(mine[places], columns, np.arange(columns.n))
    return shown, extra


def _order(batch: Batch, rows: np.ndarray) -> np.ndarray:
    """Return the place of each of these events among all of them by path and record."""
    import numpy as np

    paths = [source.path for source in batch.sources]
    known = {path: n for n, path in enumerate(sorted(set(paths)))}
    path = np.array([known[one] for one in paths], np.int64)[batch.of[rows]]
    place = np.empty(len(rows), np.int64)
    place[np.lexsort((batch.rec[rows], path))] = np.arange(len(rows))
    return place


def _may_begin(numbers: np.ndarray, hosts: pa.Array, ts: pa.Array, places: np.ndarray) -> np.ndarray:
    """Return the hits that may be the first of a finding: no earlier one of the rule and host is near enough here.

    Of several at the same time the first by `places` counts; of those without a time each may be one.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    host = pc.fill_null(hosts.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    timed = ts.is_valid().to_numpy(zero_copy_only=False).astype(bool)
    us = pc.fill_null(ts.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    order = np.lexsort((places, us, timed, host, numbers))
    number, host, timed, us = numbers[order], host[order], timed[order], us[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (number[1:] != number[:-1]) | (host[1:] != host[:-1]) | ~timed[:-1] | (us[1:] - us[:-1] > GAP)
    return np.asarray(order[new | ~timed])
