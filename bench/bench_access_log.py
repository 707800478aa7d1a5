"""Lines a second of `web.access` against one DuckDB regular expression over the same lines in memory.

`python bench/bench_access_log.py [LINES]`: invented lines, one thread each, best of three, CPU time. The baseline only takes
the line apart; the reader also decodes, converts times, spells addresses, and gives offsets and faults.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pyarrow as pa

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.store.connect import connect
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

PATTERN = (
    r'^([^ ]+) ([^ ]+) ([^\[]+) \[([^\]]+)\] "([^"\\]*(?:\\.[^"\\]*)*)" (\d{3}) (\d+|-)'
    r'(?: "([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*(?:\\.[^"\\]*)*)")?(.*)$'
)
NAMES = ["client", "ident", "account", "time", "request", "status", "bytes", "referer", "agent", "rest"]


def sample(count: int) -> list[str]:
    """Return invented combined-log lines."""
    return [
        f"192.0.2.{i % 250} - - [16/May/2024:{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02} +0900] "
        f'"GET /catalogue/{i * 7919 % 100_003}/item.html?page={i % 17} HTTP/1.1" 200 {i % 50_000} '
        f'"https://www.example.jp/index{i % 31}.html" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"'
        for i in range(count)
    ]


def best(work: Callable[[], int]) -> float:
    """Return the best rate of three runs, in lines per second of CPU time."""
    rates = []
    for _ in range(3):
        begin = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - begin))
    return max(rates)


def main() -> None:
    """Print both rates."""
    lines = sample(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
    source = Source.memory("\n".join(lines).encode())
    con = connect(threads=1)
    con.register("log", pa.table({"line": lines}))
    names = ", ".join(f"'{name}'" for name in NAMES)
    query = f"create or replace table parts as select regexp_extract(line, $1, [{names}]) from log"

    def ours() -> int:
        rows = Rows(source, "web.access", lambda _: None)
        READERS.get("web.access").read(source, rows)
        return rows.read

    def baseline() -> int:
        con.execute(query, [PATTERN])
        return len(lines)

    ours()
    print(f"web.access      {best(ours):>10,.0f} lines/s")
    print(f"duckdb regexp   {best(baseline):>10,.0f} lines/s")


if __name__ == "__main__":
    main()
