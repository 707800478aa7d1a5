"""Events a second and peak memory of EVTX readers, in one run on the same files, one core.

`python bench/bench_evtx.py [--chunks N] [--repeat N] [--only TEXT] [--long N] [--plaso BIN] [--python-evtx]`: the
files are made of the dense chunks of ../shared/data (`evtx_logs`): few distinct values (`low`), many (`high`), and as many as
possible (`random`); with `--only TEXT` of those in which this text stands, such as a channel. Each reader runs in a process of
its own, pinned to one core; the best of some repetitions by CPU time counts, so other load on the machine matters less. `2
processes` is two halves of one file against the whole: by wall time, which only a quiet machine shows, and by the CPU time of
the slower half, which shows what does not become less by halving.

Dictionaries are new for each log, and the plans of templates are those that the process keeps: the first repetition works them
out. `high` has 2.3 new distinct values an event beside the record's number, `random` 4. `--long` adds a log of so many chunks
(64 KiB each), `random`, and prints the peak memory beside that of a quarter and of a sixteenth of it: what a log takes must not
grow with it.

`--plaso` names `log2timeline` of an environment of its own; `--python-evtx` needs that package (slow: a share of the file).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.model.source import Source

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def source(path: Path) -> Source:
    """Return a file as a source."""
    from kyumei.model.source import Source

    return Source("E-000000000000", path.name, path.stat().st_size, lambda: path.open("rb"), local=path)  # type: ignore[arg-type]


def columns(path: Path) -> int:
    """Decode into columns with fresh dictionaries, texts included."""
    from kyumei.readers.windows.columnar import decode

    return sum(b.columns.n for b in decode.batches(source(path)))


def parquet(path: Path) -> int:
    """Read into Parquet with every field and the common columns."""
    from kyumei.readers.registry import READERS
    from kyumei.store.rows import Rows
    from kyumei.store.write import Part

    with tempfile.TemporaryDirectory() as folder:
        part = Part(Path(folder), "x")
        rows = Rows(source(path), "windows.evtx", part.add)
        READERS.get("windows.evtx").read(source(path), rows)
        rows.flush()
        size = sum(f.stat().st_size for f in part.close())
    n = rows.read + rows.carved
    print(f"{size / n:.1f} bytes an event", file=sys.stderr)
    return n


def rust(path: Path) -> int:
    """Drain the JSON of `evtx`."""
    import evtx

    return sum(1 for _ in evtx.PyEvtxParser(str(path), 1).records_json())


def rust_json(path: Path) -> int:
    """Drain it and parse the JSON."""
    import evtx

    return sum(bool(json.loads(r["data"])) for r in evtx.PyEvtxParser(str(path), 1).records_json())


def libevtx(path: Path) -> int:
    """Take each record's XML from libevtx."""
    import pyevtx

    file = pyevtx.file()
    file.open(str(path))
    n = 0
    for i in range(file.number_of_records):
        with contextlib.suppress(OSError):
            n += bool(file.get_record(i).xml_string)
    file.close()
    return n


def python_evtx(path: Path) -> int:
    """Take the XML of python-evtx; of the first 20 chunks only."""
    import mmap

    from Evtx.Evtx import FileHeader
    from Evtx.Views import evtx_file_xml_view

    with path.open("rb") as file, mmap.mmap(file.fileno(), 4096 + 20 * 65_536, access=mmap.ACCESS_READ) as data:
        header = FileHeader(data, 0)
        return sum(1 for _ in evtx_file_xml_view(header))


READERS_: dict[str, Callable[[Path], int]] = {
    "kyumei columns": columns,
    "kyumei parquet": parquet,
    "evtx (Rust) drain": rust,
    "evtx + json": rust_json,
    "libevtx xml": libevtx,
    "python-evtx": python_evtx,
}


