"""SQL Server's ERRORLOG: start and stop, logins that failed (all of them where so configured), backups.

Found as `ERRORLOG`, `ERRORLOG.1`, … in the instance's Log folder, in UTF-16 or ANSI, in local time without offset.

Format: https://learn.microsoft.com/sql/tools/configuration-manager/viewing-the-sql-server-error-log
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.sql import one_line
from kyumei.readers.lines import share
from kyumei.readers.match import constant, extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_HEAD: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d (?:Server|Logon|Backup|Error|spid\d+s?|[A-Za-z]\w*) +"
_RECORD: Final = r"(?s)^(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d) (?P<process>\w+) +(?P<message>.*)$"
_LOGIN: Final = (
    r"^Login (?P<what>failed|succeeded) for user '(?P<user>.*?)'\..*\[CLIENT: (?P<client>[^\]]*)\]",
    (
        r"^(?:ユーザー|ログイン ユーザー) '(?P<user>.*?)' は?(?:の|、)?(?:ログインに|ログイン)(?P<what>失敗|成功)"
        r".*\[(?:CLIENT|クライアント): (?P<client>[^\]]*)\]"
    ),
)
_BACKUP: Final = r"^(?:Database|Log) (?:was )?backed up|^(?:BACKUP|Backup) (?:DATABASE|LOG) successfully"
_CHANGES: Final = (
    (r"^(?:SQL Server is starting|SQL Trace|Starting up database|Microsoft SQL Server)", "log.started"),
    (r"^SQL Server (?:is terminating|shutdown)", "log.stopped"),
    (_BACKUP, "data.exported"),
)
_REASON: Final = r"Reason: (?P<reason>.*?)(?: \[CLIENT|$)"
_LINE: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d (?:Server|Logon|Backup|Error|spid\d+s?) +")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are of an ERRORLOG."""
    part = share(source, _LINE)
    return int(60 + 35 * part) if part >= 0.3 else 0


@reader(
    "database.sqlserver_errorlog",
    accepts=accepts,
    title="SQL Server error log",
    spec="https://learn.microsoft.com/sql/tools/configuration-manager/viewing-the-sql-server-error-log",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its first line."""
    for lines in records(source, rows, _HEAD, "no record of an error log"):
        _add(lines, rows)


def _add(lines: Lines, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    part, _ = extract(lines.text, _RECORD)
    message = pc.fill_null(part["message"], "")
    login, is_login = extract(message, *_LOGIN)
    failed = pc.is_in(login["what"], pa.array(["failed", "失敗"]))
    ts, assumed = parsed(pc.fill_null(part["stamp"], ""), rows.source.zone)
    action = pc.if_else(is_login, pc.if_else(failed, "login.failed", "login.succeeded"), constant("record.written"))
    for pattern, name in _CHANGES:
        action = pc.if_else(pc.match_substring_regex(message, pattern), constant(name), action)
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": assumed,
        "action": action,
        "outcome": pc.if_else(is_login, pc.if_else(failed, "failure", "success"), constant(None)),
        "account": filled(login["user"]),
        "src_ip": normalised(pc.replace_substring_regex(login["client"], "^<?local machine>?$", "")),
        "message": one_line(message),
    }
    rows.add_columns(
        columns,
        {
            "process": part["process"],
            "reason": filled(extract(message, r"Reason: (?P<reason>.*?)(?: \[CLIENT|$)")[0]["reason"]),
        },
    )
