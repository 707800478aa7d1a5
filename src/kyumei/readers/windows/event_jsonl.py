"""Windows events as JSON: one object a line (nxlog, Winlogbeat, Mordor/OTRF, `evtx_dump -o jsonl`), or one array of them.

`rec` is the byte offset of the line; in an array or in objects spread over lines, the byte offset of the object. Times: see
`json_events`. Faults: lines or stretches that are no JSON, and objects that are no Windows event.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.source import CERTAIN, LIKELY
from kyumei.readers.json_values import values
from kyumei.readers.registry import reader
from kyumei.readers.windows.json_events import event_of, is_event
from kyumei.readers.windows.mapping import add_event

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_LOOKED_AT: Final = 20
_BATCH_BYTES: Final = 32 * 1024 * 1024


def accepts(source: Source) -> int:
    """Return CERTAIN where every value in the beginning is a Windows event, LIKELY where most are."""
    looked: list[bool] = []
    for value in _beginning(source.sample.text):
        looked.append(is_event(value))
        if len(looked) == _LOOKED_AT:
            break
    share = sum(looked) / len(looked) if looked else 0
    return CERTAIN if share == 1 else LIKELY if share > 0.5 else 0


@reader(
    "windows.event_jsonl",
    accepts=accepts,
    title="Windows events as JSON",
    spec="https://learn.microsoft.com/windows/win32/wes/eventschema-schema",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each object."""
    flushed = 0
    for rec, size, value in values(source, rows):
        if rec - flushed > _BATCH_BYTES:
            rows.flush()
            flushed = rec
        event = event_of(value, source.zone) if isinstance(value, dict) else None
        if event is None:
            rows.fault(rec, "no Windows event", size)
        else:
            add_event(rows, event, rec=rec)


def _beginning(text: str) -> Any:
    """Yield JSON values at the beginning of a text that may be cut anywhere."""
    decoder = json.JSONDecoder()
    at = 0
    text = text.lstrip("\ufeff")
    while at < len(text):
        while at < len(text) and text[at] in " \t\r\n,[]":
            at += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value
