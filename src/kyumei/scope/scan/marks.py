"""Kinds of tokens and what stands beside them, as the pass writes them."""

from __future__ import annotations

from typing import Final

DIGITS: Final = 0
"""A number in groups; shape: group lengths, five bits each."""
IDENTIFIER: Final = 1
"""Letters and digits in one; shape: run lengths, six bits each, the highest for letters."""
DATE: Final = 2
"""A date with 年月日 or an era; value: yyyymmdd."""
MAIL: Final = 3
ADDRESS: Final = 4
"""From a prefecture (flags 1) or a municipality (flags 0) to the end; value: whether a number was seen."""
NAME: Final = 5
"""Surname and given name; value: characters of the given name; flags: see `_name`."""
WORD: Final = 6
"""A word of the lists; shape: its number."""

LETTER_BEFORE: Final = 1
JOINED_BEFORE: Final = 2
LETTER_AFTER: Final = 4
JOINED_AFTER: Final = 8
PLUS_BEFORE: Final = 16
UPPER: Final = 32
SEPARATOR_SHIFT: Final = 8

SUFFIX: Final = 1
"""An honorific, or an opening parenthesis, follows the name."""
KANJI_BEFORE: Final = 2
KANJI_AFTER: Final = 4
IN_DICTIONARY: Final = 8
BLANK_INSIDE: Final = 16

ERA: Final = 1
PREFECTURE: Final = 2
MUNICIPALITY: Final = 3
