"""A query rewritten so that it also says which rows of the base tables each row of its result comes from.

Every mention of a base table gets a number k, and every query a further column `__p<k>`: the list of the table's row numbers
(`__row`) behind a row of the result. It is passed up through joins, derived tables, `with` queries and scalar subqueries;
grouping and DISTINCT join the lists of the rows that they put together. What a query shows of a table is followed column by
column in the same walk; a count or a sum of a column shows no value of it, a smallest or largest value shows one.

Paging is read in three ways. `best` is what the database most likely gave: ties are broken by the order in which rows are kept.
`certain` gives the rows that are on the page however ties fall, `possible` those that may be; without ORDER BY all rows tie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlglot import exp

from kyumei.scope.lineage.names import Unreplayable, qualified

if TYPE_CHECKING:
    from collections.abc import Callable

Mode = Literal["best", "certain", "possible"]
Shown = Literal["value", "extreme"]
Source = tuple[int, str, Shown]
"""Number of the mention, column, how it is shown."""
Outputs = dict[str, frozenset[Source]]

NUMBERED: Final = "rows are chosen by a number whose order is not certain"
ROW: Final = "__row"
PLACE: Final = "__p"
_EXTREME: Final = (exp.Max, exp.Min, exp.AnyValue, exp.First, exp.Last)
_LISTING: Final = (exp.GroupConcat, exp.ArrayAgg, exp.ArrayUniqueAgg, exp.JSONArrayAgg, exp.JSONObjectAgg, exp.ArrayConcatAgg)
_RANK: Final = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.PercentRank, exp.CumeDist)
_MODES: Final[tuple[Mode, ...]] = ("best", "certain", "possible")


@dataclass(slots=True)
class Rewritten:
    """A query with row numbers.

    Attributes:
        tree: in DuckDB's meaning.
        mentions: number → base table.
        shown: mention → columns whose values the result shows; extremes apart.
        aggregated: whether the result shows nothing but counts and the like.
        paged: whether LIMIT or its like cuts the result somewhere.
        doubts: why rows are less than certain.
    """

    tree: exp.Query
    mentions: dict[int, str]
    shown: dict[int, set[str]]
    extremes: dict[int, set[str]]
    grouped: frozenset[int]
    paged: bool
    doubts: list[str]


@dataclass(slots=True)
class _Work:
    mode: Mode
    is_ordered: Callable[[str, str], bool]
    tables: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    mentions: dict[int, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    grouped: set[int] = field(default_factory=set)
    paged: bool = False
    names: int = 0

    def mention(self, table: str) -> int:
        self.mentions[len(self.mentions)] = table
        return len(self.mentions) - 1

    def doubt(self, why: str) -> None:
        if why not in self.doubts:
            self.doubts.append(why)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A query as its neighbours see it: what its columns come from, and which mentions it carries."""

    outputs: Outputs
    places: tuple[int, ...]


Visible = Mapping[str, tuple[_Seen, bool]]
"""Alias → what it gives, and whether it is a base table."""


def rewritten(
    tree: exp.Expr,
    tables: Mapping[str, Mapping[str, str]],
    mode: Mode,
    is_ordered: Callable[[str, str], bool],
    dialect: str = "",
    keys: Mapping[str, str] | None = None,
) -> Rewritten:
    """Return the query with row numbers.

    Args:
        tree: as parsed.
        tables: table → column → type in DuckDB.
        mode: how paging is read.
        is_ordered: whether a base table's column sorts the same in the database as here.
        dialect: of the database.
        keys: table → column of which every row has another value.

    Raises:
        Unreplayable: it cannot be done.
    """
    query = qualified(tree, tables, dialect)
    if not isinstance(query, exp.Query):
        raise Unreplayable("no query")
    work = _Work(mode, is_ordered, tables, keys or {})
    done, seen = _query(query.unnest() if isinstance(query, exp.Subquery) else query, work, {})
    shown: dict[int, set[str]] = {}
    extremes: dict[int, set[str]] = {}
    for sources in seen.outputs.values():
        for k, column, how in sources:
            (shown if how == "value" else extremes).setdefault(k, set()).add(column)
    return Rewritten(done, work.mentions, shown, extremes, frozenset(work.grouped), work.paged, work.doubts)


