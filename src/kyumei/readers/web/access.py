r"""Access logs of Apache httpd, nginx and servers that write like them.

Found under /var/log/httpd, /var/log/apache2, /var/log/nginx, in hosting panels and containers. Read are the common and the
combined format, with a virtual host before the client or before the request, with further fields behind (request time,
forwarded-for, quoted or not). A format of the server's own (`LogFormat`, `log_format`: values in any order, a proxy's list
of addresses first, time in brackets or ISO 8601 or seconds, `name=value`, tabs) is inferred from the file by
`kyumei.readers.web.layout`. Tested against Apache 2.4 and nginx 1.x lines.

Format: https://httpd.apache.org/docs/2.4/logs.html#accesslog and https://nginx.org/en/docs/http/ngx_http_log_module.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import IP, normalised
from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.match import bools, constant, extract, filled, ints, whole
from kyumei.readers.registry import reader
from kyumei.readers.stamps import civil, epochs, months, numbers, offsets, parsed, to_utc
from kyumei.readers.web.layout import infer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_QUOTED: Final = r'[^"\\]*(?:\\.[^"\\]*)*'
_CUT: Final = rf'^(?P<head>[^"\[]*\[[^"\]]*\][^"]*)"(?P<request>{_QUOTED})" (?P<tail>\d\d\d .*)$'
_CUT_LOOSE: Final = r'^(?P<head>[^"\[]*\[[^"\]]*\][^"]*)"(?P<request>.*?)" ?(?P<tail>\d\d\d (?:\d+|-)(?: .*)?)$'
"""For servers that do not escape quotes inside the request."""
_VHOST: Final = (
    rf"^(?P<host>[^ ]+?)(?::\d*)? (?P<client>{IP})(?P<via>(?:, ?[^ ,]+)*)(?::\d+)? (?P<ident>[^ ]+) (?P<user>[^\[]*?) ?"
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
_NAMES: Final = (
    *("time", "epoch", "request", "method", "target", "protocol", "status", "bytes", "client", "peer", "host", "user"),
    *("ident", "referer", "agent", "forwarded_for", "extra"),
)
"""What an inferred layout may name and the columns are made from; what else it names becomes a native field."""
_SURE: Final = 85
_USED: Final = frozenset({*_NAMES, "via"} - {"peer"})
_LINE: Final = re.compile(
    r'[^"\[]*\[\d{1,2}/(?:[A-Za-z]{3}|\d\d)/\d{4}:\d\d:\d\d:\d\d[^"\]]*\][^"]*".*" ?\d\d\d (?:\d+|-)(?: |$)'
)


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are access-log lines."""
    part = share(source, _LINE)
    usual = int(60 + 35 * part) if part >= 0.3 else 0
    layout = None if usual >= _SURE else infer(source)
    return max(usual, int(45 + 35 * layout.share)) if layout and layout.share >= 0.6 else usual


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

    In a format of the server's own, `src_ip` is the first address before the request that is not always the same and not of
    one's own net, else the first; where a proxy's list stands there, its first address, with the list in `forwarded_for`. Times
    that a request took are `request_time` and `upstream_time` in seconds as written where they have a fraction; whole
    numbers, whose unit the log does not say, and what is not understood are `f1`, `f2`, … after their place in the line.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no access-log line")
    layout = infer(source)
    for lines in batches(source, rows):
        left = lines
        if layout:
            columns, fields, matched = interpret_own(lines.text, layout.patterns, source.zone)
            rows.add_columns({"rec": lines.rec.filter(matched), **columns}, fields)
            left = lines.where(pc.invert(matched))
        if len(left):
            columns, fields, matched = interpret(left.text, source.zone)
            unread.add(left.where(pc.invert(matched)))
            rows.add_columns({"rec": left.rec.filter(matched), **columns}, fields)
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
    return _columns(parts, said, _times(parts["time"], zone)), _fields(parts, said), matched


def interpret_own(texts: pa.Array, patterns: Sequence[str], zone: str) -> tuple[dict[str, Any], dict[str, Any], pa.Array]:
    """Return what `interpret` returns, for lines of an inferred layout."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts, matched = extract(texts, *patterns)
    parts = {name: values.filter(matched) for name, values in parts.items()}
    nothing = pa.nulls(pc.sum(matched).as_py() or 0, pa.string())
    parts = {name: parts.pop(name, nothing) for name in _NAMES} | parts
    if parts["target"].null_count < len(nothing):
        pieces = [pc.coalesce(filled(parts[name]), constant("")) for name in ("method", "target", "protocol")]
        joined = pc.utf8_rtrim_whitespace(pc.binary_join_element_wise(*pieces, " "))
        parts["request"] = pc.coalesce(parts["request"], joined)
    said, _ = extract(parts["request"], *_REQUESTS)
    passed = filled(parts["client"])
    parts["via"] = pc.coalesce(
        filled(parts.pop("forwarded_for")), pc.if_else(pc.match_substring(passed, ","), passed, constant(None))
    )
    parts["host"] = pc.replace_substring_regex(parts["host"], r":\d*$", "")
    parts["client"] = _client(pc.coalesce(passed, filled(parts["peer"]), constant("")))
    ts, assumed = _stamps(parts["time"], parts.pop("epoch"), zone)
    rest = {name: filled(values) for name, values in parts.items() if name not in _USED}
    return _columns(parts, said, (ts, assumed)), {**_fields(parts, said), **rest}, matched


def _client(texts: pa.Array) -> pa.Array:
    """Return the first address of a list, without its port."""
    first, _ = extract(texts, rf"^\[?(?P<ip>{IP})\]?(?::\d+)?(?:,.*)?$", r"^(?P<ip>[^ ,]*)")
    return first["ip"]


def _stamps(written: pa.Array, counted: pa.Array, zone: str) -> tuple[pa.Array, pa.Array]:
    """Return microseconds UTC and whether the zone was assumed, of times of any form or seconds since 1970."""
    import pyarrow.compute as pc

    ts, assumed = parsed(pc.fill_null(written, ""), zone)
    if counted.null_count == len(counted):
        return ts, assumed
    return pc.coalesce(ts, epochs(pc.fill_null(counted, ""))), pc.and_(assumed, pc.is_null(counted))


def _columns(parts: dict[str, Any], said: dict[str, Any], times: tuple[pa.Array, pa.Array]) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    ts, assumed = times
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
        "message": pc.binary_join_element_wise(parts["request"], pc.fill_null(parts["status"], "-"), " "),
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
