"""`kyumei hunt` end to end and its rules alone: events a second, CPU time, peak memory; peers on the same files in one run.

`python bench/bench_hunt.py [--chunks N] [--repeat N] [--sqlite] [--libevtx] [--python-evtx] [--plaso BIN]`: logs are made of
the dense chunks of ../shared/data (`evtx_logs`): few distinct values (`low`) and many (`high`). Rules: ours and both packs
there, compiled beforehand. End to end is the command as a person runs it, start of Python included, with one job and with two.
Rates are by CPU time (that of all processes), the best of some repetitions; wall time stands beside it and means something on
a quiet machine only.

`--sqlite` needs pysigma-backend-sqlite: events as rows of a table in memory, each rule that it can say as one query, detection
alone, on the first 20,000 events. `--plaso` names `log2timeline` of an environment of its own; it only reads.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_evtx import READERS_, SHARED, source
from evtx_logs import dense_chunks, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.columns import Columns

PACKS = ("rules_sigma", "rules_hayabusa")
SQLITE_EVENTS = 20_000


def hunt(path: Path, rules: Sequence[str], cache: Path, jobs: int) -> tuple[float, float, int]:
    """Run the command; return wall seconds, CPU seconds of all its processes, and peak memory of the largest in MB."""
    words = [sys.executable, "-m", "kyumei.cli", "hunt", str(path), *rules, "--no-installed", "--format", "jsonl", "-q"]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    begin = time.perf_counter()
    with subprocess.Popen([*words, "--jobs", str(jobs)], stdout=subprocess.DEVNULL, env=env) as started:
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode not in {0, 4}:
        sys.exit(f"kyumei hunt ended with {started.returncode}")
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def batches(path: Path) -> list[Columns]:
    """Return the decoded log."""
    from kyumei.readers.windows.columnar import decode
    from kyumei.readers.windows.columnar.decoder import Decoder

    return [b.columns for b in decode.batches(source(path), Decoder()) if b.columns.n]


def detect(path: Path, folder: Path, repeat: int) -> list[float]:
    """Return events, best CPU seconds of the rules alone on decoded events, hits, and peak memory in MB."""
    from kyumei.case.hunt import kept
    from kyumei.detect.sigma import stored
    from kyumei.detect.sigma.engine import Engine

    (compiled,) = folder.glob("*.npz")
    rules, made = kept.load(folder).rules, stored.load(compiled)
    columns = batches(path)
    best, hits = float("inf"), 0
    for _ in range(repeat + 1):  # the first loads the kernels
        engine = Engine(rules, (), made)
        begin = time.process_time()
        hits = sum(len(rows) for one in columns for _, rows in engine.run(one, source="windows.evtx"))
        best = min(best, time.process_time() - begin)
    return [sum(one.n for one in columns), best, hits, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]


def sqlite(path: Path, folder: Path) -> list[float]:
    """Return events, CPU seconds, hits and peak memory of the rules as queries on a table in memory."""
    import sqlite3

    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection

    from kyumei.store.columns import arrays

    fields: dict[str, list[Any]] = {}
    n = 0
    for one in batches(path):
        if n >= SQLITE_EVENTS:
            break
        for name, array in arrays(one).items():
            key = name.removeprefix("System_").lower()
            fields.setdefault(key, [None] * n).extend(array.to_pylist()[: one.n])
        n += one.n
        fields = {name: values + [None] * (n - len(values)) for name, values in fields.items()}
    queries = _queries(SigmaCollection, sqliteBackend, folder)
    con = sqlite3.connect(":memory:")
    names = sorted(fields)[:1900]  # SQLite takes no more columns than 2,000
    con.execute(f"create table logs ({', '.join(chr(34) + name + chr(34) for name in names)})")
    marks = ", ".join("?" * len(names))
    con.executemany(f"insert into logs values ({marks})", zip(*(fields[name] for name in names), strict=True))
    begin, hits = time.process_time(), 0
    for query in queries:
        try:
            hits += len(con.execute(query).fetchall())
        except sqlite3.Error:  # a field that no event has
            continue
    return [n, time.process_time() - begin, hits, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]


def _queries(collection: Any, backend: Any, folder: Path) -> list[str]:
    """Return the rules of a folder as queries, those that the backend can say."""
    made: list[str] = []
    for path in sorted(folder.rglob("*.yml")):
        try:
            made += backend().convert(collection.from_yaml(path.read_text("utf-8")))
        except Exception:  # noqa: BLE001, S112  # a peer's limits, whatever it raises
            continue
    return [query.replace("<TABLE_NAME>", "logs") for query in made]


def apart(*words: str) -> list[float]:
    """Run one of the measurements in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--one", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        return []
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_of(words: Sequence[str]) -> list[float]:
    """Do the measurement that `apart` asked for."""
    kind, path, folder, repeat = words
    if kind == "detect":
        return detect(Path(path), Path(folder), int(repeat))
    if kind == "sqlite":
        return sqlite(Path(path), Path(folder))
    begin = time.process_time()
    n = READERS_[kind](Path(path))
    return [n, time.process_time() - begin, 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]


