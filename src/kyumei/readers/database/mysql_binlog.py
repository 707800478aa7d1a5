"""Binary logs of MySQL (from 5.0) and MariaDB: what was changed, by statements and by rows.

Found as `binlog.000001`, `mysql-bin.000001` and the like in the data folder, and as relay logs of replicas. Statements stand
as they were sent. Of changed rows there is one event for each rows record (one statement may have several): table, number of
rows, and the change written as SQL. An INSERT can be written always; an UPDATE or DELETE needs the columns' names, which the
server logs with `binlog_row_metadata = FULL` only, and is otherwise given with `@1`, `@2` as `mysqlbinlog` does. Where the
server logged the statement behind the rows (`binlog_rows_query_log_events`, MariaDB's annotations), that is `statement`. Who
was logged in is not recorded, only the connection's number.

Format: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.model.text import decode
from kyumei.readers.database.binlog import records as r
from kyumei.readers.database.binlog.values import Unreadable, images, table_map
from kyumei.readers.database.sql import told
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.readers.database.binlog.values import Table
    from kyumei.store.rows import Rows

_ENCRYPTED: Final = b"\xfdbin"
_INSERTS, _UPDATES, _DELETES = (20, 23, 30, 166, 169), (21, 24, 31, 39, 167, 170), (22, 25, 32, 168, 171)
_PACKED: Final = range(166, 172)
_SECOND: Final = (30, 31, 32, 39, 169, 170, 171)
"""Rows records whose header states the length of further data."""
_BATCH: Final = 5_000
_TABLES: Final = 20_000
_WRITTEN: Final = 2 * 1024 * 1024
"""Characters of a change that is written out; of more only the number of rows is given."""
_TRANSACTION: Final = ("BEGIN", "COMMIT")
_KINDS: Final = {
    1: "START_EVENT_V3", 2: "QUERY", 3: "STOP", 4: "ROTATE", 15: "FORMAT_DESCRIPTION", 17: "BEGIN_LOAD_QUERY",
    18: "EXECUTE_LOAD_QUERY", 26: "INCIDENT", 38: "XA_PREPARE", 164: "START_ENCRYPTION", 165: "QUERY_COMPRESSED",
}  # fmt: skip
_SILENT: Final = frozenset((5, 13, 14, 16, 19, 27, 28, 29, 33, 34, 35, 36, 37, 40, 42, 160, 161, 162, 163))
"""Records that are no events of their own: what they say stands with the change they belong to."""
_STATUS: Final = {0: 4, 1: 8, 3: 4, 4: 6, 7: 2, 8: 2, 9: 8, 10: 4, 13: 3, 16: 1, 17: 8, 18: 2, 19: 1, 20: 1, 128: 3, 129: 8}
"""Status variable of a statement → its length."""


def accepts(source: Source) -> int:
    """Return whether the file begins like a binary log."""
    return CERTAIN if source.head[:4] in {r.MAGIC, _ENCRYPTED} else 0


@reader(
    "database.mysql_binlog",
    accepts=accepts,
    title="MySQL and MariaDB binary log",
    spec="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each statement, rows record and mark of the log; `rec` is the byte offset of its record.

    Times are UTC with the precision of a second, statements of newer servers of a microsecond. `rows` is the number of changed
    rows. BEGIN, COMMIT, table maps, GTIDs and statement contexts are no events of their own. A record whose checksum does not
    match is a fault and not read. Encrypted logs are one fault.
    """
    if source.head[:4] != r.MAGIC:
        known = source.head[:4] == _ENCRYPTED
        rows.fault(0, "binary log is encrypted" if known else "no binary log", source.size)
        return
    with source.open() as stream:
        log = r.Log(stream, source.size, rows)
        reading = _Reading(log, rows)
        for record in log.records():
            reading.take(record)
            if len(reading.events) >= _BATCH:
                reading.flush()
        reading.flush()


