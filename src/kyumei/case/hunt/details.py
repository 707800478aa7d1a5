"""What a person wants to see of an event at a glance: its key fields with short names, and the rest behind them.

`details.csv` names the key fields of the events that matter; any other event shows its own fields in their order.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.case.hunt import look
from kyumei.model.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa

    from kyumei.store.columns import Columns

_TABLE: Final = Path(__file__).with_name("details.csv")
SEPARATOR: Final = " ¦ "
_LENGTH: Final = 2000
_SHOWN: Final = 8
_NOT_SHOWN: Final = {
    *look.HOST, *look.CHANNEL, *look.EVENT_ID, *look.PROVIDER, *look.RECORD,
    "origin", "action", "outcome", "message", "ts", "ts_kind", "zone_assumed", "evidence_id", "file_id", "source", "rec",
}  # fmt: skip


def details(columns: Columns, rows: np.ndarray) -> tuple[list[str], list[str]]:
    """Return key fields and further fields of each of these rows, as `name: value` joined with ` ¦ `; `rows` ascend."""
    channels = look.texts(columns, look.CHANNEL, rows).to_pylist()
    numbers = look.texts(columns, look.EVENT_ID, rows).to_pylist()
    fields = _fields(columns, rows)
    shown, extra = [], []
    for channel, number, own in zip(channels, numbers, fields, strict=True):
        keys = _keys().get((_folded(channel), number or ""), ())
        first = [(label, own.pop(name)) for label, name in keys if name in own]
        rest = list(own.items())
        if not first:
            first, rest = rest[:_SHOWN], rest[_SHOWN:]
        shown.append(_line(first))
        extra.append(_line(rest))
    return shown, extra


def _fields(columns: Columns, rows: np.ndarray) -> list[dict[str, str]]:
    """Return the event's own fields of each row, in the order of names."""
    import numpy as np

    found: list[dict[str, str]] = [{} for _ in rows]
    for name in sorted(columns.fields):
        if name in _NOT_SHOWN or name.startswith("System_"):
            continue
        column = columns.fields[name]
        place = np.searchsorted(column.rows, rows)
        here = np.flatnonzero((place < len(column.rows)) & (column.rows[np.minimum(place, len(column.rows) - 1)] == rows))
        if len(here):
            values = _values(column.values, column.codes[place[here]])
            for at, value in zip(here.tolist(), values, strict=True):
                if value and value != "-":
                    found[at][name] = value
    return found


def _values(values: pa.Array, codes: np.ndarray) -> list[str]:
    import pyarrow as pa

    return [str(v) for v in values.take(pa.array(codes)).to_pylist()]


def _line(pairs: list[tuple[str, str]]) -> str:
    text = SEPARATOR.join(f"{label}: {visible(' '.join(value[:_LENGTH].split()))}" for label, value in pairs)
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"


def _folded(channel: str | None) -> str:
    return (channel or "").lower()


@cache
def _keys() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    return {(channel, number): tuple(pairs) for channel, number, pairs in _rows()}


def _rows() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            pairs = [part.partition("=")[::2] for part in row["fields"].split(" ") if part]
            for number in row["event_id"].split(" "):
                yield row["channel"].lower(), number, [(label, name or label) for label, name in pairs]
