"""Time acquisition and verification against plain SHA-256 of the same bytes: `python bench/bench_acquire.py [MiB]`."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kyumei.evidence.acquire import acquire
from kyumei.evidence.custody import Ledger, record_acquisition
from kyumei.evidence.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable


def timed(label: str, size: int, work: Callable[[], object]) -> None:
    """Print the speed of one piece of work."""
    start = time.perf_counter()
    work()
    print(f"{label:<28} {size / (time.perf_counter() - start):8.0f} MiB/s")


def main(size: int) -> None:
    """Measure each step on so many MiB of random bytes."""
    with tempfile.TemporaryDirectory() as folder:
        given, case, other = Path(folder, "given.bin"), Path(folder, "case"), Path(folder, "other")
        with given.open("wb") as out:
            for _ in range(size):
                out.write(os.urandom(1 << 20))
        timed("sha256 alone", size, lambda: hashlib.file_digest(given.open("rb"), "sha256"))
        timed("acquire, reference", size, lambda: acquire(given, other, reference=True))
        timed("acquire, sealed copy", size, lambda: acquire(given, case))
        timed("acquire, known already", size, lambda: acquire(given, case))
        at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        record_acquisition(Ledger(case / "custody.jsonl"), acquire(given, case), at=at, who="bench", why="", tool="")
        timed("verify", size, lambda: verify(case))
        print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024)