@dataclass
class _Reading:
    """What was said before and holds for the records that follow."""

    log: r.Log
    rows: Rows
    events: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[int, Table] = field(default_factory=dict)
    gtid: str = ""
    session: str = ""
    statement: str = ""
    context: str = ""
    given: bool = False
    """Whether an event has the statement already: one statement may have several rows records."""

    def take(self, record: r.Record) -> None:
        """Take one record."""
        kind, body = record.kind, record.body
        if kind in {r.QUERY, r.EXECUTE_LOAD, r.QUERY_PACKED}:
            self._query(record)
        elif kind in {*_INSERTS, *_UPDATES, *_DELETES}:
            self._rows(record)
        elif kind == r.TABLE_MAP:
            self._map(record)
        elif kind in {r.GTID, r.ANONYMOUS, r.MARIA_GTID}:
            self.gtid, self.context = _gtid(record), ""
            self._named("")
        elif kind == r.ROWS_QUERY:
            self._named(decode(body[1:]).text)
        elif kind == r.ANNOTATE:
            self._named(decode(body).text)
        elif kind in {r.INTVAR, r.USER_VAR}:
            self.context = f"{self.context}; {_variable(record)}".removeprefix("; ")[:1000]
        elif kind not in _SILENT:
            self._mark(record)

    def flush(self) -> None:
        """Hand on the events gathered."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.events:
            return
        columns = {name: [each.get(name) for each in self.events] for name in self.events[0]}
        fields: list[dict[str, str]] = [each["fields"] for each in self.events]
        del columns["fields"]
        names = sorted({name for each in fields for name in each})
        asked = told(pa.array([each.get("statement") for each in fields], pa.string()))
        for name in ("action", "object", "message"):
            columns[name] = pc.coalesce(pa.array(columns[name], pa.string()), asked[name])
        n = len(self.events)
        columns |= {"ts_kind": pa.repeat("written", n), "zone_assumed": pa.repeat(pa.scalar(value=False), n)}
        self.rows.add_columns(columns, {name: [each.get(name) or None for each in fields] for name in names})
        self.events = []

    def _add(self, record: r.Record, fields: dict[str, str], **common: Any) -> None:
        micros = int(fields.pop("micros", "0"))
        given = {name: common.get(name) for name in ("action", "outcome", "object", "message", "rows", "account")}
        more = {"record": _KINDS.get(record.kind, f"rows {record.kind}"), "server_id": str(record.server), "gtid": self.gtid}
        ts = record.seconds * 1_000_000 + micros if record.seconds else None
        self.events.append({"rec": record.rec, "ts": ts, **given, "fields": {**more, **fields}})

    def _query(self, record: r.Record) -> None:
        found = _statement(record)
        if found is None:
            self.rows.fault(record.rec, "statement of the binary log cannot be read", r.HEADER + len(record.body))
            return
        fields, error = found
        self.session = fields["session"]
        if fields["statement"] in _TRANSACTION:
            return
        fields |= {"context": self.context}
        self.context = ""
        account = fields.pop("account", None)
        self._add(record, fields, outcome="failure" if error else None, account=account or None)

    def _map(self, record: r.Record) -> None:
        found = table_map(record.body)
        if found is None:
            self.rows.fault(record.rec, "table map of the binary log cannot be read", r.HEADER + len(record.body))
            return
        if len(self.tables) >= _TABLES:
            self.tables.clear()
        self.tables[found[0]] = found[1]

    def _named(self, statement: str) -> None:
        self.statement, self.given = statement, False

    def _rows(self, record: r.Record) -> None:
        kind, body = record.kind, record.body
        verb = "insert" if kind in _INSERTS else "update" if kind in _UPDATES else "delete"
        table = self.tables.get(int.from_bytes(body[:6], "little"))
        begin = 8 + (int.from_bytes(body[8:10], "little") if kind in _SECOND else 0)
        changed = _images(kind, table, body[begin:])
        if table is None or changed is None:
            why = "table of the rows is not known" if table is None else "changed rows cannot be read"
            self.rows.fault(record.rec, why, r.HEADER + len(body))
        if table is not None:
            self._changed(record, table, verb, changed)
        if len(body) > 6 and body[6] & 1:  # the last rows of the statement
            self._named("")

    def _changed(self, record: r.Record, table: Table, verb: str, changed: list[Any] | None) -> None:
        written = _written(table, verb, changed) if changed else ""
        replayable = bool(written) and not self.statement and (verb == "insert" or bool(table.names))
        fields = {
            "operation": verb,
            "session": self.session,
            "database": table.database,
            "statement": written if replayable else "" if self.given else self.statement,
            "row_change": "" if replayable else written,
        }
        self.given = bool(self.statement)
        said = f"{verb} {table.full}" + (f" ({len(changed)} rows)" if changed is not None else "")
        rows = None if changed is None else len(changed)
        self._add(record, fields, action="data.changed", object=table.full, rows=rows, message=said)

    def _mark(self, record: r.Record) -> None:
        kind, body = record.kind, record.body
        said = _KINDS.get(kind, f"record of kind {kind}")
        action = {r.FORMAT: "log.started", r.STOP: "log.stopped"}.get(kind, "record.written")
        fields: dict[str, str] = {}
        if kind == r.FORMAT:
            fields["server_version"] = self.log.version
            said = f"binary log of {self.log.version}"
        if kind == r.ROTATE:
            fields["next_file"] = decode(body[8:]).text
            said = f"log goes on in {fields['next_file']}"
        self._add(record, fields, action=action, message=said)


def _images(kind: int, table: Table | None, data: bytes) -> list[Any] | None:
    """Return the rows' images, None where they cannot be read."""
    if table is None or kind in {20, 21, 22, 39}:  # of old test versions, and parts of JSON values
        return None
    if kind in _PACKED:  # behind the number of columns and which of them are there
        count, at = r.packed_integer(data, 0)
        at += (count + 7) // 8 * (2 if kind in _UPDATES else 1)
        data = data[:at] + (r.unpacked_tail(data[at:]) or b"?")
    try:
        return images(table, data, pairs=kind in _UPDATES)
    except (Unreadable, IndexError, ValueError, OverflowError):
        return None


