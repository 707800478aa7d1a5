"""Count the people whose data files hold, each once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kyumei.scope.breakdown import By
    from kyumei.scope.survey import Survey, Surveyed
    from kyumei.store.query import Store

SCHEMA: Final = "kyumei.people/1"
SOME_UNREADABLE: Final = 4


@click.command(help=__doc__)
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["json", "jsonl", "table"]), default="json", show_default=True)
@click.option("--by", "by", default="", help="Also by these, with commas: party, dataset, residence, categories, minors.")
@click.option("--parties", type=click.Path(exists=True, dir_okay=False), help="CSV party, role, path: whose data lies where.")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day on which minors were minors.")
@click.option("--clusters", is_flag=True, help="Say for each record which person it is about, and why.")
def command(files: Sequence[str], form: str, *, by: str, parties: str | None, on: datetime | None, clusters: bool) -> int:
    """Profile the tables in FILES (folders are walked, archives opened) and link their records to people."""
    from kyumei.scope.survey import Survey

    asked = _dimensions(by)

    with Survey() as survey:
        found, unread = survey_files(survey, files)
        result = _result(survey.store(), found, unread)
        if asked:
            result["by"] = _breakdown(survey.store(), found, asked, parties, on)
        linked = list(_clusters(survey.store(), found)) if clusters else None
    if form == "table":
        _print(result)
    elif form == "json":
        kinds = {"clusters": "person", "unions": "united", "conflicts": "refused"}
        listed = {name: [line for line in linked or () if key in line] for name, key in kinds.items()}
        whole = result if linked is None else result | listed
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for line in [result, *(linked or [])]:
            click.echo(json.dumps(line, ensure_ascii=False))
    return SOME_UNREADABLE if unread or any(f.profile.faults for f in found) else 0


def _dimensions(by: str) -> list[By]:
    """Return the dimensions asked for.

    Raises:
        UserError: there is no such dimension.
    """
    from kyumei.scope.breakdown import DIMENSIONS

    asked = [word.strip() for word in by.split(",") if word.strip()]
    wrong = [word for word in asked if word not in DIMENSIONS]
    if wrong:
        raise UserError(f"people are not told by {wrong[0]!r}", hint=f"give some of {', '.join(DIMENSIONS)}")
    return [d for d in DIMENSIONS if d in asked]


def _breakdown(
    store: Store, found: Sequence[Surveyed], asked: Sequence[By], parties: str | None, on: datetime | None
) -> dict[str, Any]:
    from kyumei.case.people import parties as listed
    from kyumei.scope.breakdown import breakdown
    from kyumei.scope.count import link
    from kyumei.scope.records import Stored

    owners = listed(Path(parties).read_bytes(), parties) if parties else ()
    tables: dict[str, dict[str, str]] = {}
    for surveyed in found:
        path = surveyed.source.path
        inside = [o for o in owners if f"/{o.path}/" in f"/{path}/" or f"/{o.path}" == f"/{path}"[-len(o.path) - 1 :]]
        party = max(inside, key=lambda o: len(o.path)).name if inside else ""
        for table in surveyed.tables:
            if table["personal"]:
                tables[table["table_id"]] = {"party": party, "dataset": " ".join(filter(None, (path, table["name"])))}
    linked = link(Stored(store, sorted(tables), likely=True))
    return breakdown(store, linked, tables, asked, on=on.date() if on else None)


def survey_files(survey: Survey, files: Sequence[str]) -> tuple[list[Surveyed], list[dict[str, str]]]:
    """Profile what is reached, and return it with what could not be read and why."""
    from kyumei.cli.common.reach import reached
    from kyumei.evidence.open.walk import Closed

    found: list[Surveyed] = []
    unread: list[dict[str, str]] = []
    named = {Path(file).as_posix() for file in files}
    for step in reached(files):
        source = step.source
        if isinstance(step, Closed):
            unread += [{"file": source.path, "reason": fault.reason} for fault in step.faults]
            continue
        surveyed = survey.add(source) if source.size else None
        if surveyed is not None:
            found.append(surveyed)
        elif step.opener is None and source.path in named:
            unread.append({"file": source.path, "reason": "no tables recognised" if source.size else "empty"})
    return found, unread


def _result(store: Store, found: Sequence[Surveyed], unread: Sequence[dict[str, str]]) -> dict[str, Any]:
    from kyumei.scope.count import count

    personal = [t["table_id"] for f in found for t in f.tables if t["personal"]]
    records, people = count(store, personal, likely=True)
    return {
        "schema": SCHEMA,
        "records": records.best,
        "people": people.as_json(),
        "files": [_file(store, f, t) for f in found for t in f.tables],
        "by_category": _by_category(found),
        "unread": list(unread),
    }


def _file(store: Store, found: Surveyed, table: Any) -> dict[str, Any]:
    from kyumei.scope.count import count

    records, people = count(store, [table["table_id"]], likely=True)
    return {
        "file": found.source.path,
        "table": table["name"],
        "hidden": table["hidden"],
        "personal": table["personal"],
        "records": records.best,
        "people": people.as_json(),
        "rows": table["records"],
        "faults": table["faults"],
    }


def _by_category(found: Sequence[Surveyed]) -> dict[str, dict[str, int]]:
    """Return for each category how many records of personal tables have it, and in how many tables."""
    result: dict[str, dict[str, int]] = {}
    for surveyed in found:
        for table in surveyed.tables:
            filled: dict[str, int] = {}
            for column in surveyed.columns_of(table["table_id"]) if table["personal"] else ():
                if column["category"] and column["filled"]:
                    filled[column["category"]] = max(filled.get(column["category"], 0), column["filled"])
            for category, records in filled.items():
                entry = result.setdefault(category, {"records": 0, "tables": 0})
                entry["records"] += records
                entry["tables"] += 1
    return dict(sorted(result.items()))


def _clusters(store: Store, found: Sequence[Surveyed]) -> Iterator[dict[str, Any]]:
    """Yield, for each record about a person, its place and the number of that person; then unions and conflicts with reasons.

    Unsure records could be one of several persons and are given a number of their own.
    """
    from kyumei.scope.count import link
    from kyumei.scope.records import Stored

    named = {t["table_id"]: (f.source.path, t["name"]) for f in found for t in f.tables if t["personal"]}
    records = Stored(store, sorted(named), likely=True)
    linked = link(records, reasons=True)
    table, rec = (places.tolist() for places in records.places())

    def place(n: int) -> dict[str, Any]:
        file, name = named[records.tables[table[n]]]
        return {"file": file, "table": name, "offset": rec[n]}

    numbers: dict[int, int] = {}
    for n, label in enumerate(linked.label.tolist()):
        person = numbers.setdefault(label, len(numbers) + 1)
        yield place(n) | {"person": person, "unsure": bool(linked.vague[n])}
    for first, second, reason in linked.unions:
        yield {"united": [place(first), place(second)], "by": reason}
    for conflict in linked.conflicts:
        yield {"refused": [place(conflict.first), place(conflict.second)], "by": conflict.reason.reason}


def _print(result: dict[str, Any]) -> None:
    for entry in result["files"]:
        if entry["personal"]:
            people = entry["people"]
            place = " ".join(filter(None, (entry["file"], entry["table"], entry["hidden"] and f"({entry['hidden']})")))
            click.echo(f"{entry['records']:>12,} records {_bounds(people):>20} people  {place}")
    click.echo(f"{result['records']:>12,} records {_bounds(result['people']):>20} people  in all, each counted once")
    click.echo(f"how: {result['people']['method']}")
    for dimension, part in result.get("by", {}).items():
        click.echo(f"\nby {dimension} ({part['several']:,} people in several):")
        for group in part["groups"]:
            click.echo(f"{group['records']:>12,} records {group['people']:>20,} people  {group['value'] or '(nothing tells)'}")
    for entry in result["unread"]:
        click.echo(f"not read: {entry['file']}: {entry['reason']}")


def _bounds(people: dict[str, Any]) -> str:
    if people["low"] == people["high"]:
        return f"{people['best']:,}"
    return f"{people['best']:,} ({people['low']:,} to {people['high']:,})"