def one(name: str, path: Path, repeat: int) -> None:
    """Run one reader in this process and print events, best CPU seconds and peak memory in MB."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    work, best, n = READERS_[name], float("inf"), 0
    if name.startswith("kyumei"):
        from kyumei.readers.windows.columnar import warm

        warm.warm()
    for _ in range(repeat):
        begin = time.process_time()
        n = work(path)
        best = min(best, time.process_time() - begin)
    print(json.dumps([n, best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))


def measured(name: str, path: Path, repeat: int) -> tuple[float, int, str]:
    """Return events a second, peak memory and what else was said."""
    command = [sys.executable, __file__, "--one", name, str(path), "--repeat", str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    n, seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return n / seconds, memory, " ".join(done.stderr.split("\n")[:1])


def plaso(binary: str, path: Path, events: int) -> float:
    """Return events a second of plaso's winevtx parser, wall time, one worker."""
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "--parsers", "winevtx", "--single-process", "-q", "--storage-file", f"{folder}/x.plaso", str(path)]
        begin = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, cwd=folder)
        return events / (time.perf_counter() - begin)


def half(path: str, first: int, last: int) -> float:
    """Decode a part of a file and return the CPU seconds that it took."""
    from kyumei.readers.windows.columnar import decode

    begin = time.process_time()
    for _ in decode.batches(source(Path(path)), span=(first, last)):
        pass
    return time.process_time() - begin


def two(path: Path) -> tuple[float, float]:
    """Return the speed-up of two processes over one on the same file, by wall time and by CPU time of the slower one."""
    from concurrent.futures import ProcessPoolExecutor

    from kyumei.readers.windows.columnar import decode

    spans = decode.spans(source(path), 2)
    whole = [(0, path.stat().st_size)]
    wall, work = {1: 1e9, 2: 1e9}, {1: 1e9, 2: 1e9}
    with ProcessPoolExecutor(2) as pool:
        for parts in (spans, whole) * 4:
            begin = time.perf_counter()
            took = [job.result() for job in [pool.submit(half, str(path), *span) for span in parts]]
            n = len(parts)
            wall[n], work[n] = min(wall[n], time.perf_counter() - begin), min(work[n], max(took))
    return wall[1] / wall[2], work[1] / work[2]


def main() -> None:
    """Make the files and print a table of each."""
    import evtx_logs

    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="chunks in which this text stands: a channel, a provider")
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--plaso", default="")
    parser.add_argument("--python-evtx", action="store_true")
    parser.add_argument("--one", nargs=2)
    said = parser.parse_args()
    if said.one:
        one(said.one[0], Path(said.one[1]), said.repeat)
        return
    if not SHARED.is_dir():
        print(f"no real logs at {SHARED}: nothing to measure")
        return
    chunks = [c for c in evtx_logs.dense_chunks(SHARED) if said.only.encode("utf-16-le") in c]
    with tempfile.TemporaryDirectory() as folder:
        for kind in evtx_logs.RUNS:
            path = Path(folder) / f"{kind}.evtx"
            events = evtx_logs.write(path, chunks, said.chunks, kind=kind, seed=1)
            _table(kind, path, events, said)
        for part in (16, 4, 1) if said.long else ():
            _memory(Path(folder) / "long.evtx", chunks, said.long // part)


def _memory(path: Path, chunks: list[bytes], count: int) -> None:
    import evtx_logs

    events = evtx_logs.write(path, chunks, count, kind="random", seed=2)
    print(f"long: {events:,} events, {path.stat().st_size / 1e6:,.0f} MB")
    for name in ("kyumei columns", "kyumei parquet"):
        rate, memory, note = measured(name, path, 1)
        print(f"  {name:18} {rate:>10,.0f} events/s  {memory:>6,} MB  {note}")


def _table(kind: str, path: Path, events: int, said: Any) -> None:
    print(f"{kind}: {events:,} events, {path.stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}")
    drain = 0.0
    names = [n for n in READERS_ if said.python_evtx or n != "python-evtx"]
    rates = {n: measured(n, path, 1 if n in {"libevtx xml", "python-evtx"} else said.repeat) for n in names}
    drain = rates["evtx (Rust) drain"][0]
    for name, (rate, memory, note) in rates.items():
        print(f"  {name:18} {rate:>10,.0f} events/s  {rate / drain:6.2f} × drain  {memory:>6,} MB  {note}")
    if said.plaso:
        rate = plaso(said.plaso, path, events)
        print(f"  {'plaso winevtx':18} {rate:>10,.0f} events/s  {rate / drain:6.3f} × drain")
    wall, work = two(path)
    print(f"  2 processes        {wall:.2f} × one by wall time, {work:.2f} × by CPU time")


if __name__ == "__main__":
    main()
