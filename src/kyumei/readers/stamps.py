"""Times as logs write them, converted column by column to microseconds since 1970 UTC.

Nothing here depends on a locale: month names are the English ones of RFC 3164 and the Apache common log format.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_QUARTER: Final = 900 * SECOND
"""No zone changes its offset inside a quarter of an hour since 1972."""

BSD_STAMP: Final = r"[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:[.,]\d+)?"
"""The time of RFC 3164 inside a larger pattern; some write the year behind the day."""
ISO_STAMP: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?Z| ?[+-]\d\d:?\d\d)?"
_CLOCK: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?"
_FORMS: Final = (
    rf"^(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)[T ]{_CLOCK}(?P<zone>.*)$",
    rf"^(?P<month>[A-Z][a-z]{{2}}) +(?P<day>\d{{1,2}})(?:,? (?P<year>\d{{4}}))? {_CLOCK}(?P<zone>.*)$",
    rf"^(?:[A-Z][a-z]{{2}},? )?(?P<month>[A-Z][a-z]{{2}}) +(?P<day>\d{{1,2}}) {_CLOCK}(?P<zone>.*?) (?P<year>\d{{4}})$",
    rf"^(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}})[T -]{_CLOCK}(?P<zone>.*)$",
    rf"^(?P<day>\d{{1,2}})[/ -](?P<month>[A-Z][a-z]{{2}})[/ -](?P<year>\d{{4}})[: ]{_CLOCK}(?P<zone>.*)$",
)
"""ISO 8601; RFC 3164 with or without a year; C's asctime; with slashes; Apache's."""


def parsed(texts: pa.Array, zone: str, years: Callable[[], Any] | None = None) -> tuple[pa.Array, pa.Array]:
    """Return microseconds UTC, null where no form fits, the date is impossible or its year unknown; and what was assumed.

    Args:
        texts: times as the log writes them.
        zone: IANA name for the times that state no offset; they count as assumed, and so do those without a year.
        years: called when a time has no year; gives one for each of `texts`, 0 where unknown.
    """
    import numpy as np

    from kyumei.readers.match import bools, extract, ints

    coded = texts.dictionary_encode()  # a busy machine writes the same second many times
    places = coded.indices.to_numpy(zero_copy_only=False)
    if not len(coded.dictionary):
        return ints(np.zeros(len(texts)), np.zeros(len(texts), bool)), bools(np.ones(len(texts), bool))
    part, fits = extract(coded.dictionary, *_FORMS)
    known = fits.to_numpy(zero_copy_only=False)
    year, month, day = numbers(part["year"])[places], months(part["month"])[places], numbers(part["day"])[places]
    yearless = (year == 0) & known[places]
    if years and yearless.any():
        year = np.where(yearless, years(), year)
    hour, minute, second = (numbers(part[name])[places] for name in ("hour", "minute", "second"))
    wall, valid = civil((year, month, day), (hour, minute, second, micros(part["fraction"])[places]))
    shift, stated = (column[places] for column in offsets(part["zone"]))
    utc = np.where(stated, wall - shift, to_utc(wall, zone))
    return ints(utc, valid), bools(yearless | ~stated)


def numbers(texts: pa.Array, empty: int = 0) -> np.ndarray[Any, Any]:
    """Return texts of digits (blanks around them allowed) as int64; empty ones and nulls give `empty`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(str(empty)), texts)
    found: np.ndarray[Any, Any] = pc.fill_null(texts.cast(pa.int64()), empty).to_numpy(zero_copy_only=False)
    return found


def months(names: pa.Array) -> np.ndarray[Any, Any]:
    """Return month names or numbers as 1 to 12, 0 where they are neither."""
    import pyarrow as pa
    import pyarrow.compute as pc

    titled = pc.utf8_title(names)
    named = pc.add(pc.fill_null(pc.index_in(titled, pa.array(MONTHS)), -1), 1)
    digits = pc.if_else(pc.match_substring_regex(names, r"^\d{1,2}$"), names, "0")
    both = pc.if_else(pc.greater(named, 0), named, pc.cast(digits, pa.int32()))
    found: np.ndarray[Any, Any] = pc.fill_null(both, 0).to_numpy(zero_copy_only=False)
    return found


