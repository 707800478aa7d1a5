"""How long preservation and first analysis of named media will take on this machine, from what is measured on it now."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SAMPLE: Final = 256 * 1024 * 1024
_BLOCK: Final = 1 << 20
_LINE: Final = b'203.0.113.9 - - [07/Jun/2024:09:30:00 +0900] "GET /member/%08d HTTP/1.1" 200 5120 "-" "Mozilla/5.0"\n'
_LINES: Final = 200_000
UNCERTAIN: Final = 2.0
"""The upper estimate is so many times the lower: sources differ (many small files, slow media, other load)."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Bytes per second measured on this machine.

    Attributes:
        preserve: reading, hashing and writing a sealed copy in the folder given.
        read: reading an access log into events with one process. workers: processes that read at once.
    """

    preserve: float
    read: float
    workers: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds for one medium, from the lower to the upper estimate."""

    name: str
    bytes: int
    preserve: tuple[int, int]
    analyse: tuple[int, int]


def measure(folder: Path) -> Throughput:
    """Measure for a few seconds, with a sample written to the folder and removed again."""
    return Throughput(_preserving(folder), _reading(folder), min(2, os.cpu_count() or 1))


def _preserving(folder: Path) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as inside:
        source, block = os.path.join(inside, "a"), os.urandom(_BLOCK)  # noqa: PTH118  # two plain names
        with open(source, "wb") as stream:  # noqa: PTH123
            stream.writelines(block for _ in range(_SAMPLE // _BLOCK))
            os.fsync(stream.fileno())
        begun, digest = time.perf_counter(), hashlib.sha256()
        with open(source, "rb") as stream, open(source + "2", "wb") as copy:  # noqa: PTH123
            while data := stream.read(_BLOCK):
                digest.update(data)
                copy.write(data)
            os.fsync(copy.fileno())
        return _SAMPLE / (time.perf_counter() - begun)


def _reading(folder: Path) -> float:
    from pathlib import Path

    from kyumei.model.citation import EvidenceId
    from kyumei.model.source import Source
    from kyumei.readers.run import recognise, run

    with tempfile.TemporaryDirectory(dir=folder) as inside:
        path = Path(inside) / "access.log"
        path.write_bytes(b"".join(_LINE % n for n in range(_LINES)))
        source = Source(EvidenceId("E-000000000000"), "access.log", path.stat().st_size, lambda: path.open("rb"), local=path)
        reader, _ = recognise(source)
        if reader is None:
            raise AssertionError("the sample of an access log is not recognised")
        begun = time.perf_counter()
        run(reader, source, lambda _: None)
        return path.stat().st_size / (time.perf_counter() - begun)


def estimates(media: Mapping[str, int], speed: Throughput) -> list[Estimate]:
    """Return the estimate for each medium, in the order given."""
    return [
        Estimate(name, size, _span(size / speed.preserve), _span(size / (speed.read * speed.workers)))
        for name, size in media.items()
    ]


def _span(seconds: float) -> tuple[int, int]:
    return (round(seconds), round(seconds * UNCERTAIN))
