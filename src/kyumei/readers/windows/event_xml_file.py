"""Windows events as XML text: what Event Viewer and `wevtutil qe /f:xml` export, and what forwarders write one a line.

`rec` is the byte offset of the `<Event`. Between events only an XML declaration, an `<Events>` element and the signs that
viewers put before what can be folded are expected; anything else is a fault, as is an event that is not well-formed.

Format: https://learn.microsoft.com/windows/win32/wes/eventschema-schema
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.json_values import VALUE_CHARS, Window
from kyumei.readers.registry import reader
from kyumei.readers.windows.event_xml import event_of_xml
from kyumei.readers.windows.json_events import event_of
from kyumei.readers.windows.mapping import add_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_LIKE: Final = re.compile(r"<Event\b[^>]*>\s*(?:-\s*)?<System>.{0,2000}?<EventID", re.DOTALL)
_EVENT: Final = re.compile(r"<Event[\s>].*?</Event>", re.DOTALL)
_BETWEEN: Final = re.compile(r"(?:\s|-|\ufeff|<\?xml[^>]*\?>|</?Events[^>]*>|<!--.*?-->)*", re.DOTALL)
_BATCH_BYTES: Final = 32 * 1024 * 1024


def accepts(source: Source) -> int:
    """Return certainty where the beginning holds an event with its System part."""
    return CERTAIN if "<Event" in source.sample.text and _LIKE.search(source.sample.text) else 0


@reader(
    "windows.event_xml",
    accepts=accepts,
    title="Windows events as XML",
    spec="https://learn.microsoft.com/windows/win32/wes/eventschema-schema",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each `<Event>` element."""
    flushed = 0
    for rec, size, text in _events(source, rows):
        if rec - flushed > _BATCH_BYTES:
            rows.flush()
            flushed = rec
        try:
            event = event_of(event_of_xml(text), source.zone)
        except ValueError:
            event = None
        if event is None:
            rows.fault(rec, "no Windows event", size)
        else:
            add_event(rows, event, rec=rec)


def _events(source: Source, rows: Rows) -> Iterator[tuple[int, int, str]]:
    """Yield byte offset, length and text of each element; what stands between becomes a fault."""
    with source.open() as stream:
        window = Window(stream, source.sample.encoding)
        while True:
            found = _EVENT.search(window.text)
            if found is None:
                if len(window.text) > VALUE_CHARS:
                    _skip(window, len(window.text), rows)
                if not window.more():
                    break
                continue
            _skip(window, found.start(), rows)
            text, begin = found[0], window.offset
            window.drop(len(text))
            yield begin, window.offset - begin, text
        _skip(window, len(window.text), rows)


def _skip(window: Window, chars: int, rows: Rows) -> None:
    """Leave so many characters behind; a fault where they are more than what may stand between events."""
    between, begin = window.text[:chars], window.offset
    window.drop(chars)
    if not _BETWEEN.fullmatch(between):
        rows.fault(begin, "no event", window.offset - begin)
