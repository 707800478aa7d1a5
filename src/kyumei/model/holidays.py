"""National holidays of Japan, computed from the text of the law (国民の祝日に関する法律, Law 178 of 1948, as amended).

The vernal and autumnal equinox days are those on which the sun reaches the point, in Japan Standard Time: computed after
Meeus, Astronomical Algorithms, 2nd ed., chapter 27 (error below a minute between 1951 and 2050). What is a holiday in the end
is announced in the gazette each February for the next year; for later years the day is what the law and the sun say today.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

_DAY: Final = timedelta(days=1)
_FROM: Final = date(1948, 7, 20)
"""The law took effect."""
_EVER: Final = 9999
_FIXED: Final = (
    (1948, _EVER, 1, 1),
    (1948, 1999, 1, 15),
    (1967, _EVER, 2, 11),
    (2020, _EVER, 2, 23),
    (1948, _EVER, 4, 29),
    (1948, _EVER, 5, 3),
    (2007, _EVER, 5, 4),
    (1948, _EVER, 5, 5),
    (1996, 2002, 7, 20),
    (2016, 2019, 8, 11),
    (2022, _EVER, 8, 11),
    (1966, 2002, 9, 15),
    (1966, 1999, 10, 10),
    (1948, _EVER, 11, 3),
    (1948, _EVER, 11, 23),
    (1989, 2018, 12, 23),
)
"""First year, last year, month, day (Art. 2; Law 63 of 2017 moved the Emperor's birthday)."""
_MONDAYS: Final = (
    (2000, _EVER, 1, 2),
    (2003, 2019, 7, 3),
    (2022, _EVER, 7, 3),
    (2003, _EVER, 9, 3),
    (2000, 2019, 10, 2),
    (2022, _EVER, 10, 2),
)
"""First year, last year, month, which Monday."""
_ONCE: Final = (
    *(date(1959, 4, 10), date(1989, 2, 24), date(1990, 11, 12), date(1993, 6, 9), date(2019, 5, 1), date(2019, 10, 22)),
    *(date(2020, 7, 23), date(2020, 7, 24), date(2020, 8, 10), date(2021, 7, 22), date(2021, 7, 23), date(2021, 8, 8)),
)
"""Days by laws of their own: weddings, funeral, enthronements; holidays moved for the Olympic Games (五輪特措法)."""
_SUBSTITUTE: Final = date(1973, 4, 12)
"""Art. 3(2): the day after a holiday on a Sunday."""
_BETWEEN: Final = date(1985, 12, 27)
"""Art. 3(3): the day between two holidays."""
_WIDER: Final = 2007
"""Since then a substitute moves past further holidays, and a day between may be a Sunday (Law 43 of 2005)."""
_MARCH: Final = (2451623.80984, 365242.37404, 0.05169, -0.00411, -0.00057)
_SEPTEMBER: Final = (2451810.21715, 365242.01767, -0.11575, 0.00337, 0.00078)
_TERMS: Final = (
    *((485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112)),
    *((156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906)),
    *((70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226)),
    *((45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328)),
    *((17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848)),
    *((12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074)),
)


def is_holiday(day: date) -> bool:
    """Return whether the day is a national holiday, a substitute or a day between two of them."""
    return day >= _FROM and day in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the holidays of a year, those before the law took effect among them."""
    named = _named(year)
    substitutes = {_substitute(day, named) for day in named if day.weekday() == 6 and day >= _SUBSTITUTE}
    found = named | substitutes
    return frozenset(found | {day for day in map(_next, named) if _is_between(day, named, found)})


def equinox(year: int, *, spring: bool) -> datetime:
    """Return the instant of an equinox in Japan Standard Time, without zone."""
    millennia = (year - 2000) / 1000
    mean = sum(factor * millennia**power for power, factor in enumerate(_MARCH if spring else _SEPTEMBER))
    centuries = (mean - 2451545.0) / 36525
    turn = math.radians(35999.373 * centuries - 2.47)
    length = 1 + 0.0334 * math.cos(turn) + 0.0007 * math.cos(2 * turn)
    waves = sum(size * math.cos(math.radians(phase + speed * centuries)) for size, phase, speed in _TERMS)
    dynamical = mean + 0.00001 * waves / length
    since = year - 2000
    slow = 62.92 + 0.32217 * since + 0.005589 * since * since  # seconds by which the earth lags (Espenak and Meeus)
    return datetime(2000, 1, 1, 12) + timedelta(days=dynamical - 2451545.0, seconds=-slow, hours=9)  # noqa: DTZ001  # JST


def _named(year: int) -> set[date]:
    """Return the days of Art. 2 and of laws of their own."""
    found = {date(year, month, day) for first, last, month, day in _FIXED if first <= year <= last}
    found |= {_monday(year, month, number) for first, last, month, number in _MONDAYS if first <= year <= last}
    found |= {equinox(year, spring=spring).date() for spring in (True, False)}
    return found | {day for day in _ONCE if day.year == year}


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + _DAY * ((-first.weekday()) % 7 + 7 * (number - 1))


def _substitute(day: date, named: set[date]) -> date:
    day += _DAY
    while day.year >= _WIDER and day in named:
        day += _DAY
    return day


def _next(day: date) -> date:
    return day + _DAY


def _is_between(day: date, named: set[date], found: set[date]) -> bool:
    free = day >= _BETWEEN and day not in found and day + _DAY in named
    return free and (day.year >= _WIDER or day.weekday() != 6)
