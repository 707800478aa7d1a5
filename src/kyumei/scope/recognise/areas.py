"""Area codes of Japanese telephone numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kyumei.scope.scan.rules import Bools, Tokens

_TWO: Final = "3 4 6"
_THREE: Final = (
    "11 15 17 18 19 22 23 24 25 26 27 28 29 42 43 44 45 46 47 48 49 52 53 54 55 58 59 72 73 75 76 77 78 79 82 83 84 86 87 88 "
    "89 92 93 95 96 97 98 99"
)
"""After the 0: the areas with a code of two digits (03, 04, 06) and of three; those of four and five lie in the rest.

Ministry of Internal Affairs and Communications, 市外局番の一覧.
"""


@cache
def _known() -> frozenset[int]:
    """Return the numbers of three digits (0, and two more) with which a fixed line can begin."""
    two = {int(ch) * 10 + n for ch in _TWO.split() for n in range(10)}
    return frozenset(two | {int(word) for word in _THREE.split()} | {12, 13, 14, 16, 56, 57, 74, 85, 94})


def is_area(tokens: Tokens) -> Bools:
    """Return which tokens begin with 0 and an area's code, first groups as long as area codes are."""
    import numpy as np

    from kyumei.scope.scan import marks

    head = tokens.digits(4)
    number = head[:, 0] * 100 + head[:, 1] * 10 + head[:, 2]
    first = tokens.rows[:, 3] & 31
    firm = np.isin(tokens.number(4), [120, 800, 570, 180, 990])
    whole = first >= 10
    fits = np.isin(number, sorted(_known())) & ~firm & (tokens.value == 10)
    plain = ~tokens.has(marks.PLUS_BEFORE)
    listed: Bools = fits & plain & (head[:, 1] > 0) & (whole | (first >= 2))
    return listed
