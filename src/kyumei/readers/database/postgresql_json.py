"""PostgreSQL's log as JSON (`log_destination = jsonlog`, version 15 on), also as CloudNativePG writes it to the pod's log.

One object a line with the keys of the documentation; CloudNativePG wraps the columns of a csvlog in `record`, and puts what
pgaudit says into `record.audit`.

Format: https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final

from kyumei.readers.database.postgresql_csv import add
from kyumei.readers.flat_json.records import records
from kyumei.readers.json_values import extent
from kyumei.readers.lines import Lines, share
from kyumei.readers.match import ints
from kyumei.readers.registry import reader
from kyumei.store.columns import arrays

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.columns import Columns
    from kyumei.store.rows import Rows

_NAMES: Final = {
    "timestamp": "log_time",
    "user": "user_name",
    "dbname": "database_name",
    "pid": "process_id",
    "remote_host": "connection_from",
    "ps": "command_tag",
    "txid": "transaction_id",
    "state_code": "sql_state_code",
    "statement": "query",
}
_WRAPPED: Final = "record."
_AUDIT: Final = ("audit_type", "statement_id", "substatement_id", "class", "command", "object_type", "object_name")
_LINE: Final = re.compile(r'\{.*"(?:error_severity)": ?"(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?)"')


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are objects of PostgreSQL's log."""
    part = share(source, _LINE)
    return int(70 + 28 * part) if part >= 0.3 else 0


@reader(
    "database.postgresql_json",
    accepts=accepts,
    title="PostgreSQL log (jsonlog)",
    spec="https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each object; `rec` is its byte offset."""
    import numpy as np

    for block in records(source, rows):
        parts = _columns(block.columns)
        good = parts["error_severity"].is_valid().to_numpy(zero_copy_only=False)
        for rec in block.rec[~good].tolist():
            rows.fault(rec, "no record of PostgreSQL's log", extent(source, rec))
        here = ints(np.flatnonzero(good))
        if len(here):
            rec = ints(block.rec).take(here)
            add(
                Lines(rec, rec, parts["error_severity"].take(here)),
                {name: values.take(here) for name, values in parts.items()},
                rows,
            )


def _columns(columns: Columns) -> dict[str, pa.Array]:
    """Return the columns of a csvlog, whether they stand in `record` or by themselves under their names in JSON."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = {name.removesuffix("#native"): values.cast(pa.string()) for name, values in arrays(columns).items()}
    nothing = pa.nulls(columns.n, pa.string())
    wrapped = texts.get(f"{_WRAPPED}error_severity", nothing).is_valid()
    found = {"error_severity": nothing}
    for name, values in texts.items():
        inner = name.startswith(_WRAPPED)
        column = name.removeprefix(_WRAPPED) if inner else _NAMES.get(name, name)
        mine = pc.if_else(wrapped if inner else pc.invert(wrapped), values, nothing)
        found[column] = pc.coalesce(found.get(column, nothing), mine)
    audited = [found[f"audit.{name}"].is_valid() for name in (*_AUDIT, "statement") if f"audit.{name}" in found]
    if audited:
        found["message"] = pc.if_else(reduce(pc.or_, audited), _audit(found, nothing), found.get("message", nothing))
    return found


def _audit(said: Mapping[str, pa.Array], nothing: pa.Array) -> pa.Array:
    """Return pgaudit's lines as PostgreSQL itself writes them."""
    import pyarrow.compute as pc

    def text(name: str) -> pa.Array:
        return pc.fill_null(said.get(f"audit.{name}", nothing), "")

    head = pc.binary_join_element_wise(*map(text, _AUDIT), ",")
    statement = pc.replace_substring(text("statement"), '"', '""')
    given = pc.fill_null(said.get("audit.parameter", nothing), "<none>")
    return pc.binary_join_element_wise("AUDIT: ", head, ',"', statement, '",', given, "")
