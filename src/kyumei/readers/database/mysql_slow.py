"""The slow query log of MySQL, MariaDB and Percona Server: statements with how long they took and how many rows they gave.

A record is a head of comment lines (`# Time:`, `# User@Host:`, `# Query_time: … Rows_sent: …`), `use <database>;` and
`SET timestamp=…;` where they change, and the statement. The time of an event is when the statement began (`SET timestamp`),
else that of the head, which older versions write only when the second changes. `rows` is `Rows_sent`.

Format: https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.mysql_general import carried, modern
from kyumei.readers.database.sessions import Sessions
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.match import bools, constant, extract, filled, whole
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, numbers, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_TIME: Final = r"(?m)^# Time: (?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ \n]*|\d{6} +\d{1,2}:\d\d:\d\d)"
_WHO: Final = (
    r"(?m)^# User@Host: (?P<user>[^\[\n]*)\[[^\]\n]*\] @ (?P<host>[^\[\n]*)\[(?P<client>[^\]\n]*)\](?:\s+Id: +(?P<id>\d+))?"
)
_ID: Final = r"(?m)^# (?:Thread_id|.* Id): +(?P<id>\d+)"
_COST: Final = (
    r"(?m)^# Query_time: (?P<seconds>[\d.]+)\s+Lock_time: [\d.]+\s+Rows_sent: (?P<sent>\d+)\s+Rows_examined: (?P<examined>\d+)"
)
_SCHEMA: Final = (r"(?mi)^use `?(?P<database>[^`;\n]+)`?;", r"(?m)^# .*Schema: (?P<database>[^ \n]+)")
_STARTED: Final = r"(?mi)^SET timestamp=(?P<epoch>\d{10})"
_STATEMENT: Final = r"(?s)^(?:#[^\n]*\n|(?i:use [^;\n]*;|SET timestamp=[^;\n]*;)\n)*(?P<statement>[^#].*)$"


def accepts(source: Source) -> int:
    """Return how sure it is that the beginning holds records of a slow log; a general log has the same banner."""
    text = source.sample.text
    return 96 if re.search(_COST, text) and re.search(_WHO, text) else 0


@reader(
    "database.mysql_slow",
    accepts=accepts,
    title="MySQL and MariaDB slow query log",
    spec="https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its first line."""
    sessions = Sessions()
    last: list[str | None] = [None]
    for lines in records(source, rows, _Begins(), "no record of a slow log"):
        _add(lines, sessions, last, rows)


class _Begins:
    """Says which lines begin a record: the time, or who it was where no time stands before."""

    def __init__(self) -> None:
        self._timed = False

    def __call__(self, texts: pa.Array) -> pa.Array:
        import numpy as np
        import pyarrow.compute as pc

        time = pc.starts_with(texts, "# Time: ").to_numpy(zero_copy_only=False)
        who = pc.starts_with(texts, "# User@Host: ").to_numpy(zero_copy_only=False)
        banner = pc.match_substring_regex(texts, r", Version: .*started with:|^T[Cc][Pp] [Pp]ort: |^Time\s+Id\s+Command")
        after = np.concatenate([[self._timed], time[:-1]])
        self._timed = bool(time[-1])
        return bools(time | (who & ~after) | banner.to_numpy(zero_copy_only=False))


def _add(lines: Lines, sessions: Sessions, last: list[str | None], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = lines.text
    who, known = extract(text, _WHO)
    cost, _ = extract(text, _COST)
    head = carried(filled(extract(text, _TIME)[0]["stamp"]), last)
    by_head, assumed = parsed(modern(head), rows.source.zone)
    began = epochs(pc.fill_null(extract(text, _STARTED)[0]["epoch"], ""))
    number = pc.coalesce(filled(who["id"]), filled(extract(text, _ID)[0]["id"]))
    facts = {"database": filled(extract(text, *_SCHEMA)[0]["database"])}
    database = sessions.fill(numbers(pc.fill_null(number, "0")), facts)["database"]
    statement = filled(pc.utf8_trim_whitespace(extract(text, _STATEMENT)[0]["statement"]))
    statement = pc.if_else(known, statement, constant(None))
    said = told(statement)
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": pc.if_else(known, pc.coalesce(began, by_head), None),
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": pc.if_else(known, pc.and_(assumed, pc.is_null(began)), None),
        "outcome": pc.if_else(known, "success", constant(None)),
        "account": filled(pc.utf8_trim_whitespace(who["user"])),
        "src_ip": normalised(who["client"]),
        "rows": whole(cost["sent"]),
        **said,
        "action": pc.if_else(
            pc.or_(known, pc.starts_with(text, "#")), pc.fill_null(said["action"], "record.written"), "log.started"
        ),
        "message": pc.coalesce(said["message"], one_line(text)),
    }
    fields = {
        "statement": statement,
        "session": number,
        "database": database,
        "client_host": filled(pc.utf8_trim_whitespace(who["host"])),
        "query_time": cost["seconds"],
        "rows_examined": cost["examined"],
    }
    rows.add_columns(columns, fields)
