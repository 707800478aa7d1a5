"""Scan running text: speed, ratio to a regular-expression baseline in the same run, peak memory, false hits a gigabyte.

    python bench/bench_scan.py --megabytes 200
    python bench/bench_scan.py --software /usr/share/doc --megabytes 0

The text is generated: lines of calls and mails, one value in about 200 bytes. Timings are CPU seconds of one warm process;
the first run compiles. The baselines find twelve patterns without context and without check digits: Python's `re`, Hyperscan
with its Python callback, and Presidio's own pattern recognisers without a language model, where `presidio-analyzer` is there.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyumei.model.source import Source
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


def speed(megabytes: int) -> None:
    """Print megabytes a second in two encodings, and the ratio to the baseline."""
    data = text(megabytes)
    tally(Source.memory(data[:100_000]))  # compiles
    for encoding in ("utf-8", "cp932"):
        raw = data if encoding == "utf-8" else data.decode("utf-8", "ignore").encode("cp932", "replace")
        seconds, hits = timed(Source.memory(raw))
        rate = len(raw) / 1e6 / seconds
        print(f"{encoding}: {rate:.0f} MB/s, {hits:,} hits")
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
            print(f"  {name}: {baseline:.3g} MB/s, {found:,} in {len(part) / 1e6:g} MB; ratio {rate / baseline:.1f}")
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
