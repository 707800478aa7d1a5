"""Replay, triage and compare with the truth for many seeds.

python -m tests.cases.seeds [--seeds 20] [--from 1]    one line a run; ends with the number of runs that are wrong
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cases import checks
from tests.cases.test_cases import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Check = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]

RUNS: tuple[tuple[str, Check, tuple[str, ...]], ...] = (
    ("sophia-2024", checks.sophia, ()),
    ("tges-2024", checks.tges, ()),
    ("tges-2024", checks.tges, ("--variant", "read")),
    ("psn-2011", checks.psn, ()),
    ("psn-2011", checks.psn, ("--variant", "part")),
)


def main() -> int:
    """Run all replays on all seeds; return how many runs are wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--from", dest="first", type=int, default=1)
    said = parser.parse_args()
    wrong = 0
    for replay, check, words in RUNS:
        for seed in range(said.first, said.first + said.seeds):
            with tempfile.TemporaryDirectory() as folder:
                found = list(check(*answered(Path(folder), replay, "--seed", str(seed), *words)))
            wrong += bool(found)
            print(
                replay,
                *words,
                f"seed {seed}:",
                "right" if not found else f"{len(found)} wrong",
                *found[:5],
                sep="\n  " if found else " ",
            )
    print(f"{wrong} runs wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
