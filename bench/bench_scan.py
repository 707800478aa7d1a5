"""Scan running text and CSV: speed with one process and two, beside other tools in the same run, memory, false hits a gigabyte.

    python bench/bench_scan.py --gigabyte          # 1 GB of text and 1 GB of CSV, each in UTF-8 and CP932; bench/scan-1g.log
    python bench/bench_scan.py --megabytes 100     # running text alone
    python bench/bench_scan.py --software /usr/share/doc --megabytes 0

The text is generated: lines of calls and mails, one value in about 200 bytes; the CSV holds invented customers in 11 columns.
Timings are CPU seconds, and seconds of the clock where that is said; the first run compiles. The baselines find twelve patterns
without context and without check digits: Python's `re`, Hyperscan with its Python callback (what bulk_extractor's scanners are
like, which is not installed from a package index), and Presidio's own pattern recognisers without a language model, where
`presidio-analyzer` is there. The slow ones get a part of the same bytes, which is said.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kyumei.model.citation import EvidenceId
from kyumei.model.source import Source
from kyumei.scope import profile as profiles
from kyumei.scope.text import is_text, scan, tally

if TYPE_CHECKING:
    from collections.abc import Callable

PATTERNS = re.compile(
    rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|0\d{1,4}-\d{1,4}-\d{4}|0[5789]0\d{8}|\d{4}-\d{4}-\d{4}-\d{4}|\b\d{12}\b|"
    rb"\b\d{13}\b|\b\d{3}-\d{4}\b|\b\d{7,8}\b|[A-Z]{2}\d{7}|[A-Z]{2}\d{8}[A-Z]{2}|\d{4}-\d{6}|\d{4}[-/]\d\d[-/]\d\d"
)
FILLER = (
    "お世話になっております。先日ご相談いただいた件について、社内で検討のうえ回答いたします。",
    "INFO  request handled in 12 ms by worker, cache hit, next poll in a few seconds; nothing to do here",
)


def text(megabytes: int, seed: int = 1) -> bytes:
    """Return about so many megabytes of UTF-8."""
    rng = random.Random(seed)
    lines, size = [], 0
    while size < min(megabytes, 20) * 1_000_000:
        value = rng.choice((
            f"電話は0{rng.choice('789')}0-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)}です。",
            f"メール user{rng.randrange(10**6)}@example.co.jp まで。",
            f"生年月日：昭和{rng.randrange(30, 63)}年{rng.randrange(1, 13)}月{rng.randrange(1, 28)}日",
            f"東京都千代田区丸の内{rng.randrange(1, 3)}-{rng.randrange(1, 9)}-1の佐藤花子様",
        ))  # fmt: skip
        line = (value + rng.choice(FILLER) + rng.choice(FILLER) + "\n").encode()
        lines.append(line)
        size += len(line)
    return (b"".join(lines) * -(-megabytes // 20))[: megabytes * 1_000_000]


def by_re(raw: bytes) -> int:
    """Return how many matches Python's `re` finds."""
    return sum(1 for _ in PATTERNS.finditer(raw))


@cache
def _database() -> Any:
    import hyperscan

    database = hyperscan.Database()
    listed = PATTERNS.pattern.split(b"|")
    database.compile(expressions=listed, ids=list(range(len(listed))), flags=[hyperscan.HS_FLAG_SOM_LEFTMOST] * len(listed))
    return database


def by_hyperscan(raw: bytes) -> int:
    """Return how many ends of matches Hyperscan reports."""
    found = 0

    def matched(*_: object) -> None:
        nonlocal found
        found += 1

    _database().scan(raw, match_event_handler=matched)
    return found


@cache
def by_presidio() -> Callable[[bytes], int] | None:
    """Return what counts the results of Presidio's pattern recognisers, line by line; None where it is not installed."""
    try:
        from presidio_analyzer import RecognizerRegistry
        from presidio_analyzer.nlp_engine import NlpArtifacts
    except ImportError:
        return None
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers()
    every = [r for r in registry.recognizers if type(r).__name__ not in {"SpacyRecognizer", "StanzaRecognizer"}]
    nothing = NlpArtifacts([], [], [], [], None, "en")

    def count(raw: bytes) -> int:
        text = raw.decode("utf-8", "replace")
        return sum(len(r.analyze(line, r.supported_entities, nothing) or ()) for line in text.splitlines() for r in every)

    return count


def timed(source: Source) -> tuple[float, int]:
    """Return seconds and hits."""
    start = time.process_time()
    hits = sum(tally(source).values())
    return time.process_time() - start, hits


def of_peers(raw: bytes, rate: float) -> None:
    """Print what the others do on parts of the same bytes, and the ratio to them."""
    for name, size, work in (
        ("re", 10_000_000, by_re),
        ("hyperscan", 10_000_000, by_hyperscan),
        ("presidio", 200_000, by_presidio()),
    ):
        if work is None:
            print(f"  {name}: not installed")
            continue
        part = raw[:size]
        work(part[:10_000])  # whatever is made once
        start = time.process_time()
        found = work(part)
        baseline = len(part) / 1e6 / (time.process_time() - start)
        print(f"  {name}: {baseline:.3g} MB/s, {found:,} in {len(part) / 1e6:g} MB; ratio {rate / baseline:.1f}", flush=True)


