"""Events as text for other programs: JSON lines, CSV, Timesketch. Batch in, text out, no state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.store.lines import iso_times, json_objects

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA: Final = r"^(\s*[=+\-@＝＋－＠]|[\t\r\n])"
"""Text that a spreadsheet would take for a formula (CWE-1236), in full width too, as Japanese versions convert it."""


def json_lines(batch: pa.RecordBatch, zone: str) -> list[str]:
    """Return one JSON object an event; the column `fields`, where there is one, becomes an object inside it."""
    import pyarrow as pa

    return [str(line) for line in json_objects(pa.table(batch), zone=zone, raw=("fields",)).to_pylist()]


def csv(batch: pa.RecordBatch, zone: str, *, header: bool) -> bytes:
    """Return RFC 4180 text in UTF-8; text that would start a formula in a spreadsheet gets a leading apostrophe."""
    import io

    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pacsv

    columns = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            columns[name] = iso_times(column, zone)
        elif pa.types.is_string(column.type):
            columns[name] = pc.replace_substring_regex(column, _FORMULA, r"'\1")
        else:
            columns[name] = column
    out = io.BytesIO()
    pacsv.write_csv(pa.table(columns), out, pacsv.WriteOptions(include_header=header))
    return out.getvalue()


def timesketch_lines(batch: pa.RecordBatch) -> list[str]:
    """Return the events that have a time as Timesketch JSON lines (https://timesketch.org/guides/user/import-from-json-csv/).

    `datetime` and `timestamp` (microseconds) are UTC, `timestamp_desc` says what the time is the time of, `data_type` is
    `kyumei:<source>`; the other columns and the reader's own fields follow.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.table(batch).filter(pc.is_valid(batch["ts"]))
    if not table.num_rows:
        return []
    own = {
        "datetime": table["ts"],
        "timestamp": table["ts"].cast(pa.int64()),
        "timestamp_desc": pc.fill_null(table["ts_kind"], "event"),
        "message": pc.coalesce(table["message"], table["object"], table["action"]),
        "data_type": pc.binary_join_element_wise("kyumei", table["source"], ":"),
    }
    rest = {n: table[n] for n in table.column_names if n not in {"ts", "ts_kind", "message", "fields"}}
    objects = json_objects(pa.table(own | rest))
    if "fields" not in table.column_names:
        return [str(line) for line in objects.to_pylist()]
    inner = pc.utf8_slice_codeunits(table["fields"], 1, -1)
    comma = pc.if_else(pc.equal(inner, ""), "", ", ")
    whole = pc.binary_join_element_wise(pc.utf8_slice_codeunits(objects, 0, -1), comma, inner, "}", "")
    return [str(line) for line in whole.to_pylist()]
