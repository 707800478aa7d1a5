"""Show what happened in order of time, filtered, as a table or a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kyumei.cli.common.zone import known_zone
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from kyumei.store.timeline import Filter

FORMATS = ("table", "jsonl", "csv", "parquet", "timesketch")


@click.command()
@click.option("--case", "case", required=True, type=click.Path(path_type=Path), help="The case folder.")
@click.option("--from", "start", metavar="TIME", help="First instant, included: 2024-05-16, 2024-05-16T09:00, …+09:00.")
@click.option("--to", "end", metavar="TIME", help="Last instant, excluded; of a date alone the whole day is included.")
@click.option("--host", "hosts", multiple=True, help="Machine (* and ? as wildcards). All filters may be repeated.")
@click.option("--account", "accounts", multiple=True, help="Login name, with or without domain.")
@click.option("--who", "people", multiple=True, help="Person: any name, account, mail address or number of an identity.")
@click.option("--address", "addresses", multiple=True, help="IP address, network (203.0.113.0/24) or destination.")
@click.option("--source", "sources", multiple=True, help="Reader that gave the event: windows.evtx, web.*.")
@click.option("--action", "actions", multiple=True, help="What happened: login.failed, file.*.")
@click.option("--text", "texts", multiple=True, help="Text anywhere in the event, in upper or lower case.")
@click.option("--holders", is_flag=True, help="Add src_was: which machine or whose session the address was at that instant.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many events, the earliest.")
@click.option("--tz", "zone", default="Asia/Tokyo", show_default=True, help="Zone of times given and shown.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: table on a terminal, else jsonl.")
@click.option("--native", is_flag=True, help="Add the source's own fields (jsonl, parquet; timesketch always has them).")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte-order mark, for Excel.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(**given: Any) -> int:
    """Write the events of a case in order of time; those without a time come last."""
    from kyumei.cli.common.events import Target, write
    from kyumei.store.query import Store
    from kyumei.store.timeline import Shape, batches

    form = given["form"] or ("table" if sys.stdout.isatty() and not given["output"] else "jsonl")
    target = Target(form, known_zone(given["zone"]), given["output"], force=given["force"], bom=given["bom"])
    wanted = _filter({**given, "accounts": (*given["accounts"], *_spellings(given))}, target.zone)
    store = Store.open(given["case"])
    native = form == "timesketch" or (given["native"] and form in {"jsonl", "parquet"})
    found = batches(store, wanted, Shape(given["limit"], native))
    told = write(_located(found, given["case"]) if given["holders"] else found, target)
    click.echo(told, err=True)
    store.close()
    return 0


def _spellings(given: dict[str, Any]) -> list[str]:
    """Return the spellings of the accounts of the persons asked for."""
    if not given["people"]:
        return []
    from kyumei.case import identities

    known = identities.read(given["case"])
    found: list[str] = []
    for asked in given["people"]:
        identity = known.of(asked)
        if identity is None:
            raise UserError(f"no single identity is called {asked!r}", hint="kyumei identities --case … lists all of them")
        found += identities.spellings(identity)
    return found


def _located(batches: Iterator[pa.RecordBatch], case: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches with the column `src_was`; null where nothing says so."""
    import pyarrow as pa

    from kyumei.case import identities
    from kyumei.detect.whereabouts import told

    at = identities.holders(case)
    for batch in batches:
        pairs = zip(batch["src_ip"].to_pylist(), batch["ts"].cast(pa.int64()).to_pylist(), strict=True)
        said = ["; ".join(told(h) for h in at(ip, us)) or None if ip and us is not None else None for ip, us in pairs]
        yield batch.append_column("src_was", pa.array(said, pa.string()))


def _filter(given: dict[str, Any], zone: str) -> Filter:
    from kyumei.store.timeline import Filter

    start = instant(given["start"], zone) if given["start"] else None
    end = instant(given["end"], zone, end_of_day=True) if given["end"] else None
    if start is not None and end is not None and start >= end:
        raise UserError(f"--from {given['start']} is not before --to {given['end']}", hint="exchange the two")
    kinds = ("hosts", "accounts", "addresses", "sources", "actions", "texts")
    return Filter(start, end, *(tuple(given[kind]) for kind in kinds))


def instant(text: str, zone: str, *, end_of_day: bool = False) -> int:
    """Return microseconds since 1970 UTC for a time as people write it.

    Args:
        text: ISO 8601, `/` allowed between the parts of the date, with or without time and offset.
        zone: IANA zone of a time without offset.
        end_of_day: whether a date alone means the end of that day.

    Raises:
        UserError: the text is no time.
    """
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    try:
        read = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        hint = "write it like 2024-05-16, 2024-05-16T09:30 or 2024-05-16T09:30:00+09:00"
        raise UserError(f"{text!r} is not a time", hint=hint) from None
    if end_of_day and ":" not in text and "T" not in text:
        read += timedelta(days=1)
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(zone))
    return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
