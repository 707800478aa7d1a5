r"""Check Point firewalls: what Log Exporter sends as syslog and in its Splunk form, and what `fw log` prints.

* `<134>1 2024-06-17T01:00:00Z gw CheckPoint 1234 - [action:"Accept"; src:"192.0.2.10"; …]`
* `time=1718586000|hostname=gw|product=Firewall|action=Accept|src=192.0.2.10|…`
* `17Jun2024 10:00:00 accept gw >eth0 src: 192.0.2.10; dst: 198.51.100.20; …`, after a line with the date alone or with it

Its CEF and LEEF forms are read by `network.cef` and `network.leef`.

Formats: https://support.checkpoint.com/results/sk/sk122323 and https://sc1.checkpoint.com/documents/ (fw log)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import share
from kyumei.readers.match import filled
from kyumei.readers.network import framed
from kyumei.readers.pairs import colons
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.store.rows import Rows

_SENT: Final = r"^(?P<head>.*?)\bCheckPoint \S+ \S+ \[(?P<body>\w+:\".*)$"
_PIPED: Final = r"^(?P<head>.*?)\b(?P<body>time=\d{10}\|(?:[\w.-]+=[^|]*\|)+.*)$"
_DAY: Final = r"\d{1,2}[A-Z][a-z]{2}\d{4}"
_PRINTED: Final = (
    rf"^ ?(?P<day>{_DAY}) +(?P<clock>\d{{1,2}}:\d\d:\d\d) +(?:\d+ )?(?:N/A +)?(?P<action>[a-z]\w*) +(?P<origin>\S+) +"
    r"(?P<interface>[<>]\S*)?(?P<body>.*)$"
)
_LINE: Final = re.compile(
    rf".{{0,200}}?(?:\bCheckPoint \S+ \S+ \[\w+:\"|\btime=\d{{10}}\|\w+=[^|]*\|.*\b(?:product|loguid|logid)=)"
    rf"|{_DAY} +\d{{1,2}}:\d\d:\d\d +(?:\d+ )?(?:N/A +)?[a-z]\w* +\S+ +[<>]"
)
_SAYS: Final[dict[str, tuple[str, str | None]]] = {
    "log in": ("login.succeeded", "success"),
    "failed log in": ("login.failed", "failure"),
    "log out": ("session.ended", None),
    "accept": ("network.allowed", "success"),
    "allow": ("network.allowed", "success"),
    "encrypt": ("network.allowed", "success"),
    "decrypt": ("network.allowed", "success"),
    "vpn routing": ("network.allowed", "success"),
    "bypass": ("network.allowed", "success"),
    "drop": ("network.denied", "failure"),
    "reject": ("network.denied", "failure"),
    "block": ("network.denied", "failure"),
    "prevent": ("network.denied", "failure"),
    "key install": ("record.written", None),
}
"""`action` in lower case → what it says happened."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are Check Point's."""
    part = share(source, _LINE)
    return int(62 + 37 * part) if part >= 0.3 else 0


@reader(
    "network.checkpoint",
    accepts=accepts,
    title="Check Point firewall log",
    spec="https://support.checkpoint.com/results/sk/sk122323",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    The time is the record's own (seconds since 1970), else that of the head; `fw log` prints it in the zone of the machine,
    so that the source's zone is taken and `zone_assumed` is true. Lines of no such form are read as syslog.
    """
    framed.read(source, rows, _own, "no record of Check Point")


def _own(lines: Lines, calendar: Calendar, rows: Rows) -> pa.Array:
    def taking(take: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Lines, dict[str, Any]], None]:
        return lambda good, found: _add(good, take(found), calendar, rows)

    return framed.in_turn(lines, [((_SENT,), taking(_sent)), ((_PIPED,), taking(_piped)), ((_PRINTED,), taking(_printed))])


def _add(lines: Lines, fields: dict[str, Any], calendar: Calendar, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.nulls(len(lines), pa.string())
    host = pc.coalesce(framed.heads(lines.text)["host"], *(fields.get(name, nothing) for name in ("hostname", "origin")))
    word = pc.utf8_lower(pc.fill_null(fields.get("action", nothing), ""))
    framed.add(lines, fields, calendar, rows, host=host, message=lines.text, **framed.chosen(word, _SAYS))


def _sent(found: dict[str, Any]) -> dict[str, Any]:
    return colons(found["body"])


def _piped(found: dict[str, Any]) -> dict[str, Any]:
    return framed.attributes(found["body"], "|")


def _printed(found: dict[str, Any]) -> dict[str, Any]:
    import pyarrow.compute as pc

    fields = framed.attributes(found["body"], ";", ":")
    day = pc.replace_substring_regex(found["day"], r"^(\d+)([A-Za-z]+)(\d+)$", r"\1-\2-\3")
    time = pc.binary_join_element_wise(day, found["clock"], " ")
    return {
        **fields,
        "action": found["action"],
        "origin": found["origin"],
        "interface": filled(found["interface"]),
        "time": time,
    }
