"""Payment cards and bank accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import digits, full, luhn, only_digits, spread

if TYPE_CHECKING:
    import pyarrow as pa

ISSUERS: Final = {16: r"(?:4|5[1-5]|35|2[2-7]|6)[0-9]*", 15: r"3[47][0-9]*", 14: r"3[068][0-9]*"}


@recogniser(
    "card number", "fin.card_number", order=12,
)  # fmt: skip
def card_number(values: pa.StringArray) -> pa.BooleanArray:
    """Tell card numbers by length, issuer prefix and the Luhn check."""
    import numpy as np
    import pyarrow.compute as pc

    bare = only_digits(values)
    result = spread(np.zeros(len(values), np.bool_), np.zeros(0, np.bool_))
    for length, issuer in ISSUERS.items():
        listed, mask = digits(bare, length)
        result = pc.or_(result, pc.and_(spread(mask, luhn(listed)), full(bare, issuer)))
    return result


@recogniser(
    "card security code", "fin.card_cvv", order=13, needs="header",
)  # fmt: skip
def card_security_code(values: pa.StringArray) -> pa.BooleanArray:
    """Tell three or four digits."""
    return full(values, r"[0-9]{3,4}")


@recogniser(
    "bank account", "fin.bank_account", order=20, needs="header only",
)  # fmt: skip
def bank_account(values: pa.StringArray) -> pa.BooleanArray:
    """Tell account numbers: seven digits in Japan, up to seventeen elsewhere, or an IBAN."""
    return full(values, r"[0-9]{4,17}|[0-9]{3,5}-[0-9]{3,8}(?:-[0-9]{1,8})?|[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,36}")
