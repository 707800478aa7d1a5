"""Run the real command in a process of its own, kill it, and compare what case folders hold."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW: Final = "2024-06-08T00:00:00+00:00"
ACTS: Final = {"custody.jsonl", "head.json", "index.duckdb"}
"""Files that record acts (how often a run was begun) or are derived."""
ROOT: Final = Path(__file__).parents[2]


def kyumei(*words: str | Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start the command line with the clock fixed and nothing else inherited but the path."""
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "KYUMEI_NOW": NOW, "USER": "tester"} | dict(
        env or {}
    )
    command = [sys.executable, "-m", "kyumei.cli", *map(str, words)]
    return subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Wait for the process and return exit code, stdout and stderr."""
    out, err = process.communicate(timeout=600)
    return process.returncode, out.decode(), err.decode()


def tree(case: Path) -> dict[str, str]:
    """Return the digest of every file that must not differ between runs, by path."""
    return {
        p.relative_to(case).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(case.rglob("*"))
        if p.is_file() and p.name not in ACTS
    }
