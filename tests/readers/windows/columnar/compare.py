"""Records as the columnar decoder and as the libraries behind the fallback give them, in the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.readers.windows import recovery
from kyumei.readers.windows.columnar import decode
from kyumei.readers.windows.columnar.decoder import NO_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.model.source import Source
    from kyumei.readers.windows.columnar.decoder import Batch, Decoder

Record = tuple[str, int | None, dict[str, str]]
"""Origin, time and fields."""
_COMMON = {"event_id": "EventID", "provider": "ProviderName", "channel": "Channel", "host": "Computer"}


def by_libraries(source: Source) -> dict[int, Record]:
    """Return byte offset → record, all read one by one."""
    return {f.rec: (f.origin, f.event.ts, _fields(f.event)) for got in recovery.plain(source) for f in got.found}


def _fields(event: object) -> dict[str, str]:
    fields = {name: text for name, text in event.fields.items() if text}  # type: ignore[attr-defined]  # a WindowsEvent
    for ours, theirs in _COMMON.items():
        if (value := getattr(event, ours)) is not None:
            fields.setdefault(f"System_{theirs}", str(value))
    return fields


def by_columns(source: Source, decoder: Decoder | None = None) -> dict[int, Record]:
    """Return byte offset → record, decoded in columns."""
    return of_batches(decode.batches(source, decoder))


def of_batches(batches: Iterable[Batch]) -> dict[int, Record]:
    """Return byte offset → record; none comes twice."""
    found: dict[int, Record] = {}
    for batch in batches:
        fields: list[dict[str, str]] = [{} for _ in range(batch.columns.n)]
        for name, column in batch.columns.fields.items():
            values = column.values.to_pylist()
            for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
                assert name not in fields[row]
                fields[row][name] = values[code]
        for rec, ts, one in zip(batch.rec.tolist(), batch.ts.tolist(), fields, strict=True):
            assert rec not in found
            found[rec] = (batch.origin, None if ts == NO_TIME else ts, one)
    return found


def natively(source: Source, decoder: Decoder | None = None) -> int:
    """Return how many records the kernels decoded themselves."""
    return sum(int((batch.number != 0).sum()) for batch in decode.batches(source, decoder))
