"""The same matching as `matcher` and `kernel` in plain Python, for machines where Numba is missing: slower, equal in result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from kyumei.detect.sigma.anchors import ALWAYS, BYTE, HEAD2, HEAD4, HEAD8, SIZES, TAIL2, WHOLE, anchors, raw
from kyumei.detect.sigma.tree import ANY, ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.detect.sigma.tree import Text

_CHARACTER: Final = rb"[\x00-\xff][\x80-\xbf]*+"
_DASH: Final = rb"(?:[-/]|\xe2\x80[\x93-\x95])"


class Plain:
    """Patterns on texts, numbered as given."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._searches = [_expression(text).fullmatch for text in texts]
        self._filed: dict[int, dict[bytes, list[int]]] = {}
        for number, listed in enumerate(anchors(texts)):
            for anchor in listed:
                self._filed.setdefault(anchor.where, {}).setdefault(anchor.run, []).append(number)

    def scan(self, data: np.ndarray, offsets: np.ndarray, first: int) -> np.ndarray:
        """Return (pattern, value), int32, of each match of values `first` and on, each once, in the order of values."""
        whole, bounds = data.tobytes(), offsets.tolist()
        found: list[tuple[int, int]] = []
        for value in range(first, len(bounds) - 1):
            text = whole[bounds[value] : bounds[value + 1]]
            found += [(number, value) for number in sorted(self._candidates(text.lower())) if self._searches[number](text)]
        return np.array(found, np.int32).reshape(-1, 2)

    def _candidates(self, text: bytes) -> set[int]:
        """Return the patterns one of whose anchors is in a value (lower case)."""
        numbers: set[int] = set()
        for where, filed in self._filed.items():
            for run in _runs(where, text, filed):
                numbers.update(filed.get(run, ()))
        return numbers


def _runs(where: int, text: bytes, filed: dict[bytes, list[int]]) -> Sequence[bytes] | set[bytes]:
    """Return what a value has at a place where anchors may stand."""
    if where in {WHOLE, ALWAYS}:
        return (text if where == WHOLE else b"",)
    if where == BYTE:
        return [run for run in filed if run in text]
    size = SIZES[where]
    if where in {HEAD8, HEAD4, HEAD2}:
        return (text[:size],)
    return (text[-size:],) if where <= TAIL2 else {text[i : i + size] for i in range(len(text) - size + 1)}


def _expression(text: Text) -> re.Pattern[bytes]:
    signs = {ANY: b".*", ONE: _CHARACTER}
    body = b"".join(re.escape(raw(part)) if isinstance(part, str) else signs.get(part, _DASH) for part in text.parts)
    return re.compile(body, re.DOTALL | (re.RegexFlag(0) if text.cased else re.IGNORECASE))
