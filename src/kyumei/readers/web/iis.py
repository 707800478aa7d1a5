"""IIS logs in the W3C extended format (u_ex*.log), and those of servers that write like it.

Found under C:/inetpub/logs/LogFiles. Tested with IIS 6, 7 and 10 lines, Outlook on the web, ActiveSync, and CloudFront's
tab-parted rows.

Format: https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging
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

_FIELDS: Final = re.compile(r"^#Fields: (?=.*\btime\b)(?=.*\b(?:cs-method|cs-uri-stem|c-ip)\b)", re.MULTILINE)


def accepts(source: Source) -> int:
    """Return certainty when a #Fields directive names fields of a web server."""
    return CERTAIN if _FIELDS.search(source.sample.text) else 0


@reader(
    "web.iis",
    accepts=accepts,
    title="IIS log (W3C extended)",
    spec="https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
)
def read(source: Source, rows: Rows) -> None:
    """Add one `web.request` for each row; `rec` is the byte offset of the row.

    Times are UTC by the specification and have the precision of a second. Where the rows have no date that of the #Date
    directive above them is taken and `zone_assumed` is true. Values stay as written, with plus signs for blanks.
    """
    for run in runs(source, rows):
        columns = _columns(run)
        rows.add_columns({"rec": run.lines.rec, **columns}, run.columns)


def _columns(run: Run) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(run.lines)

    def given(*names: str) -> pa.Array:
        found = [run.columns[name] for name in names if name in run.columns]
        return pc.coalesce(*found) if found else pa.nulls(n, pa.string())

    day = run.header.said.get("date", "")[:10]
    clock = pc.binary_join_element_wise(pc.fill_null(given("date"), day), pc.fill_null(given("time"), ""), " ")
    ts, _ = parsed(clock, "UTC")
    query = pc.if_else(pc.is_valid(given("cs-uri-query")), pc.binary_join_element_wise("?", given("cs-uri-query"), ""), "")
    target = pc.binary_join_element_wise(given("cs-uri-stem"), query, "")
    status = pc.fill_null(given("sc-status"), "")
    said = [pc.fill_null(part, "-") for part in (given("cs-method"), target, given("sc-status"))]
    return {
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pc.is_null(given("date")),
        "action": pa.repeat("web.request", n),
        "outcome": pc.if_else(pc.equal(status, ""), None, pc.if_else(pc.greater_equal(status, "400"), "failure", "success")),
        "host": given("s-computername", "cs-host", "cs(Host)", "s-ip"),
        "account": given("cs-username"),
        "src_ip": normalised(given("c-ip")),
        "dst": normalised(given("s-ip")),
        "object": target,
        "bytes": whole(given("sc-bytes")),
        "message": pc.binary_join_element_wise(*said, " "),
    }
