"""Binary logs: values as SQL writes them, one statement once, damage counted."""

from __future__ import annotations

from typing import Any

from kyumei.model.source import Source
from kyumei.readers.database.binlog.values import Table, images
from kyumei.readers.registry import READERS
from tests.readers.make_binlog_samples import Writer, gtid, image, ordinary, query, rows, table_map
from tests.readers.samples import strict_run


def rows_of(log: Writer) -> tuple[list[dict[str, Any]], Any]:
    found, tables = strict_run(READERS.get("database.mysql_binlog"), Source.memory(bytes(log.out)))
    return [row for table in tables for row in table.to_pylist()], found


def value(kind: int, meta: int, data: bytes, *, unsigned: bool = False) -> str | None:
    table = Table("d", "t", (kind,), (meta,), (unsigned,), (), ((),))
    return images(table, b"\x01\x01\x00" + data, pairs=False)[0][0][0]


def test_values_are_written_as_sql_writes_them() -> None:
    assert value(1, 0, b"\xfb") == "-5"
    assert value(1, 0, b"\xfb", unsigned=True) == "251"
    assert value(246, 0x0502, b"\x7f\xf3\xdd") == "-12.34"
    assert value(10, 0, b"\xd1\xd0\x0f") == "'2024-06-17'"
    assert value(15, 50, b"\x04it's") == "'it''s'"
    assert value(252, 2, b"\x02\x00\x00\xff") == "X'00FF'"


def test_a_statement_behind_several_rows_records_is_given_once() -> None:
    said = [row.get("statement") for row in rows_of(ordinary())[0] if row.get("operation") == "delete"]
    assert said == ["DELETE FROM customers WHERE id < 3", None]


def test_changed_rows_are_counted_for_their_table() -> None:
    log = Writer()
    for number in range(1, 4):
        log.add(33, gtid(number))
        log.add(2, query("BEGIN"))
        log.add(19, table_map(5, named=False))
        log.add(30, rows(5, [image(n, "abe", n, 1) for n in range(number)]))
    changed = [row for row in rows_of(log)[0] if row["action"] == "data.changed"]
    assert [(row["object"], row["rows"], row["session"]) for row in changed] == [("shop.customers", n, "42") for n in (1, 2, 3)]


def test_a_record_with_a_wrong_checksum_is_a_fault_and_costs_only_itself() -> None:
    log = ordinary()
    whole, place = rows_of(log)[0], log.places[14]
    log.out[place + 30] ^= 1
    read, found = rows_of(log)
    assert [row["rec"] for row in read] == [row["rec"] for row in whole if row["rec"] != place]
    assert [fault.offset for fault in found.faults] == [place]
