"""Write `docs/reference/sigma-agreement.md`: our rules beside pySigma's SQLite backend.

`python -m tests.real.sigma_agreement`.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from kyumei.case.hunt import read
from kyumei.case.hunt.gather import Gather
from kyumei.detect.sigma.correlate import NO_TIME
from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.detect.sigma.rule import Rule
from kyumei.detect.sigma.tree import And, Empty, Leaf, Not, Or
from tests.case.runs import ROOT
from tests.conftest import SHARED
from tests.detect.naive import _matches
from tests.real import made_events
from tests.real.sigma_sqlite import database, queries, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.case.hunt.gather import Batch
    from kyumei.detect.sigma.tree import Node
    from tests.real.sigma_sqlite import Database, Query

PAGE: Final = ROOT / "docs" / "reference" / "sigma-agreement.md"
LOGS: Final = ("evtx_cc0", "evtx_gpl3", "sigma_regression")
SEED: Final = 7
UNEXPLAINED: Final = "NOT EXPLAINED"
CLASSES: Final = {
    "several values": "the event has the field more than once (`Data`, `Data#1`, …): for us any counts, a table holds one",
    "other letters": "SQLite's LIKE and NOCASE fold A to Z alone; the specification ignores case of any letter",
    "empty or missing": "event logs write an empty value and none alike: `''` and `null` mean either for us, not in SQL",
}
HEAD: Final = """# Sigma: agreement with pySigma's SQLite backend

Written by `python -m tests.real.sigma_agreement` (`make sigma-agreement`) with pysigma-backend-sqlite {backend} and pySigma
{pysigma}. The {rules:,} Windows rules of `../shared/data/rules_sigma.tar.xz` are run by our engine, and as the SQL that the
backend makes of them on the same events in SQLite: a table for each log source, fields under the same names and aliases,
`regexp` by Python's `re`, whole numbers as integers, other columns `collate nocase`. Compared is which events each rule
finds, one by one. {unsaid}

A difference counts as explained where an interpreter written from the specification alone (`tests/detect/naive.py`) finds what
we find, and one of these is so in the event:

{classes}
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule by which the two find different events."""

    rule: Rule
    ours: int
    theirs: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of all rules on some events.

    Attributes:
        agreed: rules by which both find the same events, and some. silent: rules by which both find none.
        failed: (title, SQLite's words) of queries that do not run.
    """

    events: int
    hits: int
    agreed: int
    silent: int
    differences: tuple[Difference, ...]
    failed: tuple[tuple[str, str], ...]


def windows_rules(folder: Path) -> tuple[Engine, list[Query]]:
    """Return the engine of the Windows rules below a folder, and the same rules as queries."""
    parsed, _ = parse_rules([folder])
    chosen = [rule for rule in parsed if isinstance(rule, Rule) and rule.logsource.product == "windows"]
    engine = Engine.build(chosen)
    return engine, queries(engine.rules, folder)


def decoded(paths: Sequence[Path], work: Path) -> list[Batch]:
    """Return the events of logs as a hunt reads them."""
    found: list[Batch] = []

    class Sink:
        gather = Gather(found.append)
        wanted = None

        def read(self, *_: object) -> None:
            pass

        def take(self, batch: Batch) -> None:
            self.gather.add(batch)

    sink = Sink()
    for path in paths:
        for piece in read.pieces(path):
            read.read(piece, "Asia/Tokyo", work, sink)
    sink.gather.flush()
    return [batch for batch in found if batch.reader == read.EVTX]


def hits(engine: Engine, batches: Sequence[Batch]) -> dict[str, set[int]]:
    """Return the events, numbered through all batches, that each rule finds."""
    found: dict[str, set[int]] = {}
    start = 0
    for batch in batches:
        ts: Any = batch.ts.cast(pa.int64()).fill_null(NO_TIME).to_numpy(zero_copy_only=False)
        for rule, at in engine.run(batch.columns, source=batch.reader, ts=ts):
            found.setdefault(rule.id, set()).update((at.astype(np.int64) + start).tolist())
        start += batch.columns.n
    return found


def compare(ours: Mapping[str, set[int]], events: Sequence[Mapping[str, str]], asked: Sequence[Query]) -> Compared:
    """Return where the rules' hits agree with those of the queries on the same events."""
    import sqlite3

    said = [query for query in asked if query.sql]
    made = database(events, said)
    agreed, silent, total = 0, 0, 0
    differences: list[Difference] = []
    failed: list[tuple[str, str]] = []
    for query in said:
        left = ours.get(query.rule.id, set())
        try:
            right = made.hits(query)
        except sqlite3.Error as wrong:
            failed.append((query.rule.title, str(wrong)))
            continue
        total += len(left)
        agreed += bool(left) and left == right
        silent += not left and not right
        if left != right:
            classes = sorted({_class(query, n, n in left, events[n], made) for n in left ^ right})
            differences.append(Difference(query.rule, len(left - right), len(right - left), tuple(classes)))
    return Compared(len(events), total, agreed, silent, tuple(differences), tuple(failed))