def _query(query: exp.Expr, work: _Work, known: Mapping[str, _Seen]) -> tuple[exp.Query, _Seen]:
    """Rewrite a query in place of its parent; returns it and what it gives."""
    if isinstance(query, exp.Subquery):
        inner, seen = _query(query.this, work, known)
        query.set("this", inner)
        return query, seen
    with_: Any = query.args.get("with_")
    scope = dict(known)
    for cte in with_.expressions if with_ else ():
        if with_.args.get("recursive") and any(t.name == cte.alias_or_name for t in cte.this.find_all(exp.Table)):
            raise Unreplayable("recursive query")
        inner, seen = _query(cte.this, work, scope)
        cte.set("this", inner)
        _without_column_list(cte)
        scope[cte.alias_or_name] = seen
    if isinstance(query, exp.SetOperation):
        return _set_operation(query, work, scope)
    if isinstance(query, exp.Select):
        return _select(query, work, scope)
    raise Unreplayable(f"form not known: {type(query).__name__}")


def _without_column_list(cte: exp.CTE) -> None:
    alias = cte.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        alias.set("columns", None)  # qualify has given the outputs these names


def _select(select: exp.Select, work: _Work, known: Mapping[str, _Seen]) -> tuple[exp.Query, _Seen]:
    _rename_doubles(select)
    visible = _from(select, work, known)
    _numberings(select, visible, work)
    outputs: Outputs = {}
    places: dict[int, list[exp.Expr]] = {}
    for alias, (seen, base) in visible.items():
        for k in seen.places:
            column = exp.column(ROW if base else f"{PLACE}{k}", table=alias)
            places.setdefault(k, []).append(exp.Array(expressions=[column]) if base else column)
    for projection in select.expressions:
        name = projection.alias_or_name
        outputs[name] = outputs.get(name, frozenset()) | _sources(projection, visible)
    grouped = bool(select.args.get("group")) or any(_aggregates(p) for p in select.expressions)
    inner = _scalars(select, work, known, grouped=grouped)
    for name, sources in inner[0].items():
        outputs[name] = outputs.get(name, frozenset()) | sources
    distinct = select.args.get("distinct")
    plain_distinct = distinct is not None and not distinct.args.get("on")
    if plain_distinct and not grouped:
        select.set("distinct", None)
        select.set("group", exp.Group(expressions=[exp.Literal.number(n + 1) for n in range(len(select.expressions))]))
        grouped = True
    names = [p.alias_or_name for p in select.expressions]
    work.grouped.update(places if grouped else ())
    for k, lists in places.items():
        joined = lists[0] if len(lists) == 1 else exp.func("list_concat", *lists)
        select.append("expressions", exp.alias_(_gathered(joined) if grouped else joined, f"{PLACE}{k}"))
    for k, scalar in inner[1].items():
        select.append("expressions", exp.alias_(scalar, f"{PLACE}{k}"))
    every = (*places, *inner[1])
    seen = _Seen(outputs, every)
    return _paged(select, names, seen, visible, work), seen


def _numberings(select: exp.Select, visible: Visible, work: _Work) -> None:
    """Doubt rows that are chosen by their number where the numbers may have fallen otherwise in the database."""
    if select.parent is None and not select.args.get("qualify"):
        return  # the numbers are shown, nothing is chosen by them
    for window in [
        w for w in select.find_all(exp.Window) if isinstance(w.this, _RANK) and w.find_ancestor(exp.Select) is select
    ]:
        order = window.args.get("order")
        by = [key.this for key in order.expressions] if order else []
        sure = bool(by) and all(_sorts_alike(key, _Seen({}, ()), visible, work) for key in by)
        if isinstance(window.this, exp.RowNumber | exp.Ntile):
            columns = [
                source
                for key in by
                for column in key.find_all(exp.Column)
                for source in _of_key(column, _Seen({}, ()), visible)
            ]
            sure = sure and any(work.keys.get(work.mentions[k]) == column for k, column, _ in columns)
        if not sure:
            work.doubt(NUMBERED)


def _rename_doubles(select: exp.Select) -> None:
    """Give the second of two columns of one name another one; a derived table cannot have both."""
    seen: set[str] = set()
    for n, projection in enumerate(select.expressions):
        name = projection.alias_or_name
        if name in seen:
            projection.replace(exp.alias_(projection.unalias().copy(), f"{name}_{n}"))
        seen.add(name)


def _gathered(lists: exp.Expr) -> exp.Expr:
    return exp.func("list_sort", exp.func("flatten", exp.func("list", lists)))


