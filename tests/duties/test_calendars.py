"""The calendar of the administration against the law's own text, computed a second time and independently."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import jpholiday
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.duties.calendars import CALENDARS, is_open, next_open
from kyumei.model import holidays as japan

DAY = timedelta(days=1)
ONCE = {(1959, 4, 10), (1989, 2, 24), (1990, 11, 12), (1993, 6, 9), (2019, 5, 1), (2019, 10, 22)}
MOVED = {  # 2020 and 2021: 五輪特措法
    2020: {"marine": (7, 23), "sports": (7, 24), "mountain": (8, 10)},
    2021: {"marine": (7, 22), "sports": (7, 23), "mountain": (8, 8)},
}


def nth_monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + DAY * ((-first.weekday()) % 7 + 7 * (number - 1))


def equinox(year: int, spring: float, autumn: float) -> tuple[date, date]:
    """The formula of the Hydrographic Department for 1900 to 2099 (海上保安庁水路部 暦計算研究会)."""
    leap = (year - 1980) // 4 if year >= 1980 else -((1983 - year) // 4)
    march, september = (int(base + 0.242194 * (year - 1980) - leap) for base in (spring, autumn))
    return date(year, 3, march), date(year, 9, september)


def named(year: int) -> set[date]:
    """国民の祝日に関する法律 Art. 2, as amended up to the year."""
    moved = MOVED.get(year, {})
    found = {date(year, 1, 1), date(year, 5, 3), date(year, 5, 5), date(year, 11, 3), date(year, 11, 23), date(year, 4, 29)}
    found |= set(equinox(year, *((20.8431, 23.2488) if year >= 1980 else (20.8357, 23.2588))))
    found.add(nth_monday(year, 1, 2) if year >= 2000 else date(year, 1, 15))
    found |= {date(*day) for day in ONCE if day[0] == year}
    if year >= 1967:
        found.add(date(year, 2, 11))
    if year >= 1989 and year != 2019:
        found.add(date(year, 2, 23) if year >= 2020 else date(year, 12, 23))
    if year >= 2007:
        found.add(date(year, 5, 4))
    if year >= 1966:
        found.add(nth_monday(year, 9, 3) if year >= 2003 else date(year, 9, 15))
        sports = nth_monday(year, 10, 2) if year >= 2000 else date(year, 10, 10)
        found.add(date(year, *moved["sports"]) if moved else sports)
    if year >= 1996:
        marine = nth_monday(year, 7, 3) if year >= 2003 else date(year, 7, 20)
        found.add(date(year, *moved["marine"]) if moved else marine)
    if year >= 2016:
        found.add(date(year, *moved["mountain"]) if moved else date(year, 8, 11))
    return found


def holidays(year: int) -> set[date]:
    """Art. 3: the named days, the substitutes for those on a Sunday, and the days between two of them."""
    days = named(year)
    found = set(days)
    for day in days:
        if day.weekday() == 6 and day >= date(1973, 4, 12):
            substitute = day + DAY
            while year >= 2007 and substitute in days:
                substitute += DAY
            found.add(substitute)
    for day in days:
        between = day + DAY
        sunday_counts = year >= 2007 or between.weekday() != 6
        if between + DAY in days and between not in found and sunday_counts and between >= date(1985, 12, 27):
            found.add(between)
    return found


def library(year: int) -> set[date]:
    first = date(year, 1, 1)
    return {day for n in range(366) if (day := first + n * DAY).year == year and jpholiday.is_holiday(day)}


def test_holidays_of_1949_to_2099_are_those_of_a_second_computation_from_the_law() -> None:
    """The equinoxes there come from the formula of the Hydrographic Department, not from the sun."""
    for year in range(1949, 2100):
        assert japan.holidays(year) == holidays(year), year


def test_holidays_of_1986_to_2099_are_those_of_the_library() -> None:
    for year in range(1986, 2100):
        assert japan.holidays(year) == library(year), year


def test_before_1986_the_library_has_days_that_were_no_holidays_then() -> None:
    """4 May between two holidays (law of 1985-12-27), and one substitute before the law of 1973-04-12."""
    for year in range(1949, 1986):
        assert library(year) - japan.holidays(year) <= {date(year, 5, 4), date(1973, 2, 12)}, year
        assert japan.holidays(year) <= library(year), year


HELD = "1948-11-03 1973-04-30 1988-05-04 2019-04-30 2026-09-22"
NOT_HELD = "1948-05-03 1973-02-12 1985-05-04 2019-12-23 2021-10-11"


def test_the_law_counts_from_the_day_each_part_of_it_took_effect() -> None:
    assert [day for day in HELD.split() if not japan.is_holiday(date.fromisoformat(day))] == []
    assert [day for day in NOT_HELD.split() if japan.is_holiday(date.fromisoformat(day))] == []


@pytest.mark.parametrize(
    ("year", "spring", "announced"),
    [(2012, False, "2012-09-22T23:49"), (2024, True, "2024-03-20T12:06"), (2024, False, "2024-09-22T21:44")],
)
def test_equinoxes_are_those_of_the_almanac(year: int, *, spring: bool, announced: str) -> None:
    assert abs(japan.equinox(year, spring=spring) - datetime.fromisoformat(announced)) < timedelta(minutes=2)


def test_no_equinox_up_to_2073_is_so_near_midnight_that_the_error_of_the_formula_could_move_its_day() -> None:
    for year in range(1949, 2074):
        for spring in (True, False):
            at = japan.equinox(year, spring=spring)
            since = (at - datetime.combine(at.date(), datetime.min.time())).total_seconds() / 60
            assert 5 < since < 1435, (year, spring)


CLOSED = ["2025-12-29", "2026-01-02", "2026-01-03", "2024-07-06", "2024-07-07", "2024-07-15", "2026-09-22"]


@pytest.mark.parametrize("day", CLOSED)
def test_administration_is_closed_on_weekends_holidays_and_around_new_year(day: str) -> None:
    assert not is_open("jp_gov", date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-12-26", "2023-12-28", "2026-01-05", "2024-07-08", "2024-01-04"])
def test_administration_is_open_on_the_days_beside(day: str) -> None:
    assert is_open("jp_gov", date.fromisoformat(day))


FEDERAL = """2021-06-18 2021-07-05 2021-12-31 2022-12-26 2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04
2024-09-02 2024-10-14 2024-11-11 2024-11-28 2024-12-25"""


@pytest.mark.parametrize("day", FEDERAL.split())
def test_united_states_federal_holidays_are_closed(day: str) -> None:
    assert not is_open("us_federal", date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2024-05-20", "2024-11-21", "2024-02-12", "2024-07-05", "2024-11-29", "2024-12-24"])
def test_neighbours_of_federal_holidays_are_open(day: str) -> None:
    assert is_open("us_federal", date.fromisoformat(day))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(sorted(CALENDARS)))
@settings(derandomize=True, max_examples=200)
def test_rolling_lands_on_the_first_open_day(day: date, calendar: str) -> None:
    landed = next_open(calendar, day)
    assert is_open(calendar, landed)
    assert not any(is_open(calendar, day + n * DAY) for n in range((landed - day).days))
