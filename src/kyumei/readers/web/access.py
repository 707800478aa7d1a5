r"""Access logs of Apache httpd, nginx and servers that write like them.

Found under /var/log/httpd, /var/log/apache2, /var/log/nginx, in hosting panels and containers. Read are the common and the
combined format, with a virtual host before the client or before the request, with further fields behind (request time,
forwarded-for, quoted or not). Tested against Apache 2.4 and nginx 1.x lines.

Format: https://httpd.apache.org/docs/2.4/logs.html#accesslog and https://nginx.org/en/docs/http/ngx_http_log_module.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import IP, normalised
from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.match import bools, extract, filled, ints, whole
from kyumei.readers.registry import reader
from kyumei.readers.stamps import civil, months, numbers, offsets, to_utc

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_QUOTED: Final = r'[^"\\]*(?:\\.[^"\\]*)*'
_CUT: Final = rf'^(?P<head>[^"\[]*\[[^"\]]*\][^"]*)"(?P<request>{_QUOTED})" (?P<tail>\d\d\d .*)$'
_CUT_LOOSE: Final = r'^(?P<head>[^"\[]*\[[^"\]]*\][^"]*)"(?P<request>.*?)" ?(?P<tail>\d\d\d (?:\d+|-)(?: .*)?)$'
"""For servers that do not escape quotes inside the request."""
_VHOST: Final = (
    rf"^(?P<host>[^ ]+?)(?::\d+)? (?P<client>{IP})(?P<via>(?:, ?[^ ,]+)*)(?::\d+)? (?P<ident>[^ ]+) (?P<user>[^\[]*?) ?"
    r"\[(?P<time>[^\]]+)\] $"
)
_HEADS: Final = (
    r"^(?P<client>[0-9A-Fa-f:.]+) (?P<ident>[^ ]+) (?P<user>[^\[ ]+) \[(?P<time>[^\]]+)\] $",
    _VHOST,
    r"^(?P<client>[^ ,]+)(?P<via>(?:, ?[^ ,]+)*) (?P<ident>[^ ]+) (?P<user>[^\[]*?) ?\[(?P<time>[^\]]+)\] (?P<host>[^ ]*) ?$",
)
"""The common case first: an address and one word each for ident and account; RE2 is fast with at most four groups."""
_TIME: Final = (
    r"^(?P<day>\d{1,2})/(?P<month>[A-Za-z]{3}|\d\d)/(?P<year>\d{4}):(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:[.,]\d+)?(?P<zone>.*)$"
)
_TAILS: Final = (
    rf'^\d\d\d (?P<bytes>\d+|-) "(?P<referer>{_QUOTED})" "(?P<agent>{_QUOTED})"(?P<extra>.*)$',
    rf'^\d\d\d (?P<bytes>\d+|-)(?: "(?P<referer>{_QUOTED})")?(?P<extra>.*)$',
)
_REQUESTS: Final = (
    r"^(?P<method>[A-Za-z][A-Za-z_-]*) (?P<target>[^ ]+) (?P<protocol>HTTP/\d[\d.]*)$",
    r"^(?P<method>[A-Za-z][A-Za-z_-]*) (?P<target>.*?)(?: (?P<protocol>[A-Z]+/\d[\d.]*))?$",
)
_FORWARDED: Final = rf'"(?P<list>{IP}(?:, ?{IP})*)"'
_LINE: Final = re.compile(
    r'[^"\[]*\[\d{1,2}/(?:[A-Za-z]{3}|\d\d)/\d{4}:\d\d:\d\d:\d\d[^"\]]*\][^"]*".*" ?\d\d\d (?:\d+|-)(?: |$)'
)


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are access-log lines."""
    part = share(source, _LINE)
    return int(60 + 35 * part) if part >= 0.3 else 0


