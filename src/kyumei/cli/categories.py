"""Say which categories of personal data files hold, column by column or hit by hit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.cli.people import SOME_UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kyumei.model.source import Source
    from kyumei.scope.names import Finder
    from kyumei.scope.survey import Surveyed

SCHEMA: Final = "kyumei.categories/1"


@click.command(help=__doc__)
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["json", "jsonl", "table"]), default="json", show_default=True)
@click.option("--ocr", is_flag=True, help="Read pictures, and pages that are pictures, with tesseract, where it is installed.")
@click.option("--names", is_flag=True, help="Look for names by morphological analysis (kyumei[names]): slower, finds more.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def command(files: Sequence[str], form: str, lang: str, *, ocr: bool, names: bool) -> int:
    """Classify the columns of tables in FILES and scan texts (folders are walked, archives opened). Values are masked."""
    by: Finder | None = None
    if names:
        from kyumei.cli.common.rules_home import names_home
        from kyumei.scope.names import finder

        by = finder(names_home())
    entries = list(_entries(files, ocr=ocr, names=by))
    head = {"schema": SCHEMA} | ({"names": by.told} if by else {})
    if form == "table":
        _print(entries, lang)
        if by and "model" in by.told:
            click.echo(f"names: {by.told['model']}", err=True)
    elif form == "json":
        click.echo(json.dumps(head | {"files": entries}, ensure_ascii=False, indent=1))
    else:
        for entry in entries:
            click.echo(json.dumps(head | entry, ensure_ascii=False))
    return SOME_UNREADABLE if any(entry.get("unread") or entry.get("faults") for entry in entries) else 0


def _entries(files: Sequence[str], *, ocr: bool, names: Finder | None) -> Iterator[dict[str, Any]]:
    from kyumei.cli.common.reach import reached
    from kyumei.evidence.open.walk import Closed
    from kyumei.scope.content import reader_of
    from kyumei.scope.survey import Survey

    with Survey() as survey:
        for step in reached(files):
            if isinstance(step, Closed):
                yield from ({"file": step.source.path, "unread": fault.reason, "counts": {}} for fault in step.faults)
                continue
            surveyed = survey.add(step.source) if step.source.size else None
            if surveyed is not None:
                yield from _tables(surveyed)
            document = reader_of(step.source) if step.source.size else None
            if document is not None or (surveyed is None and step.opener is None):
                yield _text(step.source, ocr=ocr, names=names, sure=document is not None)


def _tables(found: Surveyed) -> Iterator[dict[str, Any]]:
    for table in found.tables:
        columns = found.columns_of(table["table_id"])
        counts: dict[str, int] = {}
        for column in columns:
            if column["category"]:
                counts[column["category"]] = max(counts.get(column["category"], 0), column["matching"])
        yield {
            "file": found.source.path,
            "table": table["name"],
            "hidden": table["hidden"],
            "personal": table["personal"],
            "rows": table["records"],
            "faults": table["faults"],
            "columns": [_column(column) for column in columns],
            "counts": dict(sorted(counts.items())),
        }


def _column(column: Any) -> dict[str, Any]:
    filled, matching = column["filled"], column["matching"]
    return {
        "name": column["name"],
        "category": column["category"],
        "kind": column["kind"],
        "by": column["by"],
        "filled": filled,
        "matching": matching,
        "share": round(matching / filled, 4) if filled and column["category"] else None,
        "sample_masked": column["sample_masked"] or None,
    }


def _text(source: Source, *, ocr: bool, names: Finder | None, sure: bool) -> dict[str, Any]:
    from kyumei.scope.content import Content, hits
    from kyumei.scope.text import is_text

    if not source.size:
        return {"file": source.path, "hits": [], "counts": {}}
    content = Content("text" if is_text(source) else "bytes")
    found = [hit.as_json() for hit in hits(source, content, ocr=ocr, names=names)]
    entry: dict[str, Any] = {"file": source.path, "reader": content.reader, "hits": found, "counts": content.by_category()}
    if content.faults:
        entry["faults"] = [{"offset": f.offset, "skipped": f.skipped, "reason": f.reason} for f in content.faults]
    if not sure and not found and content.reader == "bytes":
        entry["unread"] = "neither a table nor text"
    return entry


def _print(entries: Sequence[dict[str, Any]], lang: str) -> None:
    from kyumei.model.categories import name
    from kyumei.model.text import visible

    for entry in entries:
        place = " ".join(filter(None, (entry["file"], entry.get("table"))))
        click.echo(visible(place) + (f": {entry['unread']}" if entry.get("unread") else ""))
        for category, number in entry["counts"].items():
            click.echo(f"{number:>12,}  {category:<20} {name(category, lang)}")
