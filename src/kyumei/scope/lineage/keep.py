"""Keep a source readable after the container that it came out of is closed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from kyumei.model.citation import MEMBER

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.model.source import Source


def kept(source: Source, folder: Path) -> Source:
    """Return the source itself, or one over a copy in the folder where it is a member that lies in a temporary file."""
    if MEMBER not in source.path or source.local is None:
        return source
    path = folder / source.file_id
    with source.open() as stream, path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return replace(source, opener=lambda: path.open("rb"), local=path)
