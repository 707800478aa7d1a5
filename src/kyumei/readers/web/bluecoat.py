"""Proxy logs in the ELFF format of Blue Coat ProxySG (Symantec, Broadcom) and of appliances that write like it.

Directives name the fields (`#Fields: date time time-taken c-ip cs-username … cs-bytes`); values with blanks stand in quotes.

Format: https://techdocs.broadcom.com/us/en/symantec-security-software/web-and-network-security/proxysg/7-3/ (access log
formats)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.addresses import normalised
from kyumei.readers.match import whole
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, parsed
from kyumei.readers.w3c import runs

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.w3c import Run
    from kyumei.store.rows import Rows

_FIELDS: Final = re.compile(
    r"^#Fields: (?=.*\b(?:time|x-timestamp|gmttime|localtime|timestamp)\b)(?=.*\bc-ip\b)"
    r"(?=.*\b(?:s-action|sc-filter-result|sc-filter-category|cs-uri-scheme|x-exception-id|x-bluecoat|cs-categories)\b)",
    re.MULTILINE,
)


def accepts(source: Source) -> int:
    """Return certainty when a #Fields directive names fields that proxies have and web servers do not."""
    return CERTAIN if _FIELDS.search(source.sample.text) else 0


@reader(
    "web.bluecoat",
    accepts=accepts,
    title="Proxy log (ELFF: Blue Coat, ProxySG)",
    spec="https://techdocs.broadcom.com/us/en/symantec-security-software/web-and-network-security/proxysg/7-3.html",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is its byte offset.

    `date` and `time` are UTC by the format; where the rows have no date that of the #Date directive is taken and `zone_assumed`
    is true. `bytes` is what the client got (`sc-bytes`); what it sent stays in `cs-bytes`. Requests that the proxy refused are
    `network.denied`.
    """
    for run in runs(source, rows):
        rows.add_columns({"rec": run.lines.rec, **_columns(run)}, run.columns)


def _columns(run: Run) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(run.lines)

    def given(*names: str) -> pa.Array:
        found = [run.columns[name] for name in names if name in run.columns]
        return pc.coalesce(*found) if found else pa.nulls(n, pa.string())

    ts, assumed = _times(run, given)
    target = _target(given)
    refused = pc.match_substring_regex(
        pc.binary_join_element_wise(*(pc.fill_null(given(name), "") for name in ("s-action", "sc-filter-result")), " "),
        r"(?i)DENIED|\bdeny|\bpolicy_denied|BLOCKED",
    )
    status = pc.fill_null(given("sc-status"), "")
    said = [pc.fill_null(part, "-") for part in (given("cs-method"), target, given("sc-status"))]
    return {
        "ts": ts,
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": assumed,
        "action": pc.if_else(refused, "network.denied", "web.request"),
        "outcome": pc.if_else(
            pc.or_(refused, pc.greater_equal(status, "400")), "failure", pc.if_else(pc.equal(status, ""), None, "success")
        ),
        "host": given("s-computername", "s-ip"),
        "account": given("cs-username", "cs-userdn", "cs-user"),
        "src_ip": normalised(given("c-ip")),
        "dst": normalised(given("r-ip", "s-supplier-ip", "cs-host", "r-dns")),
        "object": target,
        "bytes": whole(given("sc-bytes")),
        "message": pc.binary_join_element_wise(*said, " "),
    }


def _times(run: Run, given: Any) -> tuple[pa.Array, pa.Array]:
    import pyarrow.compute as pc

    day = run.header.said.get("date", "")[:10]
    clock = pc.binary_join_element_wise(pc.fill_null(given("date"), day), pc.fill_null(given("time"), ""), " ")
    stated, _ = parsed(clock, "UTC")
    bare = pc.replace_substring_regex(pc.fill_null(given("gmttime", "localtime"), ""), r"^\[?([^\]]*)\]?$", r"\1")
    other, zoneless = parsed(bare, "UTC")
    counted = epochs(pc.fill_null(given("x-timestamp-unix", "timestamp"), ""))
    assumed = pc.if_else(pc.is_valid(stated), pc.is_null(given("date")), pc.and_(zoneless, pc.is_null(counted)))
    return pc.coalesce(stated, counted, other), assumed


def _target(given: Any) -> pa.Array:
    """Return the address that was asked for, put together from its parts where it is not given whole."""
    import pyarrow.compute as pc

    scheme = pc.fill_null(pc.binary_join_element_wise(given("cs-uri-scheme"), "://", ""), "")
    path = pc.fill_null(given("cs-uri-path", "cs-uri-stem"), "")
    query = pc.fill_null(given("cs-uri-query"), "")
    marked = pc.if_else(
        pc.or_(pc.equal(query, ""), pc.starts_with(query, "?")), query, pc.binary_join_element_wise("?", query, "")
    )
    host = given("cs-host", "cs-uri-host", "r-dns")
    parts = pc.binary_join_element_wise(scheme, host, path, marked, "")
    return pc.coalesce(given("cs-uri", "c-uri"), parts, path)
