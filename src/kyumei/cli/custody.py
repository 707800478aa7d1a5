"""Print the custody ledger of a case: who had an item and did what."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kyumei.evidence.custody import Entry


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "shape", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def command(case: Path, shape: str) -> None:
    """Print the custody ledger of CASE, entry by entry; exit 3 when its chain does not hold."""
    from kyumei.evidence.custody import LEDGER, Ledger
    from kyumei.evidence.manifest import canonical

    ledger = Ledger(case / LEDGER)
    for entry in ledger.entries():
        click.echo(canonical(asdict(entry)) if shape == "jsonl" else _lines(entry))
    ledger.verify()


def _lines(entry: Entry) -> str:
    first = f"{entry.seq:>4}  {entry.at}  {entry.act:<20} {entry.evidence or '-':<14}  {entry.who}"
    more = [f"why: {entry.why}"] if entry.why else []
    more += [f"{key}: {entry.facts[key]}" for key in sorted(entry.facts)]
    return "\n      ".join([first, *more, f"hash: {entry.hash}"])
