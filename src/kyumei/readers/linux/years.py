"""The year of syslog lines that state none (RFC 3164).

The lines of a file follow each other in time, so a date that falls back by more than a month means that a year has gone by;
what is left to find is one year, and this is where it is looked for, in this order:

1. lines of the same file that state their year: an ISO time in front, or an ISO date inside the message that agrees with
   the line's own month and day;
2. a date in the file's name, as log rotation writes it (`secure-20240519`): no line is later;
3. the time of the file's last change: no line is later. A time before 1990 is none: some packers write 1970 for "not known".

A 29 February moves the answer back to the nearest leap year. Where there is none of the three the year is unknown, and the
lines have no time: a wrong year would be worse.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kyumei.readers.lines import batches
from kyumei.readers.match import extract
from kyumei.readers.stamps import months, numbers
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.lines import Lines

_HEADS: Final = (
    r"^(?:<\d{1,3}>)?\[?(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) (?P<rest>\d\d:\d\d:\d\d.*)$",
    r"^(?P<month>\d\d)-(?P<day>\d\d) (?P<rest>\d\d:\d\d:\d\d.*)$",
    r"^(?:<\d{1,3}>)?(?:1 )?(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[T ]\d\d:\d\d",
)
_INSIDE: Final = r"\b(?P<year>(?:19|20)\d\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ]\d\d:\d\d"
_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_FIRST_TIME: Final = 631_152_000_000_000
"""1990-01-01 in microseconds since 1970 UTC."""
_FELL_BACK: Final = -31
"""Days; smaller steps back are lines out of order or a clock set right."""
_OUT_OF_ORDER: Final = 330
"""Days; a leap from the first of January to the end of December is one late line of the old year."""


@dataclass
class _Scan:
    """What one pass over the file shows: where years begin, and what speaks for which year."""

    starts: list[int] = field(default_factory=lambda: [0])
    turns: list[int] = field(default_factory=lambda: [0])
    last: tuple[int, int] = (0, 0)
    leap_turns: set[int] = field(default_factory=set)
    votes: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Years:
    """The years of a file: `first` is that of its first line, None where unknown."""

    first: int | None
    starts: tuple[int, ...]
    turns: tuple[int, ...]

    def at(self, recs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the year of the lines at these byte offsets, 0 where unknown."""
        import numpy as np

        if self.first is None:
            return np.zeros(len(recs), np.int64)
        turns = np.array(self.turns, np.int64)
        found: np.ndarray[Any, Any] = self.first + turns[np.searchsorted(np.array(self.starts), recs, side="right") - 1]
        return found


class Calendar:
    """The source's zone, and its lines' years once a line without a year asks for them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.zone = source.zone

    @cached_property
    def years(self) -> Years:
        """Return the years; the first call reads the source through."""
        return years(self._source)


def years(source: Source) -> Years:
    """Read the source once and return its lines' years."""
    scan = _Scan()
    for lines in batches(source, Rows(source, "", lambda _: None)):
        _look_at(lines, scan)
    first = _first_year(source, scan)
    return Years(first, tuple(scan.starts), tuple(scan.turns))


def _look_at(lines: Lines, scan: _Scan) -> None:
    import numpy as np

    head, matched = extract(lines.text, *_HEADS)
    found = matched.to_numpy(zero_copy_only=False)
    month, day = months(head["month"]), numbers(head["day"])
    longest = np.array((0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))[np.minimum(month, 12)]
    good = found & (month <= 12) & (day > 0) & (day <= longest)
    if not good.any():
        return
    recs, month, day = lines.rec.to_numpy()[good], month[good], day[good]
    ordinal = month * 31 + day
    before = np.concatenate(([scan.last[0] * 31 + scan.last[1] if scan.last[0] else ordinal[0]], ordinal[:-1]))
    step = ordinal - before
    turn = np.where(step < _FELL_BACK, 1, np.where(step > _OUT_OF_ORDER, -1, 0))
    turns = scan.turns[-1] + np.cumsum(turn)
    for place in np.flatnonzero(turn):
        scan.starts.append(int(recs[place]))
        scan.turns.append(int(turns[place]))
    scan.last = int(month[-1]), int(day[-1])
    scan.leap_turns.update(int(t) for t in np.unique(turns[(month == 2) & (day == 29)]))
    _vote(head, good, turns, scan)


def _vote(head: dict[str, pa.Array], good: np.ndarray[Any, Any], turns: np.ndarray[Any, Any], scan: _Scan) -> None:
    """Count the years that the lines themselves state, each put back to the year of the file's first line."""
    import numpy as np
    import pyarrow.compute as pc

    stated = numbers(pc.fill_null(head["year"], ""))[good] if "year" in head else np.zeros(len(turns), np.int64)
    scan.votes.update((stated - turns)[stated > 0].tolist())
    inside, _ = extract(pc.fill_null(head["rest"], ""), _INSIDE)
    year = numbers(pc.fill_null(inside["year"], ""))[good]
    agree = months(pc.fill_null(inside["month"], ""))[good] == months(head["month"])[good]
    agree &= numbers(pc.fill_null(inside["day"], ""))[good] == numbers(head["day"])[good]
    scan.votes.update((year - turns)[agree & (year > 0)].tolist())


def _first_year(source: Source, scan: _Scan) -> int | None:
    if scan.votes:
        return min(scan.votes, key=lambda year: (-scan.votes[year], year))
    latest = _latest(source)
    if latest is None:
        return None
    last = latest.year if scan.last <= ((latest.month, latest.day)) else latest.year - 1
    first = last - scan.turns[-1]
    for back in range(8):
        if all(_is_leap(first - back + turn) for turn in scan.leap_turns):
            return first - back
    return first


def _latest(source: Source) -> date | None:
    """Return the day after which no line can be, with a day's grace for zones."""
    named = _NAME.search(source.name)
    if named:
        year, month, day = (int(part or 0) for part in named.groups())
        following = date(year + month // 12, month % 12 + 1, 1)
        try:
            return date(year, month, day) + timedelta(days=1) if day else following
        except ValueError:
            return following
    if source.mtime is None or source.mtime < _FIRST_TIME:
        return None
    changed = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=source.mtime)
    return changed.astimezone(ZoneInfo(source.zone)).date() + timedelta(days=1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
