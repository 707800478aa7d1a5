r"""The general query log of MySQL and MariaDB: every connection and statement as the server received it.

Found where `general_log_file` says, often `<host>.log` in the data folder. Layouts: MySQL 5.7 and 8 (an ISO time on every
record, UTC or with offset), MySQL to 5.6 and MariaDB (`240617 10:02:03`, only where the second changes). Account, address and
database stand in the record of the connection and are carried to the statements of the same connection number. A statement
may go on over several lines. The server writes a statement before it runs: the log does not say whether it succeeded, nor how
many rows it gave. `Execute` shows prepared statements with their values put in, `Prepare` without.

Format: https://dev.mysql.com/doc/refman/8.4/en/query-log.html and https://mariadb.com/kb/en/general-query-log/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.database.sessions import Sessions
from kyumei.readers.database.sql import one_line, told
from kyumei.readers.lines import share
from kyumei.readers.match import constant, extract, filled, ints
from kyumei.readers.records import last_known, records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import numbers, parsed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_COMMANDS: Final = (
    "Sleep|Quit|Init DB|Query|Field List|Create DB|Drop DB|Refresh|Shutdown|Statistics|Processlist|Connect Out|Connect|Kill|"
    "Debug|Ping|Time|Delayed insert|Change user|Binlog Dump GTID|Binlog Dump|Table Dump|Register Slave|Register Replica|"
    "Prepare|Execute|Bulk_execute|Long Data|Close stmt|Reset stmt|Set option|Fetch|Daemon|Reset Connection|Error|Query"
)
_STAMP: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)|\d{6} +\d{1,2}:\d\d:\d\d"
_BANNER: Final = r"[^\n]*, Version: [^\n]*started with:|Tcp port: |TCP Port: |Time +Id +Command +Argument"
_HEAD: Final = rf"^(?:(?:{_STAMP})?\t+ *\d+ (?:{_COMMANDS})(?:\t|$)|{_BANNER})"
_RECORD: Final = rf"(?s)^(?P<stamp>{_STAMP})?\t+ *(?P<id>\d+) (?P<command>{_COMMANDS})\t?(?P<argument>.*)$"
_LINE: Final = re.compile(_HEAD)
_STARTED: Final = re.compile(r"^[^\n]*, Version: [^\n]*started with:\n(?:.*\n)?Time\s+Id\s+Command\s+Argument")
_NUMBERED: Final = re.compile(rf"^(?:{_STAMP})?\t+ *\d+ (?:{_COMMANDS})\t", re.MULTILINE)
_LOGIN: Final = (
    r"^(?P<refused>Access denied for user) '(?P<user>[^']*)'@'(?P<client>[^']*)'",
    r"^(?P<user>[^ ]*)@(?P<client>[^ @]*)(?: as [^ ]*)? on (?P<database>[^ ]*)",
    r"^(?P<user>[^ ]*)@(?P<client>[^ @]*)",
)
_USE: Final = r"(?is)^\s*use\s+`?(?P<database>[^`;\s]+)"
_RUN: Final = ("Query", "Execute", "Bulk_execute")
_ACTIONS: Final = {"Quit": "session.ended", "Connect": "login.succeeded", "Change user": "login.succeeded"}


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are records of a general log; its banner alone is enough."""
    text = source.sample.text
    if _STARTED.search(text):
        return 95
    part = share(source, _LINE)
    return int(70 + 25 * part) if part >= 0.1 and _NUMBERED.search(text) else 0


