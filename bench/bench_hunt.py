"""Windows event logs: decoding, rules, and `kyumei hunt` end to end, beside peers on the same files in one run.

`python bench/bench_hunt.py [--chunks N] [--large N] [--repeat N] [--sqlite] [--python-evtx] [--plaso BIN] [--page FILE]`:
logs are made of the dense chunks of ../shared/data (`evtx_logs`): few distinct values (`low`) and many (`high`). Rules:
ours and both packs there, compiled beforehand. End to end is the command as a person runs it, start of Python included,
with one job and with two. Rates are by CPU time (that of all processes), the best of some repetitions; wall time stands
beside it and means something on a quiet machine only. `--page` writes what was measured as a page of Markdown.

`--large` also hunts, once each, in logs of so many chunks, where the fixed start counts for little: with everything, and with
SigmaHQ's rules alone and no analytics, which is what Zircolite does; what plaso needs is told by the smaller log.

`--sqlite` needs pysigma-backend-sqlite (`sqlite_peer`: the Windows rules, on the first 20,000 events). `--plaso` names
`log2timeline` of an environment of its own; it reads and stores, and applies no rules. `--python-evtx` needs that package.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlite_peer
from bench_evtx import READERS_, SHARED, source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.columns import Columns

PACKS = ("rules_sigma", "rules_hayabusa")
ALONE = ("--no-own-rules", "--no-analytics")


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


def plaso(binary: str, path: Path, events: int) -> list[float]:
    """Return events, CPU seconds, 0 and peak memory in MB of plaso's winevtx parser with its storage, one process."""
    with tempfile.TemporaryDirectory() as folder:
        words = [binary, "--parsers", "winevtx", "--single-process", "-q", "--storage-file", f"{folder}/x.plaso", str(path)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as started:
            _, status, used = os.wait4(started.pid, 0)
            started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            return []
        return [events, used.ru_utime + used.ru_stime, 0, used.ru_maxrss // 1024]


def setup(work: Path) -> float:
    """Return seconds from the names of the packs to rules that are ready, from the cache."""
    from kyumei.case.hunt import kept, rules

    choice = kept.Choice(tuple(str(work / pack) for pack in PACKS), cache=str(work / "cache" / "kyumei"))
    begin = time.perf_counter()
    rules.detector(kept.prepared(choice), "Asia/Tokyo")
    return time.perf_counter() - begin


def apart(*words: str) -> list[float]:
    """Run one of the measurements in a process of its own, which inherits no peak of memory: this one stays small."""
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
    if kind == "set-up":
        return [setup(Path(path))]
    if kind == "write":
        from evtx_logs import dense_chunks, write

        return [write(Path(path), dense_chunks(SHARED), int(repeat), kind=folder, seed=1)]
    best, n = float("inf"), 0
    read = python_evtx if kind == "python-evtx" else READERS_[kind]
    for _ in range(int(repeat)):
        begin = time.process_time()
        n = read(Path(path))
        best = min(best, time.process_time() - begin)
    return [n, best, 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]


def python_evtx(path: Path) -> int:
    """Take the XML of python-evtx, of the first 20 chunks only; records that it cannot read are passed over."""
    from Evtx.Evtx import FileHeader

    header, n = FileHeader(path.read_bytes(), 0), 0
    for _, chunk in zip(range(20), header.chunks(), strict=False):
        for record in chunk.records():
            with contextlib.suppress(Exception):
                n += bool(record.xml())
    return n


@dataclasses.dataclass(slots=True)
class Table:
    """What was measured on one log, printed as it comes."""

    name: str
    rows: list[str] = dataclasses.field(default_factory=list)

    def add(self, what: str, tool: str, found: Sequence[float], note: str = "") -> None:
        """Add a measurement: events, CPU seconds, hits, memory; or that there is none."""
        if not found:
            print(f"  {what:11} {tool:28} not installed, or failed", flush=True)
            return
        n, cpu, hits, memory = found
        note = note or (f"{int(hits):,} hits" if hits else "")
        print(f"  {what:11} {tool:28} {n / cpu:>10,.0f} events/s  {cpu:8.2f} s CPU  {int(memory):>6,} MB  {note}", flush=True)
        self.rows.append(
            f"| {self.name} | {what} | {tool} | {n / cpu:,.0f} | {int(n):,} | {cpu:.2f} | {int(memory):,} | {note} |"
        )


def measured(path: Path, events: int, work: Path, said: argparse.Namespace) -> Table:
    """Measure everything on one log."""
    print(f"{path.stem}: {events:,} events, {path.stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}")
    table = Table(path.stem)
    for tool, repeat in (("kyumei columns", said.repeat + 1), ("evtx (Rust) drain", said.repeat), ("libevtx xml", 1)):
        table.add("decode", tool, apart(tool, str(path), "-", str(repeat)))
    if said.python_evtx:
        table.add("decode", "python-evtx", apart("python-evtx", str(path), "-", "1"), "its first 20 chunks")
    rules = [word for pack in PACKS for word in ("--rules", str(work / pack))]
    stored = max((work / "cache" / "kyumei").glob("*/rules.jsonl"), key=lambda file: file.stat().st_size)  # not ours alone
    table.add("rules", "kyumei, all packs", apart("detect", str(path), str(stored.parent), str(said.repeat)))
    if said.sqlite:
        table.add("rules", "pySigma-SQLite, SigmaHQ", sqlite_peer.apart(path, work / PACKS[0]))
    for tool, jobs, words in (
        ("kyumei hunt, 1 job", 1, rules),
        ("kyumei hunt, 2 jobs", 2, rules),
        ("kyumei hunt, own rules", 1, []),
    ):
        runs = [hunt(path, words, work / "cache", jobs) for _ in range(said.repeat)]
        wall, cpu, memory = (min(one) for one in zip(*runs, strict=True))
        table.add("end to end", tool, [events, cpu, 0, memory], f"wall {wall:.2f} s")
    if said.plaso:
        table.add("end to end", "plaso, winevtx, no rules", plaso(said.plaso, path, events))
    return table


def measured_large(path: Path, events: int, work: Path) -> Table:
    """Hunt in one large log."""
    print(f"{path.stem}: {events:,} events, {path.stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}")
    table = Table(path.stem)
    every = [word for pack in PACKS for word in ("--rules", str(work / pack))]
    for tool, jobs, words in (
        ("kyumei hunt, 1 job", 1, every),
        ("kyumei hunt, 2 jobs", 2, every),
        ("kyumei hunt, SigmaHQ alone", 1, [*every[:2], *ALONE]),
    ):
        wall, cpu, memory = hunt(path, words, work / "cache", jobs)
        table.add("end to end", tool, [events, cpu, 0, memory], f"wall {wall:.2f} s")
    return table


PAGE = """# Windows event logs: speed

Written by `python bench/bench_hunt.py {words}`,
which says how it measures, on a machine with {cores} cores ({day}, load {load:.1f} at the start). `low` has few distinct
values, `high` many. Rates are events a second of CPU time; peak MB is the memory of the largest process.

| log | what | tool | events/s | events | CPU s | peak MB | |
|---|---|---|---:|---:|---:|---:|---|
"""


def main() -> None:
    """Make the logs, compile the rules, and print a table of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=500)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=2)
    for flag in ("--sqlite", "--python-evtx"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--plaso", default="")
    parser.add_argument("--page", type=Path, default=None)
    parser.add_argument("--one", nargs=4)
    said = parser.parse_args()
    if said.one:
        print(json.dumps(one_of(said.one)))
        return
    if not SHARED.is_dir():
        print(f"no real logs at {SHARED}: nothing to measure")
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for pack in PACKS:
            with tarfile.open(SHARED / f"{pack}.tar.xz") as tar:
                tar.extractall(work / pack, filter="data")
        small = work / "one.evtx"
        apart("write", str(small), "low", "1")
        hunt(small, [word for pack in PACKS for word in ("--rules", str(work / pack))], work / "cache", 1)
        hunt(small, [], work / "cache", 1)
        if said.large:
            hunt(small, ["--rules", str(work / PACKS[0]), *ALONE], work / "cache", 1)
        (ready,) = apart("set-up", str(work), "-", "1")
        print(f"set-up of both packs and our rules from the cache: {ready:.2f} s")
        load, tables = os.getloadavg()[0], []
        for kind in ("low", "high"):
            path = work / f"{kind}.evtx"
            (events,) = apart("write", str(path), kind, str(said.chunks))
            tables.append(measured(path, int(events), work, said))
        for kind in ("low", "high") if said.large else ():
            path = work / f"{kind}, large.evtx"
            (events,) = apart("write", str(path), kind, str(said.large))
            tables.append(measured_large(path, int(events), work))
            path.unlink()
    if said.page:
        words = " ".join(
            "LOG2TIMELINE" if word == said.plaso else word for word in sys.argv[1:] if word not in {str(said.page), "--page"}
        )
        head = PAGE.format(words=words, cores=os.cpu_count(), day=time.strftime("%Y-%m-%d"), load=load)
        said.page.write_text(head + "\n".join(row for table in tables for row in table.rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
