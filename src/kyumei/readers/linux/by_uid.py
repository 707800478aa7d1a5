"""Files that hold one record of a fixed size for each numeric user, in order, and are mostly holes: lastlog and faillog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source

_BUFFER: Final = 2 * 1024 * 1024


def used(source: Source, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield byte offset and bytes of each record that is not all zeros; the last may be cut short.

    Args:
        source: the file.
        size: bytes of a record; offset / size is the user's number.
    """
    with source.open() as stream:
        at = 0
        while data := stream.read(_BUFFER // size * size):
            if data.count(0) != len(data):
                for start in range(0, len(data), size):
                    record = data[start : start + size]
                    if any(record):
                        yield at + start, record
            at += len(data)
