"""Keep packs of Sigma rules: add, list, check, show and remove them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.common.rules_home import rules_home
from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kyumei.detect.sigma.packs import Pack
    from kyumei.detect.sigma.rule import Correlation, Problem, Rule

SOME_UNREADABLE: Final = 4
_FORMAT: Final = click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True
)


@click.group(help=__doc__)
def command() -> None:
    """Keep packs of Sigma rules."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the pack; default: that of the file or folder.")
@_FORMAT
def add(path: Path, name: str, form: str) -> int:
    """Add the rules of a folder, ZIP, tar archive or .yml file; a pack of that name is replaced."""
    from kyumei.detect.sigma import packs

    pack = packs.add(rules_home(), path, name=name)
    _put([_as_json(pack)], form, _pack_lines)
    if pack.problems:
        click.echo(f"{pack.problems} documents gave no rule: kyumei rules check {pack.name}", err=True)
    return SOME_UNREADABLE if pack.problems else 0


@command.command("list")
@_FORMAT
def list_packs(form: str) -> None:
    """List the packs: name, numbers of rules, authors, licence and digest; the program's own first."""
    from kyumei.detect.sigma import packs

    found = [packs.own(), *packs.listed(rules_home())]
    _put([_as_json(pack) for pack in found], form, _pack_lines)


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete a pack from the rules home; what it was added from stays."""
    from kyumei.detect.sigma import packs

    pack = packs.remove(rules_home(), name)
    click.echo(f"removed {pack.name}: {pack.rules + pack.correlations} rules, digest {pack.digest}", err=True)


@command.command()
@click.argument("names", nargs=-1, metavar="[PACK|PATH]...")
@_FORMAT
def check(names: tuple[str, ...], form: str) -> int:
    """Say what in packs, files or folders gives no rule, and which rules no log can be read for; default: all packs.

    Exit code 4 says that a document gave no rule.
    """
    from kyumei.cli.common.unread_rules import without_reader

    rules, problems = _rules(names)
    _put([*({"kind": "no rule", **_problem(each)} for each in problems), *without_reader(rules)], form, _problem_lines)
    click.echo(f"{len(rules):,} rules, {len(problems):,} documents without a rule", err=True)
    return SOME_UNREADABLE if problems else 0


@command.command()
@click.argument("rule_id", metavar="ID")
@_FORMAT
def show(rule_id: str, form: str) -> None:
    """Show a rule: its pack, author, licence and digest, what it looks at, and its text as written."""
    found = list(_shown(rule_id))
    if not found:
        raise UserError(f"no pack has a rule {rule_id}", hint="kyumei rules list shows the packs")
    _put(found, form, _rule_lines)


def _rules(names: Iterable[str]) -> tuple[list[Rule | Correlation], list[Problem]]:
    from kyumei.detect.sigma import packs
    from kyumei.detect.sigma.parse import parse_rules

    home = rules_home()
    wanted = list(names) or [packs.OWN, *(pack.name for pack in packs.listed(home))]
    rules: list[Rule | Correlation] = []
    problems: list[Problem] = []
    for name in wanted:
        is_path = name != packs.OWN and not (home / name / "pack.json").is_file() and Path(name).exists()
        found = parse_rules([Path(name)], placeholders=packs.placeholders(home)) if is_path else packs.load(home, [name])
        rules += found[0]
        problems += found[1]
    return rules, problems


def _shown(rule_id: str) -> Iterable[dict[str, Any]]:
    from kyumei.detect.sigma import packs, words
    from kyumei.detect.sigma.parse import parse_rules
    from kyumei.detect.sigma.rule import Rule

    home = rules_home()
    for name, path in packs.find(home, rule_id):
        licence = packs.named(home, name).licence
        for rule in parse_rules([path], pack=name, placeholders=packs.placeholders(home))[0]:
            if rule.id == rule_id.strip():
                about = asdict(rule.about)
                about["license"] = about["license"] or licence
                about["path"] = path.relative_to(packs.folder(home, name)).as_posix()
                looks = str(rule.logsource) if isinstance(rule, Rule) else f"{rule.kind} of {', '.join(rule.rules)}"
                yield about | {
                    "titles": words.titles(rule.about),
                    "explanation": words.explanation(rule.about),
                    "looks_at": looks,
                    "text": path.read_text("utf-8", "backslashreplace"),
                }


def _as_json(pack: Pack) -> dict[str, Any]:
    return {"schema": "kyumei.rule-pack/1", **asdict(pack)}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"path": problem.path, "title": problem.title, "reason": problem.reason}


def _put(rows: list[dict[str, Any]], form: str, lines: Any) -> None:
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        if form == "jsonl":
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            for line in lines(row):
                click.echo(visible(line))


def _pack_lines(row: Mapping[str, Any]) -> Iterable[str]:
    rules, correlations = f"{row['rules']:,} rules", f"{row['correlations']:,} correlations"
    wrong = f", {row['problems']:,} documents without a rule" if row["problems"] else ""
    yield f"{row['name']}: {rules}, {correlations}{wrong}"
    licences = " · ".join(filter(None, (row["licence"], *(each for each in row["licenses"] if each != row["licence"]))))
    yield f"    licence {licences or 'not stated'} · {len(row['authors']):,} authors · from {row['source']}"
    yield f"    sha256 {row['digest']}"


def _problem_lines(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['kind']}: {row['path']}: {row['reason']}" + (f" ({row['title']})" if row["title"] else "")


def _rule_lines(row: Mapping[str, Any]) -> Iterable[str]:
    yield f"{row['titles']['ja']} / {row['titles']['en']}"
    yield f"{row['level']} · pack {row['pack']} · {row['path']} · sha256 {row['digest']}"
    yield f"author {row['author'] or 'not stated'} · licence {row['license'] or 'not stated'}"
    yield f"looks at: {row['looks_at']}"
    yield row["explanation"]["ja"]
    yield ""
    yield from row["text"].splitlines()
