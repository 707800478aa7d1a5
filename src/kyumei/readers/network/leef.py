"""Log Event Extended Format (IBM QRadar): versions 1.0 (attributes parted by tabs) and 2.0 (the head names what parts them).

`LEEF:2.0|vendor|product|version|event|^|key=value^key=value`, mostly behind a syslog head.

Format: https://www.ibm.com/docs/en/dsm?topic=leef-overview
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import share
from kyumei.readers.match import constant, extract, filled, ints, only
from kyumei.readers.network import framed
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines
    from kyumei.readers.linux.years import Calendar
    from kyumei.store.rows import Rows

_HEAD: Final = (
    r"\bLEEF: ?(?P<leef>[12](?:\.\d)?)\|(?P<vendor>[^|]*)\|(?P<product>[^|]*)\|(?P<version>[^|]*)\|(?P<eventName>[^|]*)\|"
)
_RECORDS: Final = (
    _HEAD.replace("[12](?:", "2(?:") + r"(?P<by>0?x[0-9A-Fa-f]{1,4}|[^|]?)\|(?P<attributes>.*)$",
    _HEAD + r"(?P<attributes>.*)$",
)
_LINE: Final = re.compile(r"[^|]{0,300}\bLEEF: ?[12](?:\.\d)?\|[^|]*\|")


def accepts(source: Source) -> int:
    """Return how sure it is that the sampled lines hold LEEF records."""
    part = share(source, _LINE)
    return int(60 + 38 * part) if part >= 0.3 else 0


@reader(
    "network.leef",
    accepts=accepts,
    title="Log Event Extended Format (LEEF)",
    spec="https://www.ibm.com/docs/en/dsm?topic=leef-overview",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each line; `rec` is its byte offset.

    The time is `devTime`, else that of the syslog head; without an offset the source's zone is taken and `zone_assumed` is
    true. Lines without a record are read as syslog.
    """
    framed.read(source, rows, _own, "no LEEF record")


def _own(lines: Lines, calendar: Calendar, rows: Rows) -> pa.Array:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    head, matched = extract(lines.text, *_RECORDS)
    good, head = lines.where(matched), only(head, matched)
    by = pc.fill_null(head.pop("by", pa.nulls(len(good), pa.string())), "")
    for spelt in pc.unique(by).to_pylist():
        places = ints(np.flatnonzero(pc.equal(by, spelt).to_numpy(zero_copy_only=False)))
        part = {name: values.take(places) for name, values in head.items()}
        found = framed.attributes(part.pop("attributes"), _delimiter(spelt))
        fields = {**{name: filled(values) for name, values in part.items()}, **found}
        these = good.where(pc.equal(by, spelt))
        said = fields.get("msg", pa.nulls(len(these), pa.string()))
        asked = {
            **fields,
            "msg": pc.binary_join_element_wise(pc.fill_null(said, ""), pc.fill_null(fields["eventName"], ""), " "),
        }
        framed.add(these, {**fields, "msg": said}, calendar, rows, **_told(asked, len(these)))
    return matched


def _told(fields: dict[str, pa.Array], rows: int) -> dict[str, pa.Array]:
    """Return what happened by the event's name, and a line for people."""
    import pyarrow.compute as pc

    from kyumei.readers.network import kv

    said = kv.interpret(fields, rows)
    written = pc.equal(said["action"], "record.written")
    action = pc.if_else(written, constant(None), said["action"])
    return {"action": action, "outcome": said["outcome"], "message": filled(pc.utf8_trim_whitespace(fields["msg"]))}


def _delimiter(spelt: str) -> str:
    if re.fullmatch("0?x[0-9A-Fa-f]{1,4}", spelt):
        return chr(int(spelt.removeprefix("0")[1:], 16))
    return spelt or "\t"
