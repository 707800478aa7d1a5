"""PostgreSQL's log as separated values (`log_destination = csvlog`), versions 9.0 to 18.

Found beside the text log as `*.csv`. Columns have no header and are known by their number: 22 to version 8, 23 from 9.0, 24
with `backend_type` (13), 26 with `leader_pid` and `query_id` (14).

Format: https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.postgresql import interpret, outcome, zoned
from kyumei.readers.database.tabular import cells
from kyumei.readers.lines import share
from kyumei.readers.match import constant, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_NAMES: Final = (
    *(
        "log_time",
        "user_name",
        "database_name",
        "process_id",
        "connection_from",
        "session_id",
        "session_line_num",
        "command_tag",
    ),
    *(
        "session_start_time",
        "virtual_transaction_id",
        "transaction_id",
        "error_severity",
        "sql_state_code",
        "message",
        "detail",
    ),
    *("hint", "internal_query", "internal_query_pos", "context", "query", "query_pos", "location", "application_name"),
    *("backend_type", "leader_pid", "query_id"),
)
_WIDTHS: Final = (22, 23, 24, 25, 26)
_HEAD: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{2,6},"
_LINE: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{2,6},(?:\"[^\"]*\"|),(?:\"[^\"]*\"|),\d*,(?:\"[^\"]*\"|),"
    r"[0-9a-f]+\.[0-9a-f]+,\d+,"
)


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are rows of a csvlog; lines inside quotes count for nothing."""
    part = share(source, _LINE)
    return int(70 + 28 * part) if part >= 0.1 else 0


@reader(
    "database.postgresql_csv",
    accepts=accepts,
    title="PostgreSQL log (csvlog)",
    spec="https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is the byte offset of its first line."""
    width = 0
    for lines in records(source, rows, _HEAD, "no row of a csvlog"):
        width = width or _width(lines)
        kept, columns = cells(lines, width, ",", rows)
        if len(kept):
            add(kept, {n: filled(c) for n, c in zip(_NAMES, columns, strict=False)}, rows)


def _width(lines: Lines) -> int:
    """Return the number of cells that most of the first rows have, the newest layout where none fits."""
    counts = [len(next(csv.reader([text.replace("\n", " ")]), [])) for text in lines.text[:50].to_pylist()]
    return max((w for w in _WIDTHS if w in counts), key=counts.count, default=_WIDTHS[-1])


def add(lines: Lines, part: Mapping[str, pa.Array], rows: Rows) -> None:
    """Add events whose columns have the names of a csvlog."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.nulls(len(lines), pa.string())
    get = {name: part.get(name, nothing) for name in _NAMES}
    common, fields = interpret(pc.fill_null(get["message"], ""), get["detail"], get["query"])
    stamp = pc.replace_substring_regex(pc.fill_null(get["log_time"], ""), r" ([+-]\d\d)$", r"\1:00")
    ts, assumed = parsed(zoned(stamp), rows.source.zone)
    client = pc.replace_substring_regex(get["connection_from"], r"^\[local\]$|:\d+$", "")
    ended = pc.if_else(pc.is_valid(fields["duration_ms"]), fields["statement"], constant(None))
    own = {name: fields.pop(f"session_{name}") for name in ("user", "database", "client")}
    columns = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": assumed,
        "outcome": outcome(get["error_severity"], common["action"], ended),
        "account": pc.coalesce(get["user_name"], own["user"]),
        "src_ip": normalised(pc.coalesce(client, pc.replace_substring_regex(own["client"], r"^\[local\]$", ""))),
        **common,
    }
    fields |= {
        "severity": get["error_severity"],
        "database": pc.coalesce(get["database_name"], own["database"]),
        "pid": get["process_id"],
        "session": pc.coalesce(get["session_id"], get["process_id"]),
        "transaction": get["transaction_id"],
        "command": get["command_tag"],
        "application": get["application_name"],
        "query_id": get["query_id"],
        "sql_state": get["sql_state_code"],
    }
    rows.add_columns(columns, fields)
