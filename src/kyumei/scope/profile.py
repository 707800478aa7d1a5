"""Go over a data object once: its tables, what their columns hold, and the linkage keys of the records about persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.fault import Fault
from kyumei.scope.classify import classify, is_about_persons
from kyumei.scope.clean import coded, distinct
from kyumei.scope.keys import KEYS, identified, keys, plan
from kyumei.scope.mask import masked
from kyumei.scope.tables.registry import EXTRACTORS
from kyumei.scope.values import Told, residence_numbers, values
from kyumei.store.schema import PERSON_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.scope.classify import Column
    from kyumei.scope.keys import Plan
    from kyumei.scope.tables.registry import Batch, Extractor, Table

Row = Mapping[str, object]
FIRST_ROWS: Final = 20_000
"""The kinds of columns are told from so many first records, or from all of them where there are fewer."""


@dataclass(frozen=True, slots=True)
class Out:
    """Where a profile goes.

    Attributes:
        tables: called with one row for each table, see `kyumei.store.schema.TABLES`.
        columns: called with the rows of one table's columns, see `COLUMNS_OF_TABLES`.
        people: called with Arrow tables of the columns `PEOPLE`, in the order of the records.
        values: called with Arrow tables of the columns `PERSON_VALUES`, in the same order; these are plain text, and where
            nobody asks for them, as in a case, they are not made.
    """

    tables: Callable[[Row], None]
    columns: Callable[[list[Row]], None]
    people: Callable[[pa.Table], None]
    values: Callable[[pa.Table], None] | None = None


@dataclass(slots=True)
class Profile:
    """What there was in one data object.

    Attributes:
        tables: how many tables. records: data rows in them.
        faults: records that could not be given. flaws: damage inside records that were.
    """

    tables: int = 0
    records: int = 0
    faults: list[Fault] = field(default_factory=list[Fault])
    flaws: list[Fault] = field(default_factory=list[Fault])


def recognise(source: Source) -> tuple[Extractor | None, int]:
    """Return the extractor that accepts the source with most confidence, and that confidence; ties go by name."""
    best: Extractor | None = None
    most = 0
    for extractor in EXTRACTORS.all():
        confidence = extractor.accepts(source)
        if confidence > most:
            best, most = extractor, confidence
    return best, most


def profile(source: Source, extractor: Extractor, out: Out) -> Profile:
    """Profile all tables of a source; never raises on any bytes.

    Should an extractor raise all the same, that is a bug of ours, and no evidence may be lost silently: the rest of the
    source becomes one fault that names the exception's type.
    """
    result = Profile()
    try:
        for table in extractor.extract(source):
            _table(table, out, result)
    except Exception as bug:  # noqa: BLE001  # plug-ins and foreign parsers run here
        result.faults.append(Fault(0, f"{extractor.name} failed: {type(bug).__name__}", source.size))
    return result


def holds_persons(source: Source, extractor: Extractor) -> bool:
    """Return whether the first records of the source's first table are about persons who can be told; never raises."""
    try:
        table = next(iter(extractor.extract(source)), None)
        if table is None:
            return False
        first, records = [], 0
        for batch in table.batches:
            first.append(batch)
            records += len(batch.recs)
            if records >= FIRST_ROWS:
                break
        return bool(table.columns) and is_about_persons(_columns(table, first))
    except Exception:  # noqa: BLE001  # plug-ins and foreign parsers run here; what they cannot read is counted by `profile`
        return True


def _columns(table: Table, first: Sequence[Batch]) -> tuple[Column, ...]:
    """Return the columns with their kinds, told from the first records."""
    import pyarrow as pa

    chunks = [[batch.columns[n] for batch in first] for n in range(len(table.columns))]
    return classify(table.columns, [distinct(pa.concat_arrays(c) if c else pa.array([], pa.string())) for c in chunks])


def _table(table: Table, out: Out, result: Profile) -> None:
    work = _Work(table, out)
    try:
        for batch in table.batches:
            work.add(batch)
        work.finish()
    finally:
        out.tables(work.row())
        out.columns(work.column_rows())
        result.tables += bool(table.columns)
        result.records += work.records
        result.faults.extend(table.faults)
        result.flaws.extend(table.flaws)


