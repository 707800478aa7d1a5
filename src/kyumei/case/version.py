"""What produced a result: the package's version and the digest of its code and data."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_KEPT = {".py", ".yaml", ".yml", ".csv", ".json", ".sql", ".html", ".css", ".j2", ".toml", ".txt"}


@cache
def code_digest() -> str:
    """Return sixteen hex digits that change when any of the package's files does."""
    digest = hashlib.sha256()
    for path in sorted(p for p in _PACKAGE.rglob("*") if p.suffix in _KEPT and p.is_file()):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