def speed(megabytes: int) -> None:
    """Print megabytes a second of running text in two encodings, and the ratio to the baselines."""
    data = text(megabytes)
    tally(Source.memory(data[:100_000]))  # compiles
    for encoding in ("utf-8", "cp932", "euc_jp"):
        raw = data if encoding == "utf-8" else data.decode("utf-8", "ignore").encode(encoding, "replace")
        seconds, hits = timed(Source.memory(raw))
        rate = len(raw) / 1e6 / seconds
        print(f"{encoding}: {rate:.0f} MB/s, {hits:,} hits")
        of_peers(raw, rate)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, input included")


def source_of(path: Path) -> Source:
    """Return a file as a source."""
    return Source(EvidenceId("E-000000000000"), path.name, path.stat().st_size, lambda: path.open("rb"), local=path)


def by_text(path: Path) -> int:
    """Return the values found in a file of running text."""
    return sum(tally(source_of(path)).values())


def by_columns(path: Path) -> int:
    """Return the records of a table whose columns are told and counted, without keys by which people are told."""
    kept = profiles.is_about_persons
    profiles.is_about_persons = lambda _: False
    try:
        return by_keys(path)
    finally:
        profiles.is_about_persons = kept


def by_keys(path: Path) -> int:
    """Return the records of a table whose columns are told and counted and whose records are keyed."""
    source = source_of(path)
    extractor, _ = profiles.recognise(source)
    if extractor is None:
        raise ValueError(path)
    return profiles.profile(source, extractor, profiles.Out(lambda _: None, lambda _: None, lambda _: None)).records


def alone(arguments: tuple[str, Path, list[Path]]) -> tuple[float, float, float, int, int]:
    """Go over files after a warm-up on a small one; return start and end by the clock, CPU seconds, number found, peak MB."""
    name, small, paths = arguments
    work: Callable[[Path], int] = {"text": by_text, "columns": by_columns, "with keys": by_keys}[name]
    work(small)
    begun, used = time.monotonic(), time.process_time()
    found = sum(work(path) for path in paths)
    status = Path("/proc/self/status").read_text("utf-8")  # the kernel's ru_maxrss begins with that of the parent
    peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024
    return begun, time.monotonic(), time.process_time() - used, found, peak


def measured(what: str, small: Path, halves: list[Path]) -> float:
    """Print one process over both files, then two over one each; return megabytes a CPU second of the one."""
    size = sum(path.stat().st_size for path in halves) / 1e6
    walls: list[float] = []
    rate = 0.0
    for groups in ([halves], [[path] for path in halves]):
        with get_context("spawn").Pool(len(groups)) as pool:
            results = pool.map(alone, [(what, small, group) for group in groups], 1)
        wall = max(r[1] for r in results) - min(r[0] for r in results)
        cpu = sum(r[2] for r in results)
        walls.append(wall)
        rate = rate or size / cpu
        print(
            f"{what:<10} {len(groups)} process(es): {size / cpu:6.0f} MB/s of CPU, {size / wall:6.0f} MB/s by the clock "
            f"({size / wall * 60 / 1000:5.1f} GB/min), {sum(r[3] for r in results):,} found, peak "
            f"{max(r[4] for r in results)} MB a process, load {os.getloadavg()[0]:.1f}", flush=True,
        )  # fmt: skip
    print(f"{what:<10} two over one: {walls[0] / walls[1]:.2f} by the clock")
    return rate


def gigabyte(size: int) -> None:
    """Measure so many bytes of text and of CSV, each in two files of half the size, in two encodings."""
    from bench.bench_people import write

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "table.csv"
        write(table, 100_000, "utf-8", "csv")
        write(table, size * 100_000 // table.stat().st_size // 2, "utf-8", "csv")
        made = {"text": text(size // 2_000_000), "csv": table.read_bytes()}
        print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
        for form, data in made.items():
            for encoding in ("utf-8", "cp932"):
                raw = data if encoding == "utf-8" else data.decode("utf-8", "ignore").encode(encoding, "replace")
                halves = [folder / f"{n}.{'csv' if form == 'csv' else 'txt'}" for n in range(2)]
                for path in halves:
                    path.write_bytes(raw)
                small = folder / f"small.{halves[0].suffix[1:]}"
                small.write_bytes(raw[: raw.rindex(b"\n", 0, 5_000_000) + 1])
                print(f"{form}, {encoding}: {2 * len(raw) / 1e6:,.0f} MB in two files")
                for what in ("text",) if form == "text" else ("columns", "with keys"):
                    rate = measured(what, small, halves)
                if encoding == "utf-8":
                    of_peers(raw, rate)


def software(folder: Path) -> None:
    """Print hits a gigabyte, by rule, in text that should hold nobody's data."""
    counts: Counter[str] = Counter()
    size = files = 0
    start = time.process_time()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_size < 20_000_000):
        source = Source.memory(path.read_bytes(), path.name)
        if source.size and is_text(source):
            size += source.size
            files += 1
            counts.update(hit.rule for hit in scan(source))
    print(f"{files:,} files, {size / 1e6:.0f} MB, {size / 1e6 / (time.process_time() - start):.0f} MB/s with one object a hit")
    for rule, number in counts.most_common():
        print(f"{rule:<28}{number:>8,}{number / size * 1e9:>12,.0f} a GB")


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--software", type=Path)
    parser.add_argument("--gigabyte", nargs="?", type=int, const=1_000_000_000, help="text and CSV of so many bytes")
    chosen = parser.parse_args()
    if chosen.gigabyte:
        gigabyte(chosen.gigabyte)
    elif chosen.megabytes:
        speed(chosen.megabytes)
    if chosen.software:
        software(chosen.software)


if __name__ == "__main__":
    main()
