"""Times in the first part of a line, in whatever way programs write them.

What is told apart: year first; day, name of the month, year; C's asctime; RFC 3164; two numbers and a year; MySQL's six digits;
seconds since 1970. Where two numbers could each be the month, the file decides: a number above 12 anywhere in its sample is
a day; else strokes mean month first and hyphens or dots day first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.readers.match import bools, extract, ints
from kyumei.readers.stamps import MONTHS, civil, epochs, micros, months, numbers, offsets, to_utc

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa

BEFORE: Final = 48
"""Characters that may stand before the time: a level, a process, a container's name."""
_CLOCK: Final = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?: ?(?P<half>[AaPp][Mm])\b)?(?P<zone> ?(?:Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b))?"
)
_NAMES: Final = "|".join(MONTHS)
_STAMPS: Final = (
    rf"(?P<year>\d{{4}})[-/.:](?P<month>\d\d)[-/.:](?P<day>\d\d)(?:[T -]| ? | - ){_CLOCK}",
    rf"(?P<day>\d{{1,2}})[/ -](?P<month>{_NAMES})[/ -](?P<year>\d{{4}})[: ]{_CLOCK}",
    rf"(?P<month>{_NAMES}) +(?P<day>\d{{1,2}}) {_CLOCK}(?: [A-Z]{{3,4}})? (?P<year>(?:19|20)\d\d)\b",
    rf"(?P<month>{_NAMES}) +(?P<day>\d{{1,2}})(?:,? (?P<year>\d{{4}}))?,? {_CLOCK}",
    rf"(?P<one>\d{{1,2}})(?P<sign>[/.-])(?P<two>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d\d)(?:,? +| - |[-,:]){_CLOCK}",
)
_AT_ONCE: Final = (
    rf"^(?P<month>\d\d)-(?P<day>\d\d) {_CLOCK}(?P<rest>.*)$",
    rf"^(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d) +{_CLOCK}(?P<rest>.*)$",
    r"^\[?(?P<epoch>1\d{9}(?:\.\d{1,6})?)\]?(?:[: ,\]]+)(?P<rest>.*)$",
)
PATTERNS: Final = (
    *(rf"^(?P<before>.{{0,{BEFORE}}}?)(?:\b){stamp}(?P<rest>.*)$" for stamp in _STAMPS),
    *_AT_ONCE,
)
LINE: Final = re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in PATTERNS))
_PAIR: Final = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d\d)(?:,? +| - |[-,:])\d{1,2}:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Stamped:
    """What was read of a batch of lines that have a time.

    Attributes:
        ts: microseconds since 1970 UTC, null where the date is impossible or its year unknown.
        assumed: whether zone or year were assumed.
        message: the line without its time.
    """

    ts: pa.Array
    assumed: pa.Array
    message: pa.Array


def first_is_month(sample: str) -> bool | None:
    """Return which of two numbers is the month in a file that says so, None where its sign has to decide."""
    pairs = [(int(one), int(two)) for one, two in _PAIR.findall(sample)]
    if any(two > 12 for _, two in pairs):
        return True
    return False if any(one > 12 for one, _ in pairs) else None


def parted(texts: pa.Array) -> tuple[dict[str, pa.Array], pa.Array]:
    """Return the parts of the lines' times and of the lines around them, and which lines have a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts, fits = extract(texts, *PATTERNS)
    nothing = pa.nulls(len(texts), pa.string())
    names = ("before", "year", "month", "day", "one", "two", "sign", "hour", "minute", "second", "fraction", "half", "zone")
    return {name: pc.fill_null(parts.get(name, nothing), "") for name in (*names, "epoch", "rest")}, fits


def stamped(parts: dict[str, pa.Array], zone: str, years: Callable[[], Any], *, month_first: bool | None) -> Stamped:
    """Return times and messages.

    Args:
        parts: from `parted`, only lines that have a time.
        zone: IANA name for times without an offset.
        years: gives the year of each line where lines have none; 0 for unknown.
        month_first: from `first_is_month`.
    """
    import numpy as np
    import pyarrow.compute as pc

    counted = epochs(parts["epoch"])
    date = _date(parts, month_first=month_first)
    yearless = (date[0] == 0) & counted.is_null().to_numpy(zero_copy_only=False)
    year = np.where(yearless, years(), date[0]) if yearless.any() else date[0]
    hour = _hour(parts)
    clock = (hour, numbers(parts["minute"]), numbers(parts["second"]), micros(parts["fraction"]))
    wall, valid = civil((year, *date[1:]), clock)
    shift, stated = offsets(parts["zone"])
    utc = np.where(stated, wall - shift, to_utc(wall, zone))
    ts = pc.coalesce(counted, ints(utc, valid & (date[1] > 0)))
    said = pc.and_(counted.is_null(), bools(yearless | ~stated))
    return Stamped(ts, said, _message(parts))


def _date(parts: dict[str, pa.Array], *, month_first: bool | None) -> tuple[Any, Any, Any]:
    import numpy as np
    import pyarrow.compute as pc

    year, month, day = numbers(parts["year"]), months(parts["month"]), numbers(parts["day"])
    year = np.where((year > 0) & (year < 100), year + np.where(year < 70, 2000, 1900), year)
    one, two = numbers(parts["one"]), numbers(parts["two"])
    is_pair = one > 0
    if is_pair.any():
        strokes: np.ndarray[Any, Any] = pc.equal(parts["sign"], "/").to_numpy(zero_copy_only=False)
        first = strokes if month_first is None else np.full(len(one), month_first)
        month = np.where(is_pair, np.where(first, one, two), month)
        day = np.where(is_pair, np.where(first, two, one), day)
    return year, month, day


def _hour(parts: dict[str, pa.Array]) -> Any:
    """Return hours of 24; 12 AM is 0 and 12 PM is 12."""
    import numpy as np
    import pyarrow.compute as pc

    hour = numbers(parts["hour"])
    half = pc.utf8_lower(parts["half"])
    late = pc.equal(half, "pm").to_numpy(zero_copy_only=False)
    early = pc.equal(half, "am").to_numpy(zero_copy_only=False)
    return np.where(late, hour % 12 + 12, np.where(early, hour % 12, hour))


def _message(parts: dict[str, pa.Array]) -> pa.Array:
    """Return what stands before and behind the time, brackets and signs that only held the time cut."""
    import pyarrow.compute as pc

    before = pc.replace_substring_regex(parts["before"], r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? *$", "")
    before = pc.replace_substring_regex(before, r"[\s\[(<|,:-]+$", "")
    behind = pc.replace_substring_regex(parts["rest"], r"^[\])>]?[\s|,:]*(?:- )?", "")
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(before, behind, " "))
