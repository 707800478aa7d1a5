"""Read files and write their events and faults, one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

import click

from kyumei.cli.common.mapping import mapping_option
from kyumei.cli.common.reach import local_sources
from kyumei.cli.common.zone import known_zone
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kyumei.model.fault import Fault
    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader

SOME_UNREADABLE: Final = 4
UNRECOGNISED: Final = "no reader recognises the content"


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of times that carry none.")
@click.option(
    "--reader", "named", metavar="NAME", help="Read with this reader, whatever the file looks like; containers stay closed."
)
@mapping_option
def command(files: Sequence[str], form: str, zone: str, named: str | None) -> int:
    """Read FILES and write one JSON object a line: events, faults, and last per file a summary.

    Folders are walked and containers (archives, mails, boxes) opened; what lies inside is shown as CONTAINER!/MEMBER.

    Exit code 4 says that something could not be read.
    """
    del form  # there is one so far
    reader = _reader(named)
    failed = False
    for source in local_sources(files, zone=known_zone(zone)):
        failed |= _read_whole(source, reader)
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


def _read_whole(source: Source, named: Reader | None) -> bool:
    """Write what a file and everything inside it hold; return whether something could not be read.

    A container's summary comes after its members, so that it is the last line about that file.
    """
    from kyumei.evidence.open.walk import Closed, walk

    failed = False
    if (closed := _cannot_open(source)) or named:
        return _finish(source, *((closed, ()) if closed else _events(source, named)))
    waiting: list[dict[str, object]] = []
    for step in walk(source):
        if isinstance(step, Closed):
            summary = waiting.pop() | {"opener": step.opener, "members": step.members}
            failed |= _finish(step.source, summary, step.faults)
        elif step.opener is None:
            failed |= _finish(step.source, *_events(step.source, named))
        else:
            summary, faults = _events(step.source, named)
            failed |= _write_faults(step.source, faults)
            waiting.append(summary)
    return failed


def _cannot_open(source: Source) -> dict[str, object] | None:
    """Return the summary of a file that the system does not let us read."""
    try:
        _ = source.head
    except OSError as wrong:
        reason = f"cannot be opened: {wrong.strerror}"
        return {"file": source.path, "reader": None, "reason": reason, "read": 0, "carved": 0, "faulted": 0}
    return None


def _events(source: Source, named: Reader | None) -> tuple[dict[str, object], Sequence[Fault]]:
    """Write the events of one source; return its summary and its faults."""
    from kyumei.readers.run import recognise, run

    counts = {"read": 0, "carved": 0, "faulted": 0}
    if not source.size:
        return {"file": source.path, "reader": None, "reason": "empty", **counts}, ()
    found = named or recognise(source)[0]
    if found is None:
        return {"file": source.path, "reader": None, "reason": UNRECOGNISED, **counts}, ()
    rows = run(found, source, lambda table: _write_events(table, source.path))
    counts = {"read": rows.read, "carved": rows.carved, "faulted": len(rows.faults)}
    return {"file": source.path, "reader": found.name, **counts}, rows.faults


def _finish(source: Source, summary: dict[str, object], faults: Sequence[Fault]) -> bool:
    """Write the faults and the summary; what was opened needs no reader, any other unread file is a failure."""
    failed = _write_faults(source, faults)
    if "opener" in summary:
        summary["faulted"] = int(str(summary["faulted"])) + len(faults)
        if summary.get("reason") == UNRECOGNISED:
            del summary["reason"]
    _write({"summary": summary})
    return failed or summary.get("reason", "empty") != "empty"


def _write_faults(source: Source, faults: Sequence[Fault]) -> bool:
    for fault in faults:
        _write({"fault": {"offset": fault.offset, "reason": fault.reason, "skipped": fault.skipped}, "file": source.path})
    return bool(faults)


def _write_events(table: pa.Table, path: str) -> None:
    import pyarrow.compute as pc

    from kyumei.store.lines import json_objects

    events = json_objects(table.drop_columns(["evidence_id", "file_id"]))
    tail = f', "file": {json.dumps(path, ensure_ascii=False)}}}\n'
    sys.stdout.writelines(pc.binary_join_element_wise('{"event": ', events, tail, "").to_pylist())


def _write(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
