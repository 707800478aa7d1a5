"""Regular expressions on distinct values: vectorscan for those it takes, else Python's `re`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kyumei.detect.sigma.special import buffers, matched

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kyumei.detect.sigma.tree import Regex, Text

_FLAGS: Final = {"i": 1, "s": 2, "m": 4}
_SINGLE, _ALLOW_EMPTY, _UTF8, _BLOCK = 8, 16, 32, 1


@dataclass(slots=True)
class Regexes:
    """The expressions of one field.

    Attributes:
        database: vectorscan's, in its portable form; empty where no expression goes there.
        fast: the tests in the database.
        slow: tests for Python's `re`.
    """

    database: bytes = b""
    fast: list[tuple[int, Regex | Text]] = field(default_factory=list)
    slow: list[tuple[int, Regex | Text]] = field(default_factory=list)
    _loaded: Any = None

    def scan(self, values: pa.StringArray) -> np.ndarray:
        """Return (test, position), int32, for each value in which an expression is found."""
        found = matched(self.slow, values) if self.slow else []
        if self.database and len(values):
            found += self._fast(values)
        return np.array(sorted(found), np.int32).reshape(-1, 2)

    def _fast(self, values: pa.StringArray) -> list[tuple[int, int]]:
        try:
            import hyperscan
        except ImportError:  # it was there when the rules were compiled
            return matched(self.fast, values)
        if self._loaded is None:
            self._loaded = hyperscan.loadb(self.database, hyperscan.HS_MODE_BLOCK)
            self._loaded.scratch = hyperscan.Scratch(self._loaded)
        offsets, data = buffers(values)
        whole = data.tobytes()
        found: list[tuple[int, int]] = []
        at = 0

        def hit(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.append((number, at))

        scan = self._loaded.scan
        bounds = offsets.tolist()
        for at in range(len(values)):
            scan(whole[bounds[at] : bounds[at + 1]], match_event_handler=hit)
        return found


def compiled(tests: Sequence[tuple[int, Regex | Text]]) -> Regexes:
    """Return the expressions compiled; patterns on texts always go to Python's `re`."""
    try:
        import hyperscan
    except ImportError:
        return Regexes(slow=list(tests))
    fast: list[tuple[int, bytes, int]] = []
    slow: list[tuple[int, Regex | Text]] = []
    for number, test in tests:
        flags = sum(_FLAGS[letter] for letter in getattr(test, "flags", "")) | _SINGLE | _ALLOW_EMPTY | _UTF8
        if hasattr(test, "pattern") and _taken(hyperscan, test.pattern, flags):
            fast.append((number, test.pattern.encode(), flags))
        else:
            slow.append((number, test))
    if not fast:
        return Regexes(slow=slow)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[one for _, one, _ in fast], ids=[n for n, _, _ in fast], elements=len(fast), flags=[f for _, _, f in fast]
    )
    known = dict(tests)
    return Regexes(hyperscan.dumpb(database), [(n, known[n]) for n, _, _ in fast], slow)


def _taken(hyperscan: Any, pattern: str, flags: int) -> bool:
    """Return whether vectorscan takes the expression, and means by it what Python's `re` means."""
    try:
        hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(expressions=[pattern.encode()], flags=[flags])
    except (hyperscan.HyperscanError, UnicodeError):
        return False
    return True
