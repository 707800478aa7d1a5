from __future__ import annotations

import lzma
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"  # ../shared/data, seen from the checkout


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real evidence, or skip the test."""
    if not (SHARED / "MANIFEST.jsonl").is_file():
        pytest.skip(f"real evidence not found at {SHARED}; this test needs ../shared/data beside the checkout")
    return SHARED


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of each file in a .tar.xz, without unpacking to disk."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and (file := tar.extractfile(member)):
                yield member.name, file.read()


def lines(packed: Path) -> Iterator[str]:
    """Yield the lines of an .xz text file, such as truth/crs.jsonl.xz."""
    with lzma.open(packed, "rt", encoding="utf-8") as text:
        yield from text
