"""The events our own analytics ask about, as the narrow table that the store holds, straight from columns.

Only events that mean something (a login, a file, a share, a service, a log that was cleared) are taken, with the fields
that the analytics use. The mapping is that of the reader; it runs once for each distinct combination of the fields that it
looks at, not once an event.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt import look
from kyumei.model.event import COLUMNS
from kyumei.readers.windows import mapping
from kyumei.readers.windows.fields import WindowsEvent
from kyumei.store.schema import event_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.store.columns import Columns

_EVENTS: Final = Path(mapping.__file__).with_name("events.csv")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN: Final = "record.written"
_ASKED: Final = (
    "LogonType", "WorkstationName", "Workstation", "ClientName", "CommandLine", "NewProcessName", "Image", "ImagePath",
    "ServiceFileName", "ScriptBlockText", "TaskContent", "Payload", "ServiceName", "OriginalFileName", "TaskName",
    "System_Keywords", "ParentProcessName", "ParentImage", "ProcessName", "AccessMask",
)  # fmt: skip
_KEYWORDS: Final = "System_Keywords"


def acts(batch: Batch, inside: np.ndarray | None) -> Iterator[pa.Table]:
    """Yield tables of the events that mean something, with the common columns and the fields that analytics use."""
    import numpy as np

    columns = batch.columns
    rows = np.arange(columns.n) if inside is None else np.flatnonzero(inside)
    if not len(rows):
        return
    for key, own in _groups(columns, rows):
        names = _wanted(key)
        table = _mapped(batch, own, key, sorted(names & set(columns.fields)))
        if table is not None:
            yield table


def _groups(columns: Columns, rows: np.ndarray) -> Iterator[tuple[tuple[str, str, int], np.ndarray]]:
    """Yield (provider, channel, number) and the rows of each group that the mapping knows."""
    import numpy as np

    texts = [look.texts(columns, names, rows).dictionary_encode() for names in (look.PROVIDER, look.CHANNEL, look.EVENT_ID)]
    codes = [t.indices.fill_null(len(t.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64) for t in texts]
    key = (codes[0] * (len(texts[1].dictionary) + 1) + codes[1]) * (len(texts[2].dictionary) + 1) + codes[2]
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    for number, at in enumerate(first.tolist()):
        provider, channel, event = (t[at].as_py() for t in texts)
        if event and event.isdigit() and any((mapping.canonical(s), int(event)) in _known() for s in (provider, channel) if s):
            yield (provider or "", channel or "", int(event)), rows[back == number]


def _mapped(batch: Batch, rows: np.ndarray, key: tuple[str, str, int], names: list[str]) -> pa.Table | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    first, back = _distinct(batch.columns, rows, names)
    told = [_columns(key, fields) for fields in _fields(batch.columns, rows[first], names)]
    if all(one["action"] == _PLAIN for one in told):
        return None
    schema = event_schema()
    inverse = pa.array(back)
    found = {n: pa.array([one.get(n) for one in told], schema.field(n).type).take(inverse) for n in _filled(told)}
    n, of = len(rows), pa.array(batch.of[rows])
    found |= {
        "ts": batch.ts.take(pa.array(rows)),
        "rec": pa.array(batch.rec[rows]),
        "evidence_id": pa.array([s.evidence_id for s in batch.sources], pa.string()).take(of),
        "file_id": pa.array([s.file_id for s in batch.sources], pa.string()).take(of),
        "source": pa.repeat(batch.reader, n),
        "host": look.texts(batch.columns, look.HOST, rows),
        "provider": pa.repeat(key[0], n),
        "channel": pa.repeat(key[1], n),
        "event_id": pa.repeat(pa.scalar(key[2], pa.int64()), n),
        "origin": pa.repeat("live", n),
        "ts_kind": pa.repeat("written", n),
    }
    common = {c: found.get(c, pa.nulls(n, schema.field(c).type)) for c in COLUMNS}
    own = {name: look.texts(batch.columns, (name,), rows) for name in _ASKED if name in batch.columns.fields}
    table = pa.table(common | {name: values for name, values in own.items() if values.null_count < n})
    return table.filter(pc.not_equal(table["action"], _PLAIN))


def _filled(told: list[dict[str, Any]]) -> list[str]:
    return sorted({name for one in told for name, value in one.items() if value is not None})


def _columns(key: tuple[str, str, int], fields: dict[str, str]) -> dict[str, Any]:
    keywords = fields.pop(_KEYWORDS, None)
    provider, channel, number = key
    event = WindowsEvent(event_id=number, provider=provider, channel=channel, keywords=keywords, fields=fields)
    return mapping.mapped(event)


def _distinct(columns: Columns, rows: np.ndarray, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the first row of each distinct combination of these fields, and the combination of each row; exact."""
    import numpy as np

    back = np.zeros(len(rows), np.int64)
    first = np.zeros(min(1, len(rows)), np.int64)
    for name in names:
        codes = look.codes(columns.fields[name], rows).astype(np.int64) + 1
        _, first, back = np.unique(back * (codes.max(initial=0) + 1) + codes, return_index=True, return_inverse=True)
    return first, back


def _fields(columns: Columns, rows: np.ndarray, names: list[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{} for _ in rows]
    for name in names:
        for fields, value in zip(found, look.texts(columns, (name,), rows).to_pylist(), strict=True):
            if value:
                fields[name] = value
    return found


@cache
def _known() -> dict[tuple[str, int], frozenset[str]]:
    """Return which fields the mapping of a provider's or channel's event looks at; events that stay plain are left out."""
    found: dict[tuple[str, int], set[str]] = {}
    with _EVENTS.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if row["action"] != _PLAIN:
                found.setdefault((row["scope"].lower(), int(row["event_id"])), set())
    with _EVENTS.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            key = (row["scope"].lower(), int(row["event_id"]))
            if key in found:
                found[key].update(_NAME.findall(" ".join(str(cell) for cell in row.values())))
    return {key: frozenset(names | {_KEYWORDS}) for key, names in found.items()}


def _wanted(key: tuple[str, str, int]) -> frozenset[str]:
    provider, channel, number = key
    return next(
        _known()[scope]
        for scope in ((mapping.canonical(provider), number), (mapping.canonical(channel), number))
        if scope in _known()
    )
