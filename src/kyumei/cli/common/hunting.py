"""Write what a hunt found: findings or single events as table, JSON lines, CSV or Timesketch lines; tables of counts."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TextIO

from kyumei.errors import UserError
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Row = Mapping[str, Any]

SCHEMA: Final = "kyumei.hunt/1"
FINDINGS: Final = {
    "First": "first", "Last": "last", "Count": "count", "Level": "level", "Computer": "host", "RuleTitle": "title",
    "Channel": "channels", "EventID": "event_ids", "Accounts": "accounts", "SourceIPs": "src_ips",
    "MitreTactics": "tactics", "MitreTags": "techniques", "OtherTags": "other_tags", "Details": "details",
    "RuleAuthor": "author", "RuleLicense": "license", "RuleModifiedDate": "modified", "Status": "status",
    "RuleFile": "rule_file", "RuleID": "rule_id", "EvtxFile": "path", "Offsets": "offsets",
}  # fmt: skip
"""Heading → key of a CSV file of findings."""
EVENTS: Final = {
    "Timestamp": "ts", "RuleTitle": "title", "Level": "level", "Computer": "host", "Channel": "channel",
    "EventID": "event_id", "MitreTactics": "tactics", "MitreTags": "techniques", "OtherTags": "other_tags",
    "RecordID": "record_id", "Details": "details", "ExtraFieldInfo": "extra", "RuleAuthor": "author",
    "RuleModifiedDate": "modified", "Status": "status", "RuleFile": "rule_file", "RuleID": "rule_id",
    "RuleLicense": "license", "EvtxFile": "path", "Offset": "offsets",
}  # fmt: skip
"""Heading → key of a CSV file of single events."""
_FINDINGS_SHOWN: Final = (
    "level",
    "first",
    "last",
    "count",
    "host",
    "title",
    "accounts",
    "src_ips",
    "rule_id",
    "path",
    "offsets",
)
_EVENTS_SHOWN: Final = ("ts", "level", "host", "channel", "event_id", "title", "details", "rule_id", "path", "offsets")
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_COLOURS: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "green"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, in what form.

    Attributes:
        form: table, jsonl, csv or timesketch. single: whether rows are single events, not findings.
    """

    form: str
    path: Path | None = None
    force: bool = False
    single: bool = False


def write(rows: Iterable[Row], target: Target) -> None:
    """Write findings or single events as `kyumei.case.hunt.view` gives them.

    Raises:
        UserError: the file exists and may not be replaced.
    """
    with _stream(target) as stream:
        if target.form == "jsonl":
            stream.writelines(_json({"schema": SCHEMA} | _without_blanks(row)) for row in rows)
        elif target.form == "timesketch":
            stream.writelines(_json(_timesketch(row)) for row in rows if row["ts"])
        elif target.form == "csv":
            columns = EVENTS if target.single else FINDINGS
            _write_csv(stream, list(columns), ([_text(_cited(row)[key]) for key in columns.values()] for row in rows))
        else:
            shown = _EVENTS_SHOWN if target.single else _FINDINGS_SHOWN
            _draw(stream, shown, ([_text(_cited(row)[key]) for key in shown] for row in rows))


def write_counts(names: Sequence[str], rows: Iterable[Row], target: Target, schema: str) -> None:
    """Write a table of counts; `schema` is its name in JSON."""
    with _stream(target) as stream:
        if target.form in {"jsonl", "timesketch"}:
            stream.writelines(_json({"schema": schema} | _without_blanks(row)) for row in rows)
        elif target.form == "csv":
            _write_csv(stream, names, ([_text(row[n]) for n in names] for row in rows))
        else:
            _draw(stream, names, ([_text(row[n]) for n in names] for row in rows))


def write_text(page: str, target: Target) -> None:
    """Write a page."""
    with _stream(target) as stream:
        stream.write(page)


@contextmanager
def _stream(target: Target) -> Iterator[TextIO]:
    """Give the stream to write to; a file appears under its name only when it is whole."""
    if target.path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    check(target.path, force=target.force)
    partial = target.path.with_name(f".{target.path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        partial.replace(target.path)
    finally:
        partial.unlink(missing_ok=True)


def check(path: Path | None, *, force: bool) -> None:
    """See that the file may be written, before the work begins.

    Raises:
        UserError: it exists and may not be replaced, or its folder does not exist.
    """
    if path is None:
        return
    if path.exists() and not force:
        raise UserError(f"{path} exists", hint="give another name, or --force to overwrite it")
    if not path.parent.is_dir():
        raise UserError(f"{path.parent} is no folder", hint="make it first, or write elsewhere")


def _cited(row: Row) -> dict[str, Any]:
    """Return the row with the files and offsets of its citations as columns of their own."""
    marks = row["citations"]
    paths = list(dict.fromkeys(m["path"] for m in marks))
    return {**row, "path": paths, "offsets": [m["offset"] for m in marks]}


def _timesketch(row: Row) -> dict[str, Any]:
    """Return a line for Timesketch (https://timesketch.org/guides/user/import-from-json-csv/): UTC, flat."""
    from datetime import UTC, datetime

    at = datetime.fromisoformat(row["ts"]).astimezone(UTC)
    flat = {k: _text(v) if isinstance(v, list) else v for k, v in _without_blanks(_cited(row)).items() if k != "citations"}
    told = {
        "datetime": at.isoformat(timespec="microseconds"),
        "timestamp": int(at.timestamp()) * 1_000_000 + at.microsecond,
        "timestamp_desc": "Sigma match",
        "message": " · ".join(str(part) for part in (row["title"], row["details"]) if part),
        "data_type": "kyumei:hunt",
        "tag": [row["level"], *row["tactics"], *row["techniques"]],
    }
    return told | {k: v for k, v in flat.items() if k not in told}


def _without_blanks(row: Row) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v or v == 0}


def _json(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ¦ ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _write_csv(stream: TextIO, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow(names)
    out.writerows([f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell for cell in row] for row in rows)


def _draw(stream: TextIO, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Draw a table on a terminal, tab-separated lines elsewhere; control characters of evidence are made visible."""
    if not stream.isatty():
        stream.write("\t".join(names) + "\n")
        stream.writelines("\t".join(visible(cell) for cell in row) + "\n" for row in rows)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*names, show_lines=False)
    for row in rows:
        cells = [visible(cell if len(cell) < 160 else f"{cell[:159]}…") for cell in row]
        table.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in cells))
    Console(file=stream).print(table)
