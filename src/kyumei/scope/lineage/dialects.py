"""What SQL Server and Oracle write in their own way, put into the words that all dialects share.

Pages asked for by row number (`ROWNUM`, `ROW_NUMBER() … WHERE rn BETWEEN 41 AND 50`) become LIMIT and OFFSET, so that ties and
orders that are not to be trusted are judged as with any page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp
from sqlglot.time import format_time
from sqlglot.transforms import eliminate_join_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORMATS: Final = {
    "YYYY": "%Y", "RRRR": "%Y", "YY": "%y", "RR": "%y", "MM": "%m", "DD": "%d", "HH24": "%H", "HH12": "%I", "HH": "%I",
    "MI": "%M", "SS": "%S", "MON": "%b", "MONTH": "%B", "DY": "%a", "DAY": "%A", "DDD": "%j",
}  # fmt: skip
_TEXTS: Final = (
    exp.Upper,
    exp.Lower,
    exp.Substring,
    exp.Concat,
    exp.DPipe,
    exp.Trim,
    exp.Replace,
    exp.Left,
    exp.Right,
    exp.National,
)
_COMPARED: Final = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.EQ, exp.Between)


def shared(tree: exp.Expr, tables: Mapping[str, Mapping[str, str]], dialect: str = "") -> exp.Expr:
    """Return the tree, whose names are in lower case, in shared words; it is changed in place.

    Args:
        tree: a query, or a change with queries in it.
        tables: table → column → type in DuckDB.
        dialect: of the database; `+` joins texts in `tsql` only.
    """
    for national in list(tree.find_all(exp.National)):
        national.replace(exp.Literal.string(national.name))
    if any(column.args.get("join_mark") for column in tree.find_all(exp.Column)):
        tree = eliminate_join_marks(tree)
    holder = exp.Paren(this=tree)
    _functions(holder)
    if dialect == "tsql":
        _joined_texts(holder, tables)
    inner: exp.Expr = holder.this
    inner.pop()
    _pages(inner)
    return inner


def _functions(holder: exp.Expr) -> None:
    for node in list(holder.find_all(exp.ToChar)):
        form = node.args.get("format")
        if isinstance(form, exp.Literal):
            mapped = format_time(form.name.upper().replace("FM", ""), _FORMATS) or form.name
            node.replace(exp.TimeToStr(this=node.this.copy(), format=exp.Literal.string(mapped)))
    for moved in list(holder.find_all(exp.Add, exp.Sub)):
        if _is_instant(moved.left) and isinstance(moved.right, exp.Literal) and moved.right.is_int:
            moved.set("expression", exp.Interval(this=exp.Literal.string(moved.right.name), unit=exp.var("DAY")))


def _joined_texts(holder: exp.Expr, tables: Mapping[str, Mapping[str, str]]) -> None:
    texts = {column for columns in tables.values() for column, kind in columns.items() if kind.startswith("VARCHAR")}
    others = {column for columns in tables.values() for column, kind in columns.items() if not kind.startswith("VARCHAR")}
    for node in list(holder.find_all(exp.Add)):
        if any(_is_text(side, texts - others) for side in (node.left, node.right)):
            node.replace(exp.DPipe(this=node.left.copy(), expression=node.right.copy(), safe=False))


def _is_text(node: exp.Expr, texts: set[str]) -> bool:
    if isinstance(node, exp.Paren | exp.Add | exp.Coalesce):
        return any(_is_text(part, texts) for part in node.iter_expressions())
    if isinstance(node, exp.Column):
        return node.name in texts
    return (isinstance(node, exp.Literal) and node.is_string) or isinstance(node, _TEXTS)


def _is_instant(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return bool(node.to.is_type("timestamp"))
    return isinstance(node, exp.TimestampTrunc | exp.DateTrunc | exp.CurrentTimestamp)


def _pages(tree: exp.Expr) -> None:
    """Turn conditions on row numbers into LIMIT and OFFSET where it is certain what they mean."""
    for select in list(tree.find_all(exp.Select)):
        number = _numbered(select)
        if number is not None:
            _limited(select, *number)
    for select in list(tree.find_all(exp.Select)):
        found = {"low": 1, "high": 0}
        tests = [t for t in _conjuncts(select) if _bound(t, "rownum", found)]
        if tests and found["high"] and found["low"] <= 1:
            for test in tests:
                test.replace(exp.true())
            inner = _inside(select)
            where: Any = select.args.get("where")
            is_sorted = inner is not None and inner.args.get("order") and not where.find(exp.Column)
            (inner if is_sorted and inner is not None else select).set("limit", _limit(found["high"]))


def _numbered(select: exp.Select) -> tuple[exp.Select, exp.Expr, str] | None:
    """Return the query inside that numbers its rows, its numbering, and the name of the number."""
    inner = _inside(select)
    if inner is None or not isinstance(inner, exp.Select):
        return None
    for projection in inner.expressions:
        what = projection.unalias()
        is_window = isinstance(what, exp.Window) and isinstance(what.this, exp.RowNumber) and not what.args.get("partition_by")
        if is_window or _is_rownum(what):
            return inner, projection, projection.alias_or_name
    return None


def _limited(select: exp.Select, inner: exp.Select, projection: exp.Expr, name: str) -> None:
    found = {"low": 1, "high": 0}
    tests = [t for t in _conjuncts(select) if _bound(t, name, found)]
    what = projection.unalias()
    target: Any = inner
    if _is_rownum(what):
        own = [t for t in _conjuncts(inner) if _bound(t, "rownum", found)]
        where: Any = inner.args.get("where")
        below = _inside(inner)
        if below is None or (where is not None and len(own) != len(_conjuncts(inner))):
            return
        tests, target = [*tests, *own], below
    if not tests or not found["high"] or any(target.args.get(part) for part in ("limit", "offset", "distinct")):
        return
    if isinstance(what, exp.Window):
        target.set("order", what.args["order"].copy() if what.args.get("order") else None)
    for test in tests:
        test.replace(exp.true())
    target.set("limit", _limit(max(0, found["high"] - found["low"] + 1)))
    if found["low"] > 1:
        target.set("offset", exp.Offset(expression=exp.Literal.number(found["low"] - 1)))
    what.replace(exp.Literal.number(0)) if projection is not what else projection.replace(
        exp.alias_(exp.Literal.number(0), name)
    )


def _limit(count: int) -> exp.Limit:
    return exp.Limit(expression=exp.Literal.number(count))


def _is_rownum(node: exp.Expr) -> bool:
    return isinstance(node, exp.Pseudocolumn | exp.Column) and node.name == "rownum"


def _inside(select: exp.Select) -> exp.Select | None:
    """Return the one query from which this one reads, written in place or by a `with` name that nobody else uses."""
    from_ = select.args.get("from_")
    if from_ is None or select.args.get("joins") or select.args.get("group"):
        return None
    source = from_.this
    if isinstance(source, exp.Subquery):
        return source.this if isinstance(source.this, exp.Select) else None
    root = select.root()
    if isinstance(source, exp.Table):
        named = [c for c in root.find_all(exp.CTE) if c.alias_or_name == source.name and isinstance(c.this, exp.Select)]
        used = [t for t in root.find_all(exp.Table) if t.name == source.name]
        if len(named) == 1 and len(used) == 1:
            return named[0].this  # type: ignore[no-any-return]  # a Select, see above
    return None


def _conjuncts(select: exp.Select) -> list[exp.Expr]:
    where: Any = select.args.get("where")
    return list(_parts(where.this)) if where is not None else []


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, exp.Paren):
        yield from _parts(node.this)
    else:
        yield node


def _bound(test: exp.Expr, name: str, found: dict[str, int]) -> bool:
    """Return whether the condition bounds the number of this name; the bounds are put into `found`."""
    if not isinstance(test, _COMPARED) or test.this.name != name or not isinstance(test.this, exp.Column | exp.Pseudocolumn):
        return False
    sides = [test.args.get("low"), test.args.get("high")] if isinstance(test, exp.Between) else [test.expression]
    if not all(isinstance(side, exp.Literal) and not side.is_string and side.name.isdigit() for side in sides):
        return False
    numbers = [int(side.name) for side in sides if side is not None]
    if isinstance(test, exp.GT | exp.GTE | exp.Between | exp.EQ):
        found["low"] = max(found["low"], numbers[0] + isinstance(test, exp.GT))
    if isinstance(test, exp.LT | exp.LTE | exp.Between | exp.EQ):
        high = numbers[-1] - isinstance(test, exp.LT)
        found["high"] = min(found["high"], high) if found["high"] else high
    return True
