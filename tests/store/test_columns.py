from __future__ import annotations

import pyarrow as pa

from kyumei.store.columns import from_table


def test_a_sparse_column_gives_back_the_values_of_the_table() -> None:
    table = pa.table(
        {"a": ["x", None, "y", "x"], "b": pa.array([None, "p", None, "q"]).dictionary_encode(), "n": [1, 2, 3, None]}
    )
    columns = from_table(table)
    for name in table.column_names:
        column = columns.fields[name]
        shown: list[str | None] = [None] * columns.n
        for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
            shown[row] = column.values[code].as_py()
        assert shown == table.column(name).cast(pa.string()).to_pylist()


def test_a_field_no_row_has_is_no_column_and_chunks_are_one() -> None:
    table = pa.concat_tables([pa.table({"a": ["x"], "e": pa.nulls(1, pa.string())})] * 2)
    columns = from_table(table)
    assert set(columns.fields) == {"a"}
    assert columns.fields["a"].rows.tolist() == [0, 1]
    assert from_table(table.slice(0, 0)).fields == {}
