"""Queries give the rows of the base tables behind their result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from kyumei.scope.lineage.names import Unreplayable
from kyumei.scope.lineage.rewrite import NUMBERED, rewritten
from kyumei.scope.lineage.statements import analyse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.scope.lineage.rewrite import Mode

TABLES = {
    "customers": {"id": "BIGINT", "name": "VARCHAR", "pref": "VARCHAR"},
    "orders": {"oid": "BIGINT", "cid": "BIGINT", "total": "BIGINT"},
}

SORTED = "select * from customers order by id"
NINTH = "select name from customers where id = 9"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Ten customers, rows 1001 to 1010, the even ones in Tokyo; twenty orders, rows 2001 to 2020, of customers 1 to 5."""
    with duckdb.connect() as made:
        made.execute("create table customers(id bigint, name varchar collate nocase, pref varchar, __row bigint)")
        made.execute("insert into customers select i, 'n'||i, if(i%2=0, 'Tokyo', 'Osaka'), 1000+i from range(1,11) t(i)")
        made.execute("create table orders(oid bigint, cid bigint, total bigint, __row bigint)")
        made.execute("insert into orders select i, i%5+1, i*100, 2000+i from range(1,21) t(i)")
        yield made


def rows(con: duckdb.DuckDBPyConnection, dialect: str, text: str, mode: Mode = "best") -> set[int]:
    (statement,) = analyse(text, dialect)
    assert statement.tree is not None
    done = rewritten(statement.tree, TABLES, mode, lambda _, column: column in {"id", "oid"}, dialect, {"customers": "id"})
    con.execute(f"create or replace temp table result as {done.tree.sql('duckdb')}")
    given = con.sql("select * from result").columns
    shown = [k for k in done.mentions if f"__p{k}" in given and done.shown.get(k)]
    return {row for k in shown for (row,) in con.sql(f"select distinct unnest(__p{k}) from result").fetchall() if row}


@pytest.mark.parametrize(
    ("dialect", "text", "wanted"),
    [
        ("mysql", "select * from customers where name like 'N1%'", {1001, 1010}),
        ("mysql", "SELECT c.`name` FROM shop.customers c JOIN orders o ON o.cid = c.id WHERE o.total > 1900", {1001}),
        ("mysql", "select name from customers order by id limit 3, 2", {1004, 1005}),
        ("mysql", "select count(*), sum(id) from customers", set()),
        ("mysql", "select group_concat(name) from customers where id < 3", {1001, 1002}),
        ("mysql", "select name from customers left join orders o on cid = id where oid is null", {*range(1006, 1011)}),
        ("mysql", "select name from (select * from customers order by id limit 4) q where pref = 'Tokyo'", {1002, 1004}),
        ("postgres", "select name from customers where name ilike 'N1%'", {1001, 1010}),
        ("postgres", "select name from customers where pref like 'tok%'", set()),
        ("postgres", "select name from customers where id in (select cid from orders where total > 1800)", {1001, 1005}),
        ("postgres", f"with x as (select * from customers where id < 3) select name from x union {NINTH}", {1001, 1002, 1009}),
        ("postgres", "select (select name from customers c where c.id = o.cid) from orders o where o.oid < 3", {1002, 1003}),
        ("postgres", "select distinct on (pref) name from customers order by pref, id desc", {1009, 1010}),
        ("postgres", "select name from customers except select name from customers where id > 2", {1001, 1002}),
        ("postgres", "select name from customers intersect select name from customers where id > 8", {1009, 1010}),
        ("postgres", "copy (select name from customers where id = 4) to stdout", {1004}),
        ("tsql", "select top 2 [name] from [dbo].[customers] order by id desc", {1009, 1010}),
        ("tsql", "exec sp_executesql N'select name from customers where id = @p0', N'@p0 int', @p0 = 5", {1005}),
        ("oracle", "select name from (select * from customers order by id) where rownum <= 2", {1001, 1002}),
        ("oracle", "select name from customers order by id offset 2 rows fetch next 2 rows only", {1003, 1004}),
        ("tsql", "select name + N' san' from customers with (nolock) where name = N'n3'", {1003}),
        ("tsql", "with p as (select *, row_number() over (order by id) rn from customers) select name from p where rn > 8",
         {1009, 1010}),
        ("tsql", "select name from (select name, row_number() over (order by -id) n from customers) c where n between 3 and 4",
         {1007, 1008}),
        ("oracle", f"select name from (select a.*, rownum n from ({SORTED}) a where rownum < 5) where n > 2", {1003, 1004}),
        ("oracle", "select c.name from customers c, orders o where o.cid(+) = c.id and o.oid is null", {*range(1006, 1011)}),
        ("oracle", "select to_char(date '2024-02-03', 'YYYYMMDD') || name from customers where rownum < 2", {1001}),
        ("oracle", "select name from customers order by id fetch first 2 rows with ties", {1001, 1002}),
    ],
)  # fmt: skip
def test_a_query_gives_the_rows_whose_values_it_shows(
    con: duckdb.DuckDBPyConnection, dialect: str, text: str, wanted: set[int]
) -> None:
    assert {row for row in rows(con, dialect, text) if row < 2000} == wanted


def test_rows_that_tie_at_the_end_of_a_page_are_possible_and_not_certain(con: duckdb.DuckDBPyConnection) -> None:
    text = "select name from customers order by id % 5 limit 3"
    assert rows(con, "mysql", text, "certain") == {1005, 1010}
    assert rows(con, "mysql", text, "possible") == {1005, 1010, 1001, 1006}


@pytest.mark.parametrize(
    "text",
    [
        "select name from (select name, row_number() over (order by name) rn from customers) x where rn < 4",
        "select * from (select a.*, rownum n from (select name from customers order by name) a where rownum <= 3) where n > 0",
    ],
)
def test_a_page_by_numbers_in_an_order_not_to_be_trusted_may_be_any_rows(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert rows(con, "oracle", text, "certain") == set()
    assert len(rows(con, "oracle", text, "possible")) == 10


def test_rows_that_tie_with_the_last_one_are_on_the_page_where_that_is_asked(con: duckdb.DuckDBPyConnection) -> None:
    text = "select top 3 with ties name from customers order by id % 5"
    assert rows(con, "tsql", text) == rows(con, "tsql", text, "certain") == {1005, 1010, 1001, 1006}


def test_rows_chosen_by_a_number_within_groups_are_doubted() -> None:
    text = "select name from (select name, row_number() over (partition by pref order by name) n from customers) x where n = 1"
    (statement,) = analyse(text, "tsql")
    assert statement.tree is not None
    assert rewritten(statement.tree, TABLES, "best", lambda *_: False).doubts == [NUMBERED]


def test_a_page_without_order_may_be_any_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "mysql", "select name from customers limit 3", "certain") == set()
    assert len(rows(con, "mysql", "select name from customers limit 3", "possible")) == 10


def test_a_table_that_is_not_in_evidence_is_named(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Unreplayable, match="members"):
        rows(con, "mysql", "select * from members")
