"""Juniper firewalls: SRX flow records as structured syslog and as sentences, and ScreenOS traffic records.

* `1 2024-06-17T10:00:00+09:00 srx RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.40 reason="…" source-address="…" …]`
* `Jun 17 10:00:00 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.10/50122->198.51.100.20/443 …`
* `Jun 17 10:00:00 ns25: NetScreen device_id=ns25 [Root]system-notification-00257(traffic): start_time="…" … sent=1 rcvd=2 …`

Other lines of the same machines (logins, configuration) are read as syslog.

Formats: https://www.juniper.net/documentation/us/en/software/junos/network-mgmt/topics/topic-map/system-logging.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import share
from kyumei.readers.match import filled
from kyumei.readers.network import framed
from kyumei.readers.pairs import pairs
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.store.rows import Rows

_ENDS: Final = r"(?P<src>[0-9A-Fa-f.:]+)/(?P<sport>\d+)->(?P<dst>[0-9A-Fa-f.:]+)/(?P<dport>\d+)"
_STRUCTURED: Final = r"(?P<event>[A-Z][A-Z0-9_]{3,}) \[junos@\d[\d.]* (?P<body>[A-Za-z][\w-]*=\".*)$"
_SCREENOS: Final = (
    r"NetScreen device_id=(?P<device>\S+) +(?:\[[^\]]*\])?(?P<event>system-[a-z]+-\d+)(?:\([^)]*\))?: (?P<body>.*\w=.*)$"
)
_VOLUME: Final = r"(?P<sent_packets>\d+)\((?P<sent>\d+)\) (?P<received_packets>\d+)\((?P<received>\d+)\)"
_SENTENCES: Final = (
    rf"(?P<event>RT_FLOW_SESSION_CREATE): session created {_ENDS} .*$",
    rf"(?P<event>RT_FLOW_SESSION_CLOSE): session closed (?P<reason>[^:]*): {_ENDS} .*? {_VOLUME} (?P<duration>\d+)\b.*$",
    rf"(?P<event>RT_FLOW_SESSION_DENY): session denied {_ENDS} .*$",
)
_LINE: Final = re.compile(r".{0,200}?(?:\[junos@\d|\bRT_(?:FLOW|UTM|IDP|AAMW|SCREEN)\b|\bNetScreen device_id=)")
_SAYS: Final[dict[str, tuple[str, str | None]]] = {
    "rt_flow_session_create": ("network.allowed", "success"),
    "rt_flow_session_close": ("network.allowed", "success"),
    "rt_flow_session_deny": ("network.denied", "failure"),
    "apptrack_session_create": ("network.allowed", "success"),
    "apptrack_session_close": ("network.allowed", "success"),
    "webfilter_url_permitted": ("network.allowed", "success"),
    "webfilter_url_blocked": ("network.denied", "failure"),
    "av_virus_detected_mt": ("malware.detected", None),
    "fwauth_ftp_user_auth_accepted": ("login.succeeded", "success"),
    "fwauth_http_user_auth_accepted": ("login.succeeded", "success"),
    "fwauth_web_auth_accepted": ("login.succeeded", "success"),
    "fwauth_web_auth_fail": ("login.failed", "failure"),
}
"""Event in lower case → what it says happened."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are those of a Juniper firewall."""
    part = share(source, _LINE)
    return int(62 + 37 * part) if part >= 0.2 else 0


@reader(
    "network.juniper",
    accepts=accepts,
    title="Juniper firewall log (SRX, ScreenOS)",
    spec="https://www.juniper.net/documentation/us/en/software/junos/network-mgmt/topics/topic-map/system-logging.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    `bytes` is what went both ways; the record's own fields have each. Times without an offset are taken in the source's zone
    and `zone_assumed` is true.
    """
    framed.read(source, rows, _own, "no record of a Juniper firewall")


def _own(lines: Lines, calendar: Calendar, rows: Rows) -> pa.Array:
    def take(good: Lines, found: dict[str, Any]) -> None:
        _add(good, found, calendar, rows)

    return framed.in_turn(lines, [(patterns, take) for patterns in ((_STRUCTURED,), (_SCREENOS,), _SENTENCES)])


def _add(lines: Lines, found: dict[str, Any], calendar: Calendar, rows: Rows) -> None:
    import pyarrow.compute as pc

    body = found.pop("body", None)
    fields = {name: filled(values) for name, values in found.items()}
    if body is not None:
        fields = {**pairs(body)[0], **fields}
    said = framed.chosen(pc.utf8_lower(fields["event"]), _SAYS)
    framed.add(lines, fields, calendar, rows, message=lines.text, **said)
