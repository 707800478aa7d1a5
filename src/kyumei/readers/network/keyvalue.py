"""Logs of firewalls and VPN appliances that write `key=value` pairs and have no reader of their own.

SonicWall, Sophos, WatchGuard, Check Point (log exporter), Zyxel, Array and others, with or without a syslog head. The keys
keep their native names; `synonyms.toml` says which of them are account, address and so on.

Format: no common specification; https://datatracker.ietf.org/doc/html/rfc3164 for the head.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled, only
from kyumei.readers.network import kv
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, ISO_STAMP, epochs, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_PAIR: Final = r'[A-Za-z_][\w.\-]*=(?:"[^"]*"|[^\s="]*)'
_LINE: Final = re.compile(
    rf"(?:<\d{{1,3}}>)?(?:1 )?(?:(?:{BSD_STAMP}|{ISO_STAMP}):? (?:[^ =:]+ )?)?(?={_PAIR})"
    rf"(?:(?={BSD_STAMP}|{ISO_STAMP}|<)|(?=.*\b(?:date|\w*time\w*|rt|ts|start|t)=))(?:{_PAIR}[^=\"]*?[ ,;]+){{4,}}{_PAIR}"
)
_HEADS: Final = (
    rf"^(?:<\d{{1,3}}>)?(?P<stamp>{BSD_STAMP}):? (?P<host>[^ =]+) (?P<body>.*)$",
    rf"^(?:<\d{{1,3}}>)?(?:1 )?(?P<stamp>{ISO_STAMP}) (?P<host>[^ =]+) (?P<body>.*)$",
    r"^(?:<\d{1,3}>)?(?P<body>.*)$",
)


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are key=value pairs that carry a time."""
    part = share(source, _LINE)
    if part < 0.6 or not re.search(r"\d\d:\d\d:\d\d|\d{10}", source.sample.text):
        return 0
    return int(40 + 48 * part)


@reader(
    "network.keyvalue",
    accepts=accepts,
    title="Firewall or VPN log of key=value pairs",
    spec="https://www.rfc-editor.org/rfc/rfc3164",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line of at least five pairs; `rec` is the byte offset of the line.

    The time is that of the pairs (date and time, or seconds since 1970), else that of the syslog head. Without an offset
    the source's zone is taken and `zone_assumed` is true.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no key=value line")
    calendar = Calendar(source)
    for lines in batches(source, rows):
        head, _ = extract(lines.text, *_HEADS)
        fields, enough = kv.taken_apart(head["body"])
        unread.add(lines.where(pc.invert(enough)))
        good = lines.where(enough)
        if len(good):
            add(good, only(head, enough), only(fields, enough), calendar, rows)
    unread.close()


def add(lines: Lines, head: Mapping[str, Any], fields: Mapping[str, Any], calendar: Calendar, rows: Rows) -> None:
    """Add the lines' events."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    said = kv.interpret(fields, n)
    ts, assumed = times(lines, head, fields, calendar)
    said["host"] = pc.coalesce(said["host"], filled(head.get("host", pa.nulls(n, pa.string()))))
    columns = {"rec": lines.rec, "ts": ts, "ts_kind": pa.repeat("written", n), "zone_assumed": assumed, **said}
    rows.add_columns({**columns, "message": head["body"]}, fields)


def times(lines: Lines, head: Mapping[str, Any], fields: Mapping[str, Any], calendar: Calendar) -> tuple[pa.Array, pa.Array]:
    """Return microseconds UTC and whether anything was assumed: from the pairs, else from the head."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    date, hour, zone = (pc.fill_null(kv.picked(fields, each, n), "") for each in ("date", "clock", "zone"))
    whole_stamp = pc.utf8_trim_whitespace(pc.binary_join_element_wise(date, hour, " "))
    stated, zoned = parsed(pc.binary_join_element_wise(whole_stamp, zone, ""), calendar.zone)
    counted = epochs(pc.if_else(pc.equal(date, ""), hour, ""))
    nothing = pa.nulls(n, pa.string())
    above, guessed = parsed(
        pc.fill_null(head.get("stamp", nothing), ""), calendar.zone, lambda: calendar.years.at(lines.rec.to_numpy())
    )
    ts = pc.coalesce(stated, counted, above)
    assumed = pc.if_else(pc.is_valid(stated), zoned, pc.if_else(pc.is_valid(counted), False, guessed))  # noqa: FBT003
    return ts, assumed