def table(path: Path, events: int, work: Path, said: argparse.Namespace) -> None:
    """Print what was measured on one log."""
    print(f"{path.stem}: {events:,} events, {path.stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}")
    rules = [word for pack in PACKS for word in ("--rules", str(work / pack))]
    for label, jobs, words in (
        ("end to end, 1 job", 1, rules),
        ("end to end, 2 jobs", 2, rules),
        ("own rules alone, 1 job", 1, []),
    ):
        runs = [hunt(path, words, work / "cache", jobs) for _ in range(said.repeat)]
        wall, cpu, memory = (min(one) for one in zip(*runs, strict=True))
        line(label, events, cpu, int(memory), f"wall {wall:.2f} s")
    kept = max((work / "cache" / "kyumei").glob("*/rules.jsonl"), key=lambda file: file.stat().st_size)  # not our own alone
    show("detection alone", apart("detect", str(path), str(kept.parent), str(said.repeat)))
    if said.sqlite:
        show("pySigma-SQLite", apart("sqlite", str(path), str(work / PACKS[0]), "1"))
    for name, asked in (("libevtx xml", said.libevtx), ("python-evtx", said.python_evtx)):
        if asked:
            show(name, apart(name, str(path), "-", "1"))
    if said.plaso:
        from bench_evtx import plaso

        print(f"  {'plaso winevtx':22} {plaso(said.plaso, path, events):>10,.0f} events/s (wall, reading only)")


def show(name: str, found: Sequence[float]) -> None:
    """Print a measurement, or that there is none."""
    if not found:
        print(f"  {name:22} not installed, or failed")
        return
    n, seconds, hits, memory = found
    line(name, int(n), seconds, int(memory), f"{int(hits):,} hits" if hits else "reading only")


def line(name: str, events: int, cpu: float, memory: int, note: str) -> None:
    """Print one row."""
    print(f"  {name:22} {events / cpu:>10,.0f} events/s  {cpu:8.2f} s CPU  {memory:>6,} MB  {note}", flush=True)


def main() -> None:
    """Make the logs, compile the rules, and print a table of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=2)
    for flag in ("--sqlite", "--libevtx", "--python-evtx"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--plaso", default="")
    parser.add_argument("--one", nargs=4)
    said = parser.parse_args()
    if said.one:
        print(json.dumps(one_of(said.one)))
        return
    if not SHARED.is_dir():
        print(f"no real logs at {SHARED}: nothing to measure")
        return
    chunks = dense_chunks(SHARED)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for pack in PACKS:
            with tarfile.open(SHARED / f"{pack}.tar.xz") as tar:
                tar.extractall(work / pack, filter="data")
        small = work / "one.evtx"
        write(small, chunks, 1, alter=False, seed=1)
        hunt(small, [word for pack in PACKS for word in ("--rules", str(work / pack))], work / "cache", 1)
        hunt(small, [], work / "cache", 1)
        for kind in ("low", "high"):
            path = work / f"{kind}.evtx"
            table(path, write(path, chunks, said.chunks, alter=kind == "high", seed=1), work, said)


if __name__ == "__main__":
    main()