@reader(
    "database.mysql_general",
    accepts=accepts,
    title="MySQL and MariaDB general query log",
    spec="https://dev.mysql.com/doc/refman/8.4/en/query-log.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its first line. The server's banner is `log.started`."""
    sessions = Sessions()
    last: list[str | None] = [None]
    for lines in records(source, rows, _HEAD, "no record of a general log"):
        _add(lines, sessions, last, rows)


def _add(lines: Lines, sessions: Sessions, last: list[str | None], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    part, is_record = extract(lines.text, _RECORD)
    stamp = carried(filled(part["stamp"]), last)
    ts, assumed = parsed(modern(stamp), rows.source.zone)
    known = pc.is_valid(stamp)
    login, is_login = _logins(part, is_record)
    ids = numbers(pc.fill_null(part["id"], "-1"), -1)
    who = sessions.fill(ids, _facts(part, login, is_login))
    runs = pc.fill_null(pc.is_in(part["command"], pa.array(_RUN)), False)  # noqa: FBT003
    statement = pc.if_else(runs, part["argument"], constant(None))
    said = told(statement)
    columns = {
        "rec": lines.rec,
        "ts": pc.if_else(known, ts, None),
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": pc.if_else(known, assumed, None),
        "action": pc.if_else(runs, said["action"], _others(part["command"], login)),
        "outcome": pc.if_else(is_login, pc.if_else(_refused(login), "failure", "success"), constant(None)),
        "account": who["account"],
        "src_ip": normalised(pc.replace_substring_regex(who["client"], "^localhost$", "")),
        "object": said["object"],
        "message": pc.coalesce(said["message"], filled(one_line(pc.coalesce(part["argument"], lines.text)))),
    }
    fields = {
        "statement": statement,
        "command": part["command"],
        "session": part["id"],
        "database": who["database"],
        "prepared": pc.if_else(pc.equal(part["command"], "Prepare"), part["argument"], constant(None)),
    }
    rows.add_columns(columns, fields)


def carried(stamp: pa.Array, last: list[str | None]) -> pa.Array:
    """Return the times, those left out taken from the record before; `last` carries them from batch to batch."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = last_known(pc.is_valid(stamp).to_numpy(zero_copy_only=False))
    filled_in = stamp.take(ints(place, place >= 0))
    if place[0] < 0 and last[0] is not None:
        front: np.ndarray[Any, Any] = place < 0
        filled_in = pc.if_else(pa.array(front), pa.scalar(last[0]), filled_in)
    last[0] = filled_in[-1].as_py()
    return filled_in


def modern(stamp: pa.Array) -> pa.Array:
    """Return `240617  1:02:03` as `2024-06-17 01:02:03`."""
    import pyarrow.compute as pc

    long = pc.replace_substring_regex(stamp, r"^(\d\d)(\d\d)(\d\d) +(\d{1,2}:)", r"20\1-\2-\3 \4")
    return pc.replace_substring_regex(pc.fill_null(long, ""), r" (\d:)", r" 0\1")


def _logins(part: dict[str, pa.Array], is_record: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    of_login = pc.is_in(part["command"], pa.array(["Connect", "Change user"]))
    login, fits = extract(pc.if_else(of_login, part["argument"], ""), *_LOGIN)
    login.setdefault("database", pa.nulls(len(is_record), pa.string()))  # where the first form fitted every record
    return login, pc.and_(pc.fill_null(of_login, False), pc.and_(fits, is_record))  # noqa: FBT003


def _facts(part: dict[str, pa.Array], login: dict[str, pa.Array], is_login: pa.Array) -> dict[str, pa.Array]:
    """Return what records say of their connection; a record of a login says all of it anew."""
    import pyarrow.compute as pc

    nothing = constant("")
    chosen = pc.if_else(pc.equal(part["command"], "Init DB"), part["argument"], constant(None))
    used, _ = extract(pc.if_else(pc.equal(part["command"], "Query"), part["argument"], nothing), _USE)
    return {
        "account": pc.if_else(is_login, login["user"], constant(None)),
        "client": pc.if_else(is_login, login["client"], constant(None)),
        "database": pc.coalesce(
            pc.if_else(is_login, pc.fill_null(login["database"], ""), constant(None)), chosen, filled(used["database"])
        ),
    }


def _refused(login: dict[str, pa.Array]) -> pa.Array:
    import pyarrow.compute as pc

    return pc.not_equal(pc.fill_null(login["refused"], ""), "")


def _others(command: pa.Array, login: dict[str, pa.Array]) -> pa.Array:
    """Return the actions of what is no statement."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = pc.index_in(command, pa.array([*_ACTIONS]))
    action = pc.fill_null(pa.array([*_ACTIONS.values()]).take(place), "record.written")
    action = pc.if_else(pc.is_null(command), "log.started", action)
    return pc.if_else(pc.and_(pc.equal(action, "login.succeeded"), _refused(login)), "login.failed", action)
