"""Numbers given by the state: My Number, passport, licence, residence card, pension, health insurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import digits, full, only_digits, spread
from kyumei.scope.scan.rules import always, labelled, text_rule

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens


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


@text_rule(
    "my_number", "my number", "id.mynumber", "12", "4-4-4", validator="check digit", context="my_number", needs=True, order=15,
)  # fmt: skip
def my_number_in_text(tokens: Tokens) -> Bools:
    """Accept twelve digits with the right check digit after a word for the number."""
    return tokens.free() & my_number_valid(tokens.digits(12))


def licence_valid(listed: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether each row of twelve digits is built like a licence number: commission 10-97, eleventh digit the check.

    Known from practice only; no official source.
    """
    import numpy as np

    rest = (listed[:, :10] * np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).sum(axis=1) % 11
    office = listed[:, 0] * 10 + listed[:, 1]
    valid: npt.NDArray[np.bool_] = (listed[:, 10] == np.where(rest <= 1, 0, 11 - rest)) & (office >= 10) & (office <= 97)
    return valid


@text_rule("licence", "licence", "id.gov_id", "12", "4-4-4", validator="check digit", context="licence", needs=True, order=41)
def licence_in_text(tokens: Tokens) -> Bools:
    """Accept twelve digits built like a licence number after a word for licences."""
    return tokens.free() & licence_valid(tokens.digits(12))


@text_rule("licence.form", "licence", "id.gov_id", "12", context="licence", needs=True, order=44)
def licence_form_in_text(tokens: Tokens) -> Bools:
    """Accept twelve digits after a word for licences; the check digit is no official one."""
    return tokens.free()


def corporate_valid(listed: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether each row of thirteen digits begins with the check digit of ministerial order 70 of 2014, art. 2."""
    import numpy as np

    total = (listed[:, 1:] * np.array([2, 1] * 6)).sum(axis=1)
    valid: npt.NDArray[np.bool_] = listed[:, 0] == 9 - total % 9
    return valid


@text_rule(
    "corporate_number", "corporate number", "biz.contract", "13", validator="check digit", context="corporate", needs=True,
    order=16,
)  # fmt: skip
def corporate_in_text(tokens: Tokens) -> Bools:
    """Accept thirteen digits with the right check digit after 法人番号."""
    return tokens.free() & corporate_valid(tokens.digits(13))


@text_rule("passport", "passport", "id.gov_id", "L2D7", context="passport", needs=True, order=40)
def passport_in_text(tokens: Tokens) -> Bools:
    """Accept two capitals and seven digits after a word for passports."""
    return _capitals(tokens)


@text_rule("residence_card", "residence card", "id.gov_id", "L2D8L2", context="residence", order=42)
def residence_card_in_text(tokens: Tokens) -> Bools:
    """Accept two capitals, eight digits and two capitals: rare enough by form."""
    return _capitals(tokens)


def _capitals(tokens: Tokens) -> Bools:
    from kyumei.scope.scan import marks

    return tokens.free() & tokens.has(marks.UPPER)


@text_rule("pension", "social insurance", "id.gov_id", "4-6", "10", context="pension", needs=True, order=43)
def pension_in_text(tokens: Tokens) -> Bools:
    """Accept four and six digits after 年金."""
    return tokens.free()


@text_rule(
    "health_insurer", "social insurance", "id.gov_id", "8", validator="luhn", context="insurer", needs=True, order=45,
)  # fmt: skip
def insurer_in_text(tokens: Tokens) -> Bools:
    """Accept eight digits that pass the check of insurer numbers, after a word for them."""
    from kyumei.scope.recognise.shapes import luhn

    return tokens.free() & luhn(tokens.digits(8))


labelled(
    "health_insured", "social insurance", "id.gov_id", "insured",
    r"(?P<v>(?:記号)?[ :]*[0-9A-Zぁ-ん一-龥]{1,8}[ ・,、-]+(?:番号)?[ :]*[0-9]{1,8})(?![0-9])", order=46, loose=True,
)(always)  # fmt: skip
