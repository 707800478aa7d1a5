"""PostgreSQL's text log (`log_destination = stderr`), with any `log_line_prefix`.

Found under `log/` or `pg_log/` of the data folder, under /var/log/postgresql, as download from RDS, or behind syslog heads.
What the prefix holds is told from the lines: the time (`%t`, `%m`, or `%n` as seconds since 1970), the process in brackets or
after
`pid=`, account and database as `user=…,db=…` or `account@database`, the client's address, the session. Where the prefix
names no account, that of `connection authorized` of the same process is taken. DETAIL, STATEMENT, CONTEXT and HINT belong to
the record before them; other lines that begin no record go on with it (PostgreSQL indents them by a tab).

Format: https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LINE-PREFIX
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.addresses import IP, normalised
from kyumei.readers.database.postgresql import interpret, outcome, zoned
from kyumei.readers.database.sessions import Sessions
from kyumei.readers.lines import share
from kyumei.readers.match import constant, extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, numbers, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_LEVELS: Final = "LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG[1-5]?"
_MORE: Final = "DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION"
_PREFIX: Final = r"[^\t\n][^\n]{0,400}?"
_HEAD: Final = rf"^(?:{_PREFIX}[^\w])?(?:{_LEVELS}):  ?"
# A record's first line fits `_HEAD`, so its bound is not asked again: a bounded repeat costs RE2 four times as much.
_RECORD: Final = rf"(?s)^(?P<prefix>(?:[^\t\n][^\n]*?[^\w])?)(?P<severity>{_LEVELS}):  ?(?P<rest>.*)$"
_REST: Final = rf"(?s)^(?P<message>.*?)(?:\n(?P<more>[^\t\n][^\n]*?[^\w\n](?:{_MORE}):  .*))?$"
_DETAIL: Final = rf"(?s)[^\w]DETAIL:  (?P<text>.*?)(?:\n[^\t\n][^\n]*?[^\w\n](?:{_MORE}):  .*)?$"
_STATEMENT: Final = rf"(?s)[^\w]STATEMENT:  (?P<text>.*?)(?:\n[^\t\n][^\n]*?[^\w\n](?:{_MORE}):  .*)?$"
_TIME: Final = (
    r"(?P<iso>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?)(?P<zone>(?: ?(?:[A-Z]{3,5}\b|[+-]\d\d(?::?\d\d)?)|Z)?)",
    r"(?:^|[^\d.])(?P<epoch>\d{10}\.\d{3})(?:\D|$)",
)
_PID: Final = (r"\[(?P<pid>\d+)(?:-\d+)?\]", r"\bpid[=: ]+(?P<pid>\d+)", r"(?:^|[ ,:(])(?P<pid>\d{2,8})(?:[ ,:)]|$)")
_SESSION: Final = r"\b(?P<session>[0-9a-f]{8}\.[0-9a-f]{1,6})\b"
_WHO: Final = (
    r"\b(?:user|u)=(?P<user>[^, ]*)[, ]+(?:db|database|d)=(?P<database>[^, ]*)",
    r"\b(?:db|database|d)=(?P<database>[^, ]*)[, ]+(?:user|u)=(?P<user>[^, ]*)",
    r"(?P<user>[^\s@:,\[\]()]+)@(?P<database>[^\s@:,\[\]()]+)",
)
_CLIENT: Final = (
    rf"\b(?:client|host|h|remote)=(?P<client>{IP}|\[local\])",
    rf"(?P<client>{IP})\(\d+\)",
    r"(?:^|[ ,=@])(?P<client>\d{1,3}(?:\.\d{1,3}){3})(?:[ ,:]|$)",
)
_APPLICATION: Final = r"\bapp(?:lication)?(?:_name)?=(?P<application>[^,\[\]]*)"
_LINE: Final = re.compile(
    rf"[^\t\n]{{0,200}}?(?:\d{{4}}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|\d{{10}}\.\d{{3}}|\[\d+\])"
    rf"[^\n]{{0,300}}?(?<![\w.])(?:{_LEVELS}|{_MORE}):  "
)
_NOBODY: Final = r"^(?:\[unknown\]|)$"


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are PostgreSQL's; continuation lines count for nothing."""
    part = share(source, _LINE)
    return int(60 + 35 * part) if part >= 0.25 or (part > 0 and len(_LINE.findall(source.sample.text)) >= 3) else 0


