"""Dates of birth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.forms import is_day
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import found, full, never, where
from kyumei.scope.scan.rules import always, labelled, text_rule

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens

_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DAY: Final = r"(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR: Final = r"(?:19[0-9]{2}|20[0-2][0-9]|18[89][0-9])"
_ERA: Final = r"(?:明治|大正|昭和|平成|令和|[MTSHRmtshr][. ]?)(?:元|[0-9]{1,2})"
_TIME: Final = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
DATE: Final = (
    rf"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}{_TIME}|{_YEAR}年 ?{_MONTH}月 ?{_DAY}日?"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    rf"|{_ERA}[年./-] ?{_MONTH}[月./-] ?{_DAY}日?|(?:{_DAY}[/.-]{_MONTH}|{_MONTH}[/.-]{_DAY})[/.-]{_YEAR}{_TIME}"
)
_SPREAD_YEARS: Final = 15
"""Years of birth of a group lie further apart (90th less 10th percentile) than the days of its transactions."""


def _born(values: pa.StringArray) -> pa.BooleanArray:
    """Tell dates whose years are spread as years of birth are; otherwise tell nothing."""
    import numpy as np
    import pyarrow.compute as pc

    years = pc.drop_null(pc.struct_field(pc.extract_regex(values, r"(?P<y>(?:18|19|20)[0-9]{2})"), "y"))
    if found(values, ":").true_count > found(values, r"0?0:00").true_count or len(years) < 8:
        return never(values)
    listed = np.array([int(year) for year in years.to_pylist()])
    low, high = np.percentile(listed, [10, 90])
    return born(values) if high - low >= _SPREAD_YEARS and high < 2025 else never(values)


@recogniser(
    "dob", "id.dob", order=90, proof=_born,
)  # fmt: skip
def born(values: pa.StringArray) -> pa.BooleanArray:
    """Tell dates of the years since 1880 in the usual ways of writing, Japanese eras among them."""
    return where(is_day(values), values, lambda rest: full(rest, DATE))


@text_rule(
    "dob", "dob", "id.dob", "date", "4-2-2", "4-1-2", "4-2-1", "4-1-1", "8", validator="calendar", context="birth", order=90,
)  # fmt: skip
def born_in_text(tokens: Tokens) -> Bools:
    """Accept days of the calendar between 1868 and 2030 after a word for birth, without a time of day."""
    import numpy as np

    from kyumei.scope.scan import marks
    from kyumei.scope.scan.digits import calendar

    days, shape_known = tokens.value.copy(), tokens.rows[:, 0] == marks.DATE
    written = np.flatnonzero(~shape_known)
    if len(written):
        numbers = tokens.of(written)
        days[written] = _day(numbers)
        shape_known[written] = (numbers.rows[:, 3] == 8) | numbers.separated_by("-/.")
    result = np.zeros(len(days), np.bool_)
    calendar(days, 1868, 2030, result)
    result &= shape_known & tokens.free()
    for tell, asked in ((_without_a_time, result & tokens.context), (_followed_by_born, result & ~tokens.context)):
        at = np.flatnonzero(asked)
        if len(at):
            result[at] = tell(tokens.of(at))
    return result


def _without_a_time(tokens: Tokens) -> Bools:
    """Return which dates go on with no time of day other than midnight, as the births of files and records do."""
    import numpy as np

    at = np.minimum(tokens.rows[:, 2][:, None] + np.arange(6), len(tokens.data) - 1)
    after = tokens.data[at]
    digits = (after >= 48) & (after <= 57)
    timed = np.isin(after[:, 0], (32, 84)) & digits[:, 1] & digits[:, 2] & (after[:, 3] == 58) & digits[:, 4] & digits[:, 5]
    result: Bools = ~(timed & (after[:, [1, 2, 4, 5]] != 48).any(axis=1))
    return result


def _followed_by_born(tokens: Tokens) -> Bools:
    """Return which tokens stand before 生 (生, 生まれ), with or without a blank or parenthesis."""
    import numpy as np

    ends = tokens.rows[:, 2]
    at = np.minimum(ends[:, None] + np.arange(4), len(tokens.data) - 1)
    after = tokens.data[at]
    born = np.array([0xE7, 0x94, 0x9F], np.uint8)
    blank = (after[:, 0] == 32) & (after[:, 1:] == born).all(axis=1)
    result: Bools = (after[:, :3] == born).all(axis=1) | blank
    return result


def _day(tokens: Tokens) -> npt.NDArray[np.int64]:
    """Return yyyymmdd for numbers in groups 4-1-1 to 4-2-2, or eight digits."""
    import numpy as np

    bare = tokens.rows[:, 3] == 8
    listed = tokens.digits(8)
    month_two = (tokens.rows[:, 3] >> 5 & 31) == 2
    day_two = (tokens.rows[:, 3] >> 10 & 31) == 2
    year = listed[:, :4] @ np.array([1000, 100, 10, 1])
    month = np.where(month_two | bare, listed[:, 4] * 10 + listed[:, 5], listed[:, 4])
    at = np.where(month_two | bare, 6, 5)
    rows = np.arange(len(listed))
    one = listed[rows, at]
    two = one * 10 + listed[rows, np.minimum(at + 1, 7)]
    result: npt.NDArray[np.int64] = year * 10000 + month * 100 + np.where(day_two | bare, two, one)
    return result


labelled(
    "dob.foreign", "dob", "id.dob", "birth",
    r"(?P<v>(?:0?[1-9]|[12][0-9]|3[01])[./-](?:0?[1-9]|[12][0-9]|3[01])[./-](?:19|20)[0-9]{2}|"
    r"(?:[0-3]?[0-9] )?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]* ?[0-3]?[0-9]?,? (?:19|20)[0-9]{2})"
    r"(?![0-9])",
    order=92, loose=True, validator="calendar",
)(always)  # fmt: skip
