"""FortiGate logs (FortiOS): syslog lines, files from the unit's disk and from FortiAnalyzer.

`date=2024-05-16 time=09:05:03 devname="…" logid="…" type="event" subtype="vpn" action="tunnel-up" …`, with or without a
syslog head and quotes. Written after FortiOS 5.6 to 7.4.

Format: https://docs.fortinet.com/document/fortigate/7.4.0/fortios-log-message-reference
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.linux.years import Calendar
from kyumei.readers.match import extract, filled, only
from kyumei.readers.network import kv
from kyumei.readers.network.keyvalue import times
from kyumei.readers.registry import reader
from kyumei.readers.stamps import BSD_STAMP, epochs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_TYPES: Final = r"event|traffic|utm|anomaly|virus|webfilter|ips|app-ctrl|dlp|emailfilter|file-filter|voip|gtp|dns|ssh|ssl|waf"
_LINE: Final = re.compile(
    rf".*\b(?:date=\"?\d{{4}}-\d\d-\d\d\"?[ ,]time=|eventtime=\d|itime=\d).*\btype=\"?(?:{_TYPES})\b.*\bsubtype="
)
_CUT_SYSLOG: Final = rf"^(?:<\d{{1,3}}>)?(?P<stamp>{BSD_STAMP}) (?P<host>[^ =]+) (?:[^=]*[ :])?(?P<body>[A-Za-z_]+=.*)$"
_CUTS: Final = (_CUT_SYSLOG, r"^(?P<skipped>[^=]*?)(?P<body>[A-Za-z_]+=.*)$")
_SAYS: Final = {
    "tunnel-up": ("session.started", "success"),
    "tunnel-down": ("session.ended", None),
    "ssl-new-con": ("network.allowed", "success"),
    "ssl-login-fail": ("login.failed", "failure"),
    "ssl-exit-fail": ("record.written", "failure"),
    "ssl-exit-error": ("record.written", "failure"),
    "ssl-alert": ("record.written", "failure"),
    "ssl-web-pass": ("network.allowed", "success"),
    "ssl-web-deny": ("network.denied", "failure"),
    "tunnel-stats": ("record.written", None),
    "tunnel": ("record.written", None),
    "negotiate": ("record.written", None),
    "auth-logon": ("login.succeeded", "success"),
    "fsso-logon": ("login.succeeded", "success"),
    "fsso-logoff": ("session.ended", None),
    "auth-logout": ("session.ended", None),
    "auth-timed-out": ("session.ended", None),
    "logout": ("session.ended", None),
    "accept": ("network.allowed", "success"),
    "start": ("network.allowed", "success"),
    "close": ("network.allowed", "success"),
    "timeout": ("network.allowed", "success"),
    "client-rst": ("network.allowed", "success"),
    "server-rst": ("network.allowed", "success"),
    "ip-conn": ("network.allowed", "failure"),
    "passthrough": ("network.allowed", "success"),
    "deny": ("network.denied", "failure"),
    "blocked": ("network.denied", "failure"),
    "block": ("network.denied", "failure"),
    "dropped": ("network.denied", "failure"),
}
"""`action` → what it says happened; `login` and `authentication` need `status`, virus logs are told by their subtype."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are FortiOS lines."""
    part = share(source, _LINE)
    return int(60 + 38 * part) if part >= 0.3 else 0


@reader(
    "network.fortigate",
    accepts=accepts,
    title="FortiGate log",
    spec="https://docs.fortinet.com/document/fortigate/7.4.0/fortios-log-message-reference",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is the byte offset of the line.

    The time is `date` and `time` at the offset `tz`; without `tz` it is `eventtime` (since 1970 UTC), and without that the
    source's zone is taken and `zone_assumed` is true. `bytes` is sent and received together, both stay native fields.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no FortiGate line")
    calendar = Calendar(source)
    for lines in batches(source, rows):
        head, matched = extract(lines.text, *_CUTS)
        fields, enough = kv.taken_apart(pc.fill_null(head["body"], ""))
        matched = pc.and_(matched, enough)
        unread.add(lines.where(pc.invert(matched)))
        good = lines.where(matched)
        if len(good):
            _add(good, only(head, matched), only(fields, matched), calendar, rows)
    unread.close()


def _add(lines: Lines, head: dict[str, Any], fields: dict[str, Any], calendar: Calendar, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    nothing = pa.nulls(n, pa.string())
    said = kv.interpret(fields, n)
    action, outcome = _judged(fields, n)
    ts, assumed = times(lines, head, fields, calendar)
    exact = epochs(pc.fill_null(fields.get("eventtime", nothing), ""))
    better = pc.and_(pc.is_valid(exact), assumed)
    said |= {
        "rec": lines.rec,
        "ts": pc.if_else(better, exact, ts),
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pc.and_not(assumed, better),
        "action": pc.coalesce(action, said["action"]),
        "outcome": pc.if_else(pc.is_valid(action), outcome, said["outcome"]),
        "host": pc.coalesce(said["host"], filled(head.get("host", nothing))),
        "message": head["body"],
    }
    rows.add_columns(said, fields)


def _judged(fields: Mapping[str, pa.Array], n: int) -> tuple[pa.Array, pa.Array]:
    """Return action and outcome where FortiOS's words are known, else null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = pa.nulls(n, pa.string())
    word, status, subtype = (
        pc.utf8_lower(pc.fill_null(fields.get(each, nothing), "")) for each in ("action", "status", "subtype")
    )
    place = pc.index_in(word, pa.array(list(_SAYS)))
    action = pa.array([says[0] for says in _SAYS.values()]).take(place)
    outcome = pa.array([says[1] for says in _SAYS.values()], pa.string()).take(place)
    virus = pc.equal(subtype, "virus")
    entering = pc.and_(pc.is_in(word, pa.array(["login", "authentication"])), pc.not_equal(status, ""))
    good = pc.match_substring_regex(status, "^succ")
    action = pc.if_else(
        virus, "malware.detected", pc.if_else(entering, pc.if_else(good, "login.succeeded", "login.failed"), action)
    )
    return action, pc.if_else(entering, pc.if_else(good, "success", "failure"), outcome)
