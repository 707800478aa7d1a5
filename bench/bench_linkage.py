"""How many people: `python bench/bench_linkage.py [RECORDS]` writes linkage keys, links them, and compares with the truth.

The records lie in Parquet as a case's `people/` folder has them, five tables. Linking is `kyumei.scope.count.link` in a process
of its own, whose time and peak memory are measured; then the pairs are compared with the truth. RECORDS is 1,000,000 unless
told otherwise; `make people-100m` runs 100,000,000 and keeps its log in `bench/people-100m.log`.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src"), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402


def write(folder: Path, records: int) -> int:
    """Write the records of as many people as give about that many records; return the number of people."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from people_records import KEYS, SYSTEMS, chunks

    people = round(records / 1.6)
    fields = [pa.field("table_id", pa.string()), pa.field("rec", pa.int64()), pa.field("scope", pa.int64())]
    fields += [pa.field(k, pa.int64()) for k in ("number", "official", "residence", *KEYS)]
    schema, at = pa.schema(fields), [0] * SYSTEMS
    (folder / "people").mkdir()
    writers = [pq.ParquetWriter(folder / "people" / f"{s}.parquet", schema, compression="lz4") for s in range(SYSTEMS)]
    truths = [(folder / f"truth-{s}.bin").open("wb") for s in range(SYSTEMS)]
    for system, keys, truth in chunks(people):
        n = len(keys)
        none = pa.nulls(n, pa.int64())
        columns = [
            pa.repeat(f"T{system}", n),
            pa.array(np.arange(at[system], at[system] + n)),
            pa.repeat(0, n),
            none,
            none,
            none,
        ]
        for k in range(len(KEYS)):
            values = np.ascontiguousarray(keys[:, k]).view(np.int64)
            columns.append(pa.array(values, mask=values == 0))
        writers[system].write_table(pa.Table.from_arrays(columns, schema=schema))
        truths[system].write(truth.tobytes())
        at[system] += n
    for stream in (*writers, *truths):
        stream.close()
    return people


def index(folder: Path) -> None:
    """Build the index of the records, as of any case."""
    from kyumei.store import index as indexed
    from kyumei.store import schema
    from kyumei.store.write import Part

    part = Part(folder / "objects" / "tables", "all")
    part.add_rows(schema.TABLES, [{"table_id": f"T{s}", "file_id": f"F{s}"} for s in range(5)])
    part.close()
    indexed.build(folder)
    shutil.rmtree(folder / "people")


def link(folder: Path) -> None:
    """Link what lies in the folder; write each record's person beside it."""
    from kyumei.scope.count import link as linked
    from kyumei.scope.records import Stored
    from kyumei.store.query import Store

    store = Store.open(folder)
    begun = time.perf_counter()
    records = Stored(store, [f"T{s}" for s in range(5)])
    found = linked(records, told=lambda line: say(f"{time.perf_counter() - begun:8.1f} s  {peak():6.0f} MiB  {line}"))
    took = time.perf_counter() - begun
    say(f"linked {len(records):,} records in {took:.1f} s ({len(records) / took:,.0f} a second), peak {peak():.0f} MiB")
    say(f"processor time of the linking {time.process_time():.1f} s, start included")
    say(f"people {found.people(numbered=False)}")
    found.label.tofile(folder / "label.bin")
    (folder / "counts.txt").write_text(f"{found.lenient} {found.standard} {found.strict}")


def compare(folder: Path, people: int) -> None:
    """Print pair precision and recall, and where the truth lies."""
    truth = np.concatenate([np.fromfile(folder / f"truth-{s}.bin", np.int32) for s in range(5)])
    label = np.fromfile(folder / "label.bin", np.int32)
    both = pairs(label.astype(np.int64) << 32 | truth)
    ours, true = pairs(label), pairs(truth)
    precision, recall = both / ours, both / true
    low, best, high = (int(n) for n in (folder / "counts.txt").read_text().split())
    real = len(np.unique(truth))
    say(f"pairs: P {precision:.5f}  R {recall:.5f}  F1 {2 * precision * recall / (precision + recall):.5f}")
    inside = "inside" if low <= real <= high else "OUTSIDE"
    say(f"truth {real:,} (of {people:,} invented) is {inside} {low:,} to {high:,}; best {best:,}: {best / real - 1:+.3%}")


def pairs(values: Any) -> int:
    """Return the number of pairs of equal values."""
    ordered = np.sort(values)
    edges = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))
    sizes = np.diff(edges)
    return int((sizes * (sizes - 1) // 2).sum())


def peak() -> float:
    """Return the most memory that this process held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


def main(records: int) -> None:
    """Write, link, compare."""
    with tempfile.TemporaryDirectory() as name:
        folder, begun = Path(name), time.perf_counter()
        people = write(folder, records)
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e9
        say(f"{people:,} people written in {time.perf_counter() - begun:.0f} s, {size:.2f} GB; {os.cpu_count()} cores")
        begun = time.perf_counter()
        index(folder)
        say(f"index built in {time.perf_counter() - begun:.0f} s, {(folder / 'index.duckdb').stat().st_size / 1e9:.2f} GB")
        say(f"load average {' '.join(f'{n:.1f}' for n in os.getloadavg())} before")
        subprocess.run([sys.executable, __file__, "link", name], check=True)
        say(f"load average {' '.join(f'{n:.1f}' for n in os.getloadavg())} after")
        compare(folder, people)


if __name__ == "__main__":
    if sys.argv[1:2] == ["link"]:
        link(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
