"""Syslog files of Unix systems: auth.log, secure, maillog, messages, syslog, cron, daemon.log and what relays collect.

Heads read: RFC 3164 (`May 16 09:05:03 host program[pid]: …`, with or without year, fraction and <PRI>), the same with an ISO
8601 time (rsyslog, journalctl -o short-iso), and RFC 5424. What programs write behind the head is data in
`kyumei.readers.linux.programs`, one file a family. Tested with rsyslog, syslog-ng, macOS, ChromeOS and BSD lines.

Formats: https://www.rfc-editor.org/rfc/rfc3164 and https://www.rfc-editor.org/rfc/rfc5424
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers import forms
from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.linux import payload
from kyumei.readers.linux.connections import Connections
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled, ints, only
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP, numbers, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

PROGRAMS: Final = "kyumei.readers.linux.programs"
_HEADS: Final = (
    rf"^(?:<(?P<pri>\d{{1,3}})>)?(?P<stamp>{BSD_STAMP}):? (?:<(?P<level>\w+\.\w+)> )?(?P<rest>.*)$",
    rf"^(?:<(?P<pri>\d{{1,3}})>)?(?P<stamp>{ISO_STAMP}) (?P<rest>.*)$",
    r"^(?:<(?P<pri>\d{1,3})>)?1 (?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?) (?P<body>.*)$",
    r"^(?P<stamp>)(?P<rest>[A-Za-z][\w.-]* (?:[\w.-]+/)*[\w.-]+\[\d+\]: .*)$",  # journalctl without times
    r"^(?P<stamp>)(?P<rest>%{1,2}[A-Z0-9_]+-\d-\w+: .*)$",  # a router's own buffer
    r"^(?P<stamp>)(?P<rest>(?:NOTICE|WARNING|ERROR|SECURITY|VERBOSE)\[\d+\](?:\[C-\w+\])?: \w+\.c:.*)$",  # Asterisk's console
)
_RESTS: Final = (
    r"^(?P<host>[^ %]+)? ?:? ?%?(?P<program>%[A-Z0-9_]+-\d-\w+): *(?P<message>.*)$",
    # Dovecot's own file
    r"^(?P<level>Debug|Info|Warning|Error|Fatal|Panic): (?P<message>(?P<program>[a-z][\w-]*)(?:\([^()]*\))*: .*)$",
    r"^(?P<host>[^ ]*[^ :]) (?P<program>[^\[\]: <=]+)(?:\[(?P<pid>\d+)\])?: *(?P<message>.*)$",
    r"^(?P<program>[^\[\]: ]+)\[(?P<pid>\d+)\]: *(?P<message>.*)$",
    r"^(?P<host>[^ ]*[^ :]) (?P<program>[^\[\]: ]+)\[(?P<pid>[^\]]+)\](?: <(?P<level>\w+)>)?: *(?P<message>.*)$",
    r"^(?P<host>[^ ]*[^ :]) (?P<program>[A-Za-z][\w./-]*) ?\[(?P<pid>\d+)\]:? +(?P<message>.*)$",
    r"^(?P<program>[A-Za-z][\w./-]*) \[(?P<pid>\d+)\]: *(?P<message>.*)$",
    r"^(?P<host>[^ ]+) (?P<message>.*)$",
    r"^(?P<message>.*)$",
)
_BODY: Final = (
    r"^(?P<host>[^ ]+) (?P<program>[^ ]+) (?P<pid>[^ ]+) (?P<msgid>[^ ]+) "
    r"(?P<structured>-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(?P<message>.*)$"
)
_LINE: Final = re.compile(
    r"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:[.,]\d+)?:? [^ ]"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?Z| ?[+-]\d\d:?\d\d)? [^ ]*[^ :] [^\[\]: =]+(?:\[\w+\])?(?: <\w+>)?:"
    r"|1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ ]* [^ ]+ [^ ]+ [^ ]+ [^ ]+ (?:-|\[))"
)
_TIMELESS: Final = re.compile(
    r"[A-Za-z][\w.-]* (?:[\w.-]+/)*[\w.-]+\[\d+\]: |%{1,2}(?:[A-Z0-9_]+-)+\d-\w+: "
    r"|(?:NOTICE|WARNING|ERROR|SECURITY|VERBOSE)\[\d+\](?:\[C-\w+\])?: \w+\.c:"
)
_LEVELS: Final = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
_FACILITIES: Final = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "console", "cron2", *(f"local{n}" for n in range(8))),
)


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are syslog lines; formats that live inside syslog may be surer."""
    part = share(source, _LINE)
    if part < 0.3 and share(source, _TIMELESS) >= 0.8:
        return 40
    return int(50 + 35 * part) if part >= 0.3 else 0


