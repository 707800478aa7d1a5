"""Parts of times written as event logs write them (`2024-06-08T03:12:01.123456Z`), for whole columns at once."""

from __future__ import annotations

from typing import Final

import numpy as np

_DIGITS: Final = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_SIGNS: Final = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"))
_SHORTEST, _LONGEST = 20, 30
_DAYS: Final = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def utc_part(offsets: np.ndarray, data: np.ndarray, part: str, minutes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of each time of that form as float64, and which values are of it; the others are NaN.

    Args:
        offsets: int32, one more than values.
        data: the values' bytes.
        part: minute, hour, day, week (ISO 8601), month or year.
        minutes: what is added to the times.
    """
    count = len(offsets) - 1
    found, told = np.full(count, np.nan), np.zeros(count, np.bool_)
    sizes = np.diff(offsets)
    at = np.flatnonzero((sizes >= _SHORTEST) & (sizes <= _LONGEST))
    begin, size = offsets[at].astype(np.int64), sizes[at].astype(np.int64)
    good = data[begin + size - 1] == ord("Z")
    for place, sign in _SIGNS:
        good &= data[begin + place] == ord(sign)
    at, begin, size = at[good], begin[good], size[good]
    digits = {n: data[begin + n].astype(np.int64) - 48 for n in _DIGITS}
    good = np.logical_and.reduce([(digit >= 0) & (digit <= 9) for digit in digits.values()]) if len(at) else good[:0]
    good &= (size == _SHORTEST) | ((data[begin + 19] == ord(".")) & (size > _SHORTEST + 1))
    for place in range(_SHORTEST, _LONGEST - 1):
        byte = data[np.minimum(begin + place, begin + size - 1)]
        good &= (place >= size - 1) | ((byte >= 48) & (byte <= 57))
    year, month, day, hour, minute = (_number(digits, places) for places in ((0, 1, 2, 3), (5, 6), (8, 9), (11, 12), (14, 15)))
    good &= (year >= 2) & (year < 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60)
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= day <= _DAYS[np.clip(month, 1, 12) - 1] + leap
    date = ((year[good] - 1970) * 12 + month[good] - 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    total = (date + day[good] - 1) * 1440 + hour[good] * 60 + minute[good] + minutes
    told[at[good]] = True
    found[at[good]] = _taken(total, part)
    return found, told


def _number(digits: dict[int, np.ndarray], places: tuple[int, ...]) -> np.ndarray:
    number = np.zeros_like(digits[places[0]])
    for place in places:
        number = number * 10 + digits[place]
    return number


def _taken(minutes: np.ndarray, part: str) -> np.ndarray:
    """Return a part of times in minutes since 1970."""
    if part in {"minute", "hour"}:
        return np.asarray(minutes % 60 if part == "minute" else minutes // 60 % 24)
    days = minutes // 1440
    if part == "week":  # that of the week's Thursday; 1970 began on one
        days = days - (days + 3) % 7 + 3
    date = days.astype("datetime64[D]")
    if part == "year":
        return np.asarray(date.astype("datetime64[Y]").astype(np.int64) + 1970)
    if part == "month":
        return np.asarray(date.astype("datetime64[M]").astype(np.int64) % 12 + 1)
    first = date.astype("datetime64[M]" if part == "day" else "datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(days - first + 1 if part == "day" else (days - first) // 7 + 1)
