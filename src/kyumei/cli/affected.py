"""List affected persons in versions, and correct the list by hand, with who and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kyumei.case.affected import Persons
    from kyumei.case.byhand import Act
    from kyumei.reports.words.lookup import Lang

_CASE: Final = click.option("--case", required=True, type=click.Path(path_type=Path, file_okay=False), help="Case folder.")


def _signed(function: Callable[..., Any]) -> Callable[..., Any]:
    by = click.option("--by", required=True, help="Who decides.")
    return _CASE(by(click.option("--why", required=True, help="Why.")(function)))


@click.group()
def command() -> None:
    """Correct the list of affected persons. Persons are named as on the list (P00000012), their records by number."""


@command.command()
@click.argument("person")
@_signed
def remove(person: str, case: Path, by: str, why: str) -> None:
    """Take PERSON off the list."""
    _change(case, by, why, "remove", [person])


@command.command()
@click.argument("person")
@click.option("--field", required=True, help="Category whose value stands in the list: id.name, id.address, …")
@click.option("--value", required=True, help="The right value.")
@_signed
def correct(person: str, case: Path, by: str, why: str, **said: str) -> None:
    """Put the right value of a field of PERSON into the list."""
    from kyumei.case.affected import SHOWN

    if said["field"] not in SHOWN:
        raise UserError(f"{said['field']} is no field of the list", hint=f"give one of {', '.join(SHOWN)}")
    _change(case, by, why, "correct", [person], said)


@command.command()
@click.argument("one")
@click.argument("two")
@_signed
def merge(one: str, two: str, case: Path, by: str, why: str) -> None:
    """Say that ONE and TWO are the same person."""
    _change(case, by, why, "merge", [one, two])


@command.command()
@click.argument("person")
@click.argument("records", nargs=-1, required=True)
@_signed
def split(person: str, records: tuple[str, ...], case: Path, by: str, why: str) -> None:
    """Say that RECORDS of PERSON (numbers that `records` shows) are another person."""
    found = _persons(case)
    label = found.label[_number(found, person)]
    if odd := [r for r in records if found.label[_number(found, r)] != label]:
        raise UserError(f"record {odd[0]} is not of {person}", hint="kyumei affected records PERSON --case DIR")
    _change(case, by, why, "split", records)


@command.command()
@click.argument("line", type=int)
@_signed
def undo(line: int, case: Path, by: str, why: str) -> None:
    """Take back the change of this number in `history`."""
    from kyumei.case import byhand, clock

    now = clock.now().isoformat(timespec="seconds")
    click.echo(byhand.record(case, byhand.Change(now, by, why, "undo", line=line)))


@command.command()
@_CASE
def history(case: Path) -> None:
    """Show every change with its number, who made it and why."""
    import json
    from dataclasses import asdict

    from kyumei.case import byhand

    for number, change in enumerate(byhand.read(case), 1):
        click.echo(json.dumps({"line": number} | {k: v for k, v in asdict(change).items() if v}, ensure_ascii=False))


@command.command()
@click.argument("person")
@_CASE
def records(person: str, case: Path) -> None:
    """Show the records of PERSON: number, file, table and place."""
    import numpy as np

    found = _persons(case)
    for at in np.flatnonzero(found.label == found.label[_number(found, person)]).tolist():
        place = found.places[int(found.table[at])]
        click.echo(f"P{at + 1:08d}\t{place.path}\t{place.name}\t{found.rec[at]}")


@command.command("list")
@_CASE
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl", "xlsx"]), default="csv", show_default=True)
@click.option("--full", is_flag=True, help="Values as they are; else masked.")
@click.option("--by", default="", help="Who makes it; else the system's user name.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def list_(case: Path, out: Path, form: str, by: str, lang: Lang, *, full: bool) -> None:
    """Write the list with reasons and places, and keep it as a numbered version."""
    from kyumei.case import versions
    from kyumei.case.lists import written

    people = written(case, out, (form, lang), full=full)
    facts = versions.enter(case, out, people, who=by or _user(), form=form, full=full)
    click.echo(f"v{facts['version']}: {people:,} people in {out}; {facts['removed_by_hand']} removed by hand")


@command.command()
@click.argument("one", type=int)
@click.argument("two", type=int)
@_CASE
def diff(one: int, two: int, case: Path) -> None:
    """Show who was added, removed or changed between two versions, as JSON lines."""
    import json

    from kyumei.case import versions

    for line in versions.difference(case, one, two):
        click.echo(json.dumps(line, ensure_ascii=False))


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _persons(case: Path) -> Persons:
    from kyumei.case import affected, byhand, judging
    from kyumei.store.query import Store

    store = Store.open(case)
    try:
        holdings = judging.diagnosis(case).get("holdings") or []
        return affected.persons(store, holdings, byhand.current(byhand.read(case)))
    finally:
        store.close()


def _number(found: Persons, name: str) -> int:
    """Return the number of a record, from 0.

    Raises:
        UserError: there is none of that name.
    """
    digits = name.removeprefix("P").removeprefix("p")
    if not digits.isascii() or not digits.isdigit() or not 1 <= int(digits) <= len(found.label):
        raise UserError(f"{name} is not on the list", hint="give a number of the list, such as P00000012")
    return int(digits) - 1


def _change(case: Path, by: str, why: str, act: Act, names: Sequence[str], said: dict[str, str] | None = None) -> None:
    from kyumei.case import byhand, clock

    found, given = _persons(case), said or {}
    places = tuple(found.place(_number(found, name)) for name in names)
    now = clock.now().isoformat(timespec="seconds")
    made = byhand.Change(now, by, why, act, places, given.get("field", ""), given.get("value", ""))
    click.echo(byhand.record(case, made))
