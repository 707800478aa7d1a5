"""Dates of birth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import found, full, never

if TYPE_CHECKING:
    import pyarrow as pa

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
    return full(values, DATE)
