r"""Debug log of the DNS server of Windows (dns.log): one line a packet, names written as `(4)mail(7)example(3)com(0)`.

Found as C:/Windows/System32/dns/dns.log where packet logging is on. Dates follow the locale of the machine. Names are
given dotted as `query`; as written they stay in `name`. The lines that spell a packet out (details) belong to the record
before them.

Format: https://learn.microsoft.com/windows-server/networking/dns/dns-logging-and-diagnostics
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.addresses import normalised
from kyumei.readers.lines import share
from kyumei.readers.mapped.evaluate import wall
from kyumei.readers.match import bools, extract, filled, ints
from kyumei.readers.records import records
from kyumei.readers.registry import reader
from kyumei.readers.stamps import to_utc

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.store.rows import Rows

_STAMP: Final = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} (?:(?:午前|午後) )?\d{1,2}:\d\d:\d\d(?: [AP]M)?"
_BANNER: Final = r"DNS Server log file creation|Log file wrap at|Message logging key"
_HEAD: Final = rf"^(?:{_STAMP} [0-9A-Fa-f]{{3,8}} |{_BANNER})"
_PACKET: Final = (
    rf"(?s)^(?P<time>{_STAMP}) (?P<thread>[0-9A-Fa-f]+) PACKET +(?P<packet>[0-9A-Fa-f]{{8,16}}) (?P<proto>UDP|TCP) "
    r"(?P<direction>Snd|Rcv) (?P<remote>[0-9A-Fa-f.:]+) +(?P<xid>[0-9A-Fa-f]{4}) (?P<response>R| ) (?P<opcode>[QNU?]) "
    r"\[(?P<flags>[0-9A-Fa-f]{4}[^\]]*?)(?: *(?P<rcode>[A-Z]+))?\] (?P<qtype>\S+) +(?P<name>[^\n]*?) *(?:\n(?P<details>.*))?$"
)
_RECORD: Final = (
    _PACKET,
    rf"(?s)^(?P<time>{_STAMP}) (?P<thread>[0-9A-Fa-f]+) (?P<context>[A-Z]+) *(?P<what>.*)$",
    rf"(?s)^(?P<what>(?:{_BANNER}).*)$",
)
_LINE: Final = re.compile(
    rf"{_STAMP} [0-9A-Fa-f]{{3,8}} (?:PACKET|EVENT|DSPOLL|INIT|LOOKUP|REMOTE|RECURSE|TIMEOUT|UPDATE|TASK|Note)\b"
)
_FORMS: Final = (
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
)


def accepts(source: Source) -> int:
    """Return how sure it is by the banner, or by the packets among the first lines."""
    banner = source.sample.text.lstrip("\ufeff \r\n").startswith("DNS Server log file creation at ")
    return 95 if banner or share(source, _LINE) >= 0.2 else 0


@reader(
    "network.windows_dns_debug",
    accepts=accepts,
    title="Windows DNS server debug log",
    spec="https://learn.microsoft.com/windows-server/networking/dns/dns-logging-and-diagnostics",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each packet or note; `rec` is the byte offset of its line.

    Times have the precision of a second and no zone: that of the source is taken. The banner is an event without a time.
    """
    for lines in records(source, rows, _HEAD, "no record of the DNS server"):
        _add(lines, rows)


def _add(lines: Lines, rows: Rows) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    n = len(lines)
    part, _ = extract(lines.text, *_RECORD)
    fields = {name: filled(values) for name, values in part.items()}
    query = pc.ascii_trim(pc.replace_substring_regex(fields["name"], r"\(\d+\)", "."), characters=".")
    query = pc.if_else(pc.equal(query, ""), pc.if_else(pc.is_valid(fields["name"]), ".", pa.scalar(None, pa.string())), query)
    answered = pc.equal(pc.fill_null(fields["response"], ""), "R")
    failed = pc.and_(answered, pc.not_equal(pc.fill_null(fields["rcode"], "NOERROR"), "NOERROR"))
    what = fields.get("what", pa.nulls(n, pa.string()))
    said = pc.binary_join_element_wise(fields["direction"], fields["qtype"], query, pc.fill_null(fields["rcode"], ""), " ")
    columns = {
        "rec": lines.rec,
        "ts": _times(pc.fill_null(part["time"], ""), rows.source.zone),
        "ts_kind": pa.repeat("written", n),
        "zone_assumed": pa.repeat(pa.scalar(value=True), n),
        "action": pa.repeat("record.written", n),
        "outcome": pc.if_else(failed, "failure", pc.if_else(answered, "success", pa.scalar(None, pa.string()))),
        "src_ip": normalised(fields["remote"]),
        "object": query,
        "provider": fields["qtype"],
        "channel": fields["direction"],
        "message": pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(pc.coalesce(said, what, lines.text), 0, 300)),
    }
    fields |= {"query": query, "time": fields["time"]}
    rows.add_columns(columns, fields)


def _times(texts: pa.Array, zone: str) -> pa.Array:
    import numpy as np
    import pyarrow.compute as pc

    texts = pc.replace_substring_regex(texts, r"^(\S+) 午前 (.*)$", r"\1 \2 AM")
    texts = pc.replace_substring_regex(texts, r"^(\S+) 午後 (.*)$", r"\1 \2 PM")
    coded = texts.dictionary_encode()
    spelt = coded.dictionary.to_pylist()
    read = [wall(text, [*_FORMS, "%Y/%m/%d %I:%M:%S %p"]) for text in spelt]
    local, valid = np.array([each[0] for each in read], np.int64), np.array([each[1] for each in read], bool)
    places = coded.indices.to_numpy(zero_copy_only=False)
    utc = ints(to_utc(local, zone)[places])
    return pc.if_else(bools(valid[places]), utc, None)
