"""The whole hunt: plan, run the jobs, ask. What is written for it lies in a folder that goes when the hunt ends."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt import analytics, correlations, job, view
from kyumei.case.hunt.ask import Answers
from kyumei.case.hunt.kept import LEVELS, Choice, load, prepared
from kyumei.case.hunt.read import Tally
from kyumei.case.hunt.view import iso
from kyumei.engine import local
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kyumei.case.hunt.job import Settings
    from kyumei.case.hunt.kept import RuleFacts
    from kyumei.detect.sigma.rule import Problem

_TITLES: Final = Path(__file__).with_name("titles.csv")


@dataclass(frozen=True, slots=True)
class Hunt:
    """A hunt that ran.

    Attributes:
        rules: every rule, correlation and finding of an analytic, in the order of their numbers.
        applied: how many of them are rules and correlations.
        problems: documents that gave no rule, rules that are about nothing that is read here, and why.
    """

    tally: Tally
    rules: Sequence[RuleFacts]
    answers: Answers
    zone: str
    applied: int
    problems: Sequence[Problem] = ()

    def findings(self) -> Iterator[dict[str, Any]]:
        """Yield the findings as they are written: the gravest first, then by time."""
        return (view.finding(row, self.rules[row["rule"]], self.zone) for row in self.answers.findings())

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the matching events as they are written, in order of time."""
        return (view.event(row, self.rules[row["rule"]], self.zone) for row in self.answers.events())

    def counted(self, table: str, lang: str = "en") -> Iterator[dict[str, Any]]:
        """Yield the rows of one of the tables of counts, instants as text."""
        for row in self.answers.table(table):
            shown = {key: iso(value, self.zone) if key in {"first", "last"} else value for key, value in row.items()}
            if table == "metrics":
                shown["title"] = title(row["channel"], row["event_id"], lang)
            yield shown


@dataclass(frozen=True, slots=True)
class Options:
    """How a hunt runs.

    Attributes:
        least: lowest level that is answered. workers: processes. lang: of the titles. rules: which are used.
    """

    least: str = "informational"
    workers: int = 2
    lang: str = "ja"
    rules: Choice = field(default_factory=Choice)


@contextmanager
def hunt(paths: Sequence[str], settings: Settings, options: Options, tell: Callable[[str], None]) -> Iterator[Hunt]:
    """Hunt in files and folders, and give the hunt for asking; its folder is gone afterwards.

    Args:
        paths: what to read, as given.
        settings: `out` is the folder in which the hunt's own folder is made.
        options: see there.
        tell: called with one line of progress.

    Raises:
        UserError: a path does not exist, a rule pack cannot be read.
    """
    files = _files(paths)
    tell("rules")
    compiled = prepared(options.rules)
    known = load(compiled)
    rules = known.facts(options.lang)
    with TemporaryDirectory(prefix="kyumei-hunt-", dir=settings.out) as folder:
        own = replace(settings, out=Path(folder), rules=compiled)
        tally = _run(job.plan(files, own), own, options.workers, tell)
        found = analytics.findings(own.out, settings.zone) if settings.analytics else ()
        more = correlations.rows(own.out, known)
        more += [analytics.row(finding, number) for number, finding in enumerate(found, len(rules))]
        applied = len(rules)
        rules.add(analytics.facts(finding, options.lang) for finding in found)
        answers = Answers(own.out, rules, more=more, least=LEVELS.index(options.least), zone=settings.zone)
        try:
            yield Hunt(tally, rules, answers, settings.zone, applied, known.problems)
        finally:
            answers.close()


def _run(jobs: list[job.Job], settings: Settings, workers: int, tell: Callable[[str], None]) -> Tally:
    """Run the jobs, then those that read what these leave."""
    tally = Tally()
    for number, part in enumerate(local.run(job.run, jobs, workers=workers), 1):
        tally.add(part)
        tell(f"{number}/{len(jobs)}: {tally.events:,} events")
    for part in local.run(job.run, job.rest(tally, settings, len(jobs)), workers=workers):
        tally.add(part)
    job.forget()
    return tally


def _files(paths: Sequence[str]) -> list[Path]:
    """Return every file below the paths, in the order given; files of a folder in the order of their paths."""
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        if not path.exists():
            raise UserError(f"{given} does not exist", hint="give files or folders of logs")
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found


@cache
def _titles() -> dict[tuple[str, str], dict[str, str]]:
    with _TITLES.open(encoding="utf-8", newline="") as table:
        return {(row["channel"], row["event_id"]): row for row in csv.DictReader(table)}


def title(channel: str | None, event_id: str | None, lang: str) -> str | None:
    """Return what an event number means, None where it is not one of the common ones."""
    found = _titles().get(((channel or "").lower(), event_id or ""))
    return found[lang] if found else None
