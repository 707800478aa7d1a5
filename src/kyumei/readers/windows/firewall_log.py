"""Log of the Windows firewall: pfirewall.log, below Windows/System32/LogFiles/Firewall. Tested with versions 1.5 and 2.0.

Format: https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/configure-logging
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.addresses import normalised
from kyumei.readers.match import whole
from kyumei.readers.registry import reader
from kyumei.readers.stamps import parsed
from kyumei.readers.w3c import runs

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.w3c import Run
    from kyumei.store.rows import Rows

_FIELDS: Final = re.compile(r"^#Fields: date time action protocol src-ip dst-ip\b", re.MULTILINE)
_DENIED: Final = ("DROP", "DROP-ICMP")
_ALLOWED: Final = ("ALLOW", "OPEN", "OPEN-INBOUND")


def accepts(source: Source) -> int:
    """Return certainty when a #Fields directive names the firewall's fields."""
    return CERTAIN if _FIELDS.search(source.sample.text) else 0


@reader(
    "windows.firewall_log",
    accepts=accepts,
    title="Windows firewall log",
    spec="https://learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/configure-logging",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is its byte offset.

    Times are of the machine's own clock (`#Time Format: Local`) with no zone stated, in seconds. `CLOSE` and
    `INFO-EVENTS-LOST` are no decisions of the firewall and keep `record.written`.
    """
    for run in runs(source, rows):
        rows.add_columns({"rec": run.lines.rec, **_columns(run, source.zone)}, run.columns)


def _columns(run: Run, zone: str) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(run.lines)
    nothing = pa.nulls(n, pa.string())

    def given(name: str) -> pa.Array:
        return run.columns.get(name, nothing)

    utc = run.header.said.get("time format", "Local").casefold() == "utc"
    ts, assumed = parsed(
        pc.fill_null(pc.binary_join_element_wise(given("date"), given("time"), " "), ""), "UTC" if utc else zone
    )
    action = pc.fill_null(given("action"), "")
    denied, allowed = (pc.is_in(action, pa.array(words)) for words in (_DENIED, _ALLOWED))
    port = pc.if_else(pc.is_valid(given("dst-port")), pc.binary_join_element_wise(":", given("dst-port"), ""), "")
    address = normalised(given("dst-ip"))
    said = [
        pc.fill_null(part, "-")
        for part in (given("action"), given("protocol"), given("src-ip"), given("dst-ip"), given("dst-port"))
    ]
    return {
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pa.repeat(pa.scalar(value=False), n) if utc else assumed,
        "action": pc.if_else(denied, "network.denied", pc.if_else(allowed, "network.allowed", "record.written")),
        "outcome": pc.if_else(denied, "failure", pc.if_else(allowed, "success", None)),
        "src_ip": normalised(given("src-ip")),
        "dst": pc.binary_join_element_wise(address, port, ""),
        "object": given("path"),
        "bytes": whole(pc.fill_null(given("size"), "")),
        "channel": given("protocol"),
        "message": pc.binary_join_element_wise(*said, " "),
    }