def _class(query: Query, number: int, ours: bool, event: Mapping[str, str], made: Database) -> str:  # noqa: FBT001
    """Return why the two differ in an event."""
    if _matches(query.rule, event) != ours:
        return UNEXPLAINED
    table = made.table(query)
    if any(number in made.several.get((table, field), ()) for field in query.fields):
        return "several values"
    if any(isinstance(leaf.test, Empty) for leaf in _leaves(query.rule.tree)):
        return "empty or missing"
    letters = [leaf for leaf in _leaves(query.rule.tree) if not str(getattr(leaf.test, "parts", "")).isascii()]
    return "other letters" if letters else UNEXPLAINED


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case Not(inner):
            yield from _leaves(inner)
        case And(nodes) | Or(nodes):
            for one in nodes:
                yield from _leaves(one)


def on_real(engine: Engine, asked: Sequence[Query], work: Path) -> Compared:
    """Compare on the attack logs and SigmaHQ's regression logs."""
    paths = [path for name in LOGS for path in sorted(unpacked(work, name).rglob("*")) if path.is_file()]
    batches = decoded(paths, work)
    return compare(hits(engine, batches), rows(batch.columns for batch in batches), asked)


def on_made(engine: Engine, asked: Sequence[Query]) -> Compared:
    """Compare on events made to meet, or just miss, each rule."""
    events = made_events.events(engine.rules, SEED)
    ours = {rule.id: set(at.tolist()) for rule, at in engine.run(made_events.columns(events))}
    return compare(ours, events, asked)


def unpacked(work: Path, name: str) -> Path:
    """Unpack an archive into a folder of its name."""
    with tarfile.open(SHARED / f"{name}.tar.xz") as tar:
        tar.extractall(work / name, filter="data")
    return work / name


def page(work: Path) -> Iterator[str]:
    """Yield the parts of the page."""
    engine, asked = windows_rules(unpacked(work, "rules_sigma"))
    wrong = [query for query in asked if not query.sql]
    unsaid = f"The backend cannot say {len(wrong)} of the rules." if wrong else "The backend says all of them."
    packages = {"backend": version("pysigma-backend-sqlite"), "pysigma": version("pysigma")}
    classes = "\n".join(f"- **{name}**: {why}." for name, why in CLASSES.items())
    yield HEAD.format(rules=len(asked), unsaid=unsaid, classes=classes, **packages)
    yield "\n| events | number | our hits | rules agreed, with hits | silent in both | differed | explained | failed |\n"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|\n"
    real, made = on_real(engine, asked, work), on_made(engine, asked)
    names = {"attack and regression logs": real, f"made to meet each rule, {made_events.EACH} a rule": made}
    for name, one in names.items():
        explained = sum(UNEXPLAINED not in difference.classes for difference in one.differences)
        counts = (one.events, one.hits, one.agreed, one.silent, len(one.differences), explained, len(one.failed))
        yield f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |\n"
    yield "\nMade events are one way through each rule's condition, filled at random from a fixed seed; some lack a field, or "
    yield "have an empty one.\n"
    yield "\n## Rules that differ\n\n| events | rule | found by us alone | by SQLite alone | why |\n|---|---|---:|---:|---|\n"
    for name, one in names.items():
        for d in one.differences:
            yield f"| {name.partition(',')[0]} | {d.rule.title} | {d.ours} | {d.theirs} | {', '.join(d.classes)} |\n"
    yield from _failures(wrong, (*real.failed, *made.failed))


def _failures(wrong: Sequence[Query], failed: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not wrong and not failed:
        return
    yield "\n## Rules that the backend does not run\n\n| reason | rules |\n|---|---:|\n"
    counted = Counter([*(query.wrong for query in wrong), *(words for _, words in failed)])
    for words, number in counted.most_common():
        yield f"| {words} | {number} |\n"


def main() -> None:
    """Write the page."""
    try:
        version("pysigma-backend-sqlite")
    except PackageNotFoundError:
        sys.exit("pysigma-backend-sqlite is not installed (requirements/dev.txt has it)")
    with tempfile.TemporaryDirectory() as work:
        PAGE.write_text("".join(page(Path(work))), "utf-8")


if __name__ == "__main__":
    main()
