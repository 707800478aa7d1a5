"""What a reader fills: events and faults of one source, handed on in columnar batches of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.model.event import COLUMNS, GIVEN, native
from kyumei.model.fault import Fault
from kyumei.store.schema import FAMILY, event_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from kyumei.model.source import Source

BATCH_ROWS: Final = 65_536


class Rows:
    """The events and faults of one source, read by one reader.

    Args:
        source: what is read.
        reader: the reader's name, which becomes the column `source`.
        sink: called with each Arrow table of at most `BATCH_ROWS` rows (more when one vectorised batch is larger).

    Attributes:
        read: events with origin `live` or `backup`. carved: events from slack or carving. faults: in the order found.
    """

    def __init__(self, source: Source, reader: str, sink: Callable[[pa.Table], None]) -> None:
        self.source = source
        self.reader = reader
        self.read = 0
        self.carved = 0
        self.faults: list[Fault] = []
        self._sink = sink
        self._common: dict[str, list[Any]] = {name: [] for name in GIVEN}
        self._fields: dict[str, list[str | None]] = {}
        self._rows = 0

    def add(
        self, *, rec: int, ts: int | None, action: str, fields: Mapping[str, str | None] | None = None, **common: Any
    ) -> None:
        """Add one event.

        Args:
            rec: byte offset or record number, the citation back into the source.
            ts: microseconds since 1970 UTC, None where the record has no time.
            action: one of `kyumei.model.actions.ACTIONS`.
            fields: the source's own fields by native name; None and empty values are not stored.
            common: further columns of `kyumei.model.event.COLUMNS`; `origin` defaults to live.
        """
        common |= {"rec": rec, "ts": ts, "action": action}
        common.setdefault("origin", "live")
        for name, values in self._common.items():
            values.append(common.pop(name, None))
        if common:
            msg = f"{self.reader} gave unknown columns: {', '.join(sorted(common))}"
            raise TypeError(msg)
        for name, value in (fields or {}).items():
            if value is not None and value != "":
                column = self._fields.setdefault(native(name), [])
                column.extend([None] * (self._rows - len(column)))
                column.append(value)
        self._rows += 1
        if self._rows >= BATCH_ROWS:
            self.flush()

    def add_columns(self, columns: Mapping[str, Any], fields: Mapping[str, Any] | None = None, *, family: str = "") -> None:
        """Add many events at once.

        Args:
            columns: common columns as equally long Arrow arrays or lists (`rec`, `ts` and `action` at least; `ts` as
                timestamp or int64 microseconds). `origin` defaults to live.
            fields: native fields as equally long arrays or lists of text; dictionaries of text stay dictionaries.
            family: see `kyumei.store.schema.FAMILY`.
        """
        import pyarrow as pa

        self.flush()
        n = len(columns["rec"])
        columns = {"origin": pa.repeat("live", n), **columns}
        schema = event_schema()
        arrays = {name: _cast(values, schema.field(name).type) for name, values in columns.items()}
        texts = {native(name): _text(values) for name, values in (fields or {}).items()}
        self._hand_on(arrays, {name: a for name, a in texts.items() if a.null_count < n}, n, family)

    def fault(self, offset: int, reason: str, skipped: int = 0) -> None:
        """Record one place that could not be read."""
        self.faults.append(Fault(offset, reason, skipped))

    def flush(self) -> None:
        """Hand on what was added one by one; called by whoever runs the reader when it returns."""
        import pyarrow as pa

        if not self._rows:
            return
        n, common, fields = self._rows, self._common, self._fields
        self._rows, self._common, self._fields = 0, {name: [] for name in GIVEN}, {}
        schema = event_schema()
        arrays = {name: _cast(values, schema.field(name).type) for name, values in common.items()}
        texts = {name: pa.array(v + [None] * (n - len(v)), pa.string()) for name, v in fields.items()}
        self._hand_on(arrays, texts, n)

    def _hand_on(self, common: dict[str, pa.Array], fields: dict[str, pa.Array], n: int, family: str = "") -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        common["evidence_id"] = pa.repeat(self.source.evidence_id, n)
        common["file_id"] = pa.repeat(self.source.file_id, n)
        common["source"] = pa.repeat(self.reader, n)
        schema = event_schema()
        ordered = {c: common.get(c, pa.nulls(n, schema.field(c).type)) for c in COLUMNS}
        carved = pc.sum(pc.is_in(ordered["origin"], pa.array(["slack", "carved"]))).as_py() or 0
        self.carved += carved
        self.read += n - carved
        table = pa.table(ordered | dict(sorted(fields.items())))
        self._sink(table.replace_schema_metadata({FAMILY: family.encode()}) if family else table)


def _text(values: Any) -> pa.Array:
    import pyarrow as pa

    if isinstance(values, pa.DictionaryArray) and values.type == pa.dictionary(pa.int32(), pa.string()):
        return values
    return _cast(values, pa.string())


def _cast(values: Any, kind: pa.DataType) -> pa.Array:
    """Return the values as an array of that type; int64 microseconds become timestamps."""
    import pyarrow as pa

    if not isinstance(values, pa.Array | pa.ChunkedArray):
        return pa.array(values, pa.int64()).cast(kind) if pa.types.is_timestamp(kind) else pa.array(values, kind)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values if values.type == kind else values.cast(kind)
