"""Statements as logs write them: what they do, to which tables, with which values."""

from __future__ import annotations

import pytest

from kyumei.scope.lineage.binds import values_of
from kyumei.scope.lineage.statements import analyse


@pytest.mark.parametrize(
    ("dialect", "text", "kind", "tables"),
    [
        ("mysql", "SELECT /*!40001 SQL_NO_CACHE */ * FROM `customers`", "export", ("customers",)),
        ("mysql", "select a into outfile '/tmp/x' fields terminated by ',' from shop.c", "export", ("c",)),
        ("postgres", "COPY public.customers (id, name) TO stdout;", "export", ("customers",)),
        ("postgres", "COPY customers FROM '/tmp/x'", "load", ("customers",)),
        ("mysql", "REPLACE INTO c VALUES (1, 2)", "insert", ("c",)),
        ("mysql", "select 1", "other", ()),
        ("mysql", "set autocommit=0", "other", ()),
        ("mysql", "START TRANSACTION WITH CONSISTENT SNAPSHOT", "begin", ()),
        ("postgres", "rollback to savepoint a", "savepoint", ()),
        ("postgres", "truncate table c", "define", ("c",)),
        ("mysql", "selec name frm customers", "unreadable", ()),
        ("mysql", "-- who\n/* why */ select a from t", "read", ("t",)),
    ],
)
def test_a_statement_is_of_a_kind_and_names_tables(dialect: str, text: str, kind: str, tables: tuple[str, ...]) -> None:
    (found,) = analyse(text, dialect)
    assert (found.kind, found.tables) == (kind, tables)


def test_several_statements_of_one_text_are_told_apart() -> None:
    assert [s.kind for s in analyse("BEGIN; select * from c; COMMIT", "postgres")] == ["begin", "read", "commit"]


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("$1 = 'O''Neill', $2 = NULL, $3 = 'a, $4 = ''x'''", {"1": "O'Neill", "2": None, "3": "a, $4 = 'x'"}),
        ('5,"a ""b"", c"', {"1": "5", "2": 'a "b", c'}),
        (" #1(5):hello #2(8):#3(1):x2", {"1": "hello", "2": "#3(1):x2"}),
    ],
)
def test_bound_values_are_read_as_each_log_writes_them(written: str, values: dict[str, str | None]) -> None:
    assert values_of(written) == values


def test_bound_values_stand_in_the_conditions() -> None:
    (found,) = analyse("select * from c where id = $1 and name = $2", "postgres", "$1 = '5', $2 = 'O''N'")
    assert found.predicates == ("id = '5' AND name = 'O''N'",)
    assert found.reason == ""
