r"""The log of MariaDB's audit plugin (`server_audit`), in a file, behind syslog heads, and as Amazon RDS and Aurora write it.

A line is `20240617 10:02:03,db01,app,192.0.2.10,12,345,QUERY,shop,'select …',0`: time (Aurora: microseconds since 1970),
server, account, client, connection, query, operation, database, object, return code (0 = success). In the object quotes, line
ends and backslashes are escaped. `READ`, `WRITE`, `CREATE`, `ALTER`, `DROP` and `RENAME` name tables, beside the `QUERY`
that touched them.

Format: https://mariadb.com/kb/en/mariadb-audit-plugin-log-format/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.lines import share
from kyumei.readers.match import constant, extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_OPERATIONS: Final = {
    "CONNECT": "login.succeeded",
    "FAILED_CONNECT": "login.failed",
    "DISCONNECT": "session.ended",
    "READ": "data.read",
    "WRITE": "data.changed",
}
_NAMES: Final = (
    "CONNECT|DISCONNECT|FAILED_CONNECT|CHANGEUSER|QUERY(?:_\\w+)?|READ|WRITE|CREATE|ALTER|RENAME|DROP|PROXY_CONNECT|AUDIT"
)
_STAMP: Final = r"\d{8} \d\d:\d\d:\d\d|\d{16}"
_HEAD: Final = rf"(?:^|: ?)(?:{_STAMP}),[^,\n]*,[^,\n]*,[^,\n]*,\d+,\d+,(?:{_NAMES}),"
_RECORD: Final = (
    rf"(?s)(?:^|: ?)(?P<stamp>{_STAMP}),(?P<server>[^,]*),(?P<user>[^,]*),(?P<client>[^,]*),(?P<id>\d+),(?P<query>\d+),"
    rf"(?P<operation>{_NAMES}),(?P<database>[^,']*),(?P<object>.*?),(?P<code>\d*)(?:,[^,']*)*\s*$"
)
_LINE: Final = re.compile(rf"[^\n]{{0,120}}?{_HEAD}")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are the plugin's."""
    part = share(source, _LINE)
    return int(60 + 38 * part) if part >= 0.3 else 0


@reader(
    "database.mariadb_audit",
    accepts=accepts,
    title="MariaDB audit plugin log (server_audit)",
    spec="https://mariadb.com/kb/en/mariadb-audit-plugin-log-format/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its first line."""
    import pyarrow.compute as pc

    for lines in records(source, rows, _HEAD, "no record of the audit plugin"):
        part, matched = extract(lines.text, _RECORD)
        for rec, size in zip(*(c.filter(pc.invert(matched)).to_pylist() for c in (lines.rec, lines.size)), strict=True):
            rows.fault(rec, "record is cut", size)
        if matched.true_count:
            _add(lines.where(matched), {name: values.filter(matched) for name, values in part.items()}, rows)


def _add(lines: Lines, part: dict[str, pa.Array], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    ts, assumed = _times(part["stamp"], rows.source.zone)
    thing = _plain(part["object"])
    queried = pc.starts_with(part["operation"], "QUERY")
    statement = pc.if_else(queried, filled(thing), constant(None))
    said = told(statement)
    place = pc.index_in(part["operation"], pa.array([*_OPERATIONS]))
    action = pc.fill_null(pa.array([*_OPERATIONS.values()]).take(place), "record.written")
    table = pc.if_else(pc.is_in(part["operation"], pa.array(["READ", "WRITE"])), filled(thing), constant(None))
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": assumed,
        "action": pc.if_else(queried, said["action"], action),
        "outcome": pc.if_else(
            pc.equal(part["code"], ""), constant(None), pc.if_else(pc.equal(part["code"], "0"), "success", "failure")
        ),
        "host": filled(part["server"]),
        "account": filled(part["user"]),
        "src_ip": normalised(pc.replace_substring_regex(part["client"], "^localhost$", "")),
        "object": pc.coalesce(said["object"], table),
        "message": pc.coalesce(
            said["message"], pc.utf8_rtrim_whitespace(one_line(pc.binary_join_element_wise(part["operation"], thing, " ")))
        ),
    }
    fields = {
        "statement": statement,
        "command": part["operation"],
        "session": part["id"],
        "database": filled(part["database"]),
        "query_id": part["query"],
        "return_code": filled(part["code"]),
    }
    rows.add_columns(columns, fields)


def _plain(text: pa.Array) -> pa.Array:
    r"""Return the object without its quotes and escapes."""
    import pyarrow.compute as pc

    bare = pc.replace_substring_regex(text, r"(?s)^'(.*)'$", r"\1")
    if not pc.any(pc.match_substring(bare, "\\")).as_py():
        return bare
    marked = pc.replace_substring(bare, "\\\\", "\0")
    for escape, meant in (("\\'", "'"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"), ('\\"', '"')):
        marked = pc.replace_substring(marked, escape, meant)
    return pc.replace_substring(marked, "\0", "\\")


def _times(stamp: pa.Array, zone: str) -> tuple[pa.Array, pa.Array]:
    import pyarrow.compute as pc

    wall, assumed = parsed(pc.replace_substring_regex(stamp, r"^(\d{4})(\d\d)(\d\d) ", r"\1-\2-\3 "), zone)
    counted = epochs(stamp)
    return pc.coalesce(counted, wall), pc.and_(assumed, pc.is_null(counted))
