"""Audit logs of MySQL Enterprise, Percona Server and MariaDB's and McAfee's plugins in JSON and XML.

JSON: Enterprise (`class`, `account`, `login`, `general_data`, `connection_data`, `table_access_data`), Percona
(`audit_record`).
XML: `<AUDIT_RECORD>` with elements (new) or attributes (old); Percona writes both. Times are in UTC. Statements are read where
they were executed; what a record says of tables alone (`table_access`) stays a record without a statement.

Format: https://dev.mysql.com/doc/refman/8.4/en/audit-log-file-formats.html and
https://docs.percona.com/percona-server/8.0/audit-log-plugin.html
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normal
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.json_values import values
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_BATCH: Final = 8192
_JSON: Final = re.compile(r'"audit_record"\s*:\s*\{|"(?:general|connection|table_access)_data"\s*:\s*\{')
_XML: Final = re.compile(r"<AUDIT_RECORD[\s>]")
_ATTRIBUTE: Final = re.compile(r'([A-Z_]+)\s*=\s*"([^"]*)"')
_ELEMENT: Final = re.compile(r"<([A-Z_]+)>(.*?)</\1>", re.DOTALL)
_WHO: Final = re.compile(r"^(?P<user>[^\[]*)\[[^\]]*\] @ (?P<host>[^\[]*)\[(?P<ip>[^\]]*)\]")
_ACTIONS: Final = {
    "connect": "login.succeeded",
    "quit": "session.ended",
    "disconnect": "session.ended",
    "audit": "log.started",
    "noaudit": "log.stopped",
    "startup": "log.started",
    "shutdown": "log.stopped",
}
_RUN: Final = {"query", "execute", "prepared query"}
_COLUMNS: Final = ("stamp", "name", "session", "account", "client", "host", "database", "statement", "status", "object", "rows")
Record = dict[str, str]


def accepts(source: Source) -> int:
    """Return how sure it is that the beginning holds audit records."""
    text = source.sample.text
    return 97 if _XML.search(text) or _JSON.search(text) else 0


@reader(
    "database.mysql_audit",
    accepts=accepts,
    title="MySQL, Percona audit log (JSON, XML)",
    spec="https://dev.mysql.com/doc/refman/8.4/en/audit-log-file-formats.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is its byte offset."""
    batch: list[tuple[int, Record]] = []
    for rec, record in _xml(source, rows) if _XML.search(source.sample.text) else _json(source, rows):
        batch.append((rec, record))
        if len(batch) >= _BATCH:
            _add(batch, rows)
            batch = []
    if batch:
        _add(batch, rows)


def _json(source: Source, rows: Rows) -> Iterator[tuple[int, Record]]:
    for rec, size, value in values(source, rows):
        record = value.get("audit_record", value) if isinstance(value, dict) else None
        if not isinstance(record, dict) or not ({"timestamp", "name", "class"} & record.keys()):
            rows.fault(rec, "no audit record", size)
        elif "class" in record and "event" in record:
            yield rec, _enterprise(record)
        else:
            yield rec, _flat({str(k).upper(): "" if v is None else str(v) for k, v in record.items()})


def _enterprise(record: Mapping[str, Any]) -> Record:
    part = {
        name: record.get(name) or {} for name in ("account", "login", "general_data", "connection_data", "table_access_data")
    }
    general, table, connection = part["general_data"], part["table_access_data"], part["connection_data"]
    kind = str(record.get("class", ""))
    name = {"connection": str(record.get("event", "")), "audit": "audit"}.get(
        kind, str(general.get("command", record.get("event", "")))
    )
    found = {
        "stamp": record.get("timestamp"),
        "name": "table access" if table else name,
        "session": record.get("connection_id"),
        "account": part["account"].get("user") or part["login"].get("user"),
        "client": part["login"].get("ip"),
        "host": part["account"].get("host"),
        "database": table.get("db") or connection.get("db"),
        "statement": general.get("query") or table.get("query"),
        "status": general.get("status", connection.get("status")),
        "object": table.get("table"),
        "rows": (record.get("query_statistics") or general.get("query_statistics") or {}).get("rows_sent"),
    }
    return {k: str(v) for k, v in found.items() if v not in {None, ""}}


def _xml(source: Source, rows: Rows) -> Iterator[tuple[int, Record]]:
    for lines in records(source, rows, r"^\s*<(?:AUDIT_RECORD|AUDIT>|\?xml)", "no audit record"):
        for rec, size, text in zip(lines.rec.to_pylist(), lines.size.to_pylist(), lines.text.to_pylist(), strict=True):
            if "<AUDIT_RECORD" not in text:
                continue  # the frame of the document
            inside = text.strip().removeprefix("<AUDIT_RECORD>")
            found = dict(_ATTRIBUTE.findall(text)) if "TIMESTAMP=" in text else dict(_ELEMENT.findall(inside))
            if "TIMESTAMP" in found:
                yield rec, _flat({k: html.unescape(v) for k, v in found.items()})
            else:
                rows.fault(rec, "audit record is cut", size)


def _flat(said: Mapping[str, str]) -> Record:
    """Return a record of Percona or of the XML forms."""
    who = _WHO.match(said.get("USER", ""))
    found = {
        "stamp": said.get("TIMESTAMP", "").replace(" UTC", "Z"),
        "name": said.get("NAME", "").lower(),
        "session": said.get("CONNECTION_ID", ""),
        "account": who["user"] if who else said.get("USER", ""),
        "client": said.get("IP") or (who["ip"] if who else ""),
        "host": said.get("HOST", ""),
        "database": said.get("DB", ""),
        "statement": said.get("SQLTEXT") or said.get("QUERY", ""),
        "status": said.get("STATUS", ""),
    }
    return {k: v for k, v in found.items() if v}


def _add(batch: list[tuple[int, Record]], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    get = {name: pa.array([record.get(name) for _, record in batch], pa.string()) for name in _COLUMNS}
    names = [record.get("name", "").lower() for _, record in batch]
    runs = pa.array([name in _RUN for name in names])
    statement = pc.if_else(runs, get["statement"], pa.scalar(None, pa.string()))
    said = told(statement)
    ts, _ = parsed(pc.fill_null(get["stamp"], ""), "UTC")
    status = [record.get("status") for _, record in batch]
    columns = {
        "rec": [rec for rec, _ in batch],
        "ts": ts,
        "ts_kind": pa.repeat("written", len(batch)),
        "zone_assumed": pa.array([False] * len(batch)),
        "action": pc.coalesce(said["action"], pa.array([_action(n, s) for n, s in zip(names, status, strict=True)])),
        "outcome": pa.array([None if not s else "success" if s == "0" else "failure" for s in status], pa.string()),
        "account": get["account"],
        "src_ip": pa.array([normal(r["client"]) if r.get("client") else None for _, r in batch], pa.string()),
        "object": pc.coalesce(get["object"], said["object"]),
        "rows": [int(r["rows"]) if r.get("rows", "").isdigit() else None for _, r in batch],
        "message": pc.coalesce(said["message"], one_line(pc.coalesce(get["statement"], get["name"]))),
    }
    fields = {"statement": statement, "command": get["name"], "session": get["session"], "database": get["database"]}
    rows.add_columns(columns, {**fields, "client_host": get["host"], "status": get["status"]})


def _action(name: str, status: str | None) -> str:
    if name == "table access":
        return "data.read"
    found = _ACTIONS.get(name, "record.written")
    return "login.failed" if found == "login.succeeded" and status not in {None, "", "0"} else found
