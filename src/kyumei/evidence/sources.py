"""The sources of an item: every file that was sealed, open for reading, in the order of paths."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kyumei.evidence.acquire import EVIDENCE
from kyumei.evidence.copy import open_original
from kyumei.evidence.manifest import FILES
from kyumei.model.citation import EvidenceId
from kyumei.model.evidence import unescape
from kyumei.model.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.evidence import FileEntry, Item


NO_ITEM: Final = EvidenceId("E-000000000000")
"""Stands for the item in citations of files that were never acquired."""


def sources(item: Item, case: Path, *, zone: str = "Asia/Tokyo") -> Iterator[Source]:
    """Yield one source for each file of the item.

    The bytes come from the sealed copy, or from the original place when the item is a reference.

    Args:
        item: as `acquire` or `manifest.load` returned it.
        case: the case folder.
        zone: IANA name of the zone assumed for times that carry none.
    """
    top = folder(item, case)
    for entry in item.files:
        if entry.kind == "file":
            yield _source(item, entry, top / os.fsdecode(unescape(entry.path)), zone)


def local_source(path: Path, *, zone: str = "Asia/Tokyo") -> Source:
    """Return a source over a file of the file system that belongs to no case."""
    stat = path.stat()
    # a link that was named on the command line is followed
    return Source(NO_ITEM, path.as_posix(), stat.st_size, lambda: path.open("rb"), stat.st_mtime_ns // 1000, zone, path)


def folder(item: Item, case: Path) -> Path:
    """Return the folder on disk under which the item's paths lie."""
    if item.mode == "copy":
        return case / EVIDENCE / item.id / FILES
    origin = Path(os.fsdecode(unescape(item.origin)))
    return origin.parent if item.kind == "file" else origin


def _source(item: Item, entry: FileEntry, path: Path, zone: str) -> Source:
    return Source(item.id, entry.path, entry.size, partial(_open, path), entry.mtime, zone, path)


def _open(path: Path) -> BinaryIO:
    return os.fdopen(open_original(path), "rb")