@reader(
    "web.access",
    accepts=accepts,
    title="Web server access log",
    spec="https://httpd.apache.org/docs/2.4/logs.html#accesslog",
)
def read(source: Source, rows: Rows) -> None:
    """Add one `web.request` for each line; `rec` is the byte offset of the line.

    Times have the precision of a second and the offset that the line states; where it states none, the source's zone is
    taken and `zone_assumed` is true. Requests that are no HTTP (TLS to a plain port, scanners) stay events: `request` has
    them as written, `object` is null.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no access-log line")
    for lines in batches(source, rows):
        columns, fields, matched = interpret(lines.text, source.zone)
        unread.add(lines.where(pc.invert(matched)))
        rows.add_columns({"rec": lines.rec.filter(matched), **columns}, fields)
    unread.close()


def interpret(texts: pa.Array, zone: str) -> tuple[dict[str, Any], dict[str, Any], pa.Array]:
    """Return the common columns, the native fields (both of the matching lines only) and a mask of the matching ones."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cut, matched = extract(texts, _CUT, _CUT_LOOSE)
    head, known = extract(cut["head"], *_HEADS)
    tail, ended = extract(cut["tail"], *_TAILS)
    matched = pc.and_(matched, pc.and_(known, ended))
    parts = {**head, **tail, "request": cut["request"], "status": pc.utf8_slice_codeunits(cut["tail"], 0, 3)}
    parts = {name: parts.get(name, pa.nulls(len(texts), pa.string())) for name in (*parts, "via", "host", "agent")}
    if not pc.all(matched).as_py():
        parts = {name: values.filter(matched) for name, values in parts.items()}
    said, _ = extract(parts["request"], *_REQUESTS)
    return _columns(parts, said, zone), _fields(parts, said), matched


def _columns(parts: dict[str, Any], said: dict[str, Any], zone: str) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    ts, assumed = _times(parts["time"], zone)
    failed = pc.greater_equal(parts["status"], "400")
    return {
        "ts": ts,
        "ts_kind": pa.repeat("written", len(ts)),
        "zone_assumed": assumed,
        "action": pa.repeat("web.request", len(ts)),
        "outcome": pc.if_else(failed, "failure", "success"),
        "host": filled(parts["host"]),
        "account": filled(parts["user"]),
        "src_ip": normalised(parts["client"]),
        "object": filled(said["target"]),
        "bytes": whole(parts["bytes"]),
        "message": pc.binary_join_element_wise(parts["request"], parts["status"], " "),
    }


def _fields(parts: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    import pyarrow.compute as pc

    extra = filled(pc.utf8_trim_whitespace(parts["extra"]))
    return {
        "method": said["method"],
        "status": parts["status"],
        "protocol": filled(said["protocol"]),
        "request": parts["request"],
        "referer": filled(parts["referer"]),
        "user_agent": filled(parts["agent"]),
        "ident": filled(parts["ident"]),
        "forwarded_for": _forwarded(extra, parts["via"]),
        "extra": extra,
    }


def _forwarded(extra: pa.Array, via: pa.Array) -> pa.Array:
    """Return the addresses in quotes behind the agent, else those behind the client's."""
    import pyarrow.compute as pc

    if extra.null_count == len(extra) == via.null_count:
        return via
    quoted, _ = extract(extra, _FORWARDED)
    return filled(pc.coalesce(quoted["list"], pc.utf8_ltrim(via, ", ")))


def _times(stamps: pa.Array, zone: str) -> tuple[pa.Array, pa.Array]:
    """Return microseconds UTC (null for an impossible date) and whether the zone was assumed."""
    import numpy as np

    coded = stamps.dictionary_encode()  # a busy server writes the same second many times
    part, _ = extract(coded.dictionary, _TIME)
    date = numbers(part["year"]), months(part["month"]), numbers(part["day"])
    clock = numbers(part["hour"]), numbers(part["minute"]), numbers(part["second"])
    wall, valid = civil(date, (*clock, np.zeros_like(clock[0])))
    shift, stated = offsets(part["zone"])
    utc = np.where(stated, wall - shift, to_utc(wall, zone))
    return ints(utc, valid).take(coded.indices), bools(~stated).take(coded.indices)
