"""The tables of a case, column by column; the contract between stages.

Parquet in the case folder is the truth; `index.duckdb` holds the same tables by the same names for queries.

| folder | table | one row per |
|---|---|---|
| `events/<reader>/` | `events` | event; the reader's own fields follow as text columns |
| `faults/` | `faults` | unreadable place |
| `objects/sources/` | `sources` | file, member of a container, attachment |
| `objects/tables/` | `tables` | table of a data object (CSV file, sheet, dumped table) |
| `objects/columns/` | `columns` | column of a table |
| `people/` | `people` | record of a table that has personal data: hashed linkage keys, no plain text |
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from kyumei.model.event import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

SOURCES: Final = {
    "file_id": "text",
    "evidence_id": "text",
    "path": "text",
    "name": "text",
    "parent_file_id": "text",  # null for a file of the item itself
    "bytes": "int",
    "sha256": "text",
    "mtime": "time",
    "encoding": "text",  # codec chosen for text, null otherwise
    "reader": "text",
    "opener": "text",
    "extractor": "text",
    "status": "text",  # read | opened | profiled | empty | unrecognised | unreadable
    "reason": "text",  # why nothing was done with it, or what was not
    "events": "int",
    "carved": "int",
    "faults": "int",
    "tables": "int",
    "meta": "text",  # JSON object: what the container says of the member
}
FAULTS: Final = {
    "evidence_id": "text",
    "file_id": "text",
    "plugin": "text",
    "offset": "int",
    "skipped": "int",
    "reason": "text",
}
TABLES: Final = {
    "table_id": "text",  # kyumei.scope.tables.table_id
    "file_id": "text",
    "evidence_id": "text",
    "name": "text",  # sheet or table name; "" where the file is the table
    "hidden": "text",  # "" | hidden | very hidden
    "records": "int",  # data rows, header excluded
    "faults": "int",
    "columns": "int",
    "personal": "bool",  # at least one column is personal data about a named or identifiable person
}
COLUMNS_OF_TABLES: Final = {
    "table_id": "text",
    "ordinal": "int",  # from 0
    "name": "text",
    "category": "text",  # kyumei.model.categories, or null
    "by": "text",  # header+values | header | values, or null
    "filled": "int",  # non-empty cells
    "matching": "int",  # cells that passed the category's validator
    "sample_masked": "text",
}
PEOPLE: Final = {
    "table_id": "text",
    "rec": "int",  # byte offset or row number of the record in its source
    "key": "text",  # kyumei.scope.people: which kind of key made the identity
    "person": "int",  # 64-bit keyed digest of the identity; equal = same person
}


def event_schema() -> pa.Schema:
    """Return the Arrow schema of the common event columns."""
    return schema(COLUMNS)


def schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema for columns given as name → text, int, float, bool or time."""
    import pyarrow as pa

    return pa.schema([pa.field(name, _arrow(kind)) for name, kind in columns.items()])


@cache
def _arrow(kind: str) -> pa.DataType:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }[kind]
