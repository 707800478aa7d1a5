"""Openers: functions that yield the sources inside a container, and the registry that finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.model.fault import Fault
from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kyumei.model.source import Source

    Open = Callable[[Source, "Opening"], Iterator[Source]]
    Accepts = Callable[[Source], int]

MEMORY_BYTES: Final = 64 * 1024 * 1024
"""A member larger than this is spooled to a temporary file while it is worked on."""


@dataclass(slots=True)
class Opening:
    """One opening of one container: its limits, and the faults found on the way.

    Attributes:
        depth: how many containers lie around this one; openers need not look at it.
        max_members: members beyond this number become one fault.
        max_bytes: uncompressed bytes beyond this number become one fault (decompression bombs).
        temp: folder for spooled members; the system's own where it is None.
        faults: members or bytes that could not be opened (encrypted, damaged, over a limit).
    """

    depth: int = 0
    max_members: int = 1_000_000
    max_bytes: int = 1 << 40
    temp: Path | None = None
    faults: list[Fault] = field(default_factory=list[Fault])

    def fault(self, offset: int, reason: str, skipped: int = 0) -> None:
        """Record a member or bytes that could not be opened."""
        self.faults.append(Fault(offset, reason, skipped))


@dataclass(frozen=True, slots=True)
class Opener:
    """An opener and what it states about itself; `accepts` as in `kyumei.readers.registry.Reader`."""

    name: str
    accepts: Accepts
    open: Open
    title: str
    spec: str


OPENERS: Registry[Opener] = Registry("openers", "kyumei.evidence.open")


def opener(name: str, *, accepts: Accepts, title: str, spec: str) -> Callable[[Open], Open]:
    """Register the decorated generator as an opener.

    It yields one source for each member, in the container's order, with the path `source.member(...)`. A yielded source may
    be read until the generator is resumed. It never raises on any bytes, never writes to disk by a member's name, and
    counts what it cannot open in `opening.faults`.
    """

    def register(function: Open) -> Open:
        OPENERS.add(Opener(name, accepts, function, title, spec))
        return function

    return register
