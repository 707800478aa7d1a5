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
from functools import reduce
from typing import TYPE_CHECKING, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.flat_json.records import records as json_records
from kyumei.readers.json_values import extent
from kyumei.readers.match import constant, extract, ints, whole
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed
from kyumei.store.columns import arrays

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_JSON: Final = re.compile(r'"audit_record"\s*:\s*\{|"(?:general|connection|table_access)_data"\s*:\s*\{')
_XML: Final = re.compile(r"<AUDIT_RECORD[\s>]")
_ATTRIBUTE: Final = re.compile(r'([A-Z_]+)\s*=\s*"([^"]*)"')
_ELEMENT: Final = re.compile(r"<([A-Z_]+)>(.*?)</\1>", re.DOTALL)
_WHO: Final = r"^(?P<user>[^\[]*)\[[^\]]*\] @ (?P<host>[^\[]*)\[(?P<ip>[^\]]*)\]"
_ACTIONS: Final = {
    "table access": "data.read",
    "connect": "login.succeeded",
    "quit": "session.ended",
    "disconnect": "session.ended",
    "audit": "log.started",
    "noaudit": "log.stopped",
    "startup": "log.started",
    "shutdown": "log.stopped",
}
_RUN: Final = ("query", "execute", "prepared query")
_COLUMNS: Final = ("stamp", "name", "session", "account", "client", "host", "database", "statement", "status", "object", "rows")


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
    if _XML.search(source.sample.text):
        _xml(source, rows)
    else:
        _json(source, rows)


def _json(source: Source, rows: Rows) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    for block in json_records(source, rows):
        texts = {name.removesuffix("#native"): values.cast(pa.string()) for name, values in arrays(block.columns).items()}
        nothing = pa.nulls(block.columns.n, pa.string())
        said: dict[str, pa.Array] = {}
        for name, values in texts.items():
            key = name.removeprefix("audit_record.").upper()
            said[key] = pc.coalesce(said[key], values) if key in said else values
        enterprise = pc.and_(texts.get("class", nothing).is_valid(), texts.get("event", nothing).is_valid())
        flat, nested = _flat(said, nothing), _enterprise(texts, nothing)
        get = {name: pc.if_else(enterprise, nested[name], flat[name]) for name in _COLUMNS}
        good = np.zeros(block.columns.n, bool)
        for key in ("TIMESTAMP", "NAME", "CLASS"):
            good |= said.get(key, nothing).is_valid().to_numpy(zero_copy_only=False)
        for rec in block.rec[~good].tolist():
            rows.fault(rec, "no audit record", extent(source, rec))
        here = ints(np.flatnonzero(good))
        _add(ints(block.rec).take(here), {name: values.take(here) for name, values in get.items()}, rows)


