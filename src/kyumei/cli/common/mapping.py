"""The option `--mapping`: a user's own mapping files, for this process and those that it starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_VARIABLE: Final = "KYUMEI_MAPPINGS"


def mapping_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option; its value takes effect before the command runs, and the command does not see it."""
    return click.option(
        "--mapping",
        "mappings",
        multiple=True,
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=_use,
        help="Mapping of a log of your own (see kyumei map); repeat for more.",
    )(function)


def _use(ctx: click.Context, param: click.Parameter, value: Sequence[str]) -> None:  # noqa: ARG001  # Click's signature
    if not value:
        return
    from kyumei.readers.mapped.mapping import parse

    for path in map(Path, value):
        try:
            parse(path.read_text("utf-8-sig"), str(path))
        except (OSError, UnicodeDecodeError) as wrong:
            raise UserError(f"{path}: cannot be read ({wrong})", hint="give a mapping file") from wrong
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = os.pathsep.join([*([before] if before else []), *(str(Path(path).resolve()) for path in value)])