def _from(select: exp.Select, work: _Work, known: Mapping[str, _Seen]) -> dict[str, tuple[_Seen, bool]]:
    """Return alias → what it gives, and whether it is a base table; derived tables are rewritten."""
    found: dict[str, tuple[_Seen, bool]] = {}
    from_ = select.args.get("from_")
    sources = ([from_.this] if from_ else []) + [join.this for join in select.args.get("joins") or ()]
    for source in sources:
        alias = source.alias_or_name
        if isinstance(source, exp.Table) and source.name in known:
            found[alias] = (known[source.name], False)
        elif isinstance(source, exp.Table):
            k = work.mention(source.name)
            columns = work.tables[source.name]
            found[alias] = (_Seen({c: frozenset({(k, c, "value")}) for c in columns}, (k,)), True)
        elif isinstance(source, exp.Subquery):
            inner, seen = _query(source.this, work, known)
            source.set("this", inner)
            found[alias] = (seen, False)
        elif isinstance(source, exp.Lateral) and isinstance(source.this, exp.Subquery):
            inner, seen = _query(source.this.this, work, known)
            source.this.set("this", inner)
            found[alias] = (seen, False)
        elif source.find(exp.Table):
            raise Unreplayable(f"form not known: {type(source).__name__}")
    return found


def _sources(projection: exp.Expr, visible: Visible) -> frozenset[Source]:
    """Return what of the base tables the projection shows; subqueries inside it are left to `_scalars`."""
    found: set[Source] = set()
    for column in projection.find_all(exp.Column):
        if column.find_ancestor(exp.Select) is not projection.parent:
            continue
        how = _shown(column, projection)
        seen = visible.get(column.table)
        if how and seen:
            for k, name, before in seen[0].outputs.get(column.name, ()):
                found.add((k, name, "extreme" if "extreme" in {how, before} else "value"))
    return frozenset(found)


def _shown(column: exp.Column, projection: exp.Expr) -> Shown | None:
    """Return how the projection shows the column: its values, one of them, or nothing but a count."""
    how: Shown | None = "value"
    node: exp.Expr = column
    while node is not projection:
        parent = node.parent
        if parent is None:
            break
        if isinstance(parent, exp.Window) and node.arg_key != "this":
            return None  # the order or partition of a window shows nothing
        if isinstance(parent, _EXTREME):
            how = "extreme"
        elif (
            isinstance(parent, exp.AggFunc)
            and not isinstance(parent, (*_LISTING, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue))
        ) or isinstance(parent, _RANK):
            return None
        node = parent
    return how


def _aggregates(projection: exp.Expr) -> bool:
    """Return whether an aggregate that is no window function stands in the projection, subqueries left out."""
    return any(
        not _over_window(found)
        for found in projection.find_all(exp.AggFunc)
        if found.find_ancestor(exp.Select) is projection.parent
    )


