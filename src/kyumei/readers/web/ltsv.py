r"""Access logs in LTSV (labelled tab-separated values), which many Japanese services write from nginx and Apache.

`time:17/Jun/2024:10:00:00 +0900\thost:192.0.2.10\treq:GET /a HTTP/1.1\tstatus:200\tsize:5120\t…`: the labels are those that
the format recommends, or the names of nginx's variables. Each line may have others and in any order.

Format: http://ltsv.org/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.match import constant, extract, filled, whole
from kyumei.readers.network.framed import attributes
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_PAIR: Final = r"[A-Za-z_][\w.-]*:[^\t]*"
_LINE: Final = re.compile(rf"(?=.*(?:^|\t)(?:time\w*|\w*_?timestamp|date|msec|at):){_PAIR}(?:\t{_PAIR}){{2,}}$")
_KEYS: Final = {
    "time": ("time", "time_local", "time_iso8601", "timestamp", "datetime", "date", "at"),
    "epoch": ("msec", "epoch", "time", "timestamp"),
    "client": (
        "forwardedfor",
        "xff",
        "x_forwarded_for",
        "http_x_forwarded_for",
        "remote_addr",
        "host",
        "client",
        "client_ip",
        "ip",
    ),
    "peer": ("remote_addr", "host", "client", "client_ip", "ip"),
    "request": ("req", "request"),
    "method": ("method", "request_method"),
    "uri": ("uri", "request_uri", "path", "url"),
    "status": ("status", "code"),
    "size": ("size", "body_bytes_sent", "bytes_sent", "bytes"),
    "user": ("user", "remote_user", "username"),
    "vhost": ("vhost", "server_name", "http_host", "domain", "hostname"),
}
"""What we look for → labels, most telling first."""


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines are labelled values that carry a time."""
    part = share(source, _LINE)
    return int(60 + 35 * part) if part >= 0.6 else 0


@reader("web.ltsv", accepts=accepts, title="Access log in LTSV", spec="http://ltsv.org/")
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line, `web.request` where it names a request; `rec` is its byte offset.

    `src_ip` is the first address that a proxy passed on where one did, else the peer's. Times without an offset are taken in
    the source's zone and `zone_assumed` is true. `bytes` is the response's size; what came in stays under its label.
    """
    import pyarrow.compute as pc

    unread = Unread(rows, "no labelled values")
    for lines in batches(source, rows):
        good = pc.match_substring_regex(lines.text, rf"^{_PAIR}(?:\t{_PAIR})+$")
        unread.add(lines.where(pc.invert(good)))
        kept = lines.where(good)
        if len(kept):
            _add(kept, rows)
    unread.close()


def _add(lines: Lines, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    fields = attributes(lines.text, "\t", ":")

    def given(what: str) -> pa.Array:
        found = [fields[key] for key in _KEYS[what] if key in fields]
        return pc.coalesce(*found) if found else pa.nulls(n, pa.string())

    request, _ = extract(pc.fill_null(given("request"), ""), r"^(?P<method>[A-Z]+) (?P<uri>.*?)(?: HTTP/[0-9.]+)?$")
    uri = pc.coalesce(filled(request["uri"]), given("uri"), given("request"))
    method = pc.coalesce(filled(request["method"]), given("method"))
    ts, assumed = _times(given, rows.source.zone)
    first, _ = extract(pc.coalesce(given("client"), given("peer"), pa.scalar("")), r"^(?P<ip>[^, ]*)")
    status = pc.fill_null(given("status"), "")
    columns: dict[str, Any] = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "action": pc.if_else(pc.is_valid(uri), "web.request", "record.written"),
        "outcome": pc.if_else(
            pc.equal(status, ""), constant(None), pc.if_else(pc.greater_equal(status, "400"), "failure", "success")
        ),
        "host": given("vhost"),
        "account": given("user"),
        "src_ip": normalised(first["ip"]),
        "object": uri,
        "bytes": whole(pc.fill_null(given("size"), "")),
        "event_id": whole(status),
        "message": pc.binary_join_element_wise(*(pc.fill_null(part, "-") for part in (method, uri, given("status"))), " "),
    }
    rows.add_columns(columns, fields)


def _times(given: Any, zone: str) -> tuple[pa.Array, pa.Array]:
    import pyarrow.compute as pc

    bare = pc.replace_substring_regex(pc.fill_null(given("time"), ""), r"^\[(.*)\]$", r"\1")
    stated, assumed = parsed(bare, zone)
    counted = epochs(pc.fill_null(given("epoch"), ""))
    return pc.coalesce(stated, counted), pc.and_(assumed, pc.or_(pc.is_valid(stated), pc.is_null(counted)))
