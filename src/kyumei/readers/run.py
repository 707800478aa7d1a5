"""Run a reader on one source: what it leaves unread becomes a fault, whatever happens inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.readers.registry import READERS
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader


def recognise(source: Source) -> tuple[Reader | None, int]:
    """Return the reader that accepts the source with most confidence, and that confidence; ties go by name."""
    best: Reader | None = None
    most = 0
    for reader in READERS.all():
        confidence = reader.accepts(source)
        if confidence > most:
            best, most = reader, confidence
    return best, most


def run(reader: Reader, source: Source, sink: Callable[[pa.Table], None]) -> Rows:
    """Read the source whole and return its rows' counts and faults; events go to the sink in batches.

    A reader never raises on any bytes. Should one raise all the same, that is a bug of ours, and still no evidence may
    be lost silently: the rest of the source becomes one fault that names the exception's type.
    """
    rows = Rows(source, reader.name, sink)
    try:
        reader.read(source, rows)
    except Exception as bug:  # noqa: BLE001  # plug-ins and foreign parsers run here
        rows.fault(0, f"reader failed: {type(bug).__name__}", source.size)
    rows.flush()
    return rows
