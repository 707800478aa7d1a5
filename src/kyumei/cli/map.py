"""Bring your own log format: propose a mapping by content, check it, and keep it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from kyumei.cli.common.reach import local_sources
from kyumei.errors import UserError
from kyumei.model.text import visible

_FILE: Final = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def command() -> None:
    """Bring your own log format by a mapping file."""


@command.command()
@_FILE
def suggest(file: Path) -> None:
    """Propose a mapping for logs like FILE (JSON records, or rows with a header) and print it."""
    from kyumei.readers.mapped.suggest import suggestion

    click.echo(suggestion(next(iter(local_sources([str(file)])))), nl=False)


@command.command()
@click.argument("mapping", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--rows", default=5, show_default=True, help="So many events are shown.")
def check(mapping: Path, file: Path | None, rows: int) -> None:
    """Say whether MAPPING is understood and, with FILE, what it makes of it."""
    from kyumei.readers.mapped.mapping import parse
    from kyumei.readers.mapped.register import accepted, as_reader
    from kyumei.readers.run import run
    from kyumei.store.lines import json_objects

    understood = parse(_text(mapping), str(mapping))
    click.echo(f"{mapping}: understood, {understood.name}", err=True)
    if file is None:
        return
    source = next(iter(local_sources([str(file)])))
    if not accepted(understood, source):
        raise UserError(f"{file} lacks fields that the mapping asks for", hint=f"accepts: {', '.join(understood.accepts)}")
    shown: list[str] = []
    done = run(
        as_reader(understood),
        source,
        lambda table: shown.extend(json_objects(table.slice(0, max(0, rows - len(shown)))).to_pylist()),
    )
    for line in shown:
        click.echo(visible(line))
    click.echo(json.dumps({"read": done.read, "faulted": len(done.faults)}))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UserError(f"{path}: cannot be read ({wrong})", hint="give a YAML file in UTF-8") from wrong
