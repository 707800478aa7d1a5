"""Sigma rules as the queries of pySigma's SQLite backend, timed: a peer for the benches of rules.

`python bench/sqlite_peer.py LOG RULES [EVENTS]` prints events, CPU seconds of the queries alone, hits and peak memory in MB as
a JSON list. Decoding, making the queries and filling the table do not count.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENTS = 20_000


def apart(path: Path, rules: Path, events: int = EVENTS) -> list[float]:
    """Measure in a process of its own; empty where the backend is not installed."""
    command = [sys.executable, __file__, str(path), str(rules), str(events)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip().rpartition("\n")[2], file=sys.stderr)
        return []
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(words: Sequence[str]) -> None:
    """Fill the table, run the queries, print what was measured."""
    from bench_sigma import batches
    from tests.real.sigma_agreement import windows_rules
    from tests.real.sigma_sqlite import one_table, rows

    path, folder, most = Path(words[0]), Path(words[1]), int(words[2])
    engine, asked = windows_rules(folder)
    del engine
    events = rows(batches(path))[:most]
    con, queries = one_table(events, [query for query in asked if query.sql])
    n = len(events)
    events.clear()
    begin, hits, failed = time.process_time(), 0, 0
    for query in queries:
        try:
            hits += len(con.execute(query).fetchall())
        except sqlite3.Error:
            failed += 1
    spent = time.process_time() - begin
    print(f"{len(queries)} queries, {failed} fail", file=sys.stderr)
    print(json.dumps([n, spent, hits, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))


if __name__ == "__main__":
    main(sys.argv[1:])
