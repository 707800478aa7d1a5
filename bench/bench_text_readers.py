"""Lines a second of CPU time of every reader of text logs, one process each, no Parquet.

`python -m bench.bench_text_readers [--lines 100000] [--only NAME,…] [--profile]`

1. Readers in `bench.text_lines.KINDS`: lines as the program writes them, each another.
2. Every other reader of text: its own sample in `tests/readers`, repeated with other addresses, clocks and numbers until
   there are so many lines. Several samples are short, so that values come again more often than in a real log.

A line is what ends with a line end (a record of a slow log has five, one of JSON has one); events and faults are what came out.
Memory is the peak of the process above what it held before, measured for each in a process of its own. Best of two runs.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import multiprocessing
import pstats
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.text_lines import KINDS, varied
from tests.readers.samples import SAMPLES

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import recognise, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.readers.samples import Sample

LEAST: Final = {"web.access": 150_000}
OTHERS: Final = 80_000
"""Lines a second that the readers are meant to reach."""
_NO_TEXT: Final = frozenset(
    {
        *("windows.evtx", "linux.utmp", "linux.lastlog", "linux.faillog", "linux.journal", "network.pcap"),
        *("database.mysql_binlog", "mail.message"),
    }
)
_NOT_ORDINARY: Final = ("damaged", "empty", "japanese", "cp932", "utf16", "cut", "torn", "bad", "broken")
Case = tuple[str, str, str, int]
"""Reader, variant, name of the file, modification time (0: none)."""


def main() -> None:
    """Print the table, the slowest first."""
    said = _said()
    wanted = set(said.only.split(",")) if said.only else None
    rows = []
    for case in _cases():
        if wanted is not None and not wanted & {case[0], case[0].partition(".")[0]}:
            continue
        with multiprocessing.get_context("fork").Pool(1) as pool:
            rows.append(pool.apply(measured, (case, said.lines, said.profile)))
        print(rows[-1][1], file=sys.stderr, flush=True)
    slow = [row for row in rows if row[0] < LEAST.get(row[2], OTHERS)]
    print(f"{'reader':44} {'lines/s':>10} {'events/s':>10} {'MB/s':>6} {'peak MB':>8} {'faults':>7}")
    for _, text, _ in sorted(rows):
        print(text)
    print(
        f"\n{len(rows)} measured, {len(rows) - len(slow)} at or above {OTHERS:,} lines/s (web.access: {LEAST['web.access']:,})"
    )


def _said() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--only", help="readers or families, separated by commas")
    options.add_argument("--profile", action="store_true")
    return options.parse_args()


def _cases() -> Iterator[Case]:
    for reader, variant, _, _ in KINDS:
        yield reader, variant, "made.log", 0
    own = {reader for reader, *_ in KINDS}
    for reader in READERS.all():
        samples = [s for s in SAMPLES if s.reader == reader.name and not any(w in s.folder.name for w in _NOT_ORDINARY)]
        if samples and reader.name not in own | _NO_TEXT:
            largest = max(samples, key=lambda sample: sample.file.stat().st_size)
            yield reader.name, largest.folder.name, str(largest.file.name), 1


def measured(case: Case, count: int, profile: bool) -> tuple[float, str, str]:  # noqa: FBT001
    """Return the rate, a line of the table and the reader's name."""
    reader, variant, file, is_sample = case
    data = repeated(_sample(reader, variant), count) if is_sample else made(reader, variant, count)
    source = Source.memory(data, file, zone="Asia/Tokyo")
    found, _ = recognise(source)
    doubt = "" if found is not None and found.name == reader else f"  taken for {found.name if found else 'nothing'}"
    lines = data.count(b"\n")
    run(READERS.get(reader), Source.memory(data[: data.find(b"\n", 1 << 18) + 1], file), lambda _: None)
    before = _forgotten()
    took, rows = 1e9, None
    profiler = cProfile.Profile()
    for _ in range(1 if profile else 2):
        begun = time.process_time()
        if profile:
            profiler.enable()
        rows = run(READERS.get(reader), source, lambda _: None)
        profiler.disable()
        took = min(took, time.process_time() - begun)
    peak = (_memory("VmHWM") - before) / 1e3
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(22)
    assert rows is not None  # noqa: S101
    rate = lines / took
    name = f"{reader} ({variant})" if variant else reader
    mark = " " if rate >= LEAST.get(reader, OTHERS) else "-"
    text = f"{name:43}{mark} {rate:>10,.0f} {rows.read / took:>10,.0f} {len(data) / took / 1e6:6.1f} {peak:8.0f}"
    text += f" {len(rows.faults):>7}{doubt}"
    return rate, text, reader


def _memory(what: str) -> int:
    """Return a figure of this process's memory in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def _forgotten() -> int:
    """Forget how much was held so far, and return how much is held."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def made(reader: str, variant: str, count: int) -> bytes:
    """Return about so many lines of a kind."""
    ((line, head),) = [(line, head) for name, other, line, head in KINDS if (name, other) == (reader, variant)]
    each = line(0).count("\n") + 1
    return (head + "\n".join(map(line, range(count // each))) + "\n").encode()


def _sample(reader: str, variant: str) -> Sample:
    return next(sample for sample in SAMPLES if (sample.reader, sample.folder.name) == (reader, variant))


def repeated(sample: Sample, count: int) -> bytes:
    """Return the sample again and again until there are so many lines; what stands around its records stands once."""
    source = Source.memory(sample.file.read_bytes(), sample.file.name)
    head, body, tail = _parted(sample.reader, source.sample.text.replace("\r\n", "\n"))
    body = body if body.endswith("\n") else body + "\n"
    times = max(1, count // max(1, body.count("\n")))
    codec = {"utf-8-sig": "utf-8"}.get(source.sample.encoding, source.sample.encoding)
    text = "".join(varied(body, n) for n in range(times))
    return (head + (text[:-2] + "\n" if tail else text) + tail).encode(codec, "replace")


def _parted(reader: str, text: str) -> tuple[str, str, str]:
    """Return what stands once in front, what is repeated, and what stands once behind.

    A JSON document is the list in it, one record a line, with what stands around the list.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, list) and document:
        return "[\n", "".join(json.dumps(record, ensure_ascii=False) + ",\n" for record in document), "]\n"
    if isinstance(document, dict):
        lists = [name for name, value in document.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
        if len(lists) == 1:
            (name,) = lists
            around = json.dumps({key: value for key, value in document.items() if key != name} | {name: []}, ensure_ascii=False)
            body = "".join(json.dumps(record, ensure_ascii=False) + ",\n" for record in document[name])
            return around.removesuffix("]}"), body, "]}\n"
        return "", json.dumps(document, ensure_ascii=False) + "\n", ""
    lines = text.splitlines(keepends=True)
    top = next((n for n, line in enumerate(lines) if not line.startswith(("#", "\ufeff#"))), 0)
    if top == 0 and _is_table(reader):
        top = 1
    return "".join(lines[:top]), "".join(lines[top:]), ""


def _is_table(reader: str) -> bool:
    from kyumei.readers.mapped.register import _mappings

    formats = {mapping.name: mapping.format for mapping, _ in _mappings()}
    tables = {"mail.exchange_tracking", "windows.event_csv", "database.sqlserver_audit", "database.oracle_unified"}
    return reader in tables or formats.get(reader) == "csv"


if __name__ == "__main__":
    main()
