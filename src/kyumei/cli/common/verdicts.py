"""Verdicts of the law in words, for the terminal."""

from __future__ import annotations

from typing import Final

VERDICTS: Final = {
    "ja": {"applies": "該当", "undecided": "未確定", "does_not": "非該当"},
    "en": {"applies": "applies", "undecided": "undecided", "does_not": "does not"},
}