def _enterprise(said: Mapping[str, pa.Array], nothing: pa.Array) -> dict[str, pa.Array]:
    """Return what records of MySQL Enterprise say; names are paths."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def first(*names: str) -> pa.Array:
        return pc.coalesce(*(said[name] for name in names if name in said), nothing)

    kind, event = first("class"), first("event")
    name = pc.if_else(pc.equal(kind, "connection"), event, pc.if_else(pc.equal(kind, "audit"), "audit", None))
    table = reduce(pc.or_, [said[n].is_valid() for n in said if n.startswith("table_access_data.")], nothing.is_valid())
    name = pc.if_else(table, "table access", pc.coalesce(name, first("general_data.command"), event).cast(pa.string()))
    return {
        "stamp": first("timestamp"),
        "name": name,
        "session": first("connection_id"),
        "account": first("account.user", "login.user"),
        "client": first("login.ip"),
        "host": first("account.host"),
        "database": first("table_access_data.db", "connection_data.db"),
        "statement": first("general_data.query", "table_access_data.query"),
        "status": first("general_data.status", "connection_data.status"),
        "object": first("table_access_data.table"),
        "rows": first("query_statistics.rows_sent", "general_data.query_statistics.rows_sent"),
    }


def _xml(source: Source, rows: Rows) -> None:
    import pyarrow as pa

    for lines in records(source, rows, r"^\s*<(?:AUDIT_RECORD|AUDIT>|\?xml)", "no audit record"):
        recs: list[int] = []
        found: list[dict[str, str]] = []
        for rec, size, text in zip(lines.rec.to_pylist(), lines.size.to_pylist(), lines.text.to_pylist(), strict=True):
            if "<AUDIT_RECORD" not in text:
                continue  # the frame of the document
            inside = text.strip().removeprefix("<AUDIT_RECORD>")
            pairs = dict(_ATTRIBUTE.findall(text)) if "TIMESTAMP=" in text else dict(_ELEMENT.findall(inside))
            if "TIMESTAMP" in pairs:
                recs.append(rec)
                found.append({name: html.unescape(value) for name, value in pairs.items()})
            else:
                rows.fault(rec, "audit record is cut", size)
        names = dict.fromkeys(name for each in found for name in each)
        said = {name: pa.array([each.get(name) or None for each in found], pa.string()) for name in names}
        _add(pa.array(recs, pa.int64()), _flat(said, pa.nulls(len(recs), pa.string())), rows)


def _flat(said: Mapping[str, pa.Array], nothing: pa.Array) -> dict[str, pa.Array]:
    """Return what records of Percona or of the XML forms say; names are in capitals."""
    import pyarrow.compute as pc

    def first(*names: str) -> pa.Array:
        return pc.coalesce(*(said[name] for name in names if name in said), nothing)

    who, known = extract(pc.fill_null(first("USER"), ""), _WHO)
    return {
        "stamp": pc.replace_substring(first("TIMESTAMP"), " UTC", "Z"),
        "name": pc.utf8_lower(first("NAME")),
        "session": first("CONNECTION_ID"),
        "account": pc.if_else(known, who["user"], first("USER")),
        "client": pc.coalesce(first("IP"), who["ip"]),
        "host": first("HOST"),
        "database": first("DB"),
        "statement": first("SQLTEXT", "QUERY"),
        "status": first("STATUS"),
        "object": nothing,
        "rows": nothing,
    }


def _add(rec: pa.Array, found: Mapping[str, pa.Array], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(rec)
    if not n:
        return
    get = {name: pc.if_else(pc.equal(values, constant("")), constant(None), values) for name, values in found.items()}
    name, status = pc.utf8_lower(pc.fill_null(get["name"], "")), get["status"]
    statement = pc.if_else(pc.is_in(name, pa.array(_RUN)), get["statement"], constant(None))
    said = told(statement)
    ts, _ = parsed(pc.fill_null(get["stamp"], ""), "UTC")
    done = pc.equal(pc.fill_null(status, "0"), "0")
    action = pa.array(list(_ACTIONS.values())).take(pc.index_in(name, pa.array(list(_ACTIONS))))
    action = pc.if_else(pc.and_not(pc.fill_null(pc.equal(action, "login.succeeded"), False), done), "login.failed", action)  # noqa: FBT003
    columns = {
        "rec": rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pa.repeat(pa.scalar(value=False), n),
        "action": pc.coalesce(said["action"], action, pa.repeat("record.written", n)),
        "outcome": pc.if_else(status.is_valid(), pc.if_else(done, "success", "failure"), constant(None)),
        "account": get["account"],
        "src_ip": normalised(get["client"]),
        "object": pc.coalesce(get["object"], said["object"]),
        "rows": whole(get["rows"]),
        "message": pc.coalesce(said["message"], one_line(pc.coalesce(get["statement"], get["name"]))),
    }
    fields = {"statement": statement, "command": get["name"], "session": get["session"], "database": get["database"]}
    rows.add_columns(columns, {**fields, "client_host": get["host"], "status": status})
