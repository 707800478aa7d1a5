"""From paths on the command line to sources: files, folders walked, containers opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.evidence.open.walk import Closed, Visit
    from kyumei.model.source import Source


def reached(files: Sequence[str], *, zone: str = "Asia/Tokyo") -> Iterator[Visit | Closed]:
    """Yield every source below the given paths, containers opened, in the order of `local_sources`.

    Raises:
        UserError: a path does not exist.
    """
    from kyumei.evidence.open.walk import walk

    for source in local_sources(files, zone=zone):
        yield from walk(source)


def local_sources(files: Sequence[str], *, zone: str = "Asia/Tokyo") -> Iterator[Source]:
    """Yield a source for each file, in the order given; files of a folder in the order of their paths.

    Raises:
        UserError: a path does not exist.
    """
    from kyumei.evidence.sources import local_source

    for given in files:
        path = Path(given)
        if not path.exists():
            raise UserError(f"{given} does not exist", hint="give files or folders to read")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            yield local_source(file, zone=zone)
