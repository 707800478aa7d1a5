"""Payment card brands by issuer prefix and length (ISO/IEC 7812; brands' own published ranges)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.shapes import luhn

if TYPE_CHECKING:
    from kyumei.scope.scan.rules import Bools, Tokens

RANGES: Final = (
    ("Visa", 4000, 4999, (13, 16)),
    ("Mastercard", 5100, 5599, (16,)),
    ("Mastercard", 2221, 2720, (16,)),
    ("American Express", 3400, 3499, (15,)),
    ("American Express", 3700, 3799, (15,)),
    ("JCB", 3528, 3589, (16,)),
    ("Diners Club", 3000, 3059, (14, 16)),
    ("Diners Club", 3600, 3699, (14,)),
    ("Diners Club", 3800, 3999, (14, 16)),
    ("Discover", 6011, 6011, (16,)),
    ("Discover", 6440, 6599, (16,)),
    ("UnionPay", 6200, 6299, (16,)),
)
"""Brand, first and last prefix of four digits, lengths."""


def brand_of(digits: str) -> str:
    """Return the brand of a card number, empty where it is none's."""
    prefix = int(digits[:4]) if digits[:4].isdigit() and len(digits) >= 13 else -1
    return next((name for name, low, high, lengths in RANGES if low <= prefix <= high and len(digits) in lengths), "")


def is_card(tokens: Tokens) -> Bools:
    """Return which tokens are of a brand and pass Luhn."""
    import numpy as np

    prefix = tokens.number(4)
    branded = np.zeros(len(prefix), np.bool_)
    for _, low, high, lengths in RANGES:
        branded |= (prefix >= low) & (prefix <= high) & np.isin(tokens.value, lengths)
    for length in (13, 14, 15, 16):
        of_length = np.flatnonzero(branded & (tokens.value == length))
        listed = tokens.digits(length)[of_length]
        varied = (listed != listed[:, :1]).any(axis=1)
        branded[of_length] &= luhn(listed) & varied
    return branded
