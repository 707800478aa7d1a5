"""Replay the statements of database logs on restored tables and count the people whose data they showed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.source import Source
    from kyumei.scope.lineage.events import Wanted
    from kyumei.scope.survey import Survey
    from kyumei.scope.tables.registry import Extractor

NOT_ALL_REPLAYED: Final = 4


@click.command()
@click.argument("files", nargs=-1)
@click.option("--log", "logs", multiple=True, help="Database log; logs among FILES are found by themselves.")
@click.option("--case", "case", type=click.Path(path_type=Path, file_okay=False), help="Case folder that was triaged.")
@click.option("--account", "accounts", multiple=True, help="Only what this database account read.")
@click.option("--client", "clients", multiple=True, help="Only what was read from this address.")
@click.option("--session", "sessions", multiple=True, help="Only what this connection read.")
@click.option("--from", "first", help="Only from this instant on, ISO 8601.")
@click.option("--to", "last", help="Only up to this instant, ISO 8601.")
@click.option("--person", help="With --case: what touched the data of the person in this record, PATH:OFFSET.")
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of the database's clock.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="json", show_default=True)
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def command(files: tuple[str, ...], logs: tuple[str, ...], case: Path | None, form: str, lang: str, **said: Any) -> int:
    """Replay the statements of database logs on the tables in FILES (dumps, databases, CSV) or in a case.

    Backups give the rows, the changes in the log carry them on to the instant of each statement. Exit code 4 means that some
    statements could not be replayed for certain; they are listed with the reason and widen the interval.
    """
    from kyumei.cli.common.zone import known_zone
    from kyumei.scope.lineage.words import table

    zone = known_zone(said["zone"])
    wanted = _wanted(said, zone)
    if case is not None:
        if files or logs:
            raise UserError("files and a case together", hint="give FILES, or --case with the folder of a case")
        from kyumei.case.lineage import of_case, of_person

        if said["person"]:
            click.echo(json.dumps(of_person(case, said["person"], zone), ensure_ascii=False, indent=1))
            return 0
        found = of_case(case, wanted, zone)
    else:
        found = _of_files([*files, *logs], wanted, zone)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if form == "json" else table(found, lang))
    return NOT_ALL_REPLAYED if any(r["status"] in {"interval", "not replayed"} for r in found["reads"]) else 0


def _wanted(said: dict[str, Any], zone: str) -> Wanted:
    from kyumei.case.clock import instant
    from kyumei.scope.lineage.events import Wanted

    first, last = (int(instant(said[k], zone=zone).timestamp() * 1_000_000) if said[k] else None for k in ("first", "last"))
    return Wanted(
        frozenset(a.lower() for a in said["accounts"]), frozenset(said["clients"]), frozenset(said["sessions"]), first, last
    )


def _of_files(files: list[str], wanted: Wanted, zone: str) -> dict[str, Any]:
    import tempfile

    from kyumei.scope.lineage.document import by_web, document
    from kyumei.scope.lineage.events import from_store
    from kyumei.scope.lineage.trace import trace
    from kyumei.scope.lineage.web import asked
    from kyumei.scope.survey import Survey

    if not files:
        raise UserError("nothing to read", hint="give dumps or databases and their logs, or --case")
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder, Survey() as survey:
        objects, paths = [], {}
        for source, extractor in _gathered(survey, files, zone, Path(folder)):
            paths[source.file_id] = source.path
            if extractor is not None:
                objects.append((source, extractor))
        store = survey.store()
        events = from_store(store, wanted)
        requested = asked(store, objects, wanted)
        if not events and not requested[0]:
            raise UserError("no database log and no request for a row among the files", hint="give the log with --log")
        return document(trace(events, objects, store, zone=zone, wanted=wanted), paths, zone) | by_web(*requested)


def _gathered(survey: Survey, files: list[str], zone: str, folder: Path) -> Iterator[tuple[Source, Extractor | None]]:
    """Read logs, profile tables, and yield each source with its extractor."""
    from kyumei.cli.common.reach import reached
    from kyumei.evidence.open.walk import Closed
    from kyumei.readers import run as readers
    from kyumei.scope import profile as scope
    from kyumei.scope.lineage.keep import kept

    for step in reached(files, zone=zone):
        if isinstance(step, Closed) or not step.source.size:
            continue
        reader, sure = readers.recognise(step.source)
        extractor, likely = scope.recognise(step.source)
        if reader is not None and sure >= likely:
            readers.run(reader, step.source, survey.events(reader.name))
            yield step.source, None
        elif extractor is not None and survey.add(step.source, extractor) is not None:
            yield kept(step.source, folder), extractor
