r"""Logs of containers as Docker keeps them: /var/lib/docker/containers/*/*-json.log.

`{"log":"line\\n","stream":"stdout","time":"2024-06-17T01:00:00.123456789Z"}`; what the program wrote is read as far as it is a
log itself (`kyumei.readers.text.within`).

Format: https://docs.docker.com/engine/logging/drivers/json-file/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import LIKELY
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.flat_json.records import Records
    from kyumei.store.columns import Column
    from kyumei.store.rows import Rows

_NAMES: Final = frozenset({"log", "stream", "time"})


def accepts(source: Source) -> int:
    """Return how sure it is that the first records are Docker's."""
    from kyumei.readers.flat_json.records import names

    if b'"log"' not in source.head[:4096] or not names(source.head).issuperset(_NAMES):
        return 0
    return LIKELY + 3


@reader(
    "linux.docker_json",
    accepts=accepts,
    title="Docker container log (json-file)",
    spec="https://docs.docker.com/engine/logging/drivers/json-file/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is its byte offset. Times are UTC. `channel` is the stream."""
    from kyumei.readers.flat_json import records as json
    from kyumei.readers.text.within import Within

    within = Within(source)
    for block in json.records(source, rows):
        _add(block, within, rows)


def _add(block: Records, within: Any, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.stamps import parsed

    n, fields = block.columns.n, block.columns.fields
    time, stream, log = (_texts(fields.get(name), n) for name in ("time", "stream", "log"))
    ts, assumed = parsed(pc.fill_null(time, ""), "UTC")
    line = pc.utf8_rtrim(log, "\r\n")
    said, found = within.read(line)
    columns = {"rec": pa.array(block.rec), "ts": ts, "ts_kind": pa.repeat("written", n), "zone_assumed": assumed}
    columns |= {"channel": stream, "message": line, **said}
    own = {name: _texts(column, n) for name, column in fields.items() if name not in {"log", "time"}}
    rows.add_columns(columns, {**own, **found})


def _texts(column: Column | None, n: int) -> pa.Array:
    """Return the column as long as the block, null where a record has no such field."""
    import numpy as np
    import pyarrow as pa

    if column is None:
        return pa.nulls(n, pa.string())
    codes, missing = np.zeros(n, np.int32), np.ones(n, np.bool_)
    codes[column.rows], missing[column.rows] = column.codes, False
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), column.values).cast(pa.string())
