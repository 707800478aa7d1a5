"""Logs with a header line of a form nobody described: what somebody did, when, where and to what, told by names and values.

Exports of asset-management products, SaaS consoles and door systems in Japanese or English are such tables. They are taken for
a log only where one column holds times with a clock, one says what was done in words that are understood, and one says who
or where; a table that has columns of lists of persons (birth, address, phone) is none. Orders and members' lists can have all
of that too, which is why a case counts the persons of what this reader takes as it counts those of tables. What is chosen
becomes a mapping like those a user writes (`kyumei map suggest` prints it). Events of this reader hold `guessed`; a reader
that knows the format is always surer.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kyumei.model.source import Source
from kyumei.readers.mapped.mapping import Choice, LogMapping, Time
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.readers.mapped.suggest import Proposal
    from kyumei.store.rows import Rows

SURE: Final = 61
"""Just surer than that it is a table of records."""
UNDERSTOOD: Final = 0.6
_DATED: Final = ("%Y年%m月%d日", "%Y/%m/%d", "%m/%d/%Y", "%Y%m%d")
_FEW: Final = 30
"""Different values of what was done; more are names or texts."""
TOP: Final = 16_384
"""Bytes that are looked at."""
_HEADER_LINES: Final = 30
_BEHIND: Final = 6
_DELIMITERS: Final = (",", "\t", ";", "|")
_CLOCK: Final = re.compile(r"\d[:時]\d\d")
_BINARY: Final = 256
"""NUL bytes among the first 1,024: fewer are a hole in a text."""


def accepts(source: Source) -> int:
    """Return `SURE` where the first rows say who did what and when."""
    if not _is_likely(source.sample.text):
        return 0
    found = _proposal(_top(source.head))
    return SURE if found and _is_log(found) else 0


def _is_likely(text: str) -> bool:
    """Return whether near the top stands a line of cells without a clock, and lines of as many cells with one behind it."""
    lines = text[:TOP].lstrip("\ufeff").split("\n", _HEADER_LINES + _BEHIND)
    for number, line in enumerate(lines[:_HEADER_LINES]):
        behind = [other for other in lines[number + 1 : number + 1 + _BEHIND] if other.strip()]
        for delimiter in _DELIMITERS:
            cells = line.count(delimiter)
            if cells > 1 and not _CLOCK.search(line):
                alike = [other for other in behind if other.count(delimiter) >= cells]
                if len(alike) * 2 >= len(behind) and any(map(_CLOCK.search, alike)):
                    return True
    return False


def _top(head: bytes) -> bytes:
    """Return so much of the head as decides, whole lines."""
    part = head[:TOP]
    return part if len(part) == len(head) else part[: part.rfind(b"\n") + 1] or part


@reader(
    "text.csv_events",
    accepts=accepts,
    title="Log with a header (format not known)",
    spec="https://www.rfc-editor.org/rfc/rfc4180",
    guesses=True,
)
def read(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is its byte offset."""
    import pyarrow as pa

    from kyumei.readers.flat_csv import records as csv
    from kyumei.readers.linux.years import Calendar
    from kyumei.readers.mapped.evaluate import events
    from kyumei.readers.nested import expanded

    top = _top(source.head)
    shape, found = csv.guessed(top), _proposal(top)
    if shape is None or found is None:
        rows.fault(0, "no header with rows behind it", source.size)
        return
    mapping, calendar = _as_mapping(found), Calendar(source)
    for block in csv.records(source, rows, shape):
        event = events(expanded(block.columns), block.rec, mapping, calendar)
        rows.add_columns(event.columns, {**event.fields, "guessed": pa.repeat("yes", len(block.rec))})


@lru_cache(maxsize=8)
def _proposal(head: bytes) -> Proposal | None:
    """Return what the first rows are taken for, None where there are none."""
    from kyumei.readers.flat_csv import records as csv
    from kyumei.readers.mapped.suggest import proposal
    from kyumei.readers.nested import expanded
    from kyumei.store.rows import Rows

    if head[:1024].count(0) > _BINARY and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    shape = csv.guessed(head)
    if shape is None:
        return None
    source = Source.memory(head)
    block = next(iter(csv.records(source, Rows(source, "", lambda _: None), shape)), None)
    if block is None:
        return None
    return proposal(expanded(block.columns), "csv")


def _is_log(found: Proposal) -> bool:
    who = {"account", "host", "src_ip"} & set(found.columns)
    dated = found.time is not None and found.time[1] in _DATED
    few = 0 < len(found.values) <= _FEW
    return (
        bool(found.time and not dated and found.action and who and few and not found.persons) and found.understood >= UNDERSTOOD
    )


def _as_mapping(found: Proposal) -> LogMapping:
    from kyumei.readers.mapped.suggest import failed, rules

    fields, form = found.time or ((), "iso")
    outcome = Choice()
    if found.outcome:
        outcome = Choice((({found.outcome: {"matches": failed()}}, "failure"),), default="success")
    columns = {**found.columns, "provider": (found.action,)}
    columns.setdefault("message", (found.action,))
    return LogMapping(
        name="text.csv_events",
        title="",
        spec="",
        format="csv",
        patterns=(),
        skip="",
        recognise="",
        accepts=found.always,
        any=(),
        certain=False,
        encoding="",
        time=Time(fields, form),
        columns=tuple(columns.items()),
        action=Choice(tuple(rules(found.action)), default="record.written"),
        outcome=outcome,
    )
