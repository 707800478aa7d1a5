"""Queries give the rows of the base tables behind their result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from kyumei.scope.lineage.names import Unreplayable
from kyumei.scope.lineage.rewrite import rewritten
from kyumei.scope.lineage.statements import analyse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.scope.lineage.rewrite import Mode

TABLES = {
    "customers": {"id": "BIGINT", "name": "VARCHAR", "pref": "VARCHAR"},
    "orders": {"oid": "BIGINT", "cid": "BIGINT", "total": "BIGINT"},
}

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
    done = rewritten(statement.tree, TABLES, mode, lambda _, column: column in {"id", "oid"})
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


def test_a_page_without_order_may_be_any_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "mysql", "select name from customers limit 3", "certain") == set()
    assert len(rows(con, "mysql", "select name from customers limit 3", "possible")) == 10


def test_a_table_that_is_not_in_evidence_is_named(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Unreplayable, match="members"):
        rows(con, "mysql", "select * from members")
