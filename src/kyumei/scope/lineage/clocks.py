"""Functions that give the present instant, replaced by the instant at which a statement was logged."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

_FORMS: Final = tuple(
    form
    for form in (
        getattr(exp, n, None)
        for n in (
            "CurrentTimestamp",
            "CurrentDatetime",
            "CurrentDate",
            "CurrentTime",
            "Localtimestamp",
            "Localtime",
            "UtcTimestamp",
            "CurrentTimestampLTZ",
            "Systimestamp",
        )
    )
    if form is not None
)
_NAMES: Final = {
    **dict.fromkeys(
        ("now", "sysdate", "getdate", "sysdatetime", "localtimestamp", "statement_timestamp", "clock_timestamp"), "timestamp"
    ),
    **dict.fromkeys(("transaction_timestamp", "utc_timestamp", "getutcdate", "systimestamp", "current_timestamp"), "timestamp"),
    **dict.fromkeys(("curdate", "today", "current_date"), "date"),
}


def reads_clock(tree: exp.Expr) -> bool:
    """Return whether the tree asks for the present instant."""
    return any(_kind(node) for node in tree.walk())


def at_instant(tree: exp.Expr, wall: str) -> exp.Expr:
    """Return a copy in which the present instant is `wall`, `YYYY-MM-DD HH:MM:SS`."""
    copy = exp.Paren(this=tree.copy())
    for node in list(copy.walk()):
        kind = _kind(node)
        if kind == "date":
            node.replace(exp.cast(exp.Literal.string(wall[:10]), "date"))
        elif kind:
            node.replace(exp.cast(exp.Literal.string(wall), "timestamp"))
    inner: exp.Expr = copy.this
    inner.pop()
    return inner


def _kind(node: exp.Expr) -> str:
    if isinstance(node, exp.CurrentDate):
        return "date"
    if isinstance(node, _FORMS):
        return "timestamp"
    if isinstance(node, exp.Anonymous):
        return _NAMES.get(node.name.lower(), "")
    if isinstance(node, exp.Column) and not node.table and node.name.lower() == "sysdate":
        return "timestamp"
    return ""
