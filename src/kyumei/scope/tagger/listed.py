"""What the lists of names say of a word: surname, given name, both (japanese-personal-name-dataset, MIT)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def listed() -> Mapping[str, str]:
    """Return `s` for each surname, `g` for each given name, `gs` for what is both."""
    from kyumei.scope.scan.lists import names

    surnames, given = names()
    found = dict.fromkeys(given, "g")
    for word in surnames:
        found[word] = "gs" if word in found else "s"
    return found
