"""Fuzz readers with atheris: any bytes, no exception, no hang.

python -m tests.fuzz.readers [--seconds N] [READER...]    each reader in a process of its own, seeded with its samples
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path


def fuzz_one(name: str, seconds: int, corpus: Path) -> None:
    """Fuzz one reader in this process until the time is up; a crash ends the process with its input."""
    import atheris

    with atheris.instrument_imports():
        from kyumei.model.source import Source
        from kyumei.readers.registry import READERS
        from tests.readers.samples import strict_run

        reader = READERS.get(name)

    def one(data: bytes) -> None:
        source = Source.memory(data)
        reader.accepts(source)
        strict_run(reader, source)

    for seed in sorted(corpus.iterdir()):
        one(seed.read_bytes())  # compiles what is compiled on first use, which is no hang
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-timeout=5", "-rss_limit_mb=2048", "-close_fd_mask=1", str(corpus)], one
    )
    atheris.Fuzz()


def main() -> int:
    """Fuzz each reader named, or all, one after the other; return how many failed."""
    from tests.readers.samples import SAMPLES

    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--inside", default="")
    parser.add_argument("readers", nargs="*")
    said = parser.parse_args()
    if said.inside:
        fuzz_one(said.inside, said.seconds, Path(said.readers[0]))
        return 0
    failed = 0
    for name in said.readers or sorted({s.reader for s in SAMPLES}):
        with tempfile.TemporaryDirectory() as corpus:
            for n, sample in enumerate(s for s in SAMPLES if s.reader == name):
                (Path(corpus) / str(n)).write_bytes(sample.file.read_bytes()[:65536])
            command = [sys.executable, "-m", "tests.fuzz.readers", "--seconds", str(said.seconds), "--inside", name, corpus]
            done = subprocess.run(command, capture_output=True, check=False)
            runs = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if "Done" in line]
            print(name, "ok" if done.returncode == 0 else f"FAILED ({done.returncode})", *runs)
            failed += done.returncode != 0
            if done.returncode:
                print(done.stderr.decode("utf-8", "replace")[-2000:])
    return failed


if __name__ == "__main__":
    sys.exit(main())
