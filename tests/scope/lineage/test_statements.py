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


@pytest.mark.parametrize(
    ("dialect", "text", "kinds"),
    [
        ("tsql", "SET NOCOUNT ON; SELECT name FROM customers", ["other", "read"]),
        ("tsql", "BEGIN TRAN\nUPDATE customers SET pref = 'x;y'\nCOMMIT", ["begin", "update", "commit"]),
        ("tsql", "SELECT name FROM a\nGO\nSELECT name FROM b\nGO", ["read", "read"]),
        ("mysql", "SELECT name FROM a WHERE b = ';'", ["read"]),
        ("oracle", "SELECT seq.NEXTVAL FROM dual", ["other"]),
        ("tsql", "EXEC dbo.usp_FindCustomer @id = 5", ["unreadable"]),
        ("tsql", "exec sp_reset_connection", ["other"]),
        ("oracle", "BEGIN UPDATE customers SET pref = 'x'; END;", ["unreadable"]),
    ],
)
def test_a_batch_is_taken_apart_and_what_may_hide_statements_is_no_trifle(dialect: str, text: str, kinds: list[str]) -> None:
    assert [s.kind for s in analyse(text, dialect)] == kinds


def test_variables_of_a_batch_stand_in_the_conditions() -> None:
    *_, found = analyse("DECLARE @id int = 5, @n nvarchar(9) = N'a''b';\nSELECT * FROM c WHERE id = @id AND name = @n", "tsql")
    assert found.predicates == ("id = 5 AND name = N'a''b'",)


@pytest.mark.parametrize("length", ["3", "9"])
def test_the_length_of_a_bound_value_may_be_in_characters_or_in_bytes(length: str) -> None:
    assert values_of(f" #1({length}):大阪府 #2(1):7") == {"1": "大阪府", "2": "7"}


def test_named_places_of_oracle_are_filled_in_their_order() -> None:
    (found,) = analyse("select * from c where id = :customer and pref = :p", "oracle", " #1(1):5 #2(3):大阪府")
    assert found.predicates == ("id = '5' AND pref = '大阪府'",)