@reader(
    "linux.syslog",
    accepts=accepts,
    title="Syslog file",
    spec="https://www.rfc-editor.org/rfc/rfc5424",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line that begins with a time; `rec` is the byte offset of the line.

    Lines of host and `program[pid]:` alone are events without a time.

    Times without a zone are taken in the source's zone and `zone_assumed` is true; so it is where the year was inferred
    (`kyumei.readers.linux.years`). Lines without a time of their own (continuations) become faults.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no syslog line")
    calendar, connections = Calendar(source), Connections()
    for lines in batches(source, rows):
        matched = add(lines, (calendar, connections), rows)
        if not pc.all(matched).as_py():
            unread.add(lines.where(pc.invert(matched)))
    unread.close()


def add(lines: Lines, file: tuple[Calendar, Connections], rows: Rows) -> pa.Array:
    """Add the events of the lines that are syslog lines and return a mask of them; `file` is what the lines before showed."""
    import pyarrow.compute as pc

    head, matched = extract(lines.text, *_HEADS)
    if not pc.all(matched).as_py():
        head = only(head, matched)
    if len(head["stamp"]):
        _add(lines.where(matched), head, file, rows)
    return matched


def _add(lines: Lines, head: dict[str, pa.Array], file: tuple[Calendar, Connections], rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts, (calendar, connections) = _parts(head), file
    ts, assumed = parsed(head["stamp"], calendar.zone, lambda: calendar.years.at(lines.rec.to_numpy()))
    reading = forms.Reading(len(lines))
    sets = forms.load(PROGRAMS)
    forms.interpret([each for each in sets if each.program], parts["program"], parts["message"], reading)
    payload.interpret(parts["message"], reading)
    forms.interpret([each for each in sets if not each.program], parts["program"], parts["message"], reading)
    said, fields = forms.split(connections.fill(parts, ts, reading.columns()))
    columns = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", len(lines)),
        "zone_assumed": assumed,
        "host": filled(parts["host"]),
        "provider": filled(parts["program"]),
        "message": parts["message"],
        **said,
        "action": pc.fill_null(said.get("action", pa.nulls(len(lines), pa.string())), "record.written"),
    }
    rows.add_columns(columns, {**_own_fields(parts), **fields})


def _parts(head: dict[str, pa.Array]) -> dict[str, Any]:
    """Return host, program, pid, message and what else the head has, as equally long columns."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(head["stamp"])
    nothing = pa.nulls(n, pa.string())
    parts, _ = extract(pc.fill_null(head["rest"], ""), *_RESTS)
    if "body" in head and head["body"].null_count < n:
        body, framed = extract(head["body"], _BODY)
        parts = {name: pc.if_else(framed, body.get(name, nothing), parts.get(name, nothing)) for name in {**parts, **body}}
        parts["message"] = pc.utf8_ltrim(parts["message"], "\ufeff")
    names = ("host", "program", "pid", "message", "msgid", "structured")
    level = pc.coalesce(filled(parts.get("level", nothing)), filled(head.get("level", nothing)))
    return {"pri": head["pri"], "level": level, **{name: parts.get(name, nothing) for name in names}}


def _own_fields(parts: dict[str, Any]) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = {"pid": filled(parts["pid"])}
    if pc.any(pc.not_equal(parts["pri"], "")).as_py():
        pri = numbers(parts["pri"], -1)
        known = (pri >= 0) & (pri < 8 * len(_FACILITIES))
        fields["facility"] = pa.array(_FACILITIES).take(ints(pri // 8 * known, known))
        fields["severity"] = pa.array(_LEVELS).take(ints(pri % 8, known))
    fields["level"] = parts["level"]
    fields["msgid"] = filled(parts["msgid"])
    fields["structured_data"] = filled(parts["structured"])
    return fields
