"""Days and hours of the spring and summer of 2024 in Japan, as a person at work there lives them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

JST: Final = timezone(timedelta(hours=9), "JST")
UTC_ZONE: Final = UTC
HOLIDAYS: Final = frozenset(
    date(2024, month, day) for month, day in ((3, 20), (4, 29), (5, 3), (5, 4), (5, 5), (5, 6), (7, 15), (8, 11), (8, 12))
)
"""国民の祝日 and their substitutes from March to August 2024 (国民の祝日に関する法律 第2条・第3条)."""


def at(day: date, second_of_day: int) -> datetime:
    """Return the instant that many seconds after the day's midnight in Japan; more than 86,400 is a later day."""
    return datetime.combine(day, time(), JST) + timedelta(seconds=second_of_day)


def clock(hour: int, minute: int = 0, second: int = 0) -> int:
    """Return the second of the day; hours above 23 are allowed."""
    return (hour * 60 + minute) * 60 + second


def days(first: date, last: date) -> Iterator[date]:
    """Yield each day, both ends included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def is_workday(day: date) -> bool:
    """Return whether offices are open: neither weekend nor holiday."""
    return day.weekday() < 5 and day not in HOLIDAYS


def workdays(first: date, last: date) -> list[date]:
    """Return the days on which offices are open, both ends included."""
    return [day for day in days(first, last) if is_workday(day)]
