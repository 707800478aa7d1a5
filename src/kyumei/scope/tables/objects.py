"""JSON as a table: `table.json`. An array of flat objects, or one object a line; keys are the columns.

A record's place is the byte offset of its line, or in an array its number from 1. Nested values stay JSON text. Recognised
with less confidence than any reader of events, because most JSON lines are logs.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.fault import Fault
from kyumei.model.source import POSSIBLE
from kyumei.scope.tables.blocks import Flaws, Lines
from kyumei.scope.tables.registry import Batch, Table, extractor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kyumei.model.source import Source

BATCH_ROWS: Final = 16_384
MAX_ARRAY: Final = 512 * 1024 * 1024
"""A larger array is not read: it would have to be held in memory whole."""
_SAMPLED: Final = 20

Record = tuple[int, dict[str, Any]]


def accepts(source: Source) -> int:
    """Return `POSSIBLE` for an array of objects, or for lines that are objects."""
    text = source.sample.text.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return POSSIBLE if text[1:].lstrip().startswith("{") else 0
    lines = [line for line in text.split("\n", _SAMPLED)[:_SAMPLED] if line.strip()]
    if not lines or not text.startswith("{"):
        return 0
    return POSSIBLE if all(isinstance(_parsed(line), dict) for line in lines) else 0


@extractor("table.json", accepts=accepts, title="JSON records", spec="https://www.rfc-editor.org/rfc/rfc8259")
def extract(source: Source) -> Iterator[Table]:
    """Yield one table; its columns are the keys of the first records, in the order in which they appear."""
    table = Table(source, "", (), iter(()))
    is_array = source.sample.text.lstrip("\ufeff \t\r\n").startswith("[")
    records = _array(table) if is_array else _lines(table)
    first = list(islice(records, BATCH_ROWS))
    table.columns = tuple(dict.fromkeys(key for _, record in first for key in record))
    table.batches = _batches(table, first, records)
    yield table


def _batches(table: Table, first: list[Record], rest: Iterator[Record]) -> Iterator[Batch]:
    flaws = Flaws()
    known = set(table.columns)
    part = first
    while part:
        for rec, record in part:
            if not known.issuperset(record):
                flaws.add(rec, "keys that the first records do not have")
        columns = [[_text(record.get(name)) for _, record in part] for name in table.columns]
        yield Batch.of([rec for rec, _ in part], columns)
        part = list(islice(rest, BATCH_ROWS))
    table.flaws.extend(flaws.all())


def _lines(table: Table) -> Iterator[Record]:
    flaws = Flaws()
    with table.source.open() as stream:
        for block in Lines(stream, table.source.sample.encoding, flaws):
            for place, line in zip(block.places.tolist(), block.text.split(b"\n"), strict=False):
                if line.strip():
                    yield from _record(table, place, _parsed(line.decode("utf-8", "backslashreplace")), len(line))
    table.flaws.extend(flaws.all())


def _array(table: Table) -> Iterator[Record]:
    source = table.source
    if source.size > MAX_ARRAY:
        table.faults.append(Fault(0, "array is larger than what is read at once", source.size))
        return
    listed = _parsed(source.read().decode(source.sample.encoding, "backslashreplace"))
    if not isinstance(listed, list):
        table.faults.append(Fault(0, "array is damaged", source.size))
        return
    for number, value in enumerate(listed, 1):
        yield from _record(table, number, value, 1)


def _record(table: Table, place: int, value: Any, length: int) -> Iterable[Record]:
    if isinstance(value, dict):
        return [(place, value)]
    table.faults.append(Fault(place, "not an object", length))
    return []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode() if value else None
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
