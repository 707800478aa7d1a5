"""The typed common columns that every event has, whatever its source.

The source's own fields follow as text columns under their native names; one whose name, case folded and without blanks,
equals a common column's is stored with `#native` behind it (`Host#native`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

Kind = Literal["text", "int", "bool", "time"]

COLUMNS: Final[dict[str, Kind]] = {
    "ts": "time",  # microseconds since 1970-01-01 UTC; null when the record has no time
    "ts_kind": "text",  # written, created, modified, … what the time is the time of
    "zone_assumed": "bool",  # true where zone (or year) was not in the record
    "evidence_id": "text",
    "file_id": "text",  # kyumei.model.source.file_id(evidence, path)
    "rec": "int",  # byte offset or record number, as the reader says
    "origin": "text",  # kyumei.model.actions.ORIGINS
    "source": "text",  # the reader's name
    "action": "text",  # kyumei.model.actions.ACTIONS
    "outcome": "text",  # kyumei.model.actions.OUTCOMES
    "host": "text",  # the machine the event happened on
    "account": "text",  # login name as spelt in the evidence, DOMAIN\\user kept
    "src_ip": "text",  # where from; IPv4 dotted, IPv6 compressed lower case, ::ffff:a.b.c.d written as a.b.c.d
    "dst": "text",  # where to: address, host, mail recipients joined with "; "
    "object": "text",  # what was touched: path, table, URL, attachment names joined with "; "
    "device": "text",  # device concerned
    "bytes": "int",
    "rows": "int",
    "event_id": "int",  # the source's own event number
    "provider": "text",
    "channel": "text",
    "message": "text",  # one line for people
}
"""Column → kind, in the order in which they are stored."""

GIVEN: Final = tuple(c for c in COLUMNS if c not in {"evidence_id", "file_id", "source"})
"""The columns a reader may fill; the rest are filled in for it."""


@lru_cache(maxsize=65_536)
def native(name: str) -> str:
    """Return the column name under which a source's own field is stored."""
    return f"{name}#native" if name.replace(" ", "").lower() in COLUMNS else name
