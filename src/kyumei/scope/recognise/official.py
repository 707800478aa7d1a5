"""Numbers given by the state: My Number, passport, licence, residence card, pension, health insurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import digits, full, only_digits, spread

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa


def my_number_valid(listed: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether each row of twelve digits ends in the check digit of ministerial order 85 of 2014, art. 5."""
    import numpy as np

    rest = (listed[:, :11] * np.array([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).sum(axis=1) % 11
    valid: npt.NDArray[np.bool_] = listed[:, 11] == np.where(rest <= 1, 0, 11 - rest)
    return valid


@recogniser(
    "my number", "id.mynumber", order=15, threshold=0.8,
)  # fmt: skip
def my_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell twelve digits with a right check digit, which chance gives to one number in ten."""
    listed, mask = digits(only_digits(values), 12)
    return spread(mask, my_number_valid(listed))


@recogniser(
    "passport", "id.gov_id", order=40, needs="header only"
)  # fmt: skip
def passport(values: pa.StringArray) -> pa.BooleanArray:
    """Tell passport numbers: seven to nine letters and digits (ICAO 9303), Japan's two letters and seven digits among them."""
    return full(values, r"[A-Z]{1,2}[0-9]{6,8}|[A-Z0-9]{7,9}")


@recogniser("licence", "id.gov_id", order=41, needs="header only")
def licence(values: pa.StringArray) -> pa.BooleanArray:
    """Tell driving licence numbers: twelve digits."""
    return full(only_digits(values), r"[0-9]{12}")


@recogniser(
    "residence card",
    "id.gov_id",
    order=42,
    needs="header only",
)
def residence_card(values: pa.StringArray) -> pa.BooleanArray:
    """Tell residence card numbers: two letters, eight digits, two letters."""
    return full(values, r"[A-Z]{2}[0-9]{8}[A-Z]{2}")


@recogniser(
    "social insurance", "id.gov_id", order=43, needs="header only",
)  # fmt: skip
def social_insurance(values: pa.StringArray) -> pa.BooleanArray:
    """Tell pension numbers (4-6 digits), insurer numbers (8 or 6 digits) and foreign ones of nine to thirteen digits."""
    return full(values, r"[0-9]{4}-?[0-9]{6}|[0-9]{6,13}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{6}-[0-9]{7}")