@reader(
    "database.postgresql_log",
    accepts=accepts,
    title="PostgreSQL log (stderr)",
    spec="https://www.postgresql.org/docs/current/runtime-config-logging.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its first line."""
    sessions = Sessions()
    for lines in records(source, rows, _HEAD, "no record of PostgreSQL's log"):
        _add(lines, sessions, rows)


def _add(lines: Lines, sessions: Sessions, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    part, _ = extract(lines.text, _RECORD)
    message, detail, query = _parted(pc.fill_null(part["rest"], ""))
    common, fields = interpret(_dented(message), filled(_dented(detail)), filled(_dented(query)))
    head = _head(pc.fill_null(part["prefix"], ""))
    who = sessions.fill(
        numbers(pc.fill_null(head["pid"], "-1"), -1),
        {
            "account": pc.coalesce(head["user"], fields.pop("session_user")),
            "database": pc.coalesce(head["database"], fields.pop("session_database")),
            "client": pc.coalesce(head["client"], fields.pop("session_client")),
        },
    )
    ts, assumed = _times(head, rows.source.zone)
    columns = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": assumed,
        "outcome": outcome(
            part["severity"],
            common["action"],
            pc.if_else(pc.is_valid(fields["duration_ms"]), fields["statement"], constant(None)),
        ),
        "account": who["account"],
        "src_ip": normalised(pc.replace_substring_regex(who["client"], r"^\[local\]$", "")),
        **common,
    }
    fields |= {
        "severity": part["severity"],
        "database": who["database"],
        "pid": head["pid"],
        "application": head["application"],
    }
    fields["session"] = pc.coalesce(head["session"], head["pid"])
    rows.add_columns(columns, fields)


def _parted(rest: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return message, detail and statement of records; most are of one line and have only a message."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.nulls(len(rest), pa.string())
    several = pc.match_substring(rest, "\n")
    if not several.true_count:
        return rest, nothing, nothing
    parts, _ = extract(rest.filter(several), _REST)
    more = pc.binary_join_element_wise(" ", pc.fill_null(parts["more"], ""), "")
    detail, query = (extract(more, pattern)[0]["text"] for pattern in (_DETAIL, _STATEMENT))
    message = pc.replace_with_mask(rest, several, parts["message"])
    return message, pc.replace_with_mask(nothing, several, detail), pc.replace_with_mask(nothing, several, query)


def _dented(text: pa.Array) -> pa.Array:
    """Return the text without the tab that PostgreSQL puts in front of further lines."""
    import pyarrow.compute as pc

    return pc.replace_substring(text, "\n\t", "\n")


def _head(prefix: pa.Array) -> dict[str, pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.nulls(len(prefix), pa.string())
    time, _ = extract(prefix, *_TIME)
    timed = pc.replace_substring_regex(
        prefix, f"{_TIME[0].replace('?P<iso>', '?:').replace('?P<zone>', '?:')}", " ", max_replacements=1
    )
    found: dict[str, pa.Array] = {"iso": time["iso"], "zone": time["zone"], "epoch": time.get("epoch", nothing)}
    coded = timed.dictionary_encode()
    return found | {name: values.take(coded.indices) for name, values in _who(coded.dictionary).items()}


def _who(prefix: pa.Array) -> dict[str, pa.Array]:
    """Return what prefixes without their time say."""
    import pyarrow.compute as pc

    found: dict[str, pa.Array] = {}
    for patterns in ((_SESSION,), _PID, _WHO, _CLIENT, (_APPLICATION,)):
        part, _ = extract(prefix, *patterns)
        found |= {name: filled(values) for name, values in part.items()}
    for name in ("user", "database"):
        nobody = pc.match_substring_regex(pc.fill_null(found[name], ""), _NOBODY)
        found[name] = pc.if_else(nobody, constant(None), found[name])
    return found


def _times(head: dict[str, pa.Array], zone: str) -> tuple[pa.Array, pa.Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = pc.fill_null(head["zone"], "").dictionary_encode()
    offset = zoned(pc.replace_substring_regex(coded.dictionary, r"^ ?([+-]\d\d)$", r"\1:00")).take(coded.indices)
    ts, assumed = parsed(pc.binary_join_element_wise(pc.fill_null(head["iso"], ""), offset, ""), zone)
    if head["epoch"].null_count == len(ts):
        return ts, assumed
    seconds = epochs(pc.replace_substring(pc.fill_null(head["epoch"], ""), ".", ""))
    by_epoch = pc.is_valid(seconds)
    return pc.if_else(by_epoch, seconds, ts), pc.if_else(by_epoch, pa.scalar(value=False), assumed)
