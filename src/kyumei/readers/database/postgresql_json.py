"""PostgreSQL's log as JSON (`log_destination = jsonlog`, version 15 on), also as CloudNativePG writes it to the pod's log.

One object a line with the keys of the documentation; CloudNativePG wraps the columns of a csvlog in `record`, and puts what
pgaudit says into `record.audit`.

Format: https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.database.postgresql_csv import add
from kyumei.readers.json_values import values
from kyumei.readers.lines import Lines, share
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.model.source import Source
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
_BATCH: Final = 8192
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
    batch: list[tuple[int, int, Mapping[str, Any]]] = []
    for rec, size, value in values(source, rows):
        record = _record(value)
        if record is None:
            rows.fault(rec, "no record of PostgreSQL's log", size)
            continue
        batch.append((rec, size, record))
        if len(batch) >= _BATCH:
            _add(batch, rows)
            batch = []
    if batch:
        _add(batch, rows)


def _record(value: Any) -> Mapping[str, Any] | None:
    """Return the columns of a csvlog."""
    inner = value.get("record") if isinstance(value, dict) else None
    record = inner if isinstance(inner, dict) else value
    if not isinstance(record, dict) or "error_severity" not in record:
        return None
    audit = record.get("audit")
    if isinstance(audit, dict):
        return {**record, "message": _audit(audit)}
    return {_NAMES.get(str(name), str(name)): cell for name, cell in record.items()} if "record" not in value else record


def _audit(said: Mapping[str, Any]) -> str:
    """Return pgaudit's line as PostgreSQL itself writes it."""
    head = (
        said.get(n) or ""
        for n in ("audit_type", "statement_id", "substatement_id", "class", "command", "object_type", "object_name")
    )
    statement = str(said.get("statement") or "").replace('"', '""')
    return f'AUDIT: {",".join(map(str, head))},"{statement}",{said.get("parameter") or "<none>"}'


def _add(batch: list[tuple[int, int, Mapping[str, Any]]], rows: Rows) -> None:
    import pyarrow as pa

    recs, sizes, records = zip(*batch, strict=True)
    names = sorted({name for record in records for name, cell in record.items() if isinstance(cell, str)})
    columns = {
        name: pa.array([cell if isinstance(cell := r.get(name), str) and cell else None for r in records], pa.string())
        for name in names
    }
    lines = Lines(pa.array(recs, pa.int64()), pa.array(sizes, pa.int64()), pa.nulls(len(recs), pa.string()))
    add(lines, columns, rows)
