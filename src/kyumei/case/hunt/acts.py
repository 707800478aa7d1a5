"""The events our own analytics ask about, as the narrow table that the store holds, straight from columns.

Only events that mean something (a login, a file, a share, a service, a log that was cleared) are taken, with the fields
that the analytics use. The mapping is that of the reader; it runs over whole columns (`told`), never event by event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.case.hunt import look, told
from kyumei.model.event import COLUMNS
from kyumei.readers.windows import mapping
from kyumei.store.schema import event_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.readers.windows.mapping import Rule
    from kyumei.store.columns import Columns

    Key = tuple[str, str, int]

_PLAIN: Final = "record.written"
ASKED: Final = (
    "LogonType", "WorkstationName", "Workstation", "ClientName", "CommandLine", "NewProcessName", "Image", "ImagePath",
    "ServiceFileName", "ScriptBlockText", "TaskContent", "Payload", "ServiceName", "OriginalFileName", "TaskName",
    "System_Keywords", "ParentProcessName", "ParentImage", "ProcessName", "AccessMask",
)  # fmt: skip


def acts(batch: Batch, inside: np.ndarray | None) -> Iterator[pa.Table]:
    """Yield tables of the events that mean something, with the common columns and the fields that analytics use."""
    import numpy as np

    columns = batch.columns
    rows = np.arange(columns.n) if inside is None else np.flatnonzero(inside)
    if not len(rows):
        return
    fields = told.Fields(columns)
    found = [
        (key, mine, told.columns(fields, rule, mine))
        for key, own, rules in _groups(columns, rows)
        for rule, mine in told.ruled(fields, rules, own)
        if rule.action != _PLAIN
    ]
    if found:
        yield _table(batch, found)


def _groups(columns: Columns, rows: np.ndarray) -> Iterator[tuple[Key, np.ndarray, list[Rule]]]:
    """Yield (provider, channel, number), rows and rules of each group that the mapping knows more of."""
    import numpy as np

    coded = [look.coded(columns, names, rows) for names in (look.PROVIDER, look.CHANNEL, look.EVENT_ID)]
    key = np.zeros(len(rows), np.int64)
    for codes, texts in coded:
        key = key * (len(texts) + 1) + codes + 1
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    for own in np.split(order, starts[1:]):
        provider, channel, event = (texts[codes[own[0]]] if codes[own[0]] >= 0 else None for codes, texts in coded)
        if event and event.isdigit():
            rules = mapping.candidates(provider, channel, int(event))
            if any(rule.action != _PLAIN for rule in rules):
                yield (provider or "", channel or "", int(event)), rows[own], rules


def _table(batch: Batch, found: Sequence[tuple[Key, np.ndarray, dict[str, pa.Array]]]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    schema = event_schema()
    rows = np.concatenate([mine for _, mine, _ in found])
    n, of = len(rows), pa.array(batch.of[rows])
    group = pa.array(np.repeat(np.arange(len(found)), [len(mine) for _, mine, _ in found]))
    common = {
        "ts": batch.ts.take(pa.array(rows)),
        "rec": pa.array(batch.rec[rows]),
        "evidence_id": pa.array([s.evidence_id for s in batch.sources], pa.string()).take(of),
        "file_id": pa.array([s.file_id for s in batch.sources], pa.string()).take(of),
        "source": pa.repeat(batch.reader, n),
        "host": look.texts(batch.columns, look.HOST, rows),
        "provider": pa.array([key[0] for key, _, _ in found]).take(group),
        "channel": pa.array([key[1] for key, _, _ in found]).take(group),
        "event_id": pa.array([key[2] for key, _, _ in found], pa.int64()).take(group),
        "origin": pa.repeat("live", n),
        "ts_kind": pa.repeat("written", n),
    }
    for name in {name for _, _, one in found for name in one}:
        kind = schema.field(name).type
        common[name] = pa.concat_arrays([one.get(name, pa.nulls(len(mine), kind)) for _, mine, one in found])
    own = {name: look.texts(batch.columns, (name,), rows) for name in ASKED if name in batch.columns.fields}
    columns = {c: common.get(c, pa.nulls(n, schema.field(c).type)) for c in COLUMNS}
    return pa.table(columns | {name: values for name, values in own.items() if values.null_count < n})
