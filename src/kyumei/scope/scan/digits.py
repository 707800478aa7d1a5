"""The digits of tokens as numbers, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]


@nb.njit(cache=True, nogil=True)
def digits_of(data: npt.NDArray[np.uint8], spans: Ints, out: Ints) -> None:
    """Write the first digits of each span; separators and letters are passed over."""
    for n in range(len(spans)):
        found = 0
        for i in range(spans[n, 0], spans[n, 1]):
            if found == out.shape[1]:
                break
            if 48 <= data[i] <= 57:
                out[n, found] = data[i] - 48
                found += 1


@nb.njit(cache=True, nogil=True)
def number_of(data: npt.NDArray[np.uint8], spans: Ints, length: int, out: Ints) -> None:
    """Write the number that the first digits of each span make, with zeros in place of those that it has not."""
    for n in range(len(spans)):
        found = 0
        number = 0
        i = spans[n, 0]
        while i < spans[n, 1] and found < length:
            if 48 <= data[i] <= 57:
                number = number * 10 + data[i] - 48
                found += 1
            i += 1
        out[n] = number * 10 ** (length - found)


@nb.njit(cache=True, nogil=True)
def calendar(values: Ints, first: int, last: int, out: npt.NDArray[np.bool_]) -> None:
    """Write whether each yyyymmdd is a day of the calendar between two years."""
    for n in range(len(values)):
        year, month, day = values[n] // 10000, values[n] // 100 % 100, values[n] % 100
        days = 31
        if month == 2:
            days = 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
        elif month in (4, 6, 9, 11):
            days = 30
        out[n] = first <= year <= last and 1 <= month <= 12 and 1 <= day <= days
