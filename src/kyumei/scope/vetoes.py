"""What speaks against two records being one person, as bits."""

from __future__ import annotations

from typing import Final

DOB_SLIP: Final = 1
"""Dates of birth that differ in more than one of year, month and day."""
GIVEN: Final = 2
DOB: Final = 4
DOB_FAR: Final = 8
"""Dates of birth that agree in none of year, month and day."""
NAME: Final = 16
LATIN: Final = 32
"""Readings of records that have no name in kanji."""
NUMBER: Final = 64
"""Numbers of one numbering."""
PERSONAL: Final = 128
"""Numbers of one numbering of which a person has one only (student, employee)."""
CONTACTS: Final = 256
"""Two of e-mail, telephone, address and postal code different inside one file, and none the same."""
MOVED: Final = 512
"""One of these different inside one file, and none the same."""
