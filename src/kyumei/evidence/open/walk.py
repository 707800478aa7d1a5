"""Walk a source and everything inside it, container by container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.errors import KyumeiError
from kyumei.evidence.open.registry import OPENERS, Opening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kyumei.evidence.open.registry import Opener
    from kyumei.model.fault import Fault
    from kyumei.model.source import Source

MAX_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Visit:
    """A source that was reached; it may be read until the walk is resumed.

    Attributes:
        source: what was reached.
        parent: the container it lies in, None for the source that the walk began with.
        opener: name of the opener that will open it next, None when nothing is inside.
    """

    source: Source
    parent: Source | None
    opener: str | None


@dataclass(frozen=True, slots=True)
class Closed:
    """A container after its last member.

    Attributes:
        source: the container.
        opener: name of the opener.
        members: how many sources it gave.
        faults: what in it could not be opened.
    """

    source: Source
    opener: str
    members: int
    faults: tuple[Fault, ...]


def recognise(source: Source) -> Opener | None:
    """Return the opener that accepts the source with most confidence; ties go by name."""
    best: Opener | None = None
    most = 0
    for opener in OPENERS.all():
        confidence = opener.accepts(source)
        if confidence > most:
            best, most = opener, confidence
    return best


def walk(source: Source, *, max_depth: int = MAX_DEPTH, temp: Path | None = None) -> Iterator[Visit | Closed]:
    """Yield the source, then what is inside it, then that it is closed; members in the container's order, depth first.

    Args:
        source: where to begin.
        max_depth: containers nested deeper are visited and not opened, which is a fault.
        temp: folder for members too large for memory; they are removed when the walk goes on.
    """
    yield from _walk(source, None, Opening(temp=temp), max_depth)


def _walk(source: Source, parent: Source | None, opening: Opening, max_depth: int) -> Iterator[Visit | Closed]:
    opener = recognise(source)
    yield Visit(source, parent, opener.name if opener else None)
    if opener is None:
        return
    members = 0
    if opening.depth >= max_depth:
        opening.fault(0, f"nested more than {max_depth} deep", source.size)
    else:
        for member in _members(opener, source, opening):
            members += 1
            yield from _walk(member, source, Opening(depth=opening.depth + 1, temp=opening.temp), max_depth)
    yield Closed(source, opener.name, members, tuple(opening.faults))


def _members(opener: Opener, source: Source, opening: Opening) -> Iterator[Source]:
    """Yield the members; should an opener raise all the same, the rest of the container becomes one fault."""
    try:
        yield from opener.open(source, opening)
    except KyumeiError:
        raise
    except Exception as bug:  # noqa: BLE001  # plug-ins and foreign parsers run here
        opening.fault(0, f"opener failed: {type(bug).__name__}", source.size)
