"""Write `docs/reference/hunt.md`: what hunting finds in attack logs and in a clean week (`python -m tests.real.hunt`)."""

from __future__ import annotations

import json
import lzma
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt import kept
from tests.case.runs import ROOT, finished, kyumei
from tests.conftest import SHARED
from tests.hunt.week import week
from tests.real.hunt_reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kyumei.detect.sigma.rule import Problem

PAGE: Final = ROOT / "docs" / "reference" / "hunt.md"
LEVELS: Final = ("informational", "low", "medium", "high", "critical")
HEAD: Final = """# What hunting finds

Written by `python -m tests.real.hunt`, which unpacks the 333 attack logs and both rule packs of `../shared/data` (none of which
lie in this repository) and runs `kyumei hunt` on them and on a generated clean week of an office. A log counts as found where
a finding of level medium or above cites it.
"""


def unpacked(work: Path, *archives: str) -> list[Path]:
    """Unpack some archives, each into a folder of its name."""
    for archive in archives:
        with tarfile.open(SHARED / f"{archive}.tar.xz") as tar:
            tar.extractall(work / archive, filter="data")
    return [work / archive for archive in archives]


def hunted(paths: Sequence[Path], options: Sequence[str | Path]) -> list[dict[str, Any]]:
    """Return the findings, single events included, so that every log that is hit is named."""
    code, out, err = finished(kyumei("hunt", *paths, "--format", "jsonl", "--lang", "en", "--quiet", *options))
    if code not in {0, 4}:
        sys.exit(err)
    return [json.loads(line) for line in out.splitlines()]


def found(findings: Sequence[dict[str, Any]], least: str) -> set[str]:
    """Return the paths of the logs cited by findings of that level or above."""
    grave = [f for f in findings if LEVELS.index(f["level"]) >= LEVELS.index(least)]
    return {citation["path"] for finding in grave for citation in finding["citations"]}


def share(part: int, whole: int) -> str:
    """Return a number and its share."""
    return f"{part} ({100 * part / whole:.1f} %)"


def page(work: Path) -> Iterator[str]:
    """Yield the parts of the page."""
    logs = unpacked(work, "evtx_cc0", "evtx_gpl3")
    sigma, hayabusa = unpacked(work, "rules_sigma", "rules_hayabusa")
    packs = ("--rules", sigma, "--rules", hayabusa)
    ways = {
        "both packs alone": (*packs, "--no-own-rules", "--no-analytics", "--no-installed"),
        "our rules and analytics alone": ("--no-installed",),
        "all together": (*packs, "--no-installed"),
    }
    with lzma.open(SHARED / "truth" / "evtx_attack.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    yield HEAD
    yield "\n## Attack logs\n\n| rules | medium and above | high and above |\n|---|---:|---:|\n"
    everything: set[str] = set()
    for name, options in ways.items():
        events = hunted(logs, (*options, "--ungrouped", "--min-level", "medium"))
        grouped = hunted(logs, (*options, "--min-level", "medium"))
        both = [*events, *grouped]
        everything = found(both, "medium")
        high = found(both, "high")
        yield f"| {name} | {share(_hit(rows, everything), len(rows))} | {share(_hit(rows, high), len(rows))} |\n"
    yield from _missed([row for row in rows if not _named(row, everything)])
    yield from _clean(work, packs)
    yield from _packs(work, {"rules_sigma": sigma, "rules_hayabusa": hayabusa})


def _hit(rows: Sequence[dict[str, Any]], paths: set[str]) -> int:
    return sum(_named(row, paths) for row in rows)


def _named(row: dict[str, Any], paths: set[str]) -> bool:
    return any(path.endswith(f"/{row['path']}") for path in paths)


def _missed(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"\n## Not found, by tactic and technique: {len(rows)} logs\n\n| tactic | technique | logs |\n|---|---|---:|\n"
    counted = Counter((row["tactic"].removeprefix("sb:"), ", ".join(row["technique"] or ()) or "–") for row in rows)
    for (tactic, technique), number in sorted(counted.items()):
        yield f"| {tactic} | {technique} | {number} |\n"


def _clean(work: Path, packs: Sequence[str | Path]) -> Iterator[str]:
    folder = work / "week"
    for name, data in week().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    findings = hunted([folder], (*packs, "--no-installed"))
    yield f"\n## Clean week\n\nSix machines, 45 logs, 21,052 events: {_levels(findings)}. Those of level medium and above:\n"
    yield from _justified(findings)
    yield "\n## Logs at hand in which no attack was recorded\n\nTest files of event log parsers and of plaso (many kinds of "
    yield "logs). No attack was recorded on purpose; nobody vouches for each of the machines they are from.\n"
    for name in ("evtx_parser", "plaso"):
        findings = hunted(unpacked(work, name), (*packs, "--no-installed"))
        yield f"\n### `{name}`: {_levels(findings)}\n"
        yield from _justified(findings)


def _levels(findings: Sequence[dict[str, Any]]) -> str:
    levels = Counter(f["level"] for f in findings)
    return ", ".join(f"{levels.get(level, 0)} {level}" for level in reversed(LEVELS))


def _justified(findings: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a table of the findings of level medium and above, by rule, with the reason for each."""
    yield "\n| level | rule | from | findings | why |\n|---|---|---|---:|---|\n"
    grave = Counter((*_rule(f), f["level"]) for f in findings if f["level"] not in {"informational", "low"})
    for (title, pack, level), number in sorted(grave.items(), key=lambda one: (-LEVELS.index(one[0][2]), one[0])):
        yield f"| {level} | {title} | {pack} | {number} | {REASONS.get(title, 'NOT JUSTIFIED')} |\n"


def _rule(finding: dict[str, Any]) -> tuple[str, str]:
    """Return title and pack of a finding's rule; id and `analytic` for one of ours, whose titles name the evidence."""
    if "rule_file" not in finding:
        return finding["rule_id"], "analytic"
    return finding["title"], finding["rule_file"].partition("/")[0]


def _packs(work: Path, packs: Mapping[str, Path]) -> Iterator[str]:
    """Yield what became of each document of each pack."""
    yield "\n## Rules that do not run\n\nEvery file of both packs gives rules that run, or stands here with the reason.\n"
    yield "\n| pack | files | rules | correlations | not run | reason |\n|---|---:|---:|---:|---:|---|\n"
    for name, folder in packs.items():
        files = sum(path.suffix in {".yml", ".yaml"} for path in folder.rglob("*"))
        known = kept.load(kept.prepared(kept.Choice((str(folder),), own=False, cache=str(work / "compiled"))))
        yield f"| {name} | {files:,} | {len(known.rules):,} | {len(known.correlations)} | {len(known.problems)} | |\n"
        for reason, number in sorted(Counter(_reason(problem) for problem in known.problems).items()):
            yield f"| | | | | {number} | {reason} |\n"


def _reason(problem: Problem) -> str:
    if "/config/" in problem.path:
        return "configuration of Hayabusa, no rule"
    placeholder = "a list of the organisation's own names is missing (`placeholders.yaml`; `%name%` in the rule)"
    return placeholder if "placeholder" in problem.reason else problem.reason


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as work:
        PAGE.write_text("".join(page(Path(work))), "utf-8")


if __name__ == "__main__":
    main()
