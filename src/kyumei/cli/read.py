"""Read files and write their events and faults, one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kyumei.cli.common.zone import known_zone
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader

SOME_UNREADABLE = 4


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of times that carry none.")
@click.option("--reader", "named", metavar="NAME", help="Read with this reader instead of recognising each file.")
def command(files: Sequence[str], form: str, zone: str, named: str | None) -> int:
    """Read FILES (folders are walked) and write one JSON object a line: events, faults, and last per file a summary.

    Exit code 4 says that something could not be read.
    """
    del form  # there is one so far
    reader = _reader(named)
    failed = False
    for source in _sources(files, known_zone(zone)):
        failed |= _read(source, reader)
    sys.stdout.flush()
    return SOME_UNREADABLE if failed else 0


def _reader(named: str | None) -> Reader | None:
    from kyumei.readers.registry import READERS

    if named is None:
        return None
    try:
        return READERS.get(named)
    except KeyError:
        known = ", ".join(r.name for r in READERS.all())
        raise UserError(f"there is no reader {named}", hint=f"readers: {known}") from None


def _sources(files: Sequence[str], zone: str) -> Iterator[Source]:
    """Yield a source for each file, in the order given; files of a folder in the order of their paths."""
    from pathlib import Path

    for given in files:
        path = Path(given)
        if not path.exists():
            raise UserError(f"{given} does not exist", hint="give files or folders to read")
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            yield _source(file, zone)


def _source(path: Path, zone: str) -> Source:
    from kyumei.model.citation import EvidenceId
    from kyumei.model.source import Source

    stat = path.stat()
    return Source(
        EvidenceId("E-000000000000"),
        path.as_posix(),
        stat.st_size,
        lambda: path.open("rb"),
        mtime=stat.st_mtime_ns // 1000,
        zone=zone,
        local=path,
    )


def _read(source: Source, reader: Reader | None) -> bool:
    """Write what one source holds and return whether something in it could not be read."""
    from kyumei.readers.run import recognise, run

    try:
        found = reader or (recognise(source)[0] if source.size else None)
    except OSError as wrong:
        return _unread(source, f"cannot be opened: {wrong.strerror}")
    if found is None:
        return _unread(source, "no reader recognises the content" if source.size else "empty")
    rows = run(found, source, lambda table: _write_events(table, source.path))
    for fault in rows.faults:
        _write({"fault": {"offset": fault.offset, "reason": fault.reason, "skipped": fault.skipped}, "file": source.path})
    counts = {"read": rows.read, "carved": rows.carved, "faulted": len(rows.faults)}
    _write({"summary": {"file": source.path, "reader": found.name, **counts}})
    return bool(rows.faults)


def _unread(source: Source, reason: str) -> bool:
    counts = {"read": 0, "carved": 0, "faulted": 0}
    _write({"summary": {"file": source.path, "reader": None, "reason": reason, **counts}})
    return reason != "empty"


def _write_events(table: pa.Table, path: str) -> None:
    import pyarrow.compute as pc

    from kyumei.store.lines import json_objects

    events = json_objects(table.drop_columns(["evidence_id", "file_id"]))
    tail = f', "file": {json.dumps(path, ensure_ascii=False)}}}\n'
    sys.stdout.writelines(pc.binary_join_element_wise('{"event": ', events, tail, "").to_pylist())


def _write(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
