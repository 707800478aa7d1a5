"""A query with every name spelt out, in one case, as the replay's database knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unreplayable(Exception):  # a finding about a statement, not an error
    """The statement cannot be replayed; the text says why."""


def qualified(tree: exp.Expr, tables: Mapping[str, Mapping[str, str]]) -> exp.Expr:
    """Return a copy with names in lower case, stars spelt out and every column with its table.

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
    missing = sorted(
        {t.name for t in copy.find_all(exp.Table)} - set(tables) - {c.alias_or_name for c in copy.find_all(exp.CTE)}
    )
    if missing:
        raise Unreplayable(f"table not in evidence: {', '.join(missing)}")
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables.items()}
    try:
        return qualify(
            _row_numbers_limited(copy), schema=schema, dialect="duckdb", quote_identifiers=False, validate_qualify_columns=True,
            canonicalize_table_aliases=False,
        )  # fmt: skip
    except Exception as wrong:
        said = str(wrong).split("\n", 1)[0].split(". Line", 1)[0][:160]
        raise Unreplayable(f"column or form not known: {said}") from wrong


def _row_numbers_limited(tree: exp.Expr) -> exp.Expr:
    """Return the tree with Oracle's `ROWNUM <= n` as a limit, on the sorted query inside where there is one."""
    for select in list(tree.find_all(exp.Select)):
        where: Any = select.args.get("where")
        for test in list(where.find_all(exp.LTE, exp.LT)) if where else []:
            is_rownum = isinstance(test.this, exp.Pseudocolumn | exp.Column) and test.this.name == "rownum"
            if is_rownum and isinstance(test.expression, exp.Literal) and _is_conjunct(test, where):
                count = int(test.expression.name) - isinstance(test, exp.LT)
                test.replace(exp.true())
                from_ = select.args["from_"].this
                inner: Any = from_.this if isinstance(from_, exp.Subquery) and not select.args.get("joins") else None
                sorted_inside = isinstance(inner, exp.Query) and inner.args.get("order") and not where.find(exp.Column)
                (inner if sorted_inside else select).set("limit", exp.Limit(expression=exp.Literal.number(count)))
    return tree


def _is_conjunct(test: exp.Expr, where: exp.Expr) -> bool:
    node = test.parent
    while node is not None and node is not where:
        if not isinstance(node, exp.And | exp.Paren):
            return False
        node = node.parent
    return True
