"""Scan running text: speed, ratio to a regular-expression baseline in the same run, peak memory, false hits a gigabyte.

    python bench/bench_scan.py --megabytes 200
    python bench/bench_scan.py --software /usr/share/doc --megabytes 0

The text is generated: lines of calls and mails, one value in about 200 bytes. Timings are CPU seconds of one warm
process; the first
run compiles. The baseline is Python's `re` with eleven patterns, without context and without check digits.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import time
from collections import Counter
from pathlib import Path

from kyumei.model.source import Source
from kyumei.scope.text import is_text, scan, tally

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


def timed(source: Source) -> tuple[float, int]:
    """Return seconds and hits."""
    start = time.process_time()
    hits = sum(tally(source).values())
    return time.process_time() - start, hits


def speed(megabytes: int) -> None:
    """Print megabytes a second in two encodings, and the ratio to the baseline."""
    data = text(megabytes)
    tally(Source.memory(data[:100_000]))  # compiles
    for encoding in ("utf-8", "cp932"):
        raw = data if encoding == "utf-8" else data.decode("utf-8", "ignore").encode("cp932", "replace")
        seconds, hits = timed(Source.memory(raw))
        rate = len(raw) / 1e6 / seconds
        part = raw[:10_000_000]
        start = time.process_time()
        found = sum(1 for _ in PATTERNS.finditer(part))
        baseline = len(part) / 1e6 / (time.process_time() - start)
        print(
            f"{encoding}: {rate:.0f} MB/s, {hits:,} hits; re baseline {baseline:.1f} MB/s ({found:,});"
            f" ratio {rate / baseline:.1f}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, input included")


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
    chosen = parser.parse_args()
    if chosen.megabytes:
        speed(chosen.megabytes)
    if chosen.software:
        software(chosen.software)


if __name__ == "__main__":
    main()
