"""Audit records that lie as JSON text inside a field of another record.

* Microsoft 365: exports of Purview and `Search-UnifiedAuditLog` are CSV whose column `AuditData` holds the record.
* Kubernetes: EKS writes its audit log into `message` of CloudWatch events, AKS into `properties.log` of Azure Monitor
  records, log collectors into `log` or `textPayload`.

The inner record is read by the mapping of its own format; the outer one's fields stand beside it under their names.

Formats: https://learn.microsoft.com/purview/audit-log-export-records and
https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

from kyumei.model.source import CERTAIN, Source
from kyumei.readers.linux.years import Calendar
from kyumei.readers.mapped.evaluate import events
from kyumei.readers.mapped.mapping import parse
from kyumei.readers.registry import reader
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import pyarrow as pa

    from kyumei.readers.flat_json.records import Records
    from kyumei.readers.mapped.mapping import LogMapping
    from kyumei.store.columns import Column

_AUDIT_DATA: Final = "AuditData"
_WRAPPERS: Final = ("message#native", "properties.log", "log", "textPayload")
_KUBERNETES: Final = re.compile(
    rb'"(?:message|log|textPayload)"\s*:\s*"\{\\"kind\\":\\"Event\\",\\"apiVersion\\":\\"audit\.k8s\.io|'
    rb'\\"apiVersion\\":\\"audit\.k8s\.io'
)


@cache
def _mapping(name: str) -> LogMapping:
    text = files("kyumei.readers.mapped.shipped").joinpath(name).read_text("utf-8")
    return parse(text, name)


def _accepts_csv(source: Source) -> int:
    from kyumei.readers.flat_csv.records import layout

    shape = layout(source.head, frozenset((_AUDIT_DATA,)))
    if shape is None:
        return 0
    dated = {"creationdate", "creationtime"} & {name.replace(" ", "").lower() for name in shape.names}
    return CERTAIN if dated or b'""Operation""' in source.head else 0


@reader(
    "cloud.m365_audit_csv",
    accepts=_accepts_csv,
    title="Microsoft 365 unified audit log (CSV with AuditData)",
    spec="https://learn.microsoft.com/purview/audit-log-export-records",
)
def read_csv(source: Source, rows: Rows) -> None:
    """Add one event for each row; `rec` is its byte offset. Times are UTC by the format, with the precision of a second.

    A row whose `AuditData` is no JSON (Excel cuts cells at 32,767 characters) is a fault.
    """
    from kyumei.readers.flat_csv import records as csv

    shape = csv.layout(source.head, frozenset((_AUDIT_DATA,)))
    if shape is None:
        rows.fault(0, "no header with AuditData", source.size)
        return
    _read(csv.records(source, rows, shape), (_AUDIT_DATA,), _mapping("m365_audit.yaml"), rows)


def _accepts_kubernetes(source: Source) -> int:
    return CERTAIN if _KUBERNETES.search(source.head) else 0


@reader(
    "cloud.kubernetes_audit_wrapped",
    accepts=_accepts_kubernetes,
    title="Kubernetes audit log inside other records (EKS, AKS)",
    spec="https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
)
def read_kubernetes(source: Source, rows: Rows) -> None:
    """Add one event for each audit record; `rec` is the byte offset of the record around it. Times are UTC."""
    from kyumei.readers.flat_json import records as json

    _read(json.records(source, rows), _WRAPPERS, _mapping("kubernetes_audit.yaml"), rows)


def _read(blocks: Iterable[Records], names: Sequence[str], mapping: LogMapping, rows: Rows) -> None:
    calendar = Calendar(rows.source)
    for block in blocks:
        texts = _texts(block, names)
        found = _inside(texts, rows)
        for part, places in found:
            event = events(part.columns, block.rec[places], mapping, calendar)
            outer = {name: _taken(column, block.columns.n, places) for name, column in block.columns.fields.items()}
            kept = {name: values for name, values in outer.items() if name not in names and name not in event.fields}
            rows.add_columns(event.columns, {**kept, **event.fields})
        for place in _unread(found, block.columns.n):
            rows.fault(int(block.rec[place]), "the record inside cannot be read")


def _texts(block: Records, names: Sequence[str]) -> pa.Array:
    """Return the inner text of each record, "" where there is none; line ends inside become blanks."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    every = np.arange(block.columns.n)
    there = [block.columns.fields[name] for name in names if name in block.columns.fields]
    texts = [_taken(column, block.columns.n, every).cast("string") for column in there]
    joined = pc.coalesce(*texts) if texts else pa.nulls(block.columns.n, pa.string())
    return pc.replace_substring(pc.fill_null(joined, "") if joined.null_count else joined, "\n", " ")


def _inside(texts: pa.Array, rows: Rows) -> list[tuple[Records, Any]]:
    """Return the inner records in blocks, each with the places of the records around them."""
    import numpy as np
    import pyarrow.compute as pc

    from kyumei.readers.flat_json import records as json
    from kyumei.readers.flat_json.columns import block

    _, bounds, data = texts.buffers()
    if data is not None:
        cuts = np.frombuffer(bounds, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
        taken = block(cast("bytes", data), np.stack([cuts[:-1], cuts[1:]], axis=1))
        if taken.good.all():
            return [(json.Records(taken.columns, cuts[:-1]), np.arange(len(texts)))]
    lines = pc.binary_join_element_wise(texts, "", "\n")
    _, bounds, data = lines.buffers()
    starts = np.frombuffer(bounds, np.int32)[lines.offset : lines.offset + len(lines)]
    inner = Source.memory(data.to_pybytes() if data else b"", zone=rows.source.zone)
    parts = json.records(inner, Rows(inner, "", lambda _: None))
    return [(part, np.searchsorted(starts, part.rec, side="right") - 1) for part in parts]


def _unread(found: Sequence[tuple[Records, Any]], n: int) -> list[int]:
    import numpy as np

    missing = np.ones(n, bool)
    for _, places in found:
        missing[places] = False
    return [int(place) for place in np.flatnonzero(missing)]


def _taken(column: Column, n: int, places: np.ndarray[Any, Any]) -> pa.Array:
    """Return the column's values at the places, null where the record has none."""
    import numpy as np
    import pyarrow as pa

    codes, missing = np.zeros(n, np.int32), np.ones(n, bool)
    codes[column.rows], missing[column.rows] = column.codes, False
    return pa.DictionaryArray.from_arrays(pa.array(codes[places], mask=missing[places]), column.values)
