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
    listing: bool


@click.group(invoke_without_command=True)
@click.option("--case", type=CASE, help="Case folder.")
@click.option("--only", default="", metavar="NAME,…", help="Only these reports; else those the case needs.")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="Only this language; else both.")
@click.option("--format", "formats", default="", metavar="pdf,docx,xlsx,json,txt", help="Instead of each report's usual ones.")
@click.option("--out", type=CASE, help="Copy the files here too.")
@click.option("--by", default="", help="Who makes them; else the system's user name.")
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