class _Work:
    """One table on its way: the first records wait until the kinds of the columns are known."""

    def __init__(self, table: Table, out: Out) -> None:
        self.records = 0
        self._table = table
        self._out = out
        self._waiting: list[Batch] = []
        self._columns: tuple[Column, ...] = ()
        self._plan: Plan | None = None
        self._values: Told | None = None
        self._told = False
        self._persons = 0
        self._filled = [0] * len(table.columns)
        self._matching = [0] * len(table.columns)
        self._samples = [""] * len(table.columns)

    def add(self, batch: Batch) -> None:
        """Take the next records."""
        self.records += len(batch.recs)
        if self._told:
            self._count(batch)
            return
        self._waiting.append(batch)
        if self.records >= FIRST_ROWS:
            self._tell()

    def finish(self) -> None:
        """Tell the kinds from what there was, where that was little."""
        if not self._told and self._table.columns:
            self._tell()

    def row(self) -> Row:
        """Return the table's row for the store."""
        table = self._table
        return {
            "table_id": table.id,
            "file_id": table.source.file_id,
            "evidence_id": table.source.evidence_id,
            "name": table.name,
            "hidden": table.hidden,
            "records": self.records,
            "faults": len(table.faults),
            "columns": len(table.columns),
            "personal": self._persons > 0,
        }

    def column_rows(self) -> list[Row]:
        """Return the columns' rows for the store."""
        return [
            {
                "table_id": self._table.id,
                "ordinal": column.ordinal,
                "name": column.header,
                "category": column.kind.category if column.kind else None,
                "kind": column.part or None,
                "by": column.by,
                "filled": self._filled[column.ordinal],
                "matching": self._matching[column.ordinal],
                "sample_masked": self._samples[column.ordinal],
            }
            for column in self._columns
        ]

    def _tell(self) -> None:
        self._told = True
        waiting, self._waiting = self._waiting, []
        self._columns = _columns(self._table, waiting)
        if is_about_persons(self._columns):
            self._plan = plan(self._columns, self._table.source.file_id)
            self._values = Told.of(self._columns)
        for batch in waiting:
            self._count(batch)

    def _count(self, batch: Batch) -> None:
        cells = [coded(column) for column in batch.columns]
        for column in self._columns:
            self._tally(column, cells[column.ordinal])
        if self._plan is not None:
            self._keys(batch, self._plan, cells)

    def _tally(self, column: Column, cells: pa.DictionaryArray) -> None:
        import numpy as np
        import pyarrow.compute as pc

        counts = np.bincount(pc.drop_null(cells.indices).to_numpy(), minlength=len(cells.dictionary))
        known = cells.dictionary.is_valid().to_numpy(zero_copy_only=False)
        self._filled[column.ordinal] += int(counts[known].sum())
        if column.kind is not None and known.any():
            values = cells.dictionary.drop_null()
            matching = column.kind.matches(values).to_numpy(zero_copy_only=False).astype(bool)
            self._matching[column.ordinal] += int(counts[known][matching].sum())
            if not self._samples[column.ordinal]:
                self._samples[column.ordinal] = masked(values[0].as_py(), column.part)

    def _keys(self, batch: Batch, plan: Plan, cells: list[pa.DictionaryArray]) -> None:
        import numpy as np
        import pyarrow as pa

        found = keys(plan, cells)
        rows = np.flatnonzero(identified(found))
        if not len(rows):
            return
        self._persons += len(rows)
        columns: dict[str, Any] = {
            "table_id": pa.repeat(self._table.id, len(rows)),
            "rec": batch.recs.take(pa.array(rows)),
            "scope": pa.repeat(pa.scalar(plan.scope, pa.int64()), len(rows)),
        }
        for key in KEYS:
            digest = found[key][rows].view(np.int64)
            columns[key] = pa.array(digest, pa.int64(), mask=digest == 0)
        columns["residence"] = residence_numbers(self._values, cells, rows) if self._values else pa.nulls(len(rows), pa.int64())
        self._out.people(pa.table(columns))
        if self._out.values is None or self._values is None:
            return
        said = {"table_id": columns["table_id"], "rec": columns["rec"], **values(self._values, cells, rows)}
        self._out.values(pa.table([said[name] for name in PERSON_VALUES], names=list(PERSON_VALUES)))
