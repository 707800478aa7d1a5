"""A batch to the store: its own fields as dictionaries, and the common columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from kyumei.readers.windows.columnar.common import COMMON_ONLY, common
from kyumei.readers.windows.columnar.families import families
from kyumei.store.columns import as_array, dense

if TYPE_CHECKING:
    from kyumei.readers.windows.columnar.decoder import Batch
    from kyumei.store.rows import Rows


def add(rows: Rows, batch: Batch) -> None:
    """Add the events and faults of a batch, channel by channel where they are many."""
    for family, part in families(batch):
        _add(rows, part, family)


def _add(rows: Rows, batch: Batch, family: str) -> None:
    if batch.columns.n:
        coded = {name: dense(column, batch.columns.n) for name, column in batch.columns.fields.items()}
        columns = common(batch, coded)
        fields = {name: as_array(*column) for name, column in coded.items()}
        unnumbered = fields.get("System_EventID")
        for name in COMMON_ONLY:
            fields.pop(name, None)
        if unnumbered is not None and columns["event_id"].null_count > unnumbered.null_count:
            none = pa.scalar(None, pa.string())
            fields["System_EventID"] = pc.if_else(pc.is_null(columns["event_id"]), unnumbered.cast(pa.string()), none)
        rows.add_columns(columns, fields, family=family)
    for fault in batch.faults:
        rows.fault(fault.offset, fault.reason, fault.skipped)
