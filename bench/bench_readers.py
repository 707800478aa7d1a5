"""A mixed folder of logs through the read stage of triage, then reader by reader, beside DuckDB, plaso and dissect.

`python -m bench.bench_readers [--size 5G] [--workers 2] [--folder DIR] [--plaso BIN/log2timeline] [--dissect BIN/target-query]`

1. The folder is written (`bench/log_folder.py`, the same bytes for the same size), unless DIR holds it already.
2. Read stage: the jobs of `kyumei triage`, i.e. recognition by content, reading, Parquet (zstd), in so many processes.
   Time, events a second, and peak memory: the largest process by the kernel's count, and all processes together, each page
   shared by several counted in parts (PSS), looked at every quarter of a second.
3. Each reader alone on the first file of its kind (`--slice`, 64 MB): one process, events a second of CPU time, no Parquet.
4. DuckDB: one regular expression over the same lines of the access log in memory, one thread; it only takes the lines apart.
5. plaso and dissect, where named: their own command on the first lines of the same access log, syslog and IIS log,
   `--peer-lines`, CPU time of all their processes with start-up; ours with recognition, in a process already started.
   dissect.target is AGPL and runs as a separate program only.

The machine is shared: read the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

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
    with Watched() as together:
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
    print(f"{total / took / 1e6:,.0f} MB/s; Parquet {stored / 1e9:.2f} GB; peak memory: largest process {max(peaks):.2f} GB,")
    print(f"  all {together.processes} processes together (PSS) {together.peak / 1e9:.2f} GB\n")
    for source, n in counted:
        print(f"  {source:28} {n:>12,} events")
    print()


class Watched:
    """Looks every quarter of a second at the memory of this process and those that it started, summed.

    Attributes:
        peak: bytes, the proportional set size of all of them together. processes: the most that were there at once.
    """

    def __init__(self) -> None:
        self.peak = self.processes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.25):
            sizes = [size for pid in family(os.getpid()) if (size := held(pid)) > 0]
            self.peak, self.processes = max(self.peak, sum(sizes)), max(self.processes, len(sizes))


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in children.read_text().split():
                found += family(int(child))
        except OSError:  # it has ended
            continue
    return found


def held(pid: int) -> int:
    """Return a process's proportional set size in bytes, 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


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


PEERS: Final = (
    # file of the folder, where it stands on the machine, plaso's parser, dissect's function
    ("web/access.log", "var/log/apache2/access.log", "text/apache_access", "apache.access"),
    ("linux/messages", "var/log/messages", "text/syslog_traditional", "messages"),
    ("web/u_ex240513.log", "inetpub/logs/LogFiles/W3SVC1/u_ex240513.log", "text/winiis", "iis.access"),
)


def _peers(folder: Path, said: Any, work: Path) -> None:
    for source_file, place, parser, function in PEERS if said.plaso or said.dissect else ():
        lines = _first(folder / source_file, said.peer_lines)
        root = work / "peer" / function
        (root / place).parent.mkdir(parents=True)
        (root / place).write_text("\n".join(lines) + "\n", "utf-8")
        (root / "etc").mkdir()
        (root / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")  # what dissect knows a system by
        os.utime(root / place, (1_720_000_000, 1_720_000_000))
        print(f"  {source_file}, the same {len(lines):,} lines, CPU time:")
        begun = time.process_time()
        source = Source.memory((root / place).read_bytes(), "evidence/0001", zone="UTC", mtime=1_720_000_000_000_000)
        reader, _ = recognise(source)
        rows = None if reader is None else run(reader, source, lambda _: None)
        ours = len(lines) / (time.process_time() - begun)
        print(f"    {'kyumei':10} {ours:>10,.0f} lines/s; {rows.read if rows else 0:,} events")
        if said.plaso:
            store = str(work / f"{function}.plaso")
            options = ["--status_view", "none", "--unattended", "--parsers", parser, "--logfile", str(work / "plaso.log.gz")]
            told = [str(Path(said.plaso).with_name("pinfo")), "--output_format", "json", "--sections", "events", store]
            _timed("plaso", ([said.plaso, *options, "--storage_file", store, str(root / place)], told), len(lines), ours)
        if said.dissect:
            target = ["--direct", str(root / place)] if function.startswith("iis") else [str(root)]  # else it wants a registry
            _timed("dissect", ([said.dissect, "-q", "-s", "-f", function, *target], None), len(lines), ours)


def _timed(name: str, commands: tuple[Sequence[str], Sequence[str] | None], lines: int, ours: float) -> None:
    """Run a peer and print its rate; the second command tells how many events it stored, else lines printed are counted."""
    command, told = commands
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # named by whoever runs it
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ok = "" if done.returncode == 0 else f" (exit {done.returncode}: {done.stderr.strip()[-200:]})"
    count = done.stdout.count("\n")
    if told is not None:
        count = _stored(subprocess.run(told, capture_output=True, text=True, check=False).stdout)
    rate = lines / took
    said = f"{rate:>10,.0f} lines/s, {wall:.0f} s wall; {count:,} events{ok}"
    print(f"    {name:10} {said}; kyumei {ours / rate:,.0f} times as fast")


def _stored(said: str) -> int:
    """Return how many events plaso says it stored."""
    try:
        return int(json.loads(said)["storage_counters"]["parsers"]["total"])
    except (ValueError, KeyError, TypeError):
        return -1


def _first(file: Path, count: int) -> list[str]:
    with file.open(encoding="utf-8") as stream:
        return [line.rstrip("\n") for line, _ in zip(stream, range(count), strict=False)]


if __name__ == "__main__":
    sys.exit(main())
