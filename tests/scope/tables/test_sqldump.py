from __future__ import annotations

import io
import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.scope.tables.sqldump import accepts, extract
from tests.conftest import members
from tests.scope.run import counted, profiled

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str | bytes, **facts: object) -> dict[str, list[tuple[str | None, ...]]]:
    """Return each table's rows."""
    found: dict[str, list[tuple[str | None, ...]]] = {}
    source = Source.memory(text if isinstance(text, bytes) else text.encode(), "d.sql", **facts)
    for table in extract(source):
        rows = found.setdefault(table.name, [])
        for batch in table.batches:
            rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return found


def test_mysqldump_escapes_literals_and_null_are_read() -> None:
    dump = (
        "-- MySQL dump 10.13  Don't be fooled\n/*!40101 SET NAMES utf8mb4 */;\n"
        "CREATE TABLE `t` (\n `id` int NOT NULL,\n `v` varchar(20) DEFAULT 'a,b)',\n `d` decimal(10,2),\n"
        " PRIMARY KEY (`id`)\n);\n"
        r"INSERT INTO `t` VALUES (1,'O\'Brien','1.50'),(2,NULL,-3),(3,'a\\',4),(4,'x''y;(,\n',0xE4BD90E897A4),"
        "(5,_binary 'bin',NULL);\n"
    )
    assert read(dump)["t"] == [
        ("1", "O'Brien", "1.50"), ("2", None, "-3"), ("3", "a\\", "4"), ("4", "x'y;(,\n", "佐藤"), ("5", "bin", None),
    ]  # fmt: skip


def test_copy_is_read_with_its_escapes() -> None:
    rows = "1\t佐藤\ta\\tb\\\\c\n2\t\\N\t\n\\.\n"
    dump = f"--\n-- PostgreSQL database dump\n--\n\nCOPY public.p (id, name, note) FROM stdin;\n{rows}\nSELECT 1;\n"
    assert read(dump) == {"p": [("1", "佐藤", "a\tb\\c"), ("2", None, None)]}


def test_statements_of_one_row_each_and_without_semicolons_are_read() -> None:
    inserts = [f"INSERT [dbo].[顧客] ([Id], [氏名]) VALUES ({n}, N'{name}')\n" for n, name in ((1, "佐藤"), (2, "鈴木"))]
    dump = "SET IDENTITY_INSERT [dbo].[顧客] ON\n" + "".join(inserts) + "GO\n"
    assert read(dump) == {"顧客": [("1", "佐藤"), ("2", "鈴木")]}


def test_backslashes_are_letters_where_the_dialect_has_no_escapes() -> None:
    assert read("INSERT INTO p VALUES ('C:\\', 'x');\n") == {"p": [("C:\\", "x")]}


def test_scattered_statements_of_a_table_are_gathered() -> None:
    dump = "".join(f"INSERT INTO {'ab'[n % 2]} VALUES ({n}, 'x');\n" for n in range(6))
    assert {name: [row[0] for row in rows] for name, rows in read(dump).items()} == {"a": ["0", "2", "4"], "b": ["1", "3", "5"]}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16"])
def test_a_record_is_cited_by_the_byte_of_its_parenthesis(encoding: str) -> None:
    rows = ",".join(f"({n},'佐藤{n}表')" for n in range(50))
    raw = f"-- 顧客\r\nINSERT INTO 顧客 (番号, 氏名) VALUES {rows};\r\n".encode(encoding)
    table = next(extract(Source.memory(raw, "d.sql")))
    recs = [rec for batch in table.batches for rec in batch.recs.to_pylist()]
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    assert [raw[rec:].decode(codec)[: len(f"({n},")] for n, rec in enumerate(recs)] == [f"({n}," for n in range(50)]


def test_rows_that_span_blocks_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyumei.scope.tables.blocks.BLOCK_BYTES", 20_000)
    rows = ",".join(f"({n},'{'x' * (n % 90)}')" for n in range(3000))
    found = read(f"INSERT INTO t VALUES {rows};\nINSERT INTO t VALUES (3000,'end');\n")["t"]
    assert [row[0] for row in found] == [str(n) for n in range(3001)]


def test_a_row_that_does_not_end_is_a_fault_and_the_rest_is_read() -> None:
    source = Source.memory(b"INSERT INTO t VALUES (1,'a'),(2,'b\nINSERT INTO u VALUES (3,'c');\n", "d.sql")
    tables = [(t.name, sum(len(b.recs) for b in t.batches), t) for t in extract(source)]
    assert [(name, rows) for name, rows, _ in tables] == [("t", 1), ("u", 1)]
    assert [f.reason for _, _, t in tables for f in t.faults] == ["row that does not end"]


def test_logs_that_quote_statements_are_no_dump() -> None:
    log = b"2024-05-01 10:00:00 JST [12] LOG:  statement: INSERT INTO t VALUES (1);\n" * 5
    assert accepts(Source.memory(log)) == 0


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    values=st.lists(
        st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=12)), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    )
)
def test_what_sqlite_dumps_is_read_back(values: list[list[str | None]]) -> None:
    con = sqlite3.connect(":memory:")
    con.execute("create table t (a text, b text)")
    clean = [[v if v is None else "".join(c for c in v if c not in "\0\r") for v in row] for row in values]
    con.executemany("insert into t values (?, ?)", clean)
    dump = io.StringIO()
    dump.writelines(f"{line}\n" for line in con.iterdump())
    con.close()
    found = read(dump.getvalue().encode()).get("t", [])
    assert found == [tuple(v or None for v in row) for row in clean]


def test_chinook_gives_59_customers_and_8_employees_from_every_dialect(shared_data: Path, tmp_path: Path) -> None:
    names = {"Chinook_MySql.sql", "Chinook_PostgreSql.sql", "Chinook_Sqlite.sqlite"}
    files = {n.rsplit("/", 1)[-1]: data for n, data in members(shared_data / "db.tar.xz") if n.rsplit("/", 1)[-1] in names}
    sources = [Source.memory(data, name) for name, data in sorted(files.items())]
    assert len(sources) == 3
    for source in sources:
        found = profiled(source)
        rows = {t["name"].lower(): t["records"] for t in found.tables}
        assert (rows["customer"], rows["employee"], rows["track"]) == (59, 8, 3503)
        assert {t["name"].lower() for t in found.tables if t["personal"]} == {"customer", "employee", "invoice"}
        assert counted(found, tmp_path / source.name)[1].best == 67
    assert counted(profiled(*sources), tmp_path / "all")[1].best == 67
