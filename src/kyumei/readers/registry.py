"""Readers: functions that turn one source into events and faults, and the registry that finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.plugins import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

    Read = Callable[[Source, Rows], None]
    Accepts = Callable[[Source], int]


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader and what it states about itself.

    Attributes:
        name: dotted, lower case, family first: `windows.evtx`.
        accepts: looks at `source.head` or `source.sample` and returns 0 (not mine) to 100; see `model.source.CERTAIN`.
            It decides by content; a name may only add to what the content shows. It never raises.
        read: see `reader`.
        title: what the artifact is called, in English.
        spec: where the format is specified.
        guesses: nobody described the form: it may as well be a table of records, whose persons must not be lost by that.
    """

    name: str
    accepts: Accepts
    read: Read
    title: str
    spec: str
    guesses: bool = False


READERS: Registry[Reader] = Registry("readers", "kyumei.readers")


def reader(name: str, *, accepts: Accepts, title: str, spec: str, guesses: bool = False) -> Callable[[Read], Read]:
    """Register the decorated function as a reader.

    The function takes a source and the rows to fill. It adds one event for each record, adds a fault for what it cannot
    read, never raises on any bytes, interprets nothing, and holds no more than a batch in memory.
    """

    def register(read: Read) -> Read:
        READERS.add(Reader(name, accepts, read, title, spec, guesses))
        return read

    return register
