"""Preserve, read, detect, scope and diagnose evidence, and print the first diagnosis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kyumei.cli.common.mapping import mapping_option
from kyumei.errors import UserError

if TYPE_CHECKING:
    from kyumei.case.triage import Options

FORMATS = click.Choice(["table", "json"])


@click.command()
@click.argument("evidence", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--case", "case", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case folder, made if missing."
)
@click.option("--aware", multiple=True, help="When the leak became known, ISO 8601; more than one candidate may be given.")
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of times that carry none.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: account,name,role,employer,left,mail,number,accounts.",
)
@click.option("--parties", type=click.Path(path_type=Path, dir_okay=False), help="CSV: party,role(own|entrusted),path.")
@click.option("--facts", type=click.Path(path_type=Path, dir_okay=False), help="YAML or JSON facts for the law (sectors, …).")
@click.option("--reference", is_flag=True, help="Leave evidence where it is; seal digests only.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--operator", default="", help="Who is entered in the custody ledger; else the system's user name.")
@click.option("--jobs", default=2, show_default=True, help="Processes that read.")
@mapping_option
@click.option("--open", "show", is_flag=True, help="Open the report in the browser.")
def command(evidence: tuple[Path, ...], case: Path, form: str, *, show: bool, **said: object) -> int:
    """Preserve, read, detect, scope and diagnose EVIDENCE, and print the first diagnosis.

    Evidence is never written to. Exit code 4 means that some input could not be read; it is listed in the coverage.
    """
    from kyumei.case import clock
    from kyumei.case.triage import triage
    from kyumei.reports.terminal import summary

    options = _options(said)
    document = triage(evidence, case, options, lambda line: click.echo(line, err=True))
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        files = [str(case / "reports" / f"first-diagnosis.{lang}.html") for lang in ("ja", "en")]
        now = int(clock.now().timestamp() * 1_000_000)
        click.echo(summary(document, options.lang, now=now, files=[*files, str(case / "diagnosis.json")]))
    if show:
        click.launch(str(case / "reports" / f"first-diagnosis.{options.lang}.html"))
    unreadable = document["coverage"]["by_status"].get("unreadable", 0)
    return 4 if document["coverage"]["faults"] or unreadable else 0


def _options(said: dict[str, object]) -> Options:
    from kyumei.case import clock
    from kyumei.case.hunt.kept import Choice
    from kyumei.case.triage import Options
    from kyumei.cli.common.rules_home import rules_cache, rules_home

    zone = str(said["zone"])
    words = [w for text in said["aware"] for w in str(text).replace(",", " ").split()]  # type: ignore[attr-defined]  # a tuple
    return Options(
        zone=zone,
        lang="en" if said["lang"] == "en" else "ja",
        aware=tuple(clock.instant(w, zone=zone) for w in words),
        facts=_facts(said["facts"]),
        roster=_file(said["roster"]),
        parties=_file(said["parties"]),
        reference=bool(said["reference"]),
        workers=int(str(said["jobs"])),
        operator=str(said["operator"]),
        rules=Choice(home=str(rules_home()), cache=str(rules_cache())),
    )


def _file(given: object) -> Path | None:
    if given is None:
        return None
    path = Path(str(given))
    if not path.is_file():
        raise UserError(f"{path} is not a file", hint="check the path")
    return path


def _facts(given: object) -> dict[str, object]:
    path = _file(given)
    if path is None:
        return {}
    from kyumei.duties.yamlfile import parse

    stated = parse(path.read_text("utf-8-sig"), str(path))
    if not isinstance(stated, dict):
        raise UserError(f"{path} holds no facts", hint="write one fact a line: org.sectors: [finance]")
    stated = json.loads(json.dumps(stated, default=str))  # YAML reads dates; a sheet takes their text
    return {str(key): value for key, value in stated.items()}
