"""Make the key with which the data about persons of a case are encrypted."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Make a key, or say which one is set."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path) -> None:
    """Write 32 random bytes to FILE. Keep it apart from the case folder; without it the case cannot be opened again."""
    from kyumei.store import key

    click.echo(f"{file}: {key.new(file)}")


@command.command()
def show() -> None:
    """Say the id of the key that is set; the key itself is not shown."""
    from kyumei.store import key

    click.echo(key.id_of(key.current()) or "no key is set")
