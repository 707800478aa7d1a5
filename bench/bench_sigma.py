"""Speed of Sigma rules on decoded events, one core: cold and warm dictionaries, by field, beside plain vectorscan.

`python bench/bench_sigma.py [--chunks N] [--repeat N] [--fields N] [--sqlite]`: the rules of ../shared/data/rules_sigma.tar.xz
on logs made of the dense chunks of real ones (`evtx_logs`: few distinct values, `low`, and many, `high`) and on those chunks
themselves (`real`: all new). CPU time, the best of some repetitions. `vectorscan` is the time its scan takes for the same texts
of the same fields, values joined by line feeds, callbacks included, compilation not. Batches are as long as those of a hunt.

`--sqlite` needs pysigma-backend-sqlite: the Windows rules as its queries on the same events in SQLite, in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import tarfile
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlite_peer
from bench_evtx import SHARED, source
from evtx_logs import CHUNK, dense_chunks, write

from kyumei.case.hunt import gather
from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.detect.sigma.scan import Unit
from kyumei.detect.sigma.special import buffers
from kyumei.detect.sigma.tree import ANY, DASH, DASHES, Text
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    import numpy as np

    from kyumei.store.columns import Columns


def batches(path: Path) -> list[Columns]:
    """Decode a log with one decoder; return batches as long as those of a hunt."""
    decoded = [b.columns for b in decode.batches(source(path), Decoder()) if b.columns.n]
    held: list[list[Columns]] = [[]]
    for one in decoded:
        if sum(part.n for part in held[-1]) + one.n > gather.ROWS:
            held.append([])
        held[-1].append(one)
    return [gather._columns(parts, lasting=True) for parts in held if parts]


def timed(engine: Engine, columns: Sequence[Columns]) -> tuple[float, int]:
    """Return CPU seconds and hits of the rules on the batches."""
    begin = time.process_time()
    hits = sum(len(rows) for one in columns for _, rows in engine.run(one))
    return time.process_time() - begin, hits


@contextlib.contextmanager
def watched(spent: dict[str, list[float]]) -> Iterator[None]:
    """Add up values, bytes and seconds of scans by what is scanned for."""
    plain = Unit.scan
    names: dict[int, str] = {}

    def scan(self: Unit, values: pa.StringArray, offset: timedelta) -> np.ndarray:
        begin = time.process_time()
        found = plain(self, values, offset)
        bounds, _ = buffers(values)
        name = names.setdefault(id(self), f"{len(self.texts)} texts")
        for n, more in enumerate((len(values), int(bounds[-1] - bounds[0]), time.process_time() - begin)):
            spent[name][n] += more
        return found

    for name, one in ENGINE[0]._kept.units.items():
        names[id(one)] = str(name)[:40]
    Unit.scan = scan  # type: ignore[method-assign]
    try:
        yield
    finally:
        Unit.scan = plain  # type: ignore[method-assign]


ENGINE: list[Engine] = []


def vectorscan(engine: Engine, columns: Sequence[Columns]) -> float:
    """Return CPU seconds of a joined scan for the texts of the five fields that have most of them."""
    import hyperscan

    total = 0.0
    units = sorted(engine._kept.units.items(), key=lambda one: -len(one[1].texts))[:5]
    last = columns[-1].fields
    for name, one in units:
        tests = [engine._kept.program.tests[n] for n in one.texts.tolist()]
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        shapes = [expression(test) for test in tests if isinstance(test, Text)]
        flags = [hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE] * len(shapes)
        database.compile(expressions=shapes, ids=list(range(len(shapes))), elements=len(shapes), flags=flags)
        for column, held in last.items():
            if column.lower() == name:
                joined = "\n".join(text.replace("\n", "\v") for text in held.values.to_pylist()).encode()
                found: list[tuple[int, int]] = []
                begin = time.process_time()
                database.scan(joined, match_event_handler=lambda n, _a, end, _f, _c, add=found.append: add((n, end)))
                total += time.process_time() - begin
    return total


def expression(text: Text) -> bytes:
    """Return a pattern as an expression."""
    signs = {ANY: ".*", DASH: f"[{re.escape(DASHES[:2])}]"}
    body = "".join(re.escape(part) if isinstance(part, str) else signs.get(part, ".") for part in text.parts)
    return f"^{body}$".removeprefix("^.*").removesuffix(".*$").encode()


def logs(folder: Path, chunks: int) -> dict[str, Path]:
    """Make the logs; return them by name."""
    real = dense_chunks(SHARED)
    made = {name: folder / f"{name}.evtx" for name in ("low", "high", "real")}
    for name in ("low", "high"):
        write(made[name], real, chunks, kind=name, seed=1)
    made["real"].write_bytes(b"ElfFile\0".ljust(4096, b"\0") + b"".join(one[:CHUNK] for one in real))
    return made


def report(name: str, columns: Sequence[Columns], engine: Engine, said: argparse.Namespace) -> None:
    """Print what was measured on one log."""
    total = sum(one.n for one in columns)
    cold, warm = [], []
    hits = 0
    timed(engine, columns[:1])  # the kernels are compiled, or loaded
    for _ in range(said.repeat):
        engine._memory = type(engine._memory)()
        seconds, hits = timed(engine, columns)
        cold.append(seconds)
        warm.append(timed(engine, columns)[0])
    plain = vectorscan(engine, columns)
    print(
        f"{name}: {total:,} events, {hits:,} hits, cold {total / min(cold):,.0f} events/s ({min(cold):.2f} s), "
        f"warm {total / min(warm):,.0f}/s, vectorscan of five fields alone {plain:.2f} s"
    )
    if said.sqlite and (peer := sqlite_peer.apart(said.paths[name], said.rules)):
        n, queries, found, memory = peer
        print(
            f"  pySigma-SQLite: {n / queries:,.0f} events/s ({n:,.0f} events, {found:,.0f} hits, {memory:,.0f} MB); "
            f"ours cold {total / min(cold) / (n / queries):.0f} ×, warm {total / min(warm) / (n / queries):.0f} ×"
        )
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    engine._memory = type(engine._memory)()
    with watched(spent):
        seconds, _ = timed(engine, columns)
    scans = sum(row[2] for row in spent.values())
    print(f"  scans are {scans / seconds:.0%} of {seconds:.2f} s")
    for field, (values, size, took) in sorted(spent.items(), key=lambda one: -one[1][2])[: said.fields]:
        each = took / max(size, 1) * 1e9
        print(f"  {field:40} {values:9,.0f} values {size / 1e6:7.2f} MB {each:8.1f} ns/byte {took / seconds:5.0%}")


def main() -> None:
    """Make the logs, compile the rules, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--fields", type=int, default=8)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--logs", default="real,low,high")
    said: Any = parser.parse_args()
    pa.set_cpu_count(1)
    if not SHARED.is_dir():
        print(f"no real logs at {SHARED}: nothing to measure")
        return
    with tempfile.TemporaryDirectory() as temp:
        folder = Path(temp)
        with tarfile.open(SHARED / "rules_sigma.tar.xz") as tar:
            tar.extractall(folder / "rules", filter="data")
        begin = time.process_time()
        rules, _ = parse_rules([folder / "rules"])
        parsed = time.process_time()
        ENGINE.append(Engine.build(rules, said.cache or folder / "cache"))
        built = time.process_time()
        engine = Engine.build(rules, said.cache or folder / "cache")
        ENGINE[0] = engine
        loaded = time.process_time() - built
        print(
            f"load {os.getloadavg()[0]:.1f}; parse {parsed - begin:.1f} s, compile {built - parsed:.1f} s, load {loaded:.2f} s"
        )
        said.paths, said.rules = logs(folder, said.chunks), folder / "rules"
        for name, path in said.paths.items():
            if name in said.logs.split(","):
                report(name, batches(path), engine, said)


if __name__ == "__main__":
    main()
