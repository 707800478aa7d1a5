"""What each database's own log or audit says of the statements."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.incidents.query_2025.shop import Line, Shop

NAMES: Final = {"mysql": "general.log", "postgres": "postgresql.log", "sqlserver": "audit.csv", "oracle": "unified_audit.csv"}


def log(shop: Shop) -> str:
    """Return the log in the database's own form."""
    return "".join(_WRITERS[shop.dialect](shop.lines))


def _general(lines: Sequence[Line]) -> list[str]:
    parts = ["/usr/sbin/mysqld, Version: 8.0.41 (MySQL Community Server - GPL). started with:\n"]
    parts.append("Tcp port: 3306  Unix socket: /run/m.sock\nTime                 Id Command    Argument\n")
    known: set[int] = set()
    for line in lines:
        stamp = f"{line.at:%Y-%m-%dT%H:%M:%S}.{line.at.microsecond:06d}Z"
        if line.session not in known:
            known.add(line.session)
            parts.append(f"{stamp}\t{line.session:5d} Connect\t{line.account}@192.0.2.{line.session} on shop using TCP/IP\n")
        text, command = line.text, "Query"
        if line.values:
            parts.append(f"{stamp}\t{line.session:5d} Prepare\t{text}\n")
            for value in line.values:
                text = text.replace("?", value if value.isdigit() else f"'{value}'", 1)
            command = "Execute"
        parts.append(f"{stamp}\t{line.session:5d} {command}\t{text}\n")
    return parts


def _stderr(lines: Sequence[Line]) -> list[str]:
    parts = []
    for line in lines:
        at = line.at + timedelta(hours=9)
        head = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} JST [{line.session}] {line.account}@shop "
        text = line.text.replace("\n", "\n\t")
        if not line.values:
            parts.append(f"{head}LOG:  statement: {text}\n")
            continue
        for n in range(1, len(line.values) + 1):
            text = text.replace("?", f"${n}", 1)
        bound = ", ".join(f"${n} = '{value}'" for n, value in enumerate(line.values, 1))
        parts.append(f"{head}LOG:  execute <unnamed>: {text}\n{head}DETAIL:  parameters: {bound}\n")
    return parts


def _events(lines: Sequence[Line]) -> list[str]:
    """Return extended events as Management Studio exports them: calls with bound values are sp_executesql."""
    heads = ("name", "timestamp", "session_id", "username", "client_hostname", "client_app_name", "database_name", "batch_text")
    rows = []
    for line in lines:
        at, text, name = f"{line.at:%Y-%m-%d %H:%M:%S}.{line.at.microsecond:06d}0", line.text, "sql_batch_completed"
        if line.values:
            for n in range(len(line.values)):
                text = text.replace("?", f"@p{n}", 1)
            kinds = ",".join(f"@p{n} {'int' if v.isdigit() else 'nvarchar(40)'}" for n, v in enumerate(line.values))
            bound = ",".join(f"@p{n}={v}" if v.isdigit() else f"@p{n}=N'{v}'" for n, v in enumerate(line.values))
            quoted = text.replace("'", "''")
            text, name = f"exec sp_executesql N'{quoted}',N'{kinds}',{bound}", "rpc_completed"
        rows.append((name, at, line.session, line.account, "PC-07", "ReportTool", "shop", text))
    return [_separated([heads, *rows])]


def _unified(lines: Sequence[Line]) -> list[str]:
    """Return the view's columns as SQL Developer exports them."""
    heads = (
        "EVENT_TIMESTAMP_UTC",
        "SESSIONID",
        "DBUSERNAME",
        "USERHOST",
        "ACTION_NAME",
        "RETURN_CODE",
        "SQL_TEXT",
        "SQL_BINDS",
    )
    rows = []
    for line in lines:
        text = line.text
        for n in range(1, len(line.values) + 1):
            text = text.replace("?", f":{n}", 1)
        bound = "".join(f" #{n}({len(v.encode())}):{v}" for n, v in enumerate(line.values, 1))
        action = "SELECT" if text.startswith("WITH") else text.split(maxsplit=1)[0]
        at = f"{line.at:%Y-%m-%d %H:%M:%S}.{line.at.microsecond:06d}"
        rows.append((at, line.session, line.account.upper(), "pc-07", action, 0, text, bound))
    return [_separated([heads, *rows])]


def _separated(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


_WRITERS: Final = {"mysql": _general, "postgres": _stderr, "sqlserver": _events, "oracle": _unified}
