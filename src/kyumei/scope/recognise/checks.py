"""Check digits of single values, given as text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIMES: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURNED: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def weighted(digits: str, weights: Iterable[int]) -> int:
    """Return the sum of digits times weights."""
    return sum(int(ch) * weight for ch, weight in zip(digits, weights, strict=True))


def luhn_text(digits: str) -> bool:
    """Return whether the digits pass the Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = (int(ch) * (1 + n % 2) for n, ch in enumerate(reversed(digits)))
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def verhoeff(digits: str) -> bool:
    """Return whether the digits pass Verhoeff's check over the dihedral group of ten (1969)."""
    state = 0
    for n, ch in enumerate(reversed(digits)):
        state = int(_TIMES[state][int(_TURNED[n % 8][int(ch)])])
    return state == 0


def is_day(year: int, month: int, day: int) -> bool:
    """Return whether there is such a day."""
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True
