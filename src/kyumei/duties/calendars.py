"""Days on which an administration is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kyumei.model.holidays import is_holiday

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_DAY: Final = timedelta(days=1)


def is_open(calendar: str, day: date) -> bool:
    """Return whether the day is a working day of the calendar."""
    return not CALENDARS[calendar](day)


def next_open(calendar: str, day: date) -> date:
    """Return the day itself if it is open, else the next open one."""
    while not is_open(calendar, day):
        day += _DAY
    return day


def _weekend(day: date) -> bool:
    return day.weekday() >= 5


def _jp_gov(day: date) -> bool:
    """行政機関の休日に関する法律 Art. 1: Saturdays and Sundays, national holidays, 29 December to 3 January."""
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return _weekend(day) or new_year or is_holiday(day)


def _us_federal(day: date) -> bool:
    """5 U.S.C. 6103: eleven holidays; one on a Saturday is kept on the Friday before, on a Sunday on the Monday after."""
    if _weekend(day):
        return True
    near = [day]
    if day.weekday() == 4:
        near.append(day + _DAY)
    if day.weekday() == 0:
        near.append(day - _DAY)
    return any(_us_holiday(each) for each in near)


def _us_holiday(day: date) -> bool:
    fixed = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
    nth_monday = {(1, 3), (2, 3), (9, 1), (10, 2)}
    week = (day.day - 1) // 7 + 1
    if (day.month, day.day) in fixed:
        return True
    if day.weekday() == 0:
        return (day.month, week) in nth_monday or (day.month == 5 and day.day > 24)
    return (day.month, day.weekday(), week) == (11, 3, 4)


CALENDARS: Final[dict[str, Callable[[date], bool]]] = {"jp_gov": _jp_gov, "eu_72h": _weekend, "us_federal": _us_federal}
