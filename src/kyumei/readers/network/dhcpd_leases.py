r"""Leases of the ISC DHCP server: dhcpd.leases and dhclient's leases, blocks of statements, the newest of an address last.

`lease 192.0.2.10 { starts 1 2024/06/17 01:00:00; ends …; binding state active; hardware ethernet 02:…; client-hostname
"pc01"; }`

Found as /var/lib/dhcp/dhcpd.leases. Times are UTC, or seconds since 1970 where the server writes `epoch`.

Format: https://kb.isc.org/docs/isc-dhcp-44-manual-pages-dhcpdleases
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.addresses import normalised
from kyumei.readers.match import extract, filled
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import epochs, parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_HEAD: Final = r"^(?:lease|iaaddr|ia-na|ia-ta|ia-pd|host|failover|server-duid|authoring-byte-order|subgroup|group)\b|^#"
_BEGINS: Final = re.compile(
    r"(?:^|\n)lease [0-9A-Fa-f.:]+ \{\s*\n[^}]*\b(?:starts|binding|expire|interface|hardware)\b"
    r"|^# The format of this file is documented in the dhcpd.leases\(5\)"
)
_LEASE: Final = r"^(?:lease|iaaddr) (?P<address>[0-9A-Fa-f.:]+) \{"
_TIMES: Final = ("starts", "ends", "cltt", "renew", "expire")
_FIELDS: Final = {
    "state": r"\n\s*binding state (?P<value>[\w-]+);",
    "hardware": r"\n\s*hardware \S+ (?P<value>[0-9A-Fa-f:]+);",
    "hostname": r'\n\s*(?:client-hostname|option host-name) "(?P<value>[^"]*)";',
    "uid": r"\n\s*uid (?P<value>[^\n]*);",
    "vendor_class": r'\n\s*set vendor-class-identifier = "(?P<value>[^"]*)";',
    "ddns_name": r'\n\s*set ddns-fwd-name = "(?P<value>[^"]*)";',
    "server": r"\n\s*option dhcp-server-identifier (?P<value>[^\n;]*);",
}
"""Field → where its value stands in a block."""


def accepts(source: Source) -> int:
    """Return whether a lease, or the comment that the server begins with, stands near the top."""
    return CERTAIN if _BEGINS.search(source.sample.text) else 0


@reader(
    "network.dhcpd_leases",
    accepts=accepts,
    title="ISC DHCP leases",
    spec="https://kb.isc.org/docs/isc-dhcp-44-manual-pages-dhcpdleases",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each lease and other block; `rec` is the byte offset of its first line.

    `ts` is when the lease began; `src_ip` is the address, `host` the name that the client gave, `device` its hardware address.
    """
    for lines in records(source, rows, _HEAD, "no lease"):
        _add(lines, rows)


def _add(lines: Lines, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n, texts = len(lines), lines.text
    fields: dict[str, pa.Array] = {}
    for name, pattern in _FIELDS.items():
        fields[name] = filled(extract(texts, pattern)[0]["value"])
    head, _ = extract(texts, _LEASE)
    ts: dict[str, pa.Array] = {}
    for name in _TIMES:
        found, _ = extract(texts, rf"\n\s*{name} (?:epoch (?P<epoch>\d+)|\d (?P<stamp>[\d/]+ [\d:]+)|(?P<never>never))")
        stamp, _ = parsed(pc.fill_null(found["stamp"], ""), "UTC")
        ts[name] = pc.coalesce(stamp, epochs(pc.fill_null(found["epoch"], "")))
        fields[name] = pc.coalesce(filled(found["stamp"]), filled(found["epoch"]), filled(found["never"]))
    began = pc.coalesce(ts["starts"], ts["cltt"], ts["renew"])
    address = normalised(head["address"])
    said = pc.binary_join_element_wise(
        "lease of", address, pc.fill_null(fields["hardware"], ""), pc.fill_null(fields["hostname"], ""), " "
    )
    columns = {
        "rec": lines.rec,
        "ts": began,
        "ts_kind": pc.if_else(pc.is_valid(began), "lease began", pa.scalar(None, pa.string())),
        "zone_assumed": pa.repeat(pa.scalar(value=False), n),
        "action": pa.repeat("record.written", n),
        "host": fields["hostname"],
        "src_ip": address,
        "device": fields["hardware"],
        "message": pc.coalesce(pc.utf8_trim_whitespace(said), pc.utf8_slice_codeunits(texts, 0, 200)),
    }
    rows.add_columns(columns, fields)
