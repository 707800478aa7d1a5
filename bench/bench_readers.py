"""A mixed folder of logs through the read stage of triage, then reader by reader, beside DuckDB, plaso and dissect.

`python -m bench.bench_readers [--size 5G] [--workers 2] [--folder DIR] [--plaso BIN/log2timeline] [--dissect BIN/target-query]`

1. The folder is written (`bench/log_folder.py`, the same bytes for the same size), unless DIR holds it already.
2. Read stage: the jobs of `kyumei triage`, i.e. recognition by content, reading, Parquet (zstd), in so many processes.
   Time, events a second, and peak memory: the largest process of the pool and this one, by the kernel's count.
3. Each reader alone on the first file of its kind (`--slice`, 64 MB): one process, events a second of CPU time, no Parquet.
4. DuckDB: one regular expression over the same lines of the access log in memory, one thread; it only takes the lines apart.
5. plaso and dissect, where named: their own command on the first lines of the same access log, wall time, `--peer-lines`.
   dissect.target is AGPL and runs as a separate program only.

The machine is shared: read the ratios.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.bench_access_log import NAMES, PATTERN
from bench.log_folder import KINDS, make

from kyumei.case import clock, job
from kyumei.case.folder import open_or_create
from kyumei.engine import local
from kyumei.evidence.acquire import acquire
from kyumei.model.source import Source
from kyumei.readers.run import recognise, run
from kyumei.store.connect import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def main() -> None:
    """Print the figures."""
    said = _said()
    size = int(float(said.size[:-1]) * UNITS[said.size[-1]])
    with tempfile.TemporaryDirectory(prefix="kyumei-bench-") as work:
        folder = said.folder or Path(work) / "logs"
        if not folder.is_dir():
            begun = time.perf_counter()
            make(folder, size)
            print(f"folder written in {time.perf_counter() - begun:,.0f} s")
        total = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        print(f"mixed folder: {total / 1e9:.2f} GB, {sum(1 for f in folder.rglob('*') if f.is_file())} files\n")
        if not said.no_stage:
            _stage(folder, Path(work) / "case", total, said.workers)
        _readers(folder, said.slice << 20)
        _baseline(folder, 200_000)
        _peers(folder, said, Path(work))


def _said() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", default="200M")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--folder", type=Path)
    options.add_argument("--slice", type=int, default=64)
    options.add_argument("--no-stage", action="store_true")
    options.add_argument("--plaso")
    options.add_argument("--dissect")
    options.add_argument("--peer-lines", type=int, default=20_000)
    return options.parse_args()


def _stage(folder: Path, case_folder: Path, total: int, workers: int) -> None:
    """Acquire by reference, read every job, print time, rate and memory."""
    case = open_or_create(case_folder, zone="UTC", at=clock.now())
    begun = time.perf_counter()
    item = acquire(folder, case.path, reference=True)
    sealed = time.perf_counter() - begun
    begun = time.perf_counter()
    jobs = list(job.plan(case.path, item, case.zone))
    for _ in local.run(job.run, jobs, workers=workers):
        pass
    took = time.perf_counter() - begun
    con = connect(folders=[case.path])
    parts = str(case.path / "events" / "*" / "*.parquet")
    rows = con.execute("select source, count(*) from read_parquet(?, union_by_name = true) group by 1 order by 1", [parts])
    counted: list[tuple[str, int]] = rows.fetchall()
    events = sum(n for _, n in counted)
    peaks = [resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    stored = sum(f.stat().st_size for f in (case.path / "events").rglob("*.parquet"))
    print(
        f"hashing {sealed:,.0f} s; read stage, {workers} processes: {took:,.0f} s,"
        f" {events:,} events, {events / took:,.0f} events/s"
    )
    print(f"{total / took / 1e6:,.0f} MB/s; Parquet {stored / 1e9:.2f} GB; peak memory: largest process {max(peaks):.2f} GB\n")
    for source, n in counted:
        print(f"  {source:28} {n:>12,} events")
    print()


def _readers(folder: Path, size: int) -> None:
    print("each reader alone, one process, no Parquet:")
    for path, _, _, _, _ in KINDS:
        file = folder / path
        if not file.is_file():
            continue
        with file.open("rb") as stream:
            data = stream.read(size)
        data = data[: data.rfind(b"\n") + 1]
        source = Source.memory(data, "evidence/0001", zone="UTC", mtime=1_720_000_000_000_000)
        reader, _ = recognise(source)
        if reader is None:
            print(f"  {path:28} not recognised")
            continue
        run(reader, Source.memory(data[: data.find(b"\n", 1 << 20) + 1], "warm"), lambda _: None)
        begun = time.process_time()
        rows = run(reader, source, lambda _: None)
        took = time.process_time() - begun
        print(
            f"  {reader.name:28} {rows.read / took:>10,.0f} events/s  {len(data) / took / 1e6:6.1f} MB/s "
            f" {len(rows.faults)} faults"
        )
    print()


def _baseline(folder: Path, count: int) -> None:
    import pyarrow as pa

    lines = _first(folder / KINDS[0][0], count)
    con = connect(threads=1)
    con.register("log", pa.table({"line": lines}))
    names = ", ".join(f"'{name}'" for name in NAMES)
    begun = time.process_time()
    con.execute(f"create or replace table parts as select regexp_extract(line, $1, [{names}]) from log", [PATTERN])
    print(f"  duckdb regexp, access log     {len(lines) / (time.process_time() - begun):>9,.0f} lines/s\n")


def _peers(folder: Path, said: Any, work: Path) -> None:
    if not (said.plaso or said.dissect):
        return
    lines = _first(folder / KINDS[0][0], said.peer_lines)
    root = work / "peer" / "var" / "log" / "apache2"
    root.mkdir(parents=True)
    (root / "access.log").write_text("\n".join(lines) + "\n", "utf-8")
    if said.plaso:
        store = str(work / "out.plaso")
        arguments = ["--status_view", "none", "--unattended", "--parsers", "text/apache_access", "--storage_file", store]
        _timed("plaso", [said.plaso, *arguments, str(root / "access.log")], len(lines))
    if said.dissect:
        (work / "peer" / "etc").mkdir()
        (work / "peer" / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
        _timed("dissect", [said.dissect, "-q", "-f", "apache.access", "-s", str(work / "peer")], len(lines))
    begun = time.perf_counter()
    source = Source.memory((root / "access.log").read_bytes(), "evidence/0001", zone="UTC")
    reader, _ = recognise(source)
    if reader is not None:
        run(reader, source, lambda _: None)
    print(f"  {'kyumei':28} {len(lines) / (time.perf_counter() - begun):>10,.0f} lines/s, wall, recognition included")


def _timed(name: str, command: Sequence[str], lines: int) -> None:
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # named by whoever runs it
    took = time.perf_counter() - begun
    printed = done.stdout.count("\n")
    ok = "" if done.returncode == 0 else f" (exit {done.returncode}: {done.stderr.strip()[-200:]})"
    print(f"  {name:28} {lines / took:>10,.0f} lines/s, wall, start-up included; {printed:,} lines printed{ok}")


def _first(file: Path, count: int) -> list[str]:
    with file.open(encoding="utf-8") as stream:
        return [line.rstrip("\n") for line, _ in zip(stream, range(count), strict=False)]


if __name__ == "__main__":
    sys.exit(main())
