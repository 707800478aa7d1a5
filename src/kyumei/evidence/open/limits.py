"""Limits of one opening, so that a small container cannot fill memory, disk or time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kyumei.evidence.open.registry import Opening

RATIO: Final = 1000
"""Uncompressed bytes for each compressed byte beyond which a container is taken for a bomb (deflate's own limit is 1,032)."""
FREE_BYTES: Final = 1 << 30
"""Up to so many uncompressed bytes the ratio does not matter."""


class Budget:
    """What an opening may still give out.

    Args:
        opening: has the limits and takes the faults.
        packed: size of the container in bytes.
    """

    def __init__(self, opening: Opening, packed: int) -> None:
        self._opening = opening
        self._most = min(opening.max_bytes, max(FREE_BYTES, packed * RATIO))
        self._bytes = 0
        self._members = 0
        self.spent = False

    def admits(self, offset: int) -> bool:
        """Count one more member; once over a limit, record one fault and return False from then on."""
        self._members += 1
        if not self.spent and self._members > self._opening.max_members:
            self._stop(offset, f"more than {self._opening.max_members} members")
        return not self.spent

    def metered(self, chunks: Iterable[bytes], offset: int) -> Iterator[bytes]:
        """Yield the chunks as long as their bytes are within the limits."""
        for chunk in chunks:
            self._bytes += len(chunk)
            if self._bytes > self._most:
                self._stop(offset, "more uncompressed bytes than the limit")
                return
            yield chunk

    def _stop(self, offset: int, reason: str) -> None:
        self.spent = True
        self._opening.fault(offset, reason)
