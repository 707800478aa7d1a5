r"""Common Event Format (ArcSight), which many firewalls, gateways, proxies and cloud services send.

`CEF:0|vendor|product|version|signature|name|severity|key=value key=value …`, mostly behind a syslog head. In the head `\|`, in
values `\=` and `\\` are escaped; values hold blanks and end where the next key begins.

Format: https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/cef-implementation-standard/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.match import extract, filled, only
from kyumei.readers.network import framed
from kyumei.readers.pairs import plain
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.store.rows import Rows

_PART: Final = r"(?:[^|\\]|\\.)*"
_RECORD: Final = (
    rf"\bCEF: ?\d+\|(?P<deviceVendor>{_PART})\|(?P<deviceProduct>{_PART})\|(?P<deviceVersion>{_PART})\|"
    rf"(?P<signatureId>{_PART})\|(?P<eventName>{_PART})\|(?P<severity>{_PART})\|(?P<extension>.*)$"
)
_LINE: Final = re.compile(r"[^|]{0,300}\bCEF: ?\d+\|[^|]*\|[^|]*\|")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines hold CEF records."""
    part = share(source, _LINE)
    return int(60 + 38 * part) if part >= 0.3 else 0


@reader(
    "network.cef",
    accepts=accepts,
    title="Common Event Format (CEF)",
    spec="https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/cef-implementation-standard/",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    The time is that of the record (`rt`, `start`, `end`), else that of the syslog head; without an offset the source's zone is
    taken and `zone_assumed` is true. Lines without a record are read as syslog.
    """
    framed.read(source, rows, _own, "no CEF record")


def _own(lines: Lines, calendar: Calendar, rows: Rows) -> pa.Array:
    import pyarrow.compute as pc

    head, matched = extract(lines.text, _RECORD)
    good = lines.where(matched)
    if not len(good):
        return matched
    head = only(head, matched)
    extension = head.pop("extension")
    fields = {**{name: filled(_plain(values)) for name, values in head.items()}, **_extended(extension)}
    sentence = pc.binary_join_element_wise(
        *(pc.fill_null(fields[name], "") for name in ("msg", "eventName") if name in fields), " ", null_handling="skip"
    )
    asked = {**fields, "msg": pc.utf8_trim_whitespace(sentence)}
    framed.add(good, asked, calendar, rows, message=filled(asked["msg"]))
    return matched


def _extended(extension: pa.Array) -> dict[str, pa.Array]:
    """Return the extension's values by key; only blanks stand between them, so that commas and quotes are part of a value."""
    return {name: _plain(filled(values)) for name, values in plain(extension, b" \t").items()}


def _plain(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    if pc.any(pc.match_substring(values, "\\")).as_py():
        for written, meant in (("\\|", "|"), ("\\n", "\n"), ("\\r", ""), ("\\\\", "\\")):
            values = pc.replace_substring(values, written, meant)
    return values
