"""Make the documents of a case: reports to authorities, notices, lists; sign them and enter receipts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, Unpack, cast

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from kyumei.reports.registry import Format
    from kyumei.reports.words.lookup import Lang

CASE: Final = click.Path(path_type=Path, file_okay=False)


class _Options(TypedDict):
    case: Path | None
    only: str
    lang: str | None
    formats: str
    out: Path | None
    by: str
    full: bool
    listing: bool


@click.group(invoke_without_command=True)
@click.option("--case", type=CASE, help="Case folder.")
@click.option("--only", default="", metavar="NAME,…", help="Only these reports; else those the case needs.")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Only this language; else both.")
@click.option("--format", "formats", default="", metavar="pdf,docx,xlsx,json,txt", help="Instead of each report's usual ones.")
@click.option("--out", type=CASE, help="Copy the files here too.")
@click.option("--by", default="", help="Who makes them; else the system's user name.")
@click.option("--full", is_flag=True, help="Write the list of affected persons also unmasked.")
@click.option("--list", "listing", is_flag=True, help="List the reports.")
@click.pass_context
def command(ctx: click.Context, /, **options: Unpack[_Options]) -> None:
    """Make the documents of a case as a numbered version in CASE/documents.

    What only your organisation knows is entered in CASE/documents/entries.toml; what is missing there stands in the documents
    as a marked blank.
    """
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        _list() if options["listing"] else _make(options)


def _make(options: _Options) -> None:
    from kyumei.case.make import Wish, make

    case = _case(options["case"])
    wish = Wish(
        tuple(_words(options["only"])),
        (cast("Lang", options["lang"]),) if options["lang"] else ("ja", "en"),
        cast("tuple[Format, ...]", _formats(options["formats"])),
        full=options["full"],
    )
    manifest = make(case, wish, who=_who(options["by"]), tell=lambda line: click.echo(line, err=True))
    top = case / "documents" / f"v{manifest['version']:04d}"
    if out := options["out"]:
        shutil.copytree(top, out, dirs_exist_ok=True)
    for file in manifest["files"]:
        click.echo(top / file["path"])


def _list() -> None:
    from kyumei.reports.registry import REPORTS

    for report in REPORTS.all():
        click.echo(f"{report.name:20} {report.title['ja']} / {report.title['en']} [{', '.join(report.formats)}]")


def _case(case: Path | None) -> Path:
    if case is None:
        raise UserError("no case is named", hint="kyumei report --case DIR, or kyumei report --list")
    return case


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def _formats(text: str) -> tuple[str, ...]:
    from kyumei.reports.registry import FORMATS

    words = _words(text)
    if odd := [word for word in words if word not in FORMATS]:
        raise UserError(f"{odd[0]} is not a format", hint=f"choose from {', '.join(FORMATS)}")
    return tuple(words)


def _who(by: str) -> str:
    import getpass

    try:
        return by or getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@command.command("lint")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--status", type=click.Choice(["confirmed", "suspected", "not_found", "ruled_out"]), help="Status of the leak.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def lint_(files: tuple[Path, ...], status: str | None, lang: str) -> int:
    """Point out wording in FILES that says more than the facts; exit 5 where there is any."""
    from kyumei.model.text import visible
    from kyumei.reports.lint import lint
    from kyumei.reports.readable import readable

    count = 0
    for path in files:
        text, stated = readable(path)
        for issue in lint(text, status=status or stated):
            count += 1
            click.echo(f"{path}:{issue.line}: [{issue.rule}] {issue.say[lang]}: {visible(issue.sentence)}")
            click.echo(f"    → {issue.write[lang]}")
    return 5 if count else 0


@command.command()
@click.option("--case", type=CASE, required=True, help="Case folder.")
@click.option("--out", type=CASE, required=True, help="Folder for the bundles; they hold names and addresses.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes that set the letters.")
@click.option("--draft", is_flag=True, help="Also where something is still to be entered.")
@click.option("--entrusted", is_flag=True, help="Also to persons whose data clients entrusted; else their clients tell them.")
def letters(case: Path, out: Path, lang: Lang, jobs: int, *, draft: bool, entrusted: bool) -> None:
    """Write the notice to each affected person as a letter, 100 a PDF, names and addresses from evidence.

    Where own and entrusted data are concerned, persons of the own data get one.
    """
    from kyumei.case import documents, lists

    state = documents.state(case)
    count = lists.printed(state, state.matter(lang), out, workers=jobs, draft=draft, entrusted=entrusted)
    click.echo(f"{count:,} letters in {out}")


@command.command()
@click.argument("name")
@click.option("--case", type=CASE, required=True, help="Case folder.")
@click.option("--by", required=True, help="Who approves it.")
@click.option("--note", default="", help="Words that go with the approval.")
def sign(name: str, case: Path, by: str, note: str) -> None:
    """Enter that a person approves document NAME of the last version."""
    from kyumei.case import acts

    facts = acts.sign(case, name, who=by, note=note)
    click.echo(f"v{facts['version']} {name}: {len(facts['files'])} files signed by {by}")


@command.command()
@click.argument("name")
@click.option("--case", type=CASE, required=True, help="Case folder.")
@click.option("--receipt", default="", help="Receipt number.")
@click.option("--to", default="", help="Where it was filed.")
@click.option("--on", default="", metavar="DAY", help="Day, ISO 8601; else today.")
@click.option("--by", default="", help="Who filed it; else the system's user name.")
@click.option("--party", default="", help="The party it was filed for, where there are several; else all.")
@click.option("--duty", "duties", multiple=True, metavar="RULE[:DEADLINE]", help="It also does this duty; may be repeated.")
def filed(name: str, case: Path, duties: tuple[str, ...], **said: str) -> None:
    """Enter that document NAME of the last version went out, with its receipt number.

    The duty that the document is for is then marked as done in `kyumei duties --case`.
    """
    from kyumei.case import acts

    on = acts.parsed_day(said["on"]).isoformat()
    given = {"receipt": said["receipt"], "to": said["to"], "on": on, "party": said["party"]}
    facts = acts.filed(case, name, given, who=_who(said["by"]), note="", duties=duties)
    click.echo(f"v{facts['version']} {name}: filed {on} {said['receipt']}".rstrip())


@command.command()
@click.option("--case", type=CASE, required=True, help="Case folder.")
@click.option("--people", type=int, nargs=1, help="Number of people (人).")
@click.option("--records", type=int, nargs=1, help="Number of records (件).")
@click.option("--low", type=int, help="Least, where it was told.")
@click.option("--high", type=int, help="Most, where it was told.")
@click.option("--on", default="", metavar="DAY", help="Day it was said; else today.")
@click.option("--where", required=True, help="Where it was said: press release, report, …")
def announced(case: Path, **said: object) -> None:
    """Enter a number that was told to others, so that later documents keep it."""
    from kyumei.case import acts

    people, records = said["people"], said["records"]
    if (people is None) == (records is None):
        raise UserError("give either --people or --records", hint="they are two different numbers")
    best = int(str(records if people is None else people))
    low, high = (best if said[k] is None else int(str(said[k])) for k in ("low", "high"))
    unit = "records" if people is None else "people"
    acts.announce(case, unit, (low, best, high), (acts.parsed_day(str(said["on"])), str(said["where"])), who=_who(""))


@command.command()
@click.option("--case", type=CASE, required=True, help="Case folder.")
def history(case: Path) -> None:
    """List versions made, documents signed and filed, numbers announced; one JSON object a line."""
    import json

    from kyumei.case import acts

    for row in acts.history(case):
        click.echo(json.dumps(row, ensure_ascii=False))


@command.command()
@click.argument("one", type=int)
@click.argument("two", type=int)
@click.option("--case", type=CASE, required=True, help="Case folder.")
def diff(one: int, two: int, case: Path) -> None:
    """Show what differs between versions ONE and TWO: numbers, then sentences."""
    from kyumei.case import acts
    from kyumei.model.text import visible

    for line in acts.difference(case, one, two):
        click.echo(visible(line))