def civil(date: tuple[Any, Any, Any], clock: tuple[Any, Any, Any, Any]) -> tuple[Any, Any]:
    """Return wall-clock microseconds and a mask of the valid ones.

    Args:
        date: year, month (1–12), day as int64 arrays.
        clock: hour, minute, second (60 in a leap second), microsecond.
    """
    import numpy as np

    year, month, day = (np.asarray(part, np.int64) for part in date)
    hour, minute, second, micro = (np.asarray(part, np.int64) for part in clock)
    right = (year >= 1900) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    right &= (hour <= 23) & (minute <= 59) & (second <= 60)
    ordinal = np.where(right, (year - 1970) * 12 + month - 1, 0)
    first = ordinal.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (ordinal + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    right &= day <= following - first
    seconds = (first + day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    return np.where(right, seconds * SECOND + micro, 0), right


def micros(fraction: pa.Array) -> np.ndarray[Any, Any]:
    """Return decimal fractions of a second ("5", "123456789", "") as microseconds; digits past the sixth are cut."""
    import pyarrow.compute as pc

    return numbers(pc.utf8_rpad(pc.utf8_slice_codeunits(fraction, 0, 6), 6, "0"))


def offsets(texts: pa.Array) -> tuple[Any, Any]:
    """Return zone offsets (`+0900`, `-07:00`, `Z`, `UTC`) as microseconds and a mask of those that state one."""
    import numpy as np
    import pyarrow.compute as pc

    texts = pc.fill_null(texts, "")
    parts = pc.extract_regex(texts, r"^ *(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})")
    parts = pc.struct_field(parts, [0]), pc.struct_field(parts, [1]), pc.struct_field(parts, [2])
    stated = pc.fill_null(pc.is_valid(parts[0]), False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    size = (numbers(parts[1]) * 60 + numbers(parts[2])) * 60 * SECOND
    minus = pc.fill_null(pc.equal(parts[0], "-"), False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    zulu = pc.match_substring_regex(texts, r"^ *(?:Z|z|UTC|GMT)$").to_numpy(zero_copy_only=False)
    return np.where(minus, -size, size), stated | zulu


def to_utc(wall: np.ndarray[Any, Any], zone: str) -> np.ndarray[Any, Any]:
    """Return wall-clock microseconds of an IANA zone as microseconds UTC; an ambiguous hour is taken as the earlier one."""
    import numpy as np

    quarters, places = np.unique(wall // _QUARTER, return_inverse=True)
    shifts = np.array([_shift(int(quarter), zone) for quarter in quarters], np.int64)
    utc: np.ndarray[Any, Any] = wall - (shifts[places] if len(shifts) else 0)
    return utc


@lru_cache(maxsize=65_536)
def _shift(quarter: int, zone: str) -> int:
    wall = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(microseconds=quarter * _QUARTER)
    offset = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def epochs(texts: pa.Array) -> pa.Array:
    """Return counts since 1970 UTC (10 digits: seconds, 13: milliseconds, 16: microseconds, 19: nanoseconds) in microseconds.

    Seconds may have a fraction, and a serial number behind a colon as auditd writes it. Anything else is null.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.readers.match import ints

    fits = pc.fill_null(pc.match_substring_regex(texts, r"^(?:\d{10}|\d{13}|\d{16}|[1-8]\d{18})(?:\.\d+)?(?::\d+)?$"), False)  # noqa: FBT003
    digits = pc.fill_null(pc.if_else(fits, pc.replace_substring_regex(texts, r"[.:].*", ""), "0"), "0")
    count = digits.cast(pa.int64()).to_numpy(zero_copy_only=False)
    length = pc.utf8_length(digits).to_numpy(zero_copy_only=False)
    up, down = np.select([length == 10, length == 13], [SECOND, 1000], 1), np.where(length == 19, 1000, 1)
    behind = pc.if_else(fits, pc.replace_substring_regex(texts, r"^\d+\.?|:\d+$", ""), "")
    part = np.where(length == 10, micros(pc.fill_null(behind, "")), 0)
    return ints(count * up // down + part, fits.to_numpy(zero_copy_only=False))
