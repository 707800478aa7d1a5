"""Kill triage at random instants, run it again, verify the case, and compare it with an undisturbed run.

python -m tests.case.killed [KILLS] [SEED]    prints one line per kill and ends with 0 when all bytes are the same
"""

from __future__ import annotations

import contextlib
import os
import random  # noqa: TID251  # a test may draw instants; its seed is printed
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.case.runs import finished, kyumei, tree

ROUND = 5
"""Kills before a case is run to its end and compared."""


def kill_after(seconds: float, *words: str | Path) -> bool:
    """Start a run and kill it and its children after that time; return whether it was still running."""
    process = kyumei(*words)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


def kill_and_compare(folder: Path, kills: int, seed: int) -> list[str]:
    """Return the paths that differ from the undisturbed run after each round of kills; none is right."""
    draw = random.Random(seed)  # noqa: S311  # not for secrets
    evidence = folder / "replay"
    code, _, err = finished(kyumei("replay", "sophia-2024", "--out", evidence, "--scale", "0.02"))
    assert code == 0, err
    words = ("triage", evidence / "evidence", "--aware", "2024-06-07T09:00:00+09:00", "--case")
    begun = time.monotonic()
    code, _, err = finished(kyumei(*words, folder / "case"))
    assert code in {0, 4}, err
    whole, wanted = time.monotonic() - begun, tree(folder / "case")
    differing: list[str] = []
    shutil.rmtree(folder / "case")
    hit = 0
    while hit < kills:
        hit += sum(kill_after(draw.uniform(0.1, whole), *words, folder / "case") for _ in range(ROUND))
        code, _, err = finished(kyumei(*words, folder / "case"))
        assert code in {0, 4}, err
        found = tree(folder / "case")
        differing += sorted(p for p in {*wanted, *found} if wanted.get(p) != found.get(p))
        code, out, err = finished(kyumei("verify", folder / "case"))
        assert code == 0, out + err
        shutil.rmtree(folder / "case")
    return differing


if __name__ == "__main__":
    number, start = int(sys.argv[1]) if len(sys.argv) > 1 else 50, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as temporary:
        wrong = kill_and_compare(Path(temporary), number, start)
    print(f"{number} kills, seed {start}: {len(wrong)} files differ", *wrong, sep="\n  ")
    sys.exit(bool(wrong))