def _gtid(record: r.Record) -> str:
    body = record.body
    if record.kind == r.ANONYMOUS or len(body) < 12:
        return ""
    if record.kind == r.MARIA_GTID:
        sequence, domain = struct.unpack_from("<QI", body)
        return f"{domain}-{record.server}-{sequence}"
    return f"{uuid.UUID(bytes=body[1:17])}:{int.from_bytes(body[17:25], 'little')}" if len(body) >= 25 else ""


def _variable(record: r.Record) -> str:
    body = record.body
    if record.kind == r.INTVAR:
        name = {1: "LAST_INSERT_ID", 2: "INSERT_ID"}.get(body[0] if body else 0, "INTVAR")
        return f"{name}={int.from_bytes(body[1:9], 'little')}"
    size = int.from_bytes(body[:4], "little")
    name, at = decode(body[4 : 4 + size]).text, 4 + size
    if body[at : at + 1] != b"\0":
        return f"@{name}=NULL"
    kind, length = body[at + 1] if len(body) > at + 1 else 0, int.from_bytes(body[at + 6 : at + 10], "little")
    value = body[at + 10 : at + 10 + length]
    return f"@{name}={int.from_bytes(value, 'little', signed=True) if kind == 2 else decode(value).text}"


def _statement(record: r.Record) -> tuple[dict[str, str], int] | None:
    """Return a statement with its session, database and what else its record states, and the error's number."""
    body = record.body
    if len(body) < 13:
        return None
    session, spent, size, error, status = struct.unpack_from("<IIBHH", body)
    at = 13 + (13 if record.kind == r.EXECUTE_LOAD else 0)
    begin = at + status
    if begin + size + 1 > len(body):
        return None
    text: bytes | None = body[begin + size + 1 :]
    if record.kind == r.QUERY_PACKED:
        text = r.unpacked_tail(text or b"")
    if text is None:
        return None
    fields = {
        "statement": decode(text).text,
        "session": str(session),
        "database": decode(body[begin : begin + size]).text,
        "duration_s": str(spent) if spent else "",
        "error": str(error) if error else "",
    }
    return fields | _status(body[at:begin]), error


def _status(data: bytes) -> dict[str, str]:
    """Return microseconds, zone and invoker out of a statement's status variables, as far as they are known."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        code, at = data[at], at + 1
        if code in _STATUS:
            if code in {13, 128}:
                found["micros"] = str(int.from_bytes(data[at : at + 3], "little") % 1_000_000)
            at += _STATUS[code]
        elif code in {2, 5, 6}:
            size = data[at] if at < len(data) else 0
            if code == 5:
                found["time_zone"] = decode(data[at + 1 : at + 1 + size]).text
            at += 1 + size + (code == 2)
        elif code == 11:
            words = []
            for _ in range(2):
                size = data[at] if at < len(data) else 0
                words.append(decode(data[at + 1 : at + 1 + size]).text)
                at += 1 + size
            found |= {"account": words[0], "invoker": "@".join(words)}
        elif code == 12 and at < len(data):
            count, at = data[at], at + 1
            for _ in range(count if count != 254 else 0):
                at = data.find(b"\0", at) + 1 or len(data)
        else:
            break
    return found


def _written(table: Table, verb: str, changed: list[Any]) -> str:
    """Return the change as SQL, `@1` for columns without names; "" where that is too long."""
    names = table.names or tuple(f"@{n}" for n in range(1, len(table.types) + 1))
    full = ".".join(f"`{part}`" for part in (table.database, table.name) if part)
    parts: list[str] = []
    size = 0
    for before, after in changed:
        text = _insert(before) if verb == "insert" else _change(verb, full, names, (before, after))
        parts.append(text)
        size += len(text)
        if size > _WRITTEN:
            return ""
    if verb != "insert":
        return "; ".join(parts)
    columns = "" if not table.names or None in changed[0][0] else f" ({', '.join(f'`{name}`' for name in names)})"
    return f"INSERT INTO {full}{columns} VALUES {', '.join(parts)}"


def _insert(image: list[str | None]) -> str:
    return f"({', '.join('DEFAULT' if value is None else value for value in image)})"


def _change(verb: str, full: str, names: tuple[str, ...], row: tuple[list[str | None], list[str | None]]) -> str:
    spelt = [name if name.startswith("@") else f"`{name}`" for name in names]
    where = " AND ".join(
        f"{name} IS NULL" if value == "NULL" else f"{name} = {value}"
        for name, value in zip(spelt, row[0], strict=True)
        if value is not None
    )
    if verb == "delete":
        return f"DELETE FROM {full} WHERE {where}"
    new = [(name, value, old) for name, value, old in zip(spelt, row[1], row[0], strict=True) if value is not None]
    differ = [(name, value) for name, value, old in new if value != old] or [(name, value) for name, value, _ in new[:1]]
    return f"UPDATE {full} SET {', '.join(f'{name} = {value}' for name, value in differ)} WHERE {where}"
