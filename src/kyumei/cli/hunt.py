"""Hunt in logs with Sigma rules and our own analytics: findings, timeline, logons, numbers, an HTML summary."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.common.rules_home import rules_cache, rules_home
from kyumei.cli.common.zone import known_zone
from kyumei.cli.timeline import instant
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kyumei.case.hunt.hunt import Hunt
    from kyumei.case.hunt.job import Settings
    from kyumei.case.hunt.kept import Choice
    from kyumei.cli.common.hunting import Target

FORMATS: Final = ("table", "jsonl", "csv", "timesketch")
LEVELS: Final = ("informational", "low", "medium", "high", "critical")
SOME_UNREADABLE: Final = 4
FOUND: Final = 5


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--rules", multiple=True, type=click.Path(path_type=Path, exists=True), help="Rules: file, folder or zip; repeatable."
)
@click.option("--own-rules/--no-own-rules", default=True, show_default=True, help="Use the rules that come with kyumei, too.")
@click.option("--installed/--no-installed", default=True, show_default=True, help="Use the packs of `kyumei rules add`, too.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: table on a terminal, else jsonl.")
@click.option("--min-level", type=click.Choice(LEVELS), default="informational", show_default=True)
@click.option("--from", "start", metavar="TIME", help="First instant, included: 2024-05-16, 2024-05-16T09:00, …+09:00.")
@click.option("--to", "end", metavar="TIME", help="Last instant, excluded; of a date alone the whole day is included.")
@click.option("--ungrouped", is_flag=True, help="One line a matching event, in order of time.")
@click.option("--analytics/--no-analytics", default=True, show_default=True, help="Ask our own analytics, too.")
@click.option("--logons", "shown", flag_value="logons", help="Show who logged on where and from where instead.")
@click.option("--metrics", "shown", flag_value="metrics", help="Show how often each event number occurs instead.")
@click.option("--hosts", "shown", flag_value="hosts", help="Show the hits of each host instead.")
@click.option("--days", "shown", flag_value="days", help="Show the hits of each day instead.")
@click.option("--authors", "shown", flag_value="authors", help="Show whose rules hit, and their licences, instead.")
@click.option("--summary", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML summary to this file, too.")
@click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    default="ja",
    show_default=True,
    help="Language of the summary and of titles; rules without a Japanese one say their technique in Japanese.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option("--force", is_flag=True, help="Overwrite files.")
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of times given, shown, and missing in logs.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit code 5 where a finding has this level or a higher one.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no closing summary.")
def command(**given: Any) -> int:
    """Hunt in PATHS (logs, folders, archives) with Sigma rules, and write one line a finding.

    Hits of one rule on one host with no more than 24 hours between them are one finding. Exit code 4 says that something
    could not be read, 5 that --fail-on was met.
    """
    from kyumei.case.hunt import summary
    from kyumei.case.hunt.hunt import Options, hunt
    from kyumei.cli.common import hunting

    form = given["form"] or ("table" if sys.stdout.isatty() and not given["out"] else "jsonl")
    target = hunting.Target(form, given["out"], force=given["force"], single=given["ungrouped"])
    for path in (given["out"], given["summary"]):
        hunting.check(path, force=given["force"])
    options = Options(least=given["min_level"], workers=given["jobs"], lang=given["lang"], rules=_choice(given))
    with hunt(given["paths"], _settings(given), options, _teller(given)) as found:
        _write(found, target, given)
        if given["summary"]:
            page = summary.page(found, lang=given["lang"])
            hunting.write_text(page, hunting.Target("html", given["summary"], force=given["force"]))
        return _ending(found, given)


def _settings(given: dict[str, Any]) -> Settings:
    from tempfile import gettempdir

    from kyumei.case.hunt.job import Settings

    zone = known_zone(given["zone"])
    start = instant(given["start"], zone) if given["start"] else None
    end = instant(given["end"], zone, end_of_day=True) if given["end"] else None
    if start is not None and end is not None and start >= end:
        raise UserError(f"--from {given['start']} is not before --to {given['end']}", hint="exchange the two")
    whole = given["summary"] is not None
    return Settings(
        out=Path(gettempdir()),
        rules=rules_cache(),
        zone=zone,
        start=start,
        end=end,
        details="all" if given["ungrouped"] else "first" if given["form"] != "table" else "",
        logons=whole or given["shown"] == "logons",
        metrics=whole or given["shown"] == "metrics",
        analytics=given["analytics"],
    )


def _choice(given: dict[str, Any]) -> Choice:
    from kyumei.case.hunt.kept import Choice

    home = str(rules_home()) if given["installed"] else ""
    return Choice(tuple(str(p) for p in given["rules"]), home=home, own=given["own_rules"], cache=str(rules_cache()))


def _teller(given: dict[str, Any]) -> Callable[[str], None]:
    """Return what shows progress: one line that is written over on a terminal, nothing elsewhere."""
    if given["quiet"] or not sys.stderr.isatty():
        return lambda _: None
    return lambda line: click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def _write(found: Hunt, target: Target, given: dict[str, Any]) -> None:
    from kyumei.cli.common import hunting

    if given["shown"]:
        names = found.answers.columns(given["shown"])
        hunting.write_counts(names, found.counted(given["shown"]), target, f"kyumei.hunt.{given['shown']}/1")
    else:
        hunting.write(found.events() if given["ungrouped"] else found.findings(), target)


def _ending(found: Hunt, given: dict[str, Any]) -> int:
    """Tell in Hayabusa's manner what was read and found; return the exit code."""
    by_level = {row["level"]: row["findings"] for row in found.answers.levels()}
    if not given["quiet"]:
        click.echo(_told(found, by_level, known_zone(given["zone"])), err=True)
    if given["fail_on"] and any(by_level.get(level) for level in LEVELS[LEVELS.index(given["fail_on"]) :]):
        return FOUND
    return SOME_UNREADABLE if found.tally.faults or found.tally.unread else 0


def _told(found: Hunt, by_level: Mapping[str, int], zone: str) -> str:
    from kyumei.case.hunt.view import iso

    tally = found.tally
    lines = [f"{tally.files:,} files, {tally.bytes:,} bytes, {tally.events:,} events ({tally.carved:,} carved)"]
    if tally.first is not None:
        lines.append(f"from {iso(tally.first, zone)} to {iso(tally.last, zone)}")
    lines.append(f"{found.applied:,} rules; findings: " + ", ".join(f"{by_level.get(v, 0):,} {v}" for v in reversed(LEVELS)))
    if found.problems:
        reason, number = Counter(problem.reason for problem in found.problems).most_common(1)[0]
        lines.append(f"{len(found.problems):,} rules not applied, {number:,} of them: {reason[:200]}")
    faults = sum(tally.faults.values())
    if faults:
        lines.append(f"{faults:,} places in {len(tally.faults):,} files could not be read; `kyumei read FILE` lists them")
    lines += [f"not read: {path}: {why}" for path, why in sorted(tally.unread.items())[:20]]
    if len(tally.unread) > 20:
        lines.append(f"not read: {len(tally.unread) - 20:,} more files")
    return "\n".join(lines)
