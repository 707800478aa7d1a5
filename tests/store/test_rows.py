from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kyumei.model.event import COLUMNS
from kyumei.model.source import Source
from kyumei.store.rows import Rows
from kyumei.store.write import Part

if TYPE_CHECKING:
    from pathlib import Path


def collected() -> tuple[Rows, list[pa.Table]]:
    tables: list[pa.Table] = []
    return Rows(Source.memory(b"x", "a/b.log"), "test.reader", tables.append), tables


def test_a_row_has_every_common_column_and_its_own_fields() -> None:
    rows, tables = collected()
    rows.add(rec=0, ts=1_000_000, action="login.failed", fields={"TargetUserName": "x", "Empty": ""}, account="x")
    rows.add(rec=1, ts=None, action="record.written", fields={"host": "clash"}, origin="slack")
    rows.flush()
    (table,) = tables
    assert table.column_names == [*COLUMNS, "TargetUserName", "host#native"]
    assert table["ts"].cast(pa.int64()).to_pylist() == [1_000_000, None]
    assert (rows.read, rows.carved) == (1, 1)


def test_an_unknown_column_is_a_bug() -> None:
    rows, _ = collected()
    with pytest.raises(TypeError, match="unknown columns: user"):
        rows.add(rec=0, ts=None, action="login.failed", user="x")


def test_columns_and_single_rows_mix() -> None:
    rows, tables = collected()
    rows.add(rec=0, ts=None, action="web.request")
    rows.add_columns({"rec": [1, 2], "ts": [5, 6], "action": ["web.request"] * 2}, {"method": ["GET", None]})
    rows.flush()
    assert [t.num_rows for t in tables] == [1, 2]
    assert rows.read == 3


def test_parts_of_different_fields_become_one_file_with_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for folder in ("one", "two"):
        part = Part(tmp_path / folder, "stem")
        rows = Rows(Source.memory(b"x"), "test.reader", part.add)
        rows.add(rec=0, ts=None, action="web.request", fields={"a": "1"})
        rows.flush()
        rows.add(rec=1, ts=None, action="web.request", fields={"b": "2"})
        rows.flush()
        (path,) = part.close()
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_texts_that_most_rows_have_alone_are_written_without_a_dictionary_and_come_back(tmp_path: Path) -> None:
    n = 1000
    texts = {
        "own": [f"{i:x}-値" for i in range(n)],
        "few": ["abc"[i % 3] for i in range(n)],
        "rare": [None] * (n - 9) + ["x"] * 9,
    }
    fields = {name: pa.array(v, pa.string()).dictionary_encode() for name, v in texts.items()}
    part = Part(tmp_path, "x")
    rows = Rows(Source.memory(b"x"), "test.reader", part.add)
    rows.add_columns({"rec": range(n), "ts": range(n), "action": ["web.request"] * n}, fields)
    (path,) = part.close()
    assert {name: pq.read_table(path)[name].to_pylist() for name in texts} == texts
    group = pq.read_metadata(path).row_group(0)
    coded = {c.path_in_schema for c in map(group.column, range(group.num_columns)) if c.has_dictionary_page}
    assert coded & set(texts) == {"few", "rare"}
