"""Compare evidence, ledger and results of a case with what was sealed; exit 3 when anything differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kyumei.evidence.verify import Report


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(case: Path, shape: str) -> None:
    """Compare every byte of evidence, ledger and results in CASE with what was sealed.

    Every difference is printed; the exit code is 3 when there is one. Nothing is written.
    """
    from kyumei.errors import CustodyBroken, EvidenceChanged
    from kyumei.evidence.verify import verify

    report = verify(case)
    click.echo(_json(report) if shape == "json" else _table(report))
    if report.is_whole:
        return
    wrong = CustodyBroken if any(p.what == "broken" for p in report.problems) else EvidenceChanged
    raise wrong(f"{len(report.problems)} difference(s) from what was sealed in {case}")


def _json(report: Report) -> str:
    told = {
        "schema": "kyumei.verify/1",
        "whole": report.is_whole,
        "items": report.items,
        "files": report.files,
        "bytes": report.bytes,
        "entries": report.entries,
        "problems": [{"place": p.place, "what": p.what, "detail": p.detail} for p in report.problems],
        "notes": report.notes,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _table(report: Report) -> str:
    lines = [f"{p.what:<10} {p.place}{f'  ({p.detail})' if p.detail else ''}" for p in report.problems]
    lines += [f"note       {note}" for note in report.notes]
    lines.append(
        f"{'whole' if report.is_whole else 'NOT WHOLE'}: {report.items} item(s), {report.files:,} files, "
        f"{report.bytes:,} bytes, {report.entries} ledger entries, {len(report.problems)} difference(s)"
    )
    return "\n".join(lines)
