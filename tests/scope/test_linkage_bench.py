"""The bench of `make people-100m` still runs, on few records; a run of an hour must not find out that the store has changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench" / "bench_linkage.py"


def test_few_records_are_written_linked_and_compared_with_the_truth() -> None:
    ran = subprocess.run([sys.executable, str(BENCH), "2000"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = re.search(r"pairs: P (\S+)  R (\S+)  F1", ran.stdout)
    assert found, ran.stdout
    assert float(found[1]) > 0.9
    assert float(found[2]) > 0.8