def _over_window(aggregate: exp.Expr) -> bool:
    node = aggregate.parent
    while isinstance(node, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
        node = node.parent
    return isinstance(node, exp.Window)


def _scalars(
    select: exp.Select, work: _Work, known: Mapping[str, _Seen], *, grouped: bool
) -> tuple[Outputs, dict[int, exp.Expr]]:
    """Return what subqueries among the projections show, and a column for each mention in them."""
    outputs: Outputs = {}
    columns: dict[int, exp.Expr] = {}
    for projection in select.expressions:
        for inner in [s for s in projection.find_all(exp.Subquery) if s.find_ancestor(exp.Select) is select]:
            if isinstance(inner.parent, exp.Exists | exp.In):
                continue
            if grouped:
                work.doubt("a subquery beside aggregates")
                continue
            copy, seen = _query(inner.this.copy(), work, known)
            for k in seen.places:
                wrapped = exp.select(_gathered(exp.column(f"{PLACE}{k}", table="_s"))).from_(copy.copy().subquery("_s"))
                columns[k] = wrapped.subquery()
            name = projection.alias_or_name
            shown = frozenset().union(*seen.outputs.values()) if seen.outputs else frozenset[Source]()
            outputs[name] = outputs.get(name, frozenset()) | shown
    return outputs, columns


def _paged(query: exp.Select, names: list[str], seen: _Seen, visible: Visible, work: _Work) -> exp.Query:
    """Return the query with its page read in the mode of the work."""
    limit, offset = query.args.get("limit"), query.args.get("offset")
    if limit is None and offset is None:
        if not query.args.get("distinct"):  # DISTINCT ON keeps the first by this order
            query.set("order", None)
        return query
    work.paged = True
    count, skip, is_tied = _number(limit), _number(offset), _with_ties(limit)
    order = query.args.get("order")
    keys = list(order.expressions) if order else []
    places = seen.places
    sure = all(_sorts_alike(key.this, seen, visible, work) for key in keys)
    if keys and not sure:
        work.doubt("the database may sort this text in another order")
    for part in ("limit", "offset", "order"):
        query.set(part, None)
    work.names += 1
    inner = f"_q{work.names}"
    ordered = [_key(key, query, names, inner, n) for n, key in enumerate(keys)]
    outer = exp.select(*(exp.column(n, table=inner, quoted=True).as_(n, quoted=True) for n in _unique(names)))
    outer = outer.select(*(exp.column(f"{PLACE}{k}", table=inner).as_(f"{PLACE}{k}") for k in places))
    if is_tied and sure:  # rows that tie with the last one belong to the page
        return _ranked(outer, query, inner, ordered, (count, skip or 0), "possible")
    if work.mode == "best":
        ties = [exp.Ordered(this=exp.column(f"{PLACE}{k}", table=inner), nulls_first=True) for k in places]
        by = [*ordered, *ties]
        page = outer.from_(query.subquery(inner))
        page = page.order_by(*by) if by else page
        page = page.limit(count) if count is not None else page
        return page.offset(skip) if skip else page
    return _ranked(outer, query, inner, ordered if sure else [], (count, skip or 0), work.mode)


def _ranked(
    outer: exp.Select, query: exp.Select, inner: str, keys: list[exp.Expr], page: tuple[int | None, int], mode: Mode
) -> exp.Query:
    """Return the rows that are on the page whatever the order of ties, or that may be."""
    count, skip = page
    order = ", ".join(key.sql("duckdb") for key in keys)
    first = f"rank() over (order by {order})" if keys else "1"
    last = f"count(*) over (order by {order} range between unbounded preceding and current row)" if keys else "count(*) over ()"
    ranked = exp.select(f"{inner}.*", f"{first} as __first", f"{last} as __last", dialect="duckdb").from_(query.subquery(inner))
    end = 1 << 60 if count is None else skip + count
    which = f"__first > {skip} and __last <= {end}" if mode == "certain" else f"__last > {skip} and __first <= {end}"
    return outer.from_(ranked.subquery(inner)).where(which, dialect="duckdb")


def _key(key: exp.Expr, query: exp.Select, names: list[str], inner: str, number: int) -> exp.Expr:
    """Return the sort key as a column of the derived table that the query becomes."""
    what = key.this
    if isinstance(what, exp.Literal) and not what.is_string and 0 < int(what.name) <= len(names):
        column = names[int(what.name) - 1]
    elif isinstance(what, exp.Column) and not what.table and what.name in names:
        column = what.name
    else:
        column = f"__o{number}"
        query.append("expressions", exp.alias_(what.copy(), column))
    moved = key.copy()
    moved.set("this", exp.column(column, table=inner, quoted=True))
    return moved


def _sorts_alike(key: exp.Expr, seen: _Seen, visible: Visible, work: _Work) -> bool:
    """Return whether what the key is made of sorts in the database as it does here."""
    if key.find(exp.Rand):
        return False
    if isinstance(key, exp.Literal):
        named = [seen.outputs[n] for n in list(seen.outputs)[int(key.name) - 1 :][:1]] if not key.is_string else []
    else:
        named = [_of_key(column, seen, visible) for column in key.find_all(exp.Column)]
    return all(work.is_ordered(work.mentions[k], column) for sources in named for k, column, _ in sources)


def _of_key(column: exp.Column, seen: _Seen, visible: Visible) -> frozenset[Source]:
    """Return what of the base tables a column of a sort key is made of."""
    if not column.table:
        return seen.outputs.get(column.name, frozenset())
    inside = visible.get(column.table)
    return inside[0].outputs.get(column.name, frozenset()) if inside else frozenset()


def _number(part: exp.Expr | None) -> int | None:
    if part is None:
        return None
    value = part.args.get("count") if isinstance(part, exp.Fetch) else part.args.get("expression")
    if (
        isinstance(value, exp.Literal)
        and value.name.isdigit()
        and not (part.args.get("limit_options") and part.args["limit_options"].args.get("percent"))
    ):
        return int(value.name)
    if isinstance(value, exp.Null) or (isinstance(value, exp.Var | exp.Column) and value.name.lower() == "all"):
        return None
    raise Unreplayable("size of the page is not a number")


def _with_ties(limit: exp.Expr | None) -> bool:
    options = limit.args.get("limit_options") if limit is not None else None
    return options is not None and bool(options.args.get("with_ties"))


def _unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _set_operation(query: exp.SetOperation, work: _Work, known: Mapping[str, _Seen]) -> tuple[exp.Query, _Seen]:
    """Rewrite both sides; a UNION keeps the rows of both, the others some of the left side's."""
    left, seen_left = _query(query.left, work, known)
    right, seen_right = _query(query.right, work, known)
    names = [s.alias_or_name for s in _first_select(query.left).expressions if not s.alias_or_name.startswith(PLACE)]
    right_places = seen_right.places if isinstance(query, exp.Union) else ()
    places = (*seen_left.places, *right_places)
    sides = [_side(left, "_l", len(names), seen_left.places, places)]
    if isinstance(query, exp.Union):
        sides.append(_side(right, "_r", len(names), right_places, places))
    else:
        _keep(sides[0], right, len(names), isinstance(query, exp.Intersect), len(seen_right.places))
    outputs: Outputs = {}
    merged_right = list(seen_right.outputs.values()) if right_places else []
    for n, (name, sources) in enumerate(seen_left.outputs.items()):
        outputs[name] = sources | (merged_right[n] if n < len(merged_right) else frozenset())
    united: exp.Query = sides[0]
    if len(sides) == 2:
        united = exp.union(sides[0], sides[1], distinct=False, copy=False)
    columns = [exp.column(f"__c{n}", table="_u").as_(name, quoted=True) for n, name in enumerate(names)]
    distinct = not isinstance(query, exp.Union) or bool(query.args.get("distinct"))
    lists = [exp.column(f"{PLACE}{k}", table="_u") for k in places]
    whole = exp.select(
        *columns, *(exp.alias_(_gathered(c) if distinct else c, f"{PLACE}{k}") for k, c in zip(places, lists, strict=True))
    )
    whole = whole.from_(united.subquery("_u"))
    if distinct:
        whole.set("group", exp.Group(expressions=[exp.Literal.number(n + 1) for n in range(len(names))]))
    for part in ("order", "limit", "offset", "with_"):
        whole.set(part, query.args.get(part))
    seen = _Seen(outputs, places)
    return _paged(whole, names, seen, {}, work), seen


def _side(query: exp.Query, alias: str, width: int, own: tuple[int, ...], every: tuple[int, ...]) -> exp.Select:
    """Return one side with columns by number and all the lists, empty ones for the other side's tables."""
    names = [f"__c{n}" for n in range(width)] + [f"{PLACE}{k}" for k in own]
    table = exp.TableAlias(this=exp.to_identifier(alias), columns=[exp.to_identifier(n) for n in names])
    chosen = [exp.column(f"__c{n}", table=alias) for n in range(width)]
    lists = [
        exp.column(f"{PLACE}{k}", table=alias).as_(f"{PLACE}{k}")
        if k in own
        else exp.cast(exp.Null(), "BIGINT[]", dialect="duckdb").as_(f"{PLACE}{k}")
        for k in every
    ]
    return exp.select(*chosen, *lists).from_(exp.Subquery(this=query, alias=table))


def _keep(side: exp.Select, right: exp.Query, width: int, found: bool, places: int) -> None:  # noqa: FBT001
    """Keep the rows of the left side that the right side has too, or those that it has not."""
    names = [f"__c{n}" for n in range(width)] + [f"__x{n}" for n in range(places)]
    table = exp.TableAlias(this=exp.to_identifier("_x"), columns=[exp.to_identifier(n) for n in names])
    same = " and ".join(f"_x.__c{n} is not distinct from _l.__c{n}" for n in range(width))
    inside = exp.select("1").from_(exp.Subquery(this=right, alias=table)).where(same, dialect="duckdb")
    exists = exp.Exists(this=inside)
    side.where(exists if found else exp.not_(exists), copy=False)


def _first_select(query: exp.Expr) -> exp.Select:
    node = query
    while not isinstance(node, exp.Select):
        node = node.left if isinstance(node, exp.SetOperation) else node.this
    return node
