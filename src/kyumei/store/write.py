"""Write sealed Parquet: parts of bounded size, whose names and bytes depend on their content's origin only."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kyumei.store import key as keys
from kyumei.store.schema import FAMILY, PRIVATE, schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

PART_ROWS: Final = 1_000_000
PART_BYTES: Final = 256 * 1024 * 1024
FAMILY_ROWS: Final = 2048
"""Rows from which on a family is written by itself."""
_RISING: Final = frozenset({"rec", "ts"})
"""Columns that mostly rise from row to row: their differences are stored."""
_LEVEL: Final = 9
_MANY: Final = 256
_EACH: Final = 8
"""A dictionary is made where each text stands in so many rows on average, or where fewer than `_MANY` rows have any."""
_DICTIONARY: Final = 32 * 1024 * 1024
"""Bytes of a column's distinct values up to which each is stored once."""


@dataclass(slots=True)
class _Family:
    """Batches of one family that are still to be written."""

    batches: list[pa.Table] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0


class Part:
    """One growing data set of a job: `<folder>/<stem>-<n>.parquet`.

    Batches are gathered until a part is full, unified to one schema (columns missing in a batch are null) and written
    under a temporary name that is renamed when complete. Families (`kyumei.store.schema.FAMILY`) that have many rows get
    parts of their own.

    Args:
        folder: made when the first part is written.
        stem: first part of the file names, a digest of what the job reads.

    Parts of the folders of `kyumei.store.schema.PRIVATE` are sealed where a key is set: `<stem>-<n>.parquet.sealed`.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._families: dict[bytes, _Family] = {}
        self.files: list[Path] = []

    def add(self, batch: pa.Table) -> None:
        """Add a batch of rows."""
        if not batch.num_rows:
            return
        family = self._families.setdefault((batch.schema.metadata or {}).get(FAMILY, b""), _Family())
        family.batches.append(batch)
        family.rows += batch.num_rows
        family.bytes += batch.nbytes
        if family.rows >= PART_ROWS:
            self._write([family])
        while sum(f.bytes for f in self._families.values()) >= PART_BYTES:
            self._write([max(self._families.values(), key=lambda f: f.bytes)])

    def add_rows(self, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows given as dictionaries; `columns` is one of the tables of `kyumei.store.schema`."""
        import pyarrow as pa

        if rows:
            table = schema(columns)
            arrays = [_array([row.get(f.name) for row in rows], f.type) for f in table]
            self.add(pa.Table.from_arrays(arrays, schema=table))

    def close(self) -> list[Path]:
        """Write what is left and return the files in order."""
        families = [f for f in self._families.values() if f.rows]
        small = [f for f in families if f.rows < FAMILY_ROWS]
        for those in [*([f] for f in families if f.rows >= FAMILY_ROWS), small]:
            if those:
                self._write(those)
        return self.files

    def _write(self, families: Sequence[_Family]) -> None:
        """Write what was gathered of these families into one file, and forget it."""
        import pyarrow as pa

        batches = [batch for family in families for batch in family.batches]
        for family in families:
            family.batches, family.rows, family.bytes = [], 0, 0
        table = pa.concat_tables(_alike(batches), promote_options="default").unify_dictionaries()
        path = self._folder / f"{self._stem}-{len(self.files):04d}.parquet"
        key = keys.current() if self._folder.name in PRIVATE else None
        self.files.append(write_parquet(table, path) if key is None else _seal(table, path, key))


def _alike(batches: list[pa.Table]) -> list[pa.Table]:
    """Return the batches with dictionaries of text in each column that is one in any of them."""
    import pyarrow as pa

    kind = pa.dictionary(pa.int32(), pa.string())
    coded = {f.name for b in batches for f in b.schema if f.type == kind}
    return [pa.table({f.name: _coded(b.column(f.name), f.name in coded) for f in b.schema}) for b in batches]


def _coded(column: pa.ChunkedArray, wanted: bool) -> pa.ChunkedArray:  # noqa: FBT001  # one of two forms
    import pyarrow as pa

    if not wanted or pa.types.is_dictionary(column.type):
        return column
    return column.cast(pa.string()).dictionary_encode()


def _seal(table: pa.Table, path: Path, key: bytes) -> Path:
    from kyumei.store import sealed

    path = path.with_name(path.name + sealed.SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        for part in sealed.parquet(table, key, compression="zstd", use_dictionary=True, row_group_size=PART_ROWS):
            stream.write(part)
    partial.replace(path)
    return path


def write_parquet(table: pa.Table, path: Path) -> Path:
    """Write one Parquet file whole or not at all; the same table gives the same bytes.

    Columns that come as dictionaries get no statistics: nobody asks for a range of them, and a log has a thousand. Nor is
    Arrow's own schema stored beside Parquet's: it says nothing more but that a text was a dictionary, for 24 bytes a column.
    """
    import pyarrow.parquet as pq

    encoding = _encodings(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    pq.write_table(
        table,
        partial,
        compression="zstd",
        compression_level=_LEVEL,
        dictionary_pagesize_limit=_DICTIONARY,
        use_dictionary=[name for name in table.column_names if name not in encoding],
        column_encoding=encoding,
        write_statistics=[f.name for f in table.schema if not _is_coded(f.type)],
        row_group_size=PART_ROWS,
        max_rows_per_page=PART_ROWS,  # pages are cut by their bytes; a column that few rows have is one page
        write_batch_size=65_536,
        store_schema=False,
    )
    partial.replace(path)
    return path


def _encodings(table: pa.Table) -> dict[str, str]:
    """Return how columns are written that gain nothing from a dictionary; all others get one.

    Texts of which most rows have one of their own take less without: numbers of a dictionary's entries do not compress, and
    texts that come again come again soon.
    """
    import pyarrow as pa

    found: dict[str, str] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in _RISING and (pa.types.is_int64(column.type) or pa.types.is_timestamp(column.type)):
            found[name] = "DELTA_BINARY_PACKED"
        elif _is_coded(column.type) and _are_their_own(column):
            found[name] = "PLAIN"
    return found


def _are_their_own(column: pa.ChunkedArray) -> bool:
    """Return whether most texts of many stand in few rows each."""
    filled = len(column) - column.null_count
    return bool(filled >= _MANY and _EACH * len(column.chunk(0).dictionary) > filled)


def _is_coded(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all, and have it on the disk before its name appears."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def _array(values: list[object], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, pa.int64()).cast(kind) if pa.types.is_timestamp(kind) else pa.array(values, kind)
