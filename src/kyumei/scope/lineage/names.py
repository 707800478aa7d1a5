"""A query with every name spelt out, in one case, as the replay's database knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from kyumei.scope.lineage.dialects import shared

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unreplayable(Exception):  # a finding about a statement, not an error
    """The statement cannot be replayed; the text says why."""


def qualified(tree: exp.Expr, tables: Mapping[str, Mapping[str, str]], dialect: str = "") -> exp.Expr:
    """Return a copy in shared words, with names in lower case, stars spelt out and every column with its table.

    Raises:
        Unreplayable: a table or a column is not known.
    """
    copy = tree.copy()
    for name in copy.find_all(exp.Identifier):
        name.set("this", name.name.lower())
        name.set("quoted", False)  # noqa: FBT003
    for table in copy.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
        table.set("hints", None)
    for select in copy.find_all(exp.Select):
        for part in ("locks", "operation_modifiers", "hint", "into"):
            select.set(part, None)
    copy = shared(copy, tables, dialect)
    missing = sorted(
        {t.name for t in copy.find_all(exp.Table)} - set(tables) - {c.alias_or_name for c in copy.find_all(exp.CTE)}
    )
    if missing:
        raise Unreplayable(f"table not in evidence: {', '.join(missing)}")
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables.items()}
    try:
        return qualify(
            copy, schema=schema, dialect="duckdb", quote_identifiers=False, validate_qualify_columns=True,
            canonicalize_table_aliases=False,
        )  # fmt: skip
    except Exception as wrong:
        said = str(wrong).split("\n", 1)[0].split(". Line", 1)[0][:160]
        raise Unreplayable(f"column or form not known: {said}") from wrong
