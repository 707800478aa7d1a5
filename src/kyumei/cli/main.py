"""The command line: one module a command, loaded when it is called.

A command is a module `kyumei.cli.<name>` (`-` becomes `_`) that holds a Click command named `command`; the first line
of its docstring is what `kyumei --help` shows, taken without importing the module.
"""

from __future__ import annotations

import ast
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from kyumei.errors import KyumeiError, UserError

_HERE: Final = Path(__file__).parent
_NOT_COMMANDS: Final = {"__init__", "__main__", "main", "output"}


class Commands(click.Group):
    """The commands of this folder, without importing them to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # Click's signature
        """Return the names, sorted."""
        return sorted(p.stem.replace("_", "-") for p in _HERE.glob("*.py") if p.stem not in _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing its module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        loaded: click.Command = import_module(f"kyumei.cli.{cmd_name.replace('-', '_')}").command
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command's name and the first line of its module's docstring."""
        rows = [(name, _first_line(_HERE / f"{name.replace('-', '_')}.py")) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _first_line(path: Path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return doc.split("\n", 1)[0].rstrip(".")


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kyumei")
@click.option("--key-file", type=click.Path(), help="Key of the case (kyumei key new); else of the variable KYUMEI_KEY_FILE.")
def kyumei(key_file: str | None) -> None:
    """Get to the bottom of a data leak: preserve, read, detect, scope, diagnose, report. Offline."""
    if key_file:
        os.environ["KYUMEI_KEY_FILE"] = str(Path(key_file).resolve())


def run() -> None:
    """Run the command line and exit with the code that says how it went."""
    try:
        code = kyumei.main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; run the same command again to resume", err=True)
        sys.exit(130)
    except KyumeiError as wrong:
        click.echo(f"kyumei: {wrong}", err=True)
        if isinstance(wrong, UserError) and wrong.hint:
            click.echo(f"hint: {wrong.hint}", err=True)
        sys.exit(wrong.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
