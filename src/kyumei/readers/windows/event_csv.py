"""What Windows Event Viewer saves as CSV or tab-separated text, in Japanese and English.

Traps: the message has no column name (five names, six columns); messages hold line breaks and doubled quotes; exports
come with and without byte-order mark, in UTF-8, UTF-16 or CP932; times are in the zone of the machine that exported,
without offset and with the precision of a second. `rec` is the byte offset of the row's first byte. `ts` is taken in the
source's zone and marked as assumed. Dates that begin with the year are year-month-day; others are month-day-year unless
some date in the first 64 KiB can only be day-month-year. The whole message is the native field `Message`; the fields
found in it carry their EventData names (see `message_text`). Blank lines in a message are kept as one. A row that is cut
inside its message is read with what is there (`System_Integrity`). Seen: jpcert/log-training (Windows 7).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.model.source import CERTAIN
from kyumei.readers.lines import batches
from kyumei.readers.registry import reader
from kyumei.readers.windows.fields import WindowsEvent, integer
from kyumei.readers.windows.mapping import add_event
from kyumei.readers.windows.message_text import fields_of
from kyumei.readers.windows.times import is_day_first, utc, wall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_NAMES: Final = {
    "レベル": "level",
    "level": "level",
    "キーワード": "keywords",
    "keywords": "keywords",
    "日付と時刻": "time",
    "date and time": "time",
    "ソース": "provider",
    "source": "provider",
    "イベント id": "event_id",
    "event id": "event_id",
    "タスクのカテゴリ": "task",
    "タスク カテゴリ": "task",
    "task category": "task",
    "ユーザー": "user",
    "user": "user",
    "コンピューター": "host",
    "computer": "host",
    "ログ": "channel",
    "log": "channel",
}
_NATIVE: Final = {"level": "System_Level", "keywords": "System_Keywords", "task": "System_Task", "user": "System_User"}
_NEEDED: Final = {"time", "provider", "event_id"}
_DATE: Final = re.compile(r'(?:^|[,\t])"?(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} [^,\t"]{5,20})"?[,\t]', re.MULTILINE)
_ROW: Final = re.compile(
    r'"?[^,\t"]{1,40}"?[,\t]"?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} (?:\w{2} )?\d{1,2}:\d{2}:\d{2}[^,\t]{0,6}[,\t]'
)
_ROW_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[str, ...]
    delimiter: str
    day_first: bool


def accepts(source: Source) -> int:
    """Return CERTAIN where the first line holds Event Viewer's column names."""
    return CERTAIN if _layout(source.sample.text) else 0


@reader(
    "windows.event_csv",
    accepts=accepts,
    title="Windows Event Viewer export (CSV, text)",
    spec="https://learn.microsoft.com/windows/win32/wes/windows-event-log",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row."""
    layout = _layout(source.sample.text)
    if layout is None:
        rows.fault(0, "no Event Viewer column names", source.size)
        return
    for rec, size, text, is_whole in _records(source, rows):
        cells = _cells(text if is_whole else f'{text}"', layout.delimiter)
        event = _event(cells, layout, source.zone) if cells else None
        if event is None:
            rows.fault(rec, "row not understood", size)
            continue
        if not is_whole:
            event.fields["System_Integrity"] = "row cut: its quotes do not close"
        add_event(rows, event, rec=rec)


def _layout(text: str) -> _Layout | None:
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0].strip()
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    cells = _cells(first, delimiter) or []
    columns = tuple(_NAMES.get(name.strip().lower(), "") for name in cells)
    if not set(columns) >= _NEEDED:
        return None
    return _Layout(columns, delimiter, any(is_day_first(d) for d in _DATE.findall(text)))


def _records(source: Source, rows: Rows) -> Iterator[tuple[int, int, str, bool]]:
    """Yield offset, size and text of each row (lines joined until their quotes close) and whether they did."""
    parts: list[str] = []
    start = end = odd = 0
    for rec, size, text in _lines(source, rows):
        if parts and (_ROW.match(text) or end - start > _ROW_BYTES):
            yield start, end - start, "\n".join(parts), False
            parts, odd = [], 0
        if not parts:
            start = rec
        elif rec > end:
            parts.append("")
        parts.append(text)
        end = rec + size
        odd ^= text.count('"') & 1
        if not odd:
            yield start, end - start, "\n".join(parts), True
            parts = []
    if parts:
        yield start, end - start, "\n".join(parts), False


def _lines(source: Source, rows: Rows) -> Iterator[tuple[int, int, str]]:
    """Yield offset, size and text of each line but the first."""
    skip = 1
    for batch in batches(source, rows):
        lines = list(zip(batch.rec.to_pylist(), batch.size.to_pylist(), batch.text.to_pylist(), strict=True))
        yield from lines[skip:]
        skip = 0


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter), None)
    except csv.Error:
        return None


def _event(cells: list[str], layout: _Layout, zone: str) -> WindowsEvent | None:
    named = {name: value.strip() for name, value in zip(layout.columns, cells, strict=False) if name}
    event = WindowsEvent(event_id=integer(named.get("event_id")), provider=named.get("provider") or None)
    if event.event_id is None or event.provider is None:
        return None
    clock = wall(named.get("time", ""), day_first=layout.day_first)
    if clock is None:
        event.fields["System_TimeCreated"] = named.get("time", "")
    else:
        event.ts, event.zone_assumed = utc(clock, zone), True
    event.host, event.channel = named.get("host") or None, named.get("channel") or None
    event.keywords = named.get("keywords")
    event.fields |= {_NATIVE[name]: value for name, value in named.items() if name in _NATIVE and value}
    message = "\n".join(cell for cell in cells[len(layout.columns) :] if cell)
    if message:
        event.fields |= fields_of(message, event.event_id)
        event.fields["Message"] = message
    return event
