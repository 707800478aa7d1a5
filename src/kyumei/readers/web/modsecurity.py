"""ModSecurity's audit log in the serial and concurrent native format: a request in parts from `--id-A--` to `--id-Z--`.

A: time, unique id, client, server; B: request line and headers; C: request body; F: response head; H: what the engine says,
with the rules that matched. The JSON formats are read by mappings (`web.modsecurity_json`).

Format: https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.addresses import normalised
from kyumei.readers.match import extract, filled, whole
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_HEAD: Final = r"^--[0-9A-Za-z]{8}-A--$"
_BEGINS: Final = re.compile(r"(?:^|\n)--[0-9A-Za-z]{8}-A--\r?\n\[\d{2}/[A-Z][a-z]{2}/\d{4}:")
_A: Final = (
    r"^--(?P<boundary>[0-9A-Za-z]{8})-A--\n\[(?P<time>[^\]]+)\] (?P<unique_id>\S+) (?P<client>\S+) (?P<client_port>\d+) "
    r"(?P<server>\S+) (?P<server_port>\d+)"
)
_B: Final = r"\n--[0-9A-Za-z]{8}-B--\n(?P<method>[A-Z]+) (?P<uri>.*?)(?: (?P<protocol>HTTP/[0-9.]+))?(?:\n|$)"
_F: Final = r"\n--[0-9A-Za-z]{8}-F--\nHTTP/[0-9.]+ (?P<status>\d{3})"


def accepts(source: Source) -> int:
    """Return whether an audit record begins near the top."""
    return CERTAIN if _BEGINS.search(source.sample.text) else 0


@reader(
    "web.modsecurity",
    accepts=accepts,
    title="ModSecurity audit log",
    spec="https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each record; `rec` is the byte offset of its part A. Times are at the offset that the record states.

    A request that the engine stopped is `network.denied`. Bodies are kept in `request_body` as the log has them.
    """
    for lines in records(source, rows, _HEAD, "no audit record of ModSecurity"):
        _add(lines, rows)


def _add(lines: Lines, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n, texts = len(lines), lines.text
    fields: dict[str, pa.Array] = {}
    for pattern in (_A, _B, _F):
        found, _ = extract(texts, pattern)
        fields |= {name: filled(values) for name, values in found.items()}
    for name, pattern in _OTHER.items():
        found, _ = extract(texts, pattern)
        fields[name] = filled(found["value"])
    ts, assumed = parsed(pc.fill_null(fields["time"], ""), rows.source.zone)
    stopped = pc.is_valid(fields["intercepted"])
    status = pc.fill_null(fields["status"], "")
    said = [pc.fill_null(fields[name], "-") for name in ("method", "uri", "status")]
    columns = {
        "rec": lines.rec,
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "action": pc.if_else(stopped, "network.denied", "web.request"),
        "outcome": pc.if_else(pc.or_(stopped, pc.greater_equal(status, "400")), "failure", "success"),
        "host": fields["host_header"],
        "src_ip": normalised(fields["client"]),
        "dst": normalised(fields["server"]),
        "object": fields["uri"],
        "bytes": whole(fields["response_length"]),
        "event_id": whole(fields["rule_id"]),
        "message": pc.binary_join_element_wise(*said, pc.fill_null(fields["rule_message"], ""), " "),
    }
    rows.add_columns(columns, fields)


_OTHER: Final = {
    "host_header": r"(?i)-B--\n(?:[^\n-][^\n]*\n)*?Host: (?P<value>[^\n]*)",
    "user_agent": r"(?i)-B--\n(?:[^\n-][^\n]*\n)*?User-Agent: (?P<value>[^\n]*)",
    "request_length": r"(?i)-B--\n(?:[^\n-][^\n]*\n)*?Content-Length: (?P<value>\d{1,15})\b",
    "response_length": r"(?i)-F--\n(?:[^\n-][^\n]*\n)*?Content-Length: (?P<value>\d{1,15})\b",
    "request_body": r"(?s)\n--[0-9A-Za-z]{8}-C--\n(?P<value>.*?)(?:\n--[0-9A-Za-z]{8}-[A-Z]--|$)",
    "engine": r"(?s)\n--[0-9A-Za-z]{8}-H--\n(?P<value>.*?)(?:\n--[0-9A-Za-z]{8}-[A-Z]--|$)",
    "intercepted": r"\nAction: (?P<value>Intercepted[^\n]*)",
    "rule_id": r'\[id "(?P<value>\d{1,15})"\]',
    "rule_message": r'\[msg "(?P<value>(?:[^"\\]|\\.)*)"\]',
}
"""Field → where its value stands."""
