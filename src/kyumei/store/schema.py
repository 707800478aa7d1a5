"""The tables of a case, column by column; the contract between stages.

Parquet in the case folder is the truth; `index.duckdb` holds the same tables by the same names for queries.

| folder | table | one row per |
|---|---|---|
| `events/<reader>/` | `events` | event; the reader's own fields follow as text columns |
| `faults/` | `faults` | unreadable place |
| `objects/sources/` | `sources` | file, member of a container, attachment |
| `objects/tables/` | `tables` | table of a data object (CSV file, sheet, dumped table) |
| `objects/columns/` | `columns` | column of a table |
| `objects/found/` | `found` | distinct value in the text of a document or of another file |
| `people/` | `people` | record about a person in a table with personal data: digests of its linkage keys |
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from kyumei.model.event import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

PLACES: Final = ("evidence_id", "file_id", "rec", "ts", "ts_kind", "zone_assumed", "origin")
"""Columns of events that say where and when a record stands, not what it says."""
PRIVATE: Final = ("people", "values")
"""Folders of data about persons: sealed where a key is set. A case has no `values`, which are plain text."""
FAMILY: Final = b"kyumei.family"
"""Metadata of a batch: the name of those that have the same columns. Where they are many, they are written to files of their
own, because each row of a file has a cell for each column of it."""
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
TEXT: Final = "[text]"
"""The name of the table that stands for the text of a file; no sheet can be named so."""
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
    "kind": "text",  # the recogniser's name, finer than the category: email, given name, student number
    "by": "text",  # header+values | header | values | text, or null
    "filled": "int",  # non-empty cells
    "matching": "int",  # cells that passed the category's validator
    "sample_masked": "text",
}
FOUND: Final = {
    "table_id": "text",  # the text's
    "category": "text",
    "kind": "text",
    "key": "text",  # what it tells a person by, kyumei.scope.found.TELLS; null where it tells none
    "value": "int",  # digest of the value, as in PEOPLE
    "number": "int",  # how often it stands there
    "aside": "bool",  # in a part that says who sent or wrote it
    "place": "text",  # the part of the document; "" where offsets are the file's
    "offset": "int",  # where it stands first, in bytes
    "end": "int",
    "rule": "text",
    "validator": "text",
    "context": "text",
    "sample_masked": "text",
    "detail": "text",  # the brand of a card, the scheme of a hash
}
"""One row for each distinct value in the text of a file (some values of long texts have several rows)."""
PEOPLE: Final = {
    "table_id": "text",
    "rec": "int",  # byte offset or row number of the record in its source
    "scope": "int",  # digest of what the number's numbering belongs to: the file and the kind of number
    "number": "int",  # student, employee, customer, member number
    "official": "int",  # My Number, passport, licence and the like
    "name": "int",  # full name in kanji, folded; null for romaji
    "reading": "int",  # kana or romaji reading, order of the parts left out
    "given": "int",  # given name, of the reading where there is one
    "dob": "int",  # three 21-bit digests: year, month, day
    "email": "int",
    "phone": "int",
    "address": "int",  # up to the house number
    "postal": "int",  # postal code
    "row": "int",  # the whole record
    "residence": "int",  # no digest: the letters of JP-13, US-CA or DE as a number, kyumei.scope.residence
}
"""All but `rec` and `residence` are 64-bit digests of normalised values (`kyumei.scope.keys`); null where there is none."""
PERSON_VALUES: Final = {
    "table_id": "text",
    "rec": "int",
    "number": "text",  # student, employee, customer, member number
    "official": "text",
    "family": "text",  # only where the table has columns of both parts
    "given": "text",
    "name": "text",
    "kana": "text",
    "email": "text",
    "phone": "text",
    "postal": "text",
    "address": "text",
    "place": "text",  # town and state columns
    "country": "text",
    "nationality": "text",
    "born": "text",  # ISO date
    "residence": "text",  # JP-13, US-CA, DE; see kyumei.scope.residence
    "has": "int",  # bits of the categories of which the record has a value, kyumei.scope.values.BIT
}
"""One row for each row of `PEOPLE`: what the record says in plain words."""


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
