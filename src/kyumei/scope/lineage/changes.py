"""Changes of a database log put into DuckDB's words: INSERT, UPDATE, DELETE, TRUNCATE, CREATE, DROP, ALTER.

A change is prepared when it is logged, because numbers that a counter gives out are not taken back by a rollback, and applied
when its transaction ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from kyumei.scope.lineage.clocks import at_instant
from kyumei.scope.lineage.dialects import shared
from kyumei.scope.lineage.names import Unreplayable, qualified
from kyumei.scope.lineage.state import Held
from kyumei.store.connect import name

if TYPE_CHECKING:
    from kyumei.scope.lineage.state import State
    from kyumei.scope.lineage.statements import Statement


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one table: SQL in DuckDB's words, in order.

    Attributes:
        event: number of the event; becomes the version of the rows it changes.
    """

    table: str
    event: int
    sql: tuple[str, ...]


def prepared(statement: Statement, state: State, event: int, wall: str) -> Change:
    """Return the change that a statement makes.

    Args:
        statement: INSERT, UPDATE or DELETE.
        state: for the columns and counters; counters move on.
        event: number of the event.
        wall: the instant of the event as the database's clock shows it, `YYYY-MM-DD HH:MM:SS`.

    Raises:
        Unreplayable: it cannot be carried over.
    """
    tree = statement.tree
    if tree is None:
        raise Unreplayable(statement.reason or "not understood")
    tree = _targeted(shared(_bare(at_instant(tree, wall)), state.types(), statement.dialect))
    if isinstance(tree, exp.Insert):
        return _insert(tree, state, event, wall, replaces=statement.reason == "replace")
    if isinstance(tree, exp.Update):
        return _update(tree, state, event)
    if isinstance(tree, exp.Delete):
        return _delete(tree, state, event)
    raise Unreplayable("change of a kind not known")


def _targeted(tree: exp.Expr) -> exp.Expr:
    """Return `UPDATE c SET … FROM customers c JOIN o ON …` of SQL Server as other databases write it."""
    from_ = tree.args.get("from_")
    if not isinstance(tree, exp.Update) or from_ is None or not isinstance(from_.this, exp.Table):
        return tree
    if from_.this.alias_or_name != tree.this.name:
        return tree
    target, where = from_.this.copy(), tree.args.get("where")
    joins = target.args.get("joins") or from_.args.get("joins") or []
    if any(join.side for join in joins):
        raise Unreplayable("UPDATE of tables joined by an outer join")
    tests = [join.args["on"] for join in joins if join.args.get("on")] + ([where.this] if where else [])
    target.set("joins", None)
    tree.set("this", target)
    tree.set("from_", exp.From(this=joins[0].this) if joins else None)
    if len(joins) > 1:
        raise Unreplayable("UPDATE of several joined tables")
    tree.set("where", exp.Where(this=exp.and_(*tests)) if tests else None)
    return tree


def _bare(tree: exp.Expr) -> exp.Expr:
    """Return a copy with names in lower case and tables without schema."""
    copy = tree.copy()
    for identifier in copy.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
        identifier.set("quoted", False)  # noqa: FBT003
    for table in copy.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
    return copy


def _held(table: exp.Expr | None, state: State) -> Held:
    found = state.tables.get(table.name if isinstance(table, exp.Table) else "")
    if found is None:
        raise Unreplayable(f"table not in evidence: {table.sql() if table else '?'}")
    return found


def _insert(tree: exp.Insert, state: State, event: int, wall: str, *, replaces: bool) -> Change:
    target = tree.this
    listed = [c.name for c in target.expressions] if isinstance(target, exp.Schema) else []
    held = _held(target.this if isinstance(target, exp.Schema) else target, state)
    source = tree.expression
    columns = listed or list(held.types)
    odd = [c for c in columns if c not in held.types]
    if odd:
        raise Unreplayable(f"column not known: {odd[0]}")
    counts = held.key not in columns
    if isinstance(source, exp.Values):
        at = columns.index(held.key) if held.key in columns else -1
        counts = at < 0 or any(_is_counted(r.expressions[at]) for r in source.expressions if len(r.expressions) == len(columns))
        query = _values(source, columns)
        count = len(source.expressions)
    elif isinstance(source, exp.Query):
        query = f"select * from ({_query(source, state)}) as v({', '.join(map(name, columns))})"
        count = int(state.answer(f"select count(*) from ({query})")[0])
    else:
        raise Unreplayable("values not understood")
    sql = _inserting(held, columns, query, (state.numbers(count), event), wall)
    if held.key and counts:
        held.next_number += count
    return Change(held.table, event, _with_conflict(tree, held, sql, replaces=replaces))


def _values(source: exp.Values, columns: list[str]) -> str:
    for row in source.expressions:
        if len(row.expressions) != len(columns):
            raise Unreplayable("row of another width than the columns")
        for value in list(row.expressions):
            if _is_counted(value) or (isinstance(value, exp.Var | exp.Column) and value.name == "default"):
                value.replace(exp.Null())
    return f"select * from ({source.sql('duckdb')}) as v({', '.join(map(name, columns))})"


def _is_counted(value: exp.Expr) -> bool:
    """Return whether a value is the next number of a sequence: `s.NEXTVAL`, `nextval('s')`, `NEXT VALUE FOR s`."""
    called = isinstance(value, exp.Anonymous | exp.Column | exp.Dot) and value.name.lower() == "nextval"
    return called or isinstance(value, exp.NextValueFor)


def _query(source: exp.Query, state: State) -> str:
    return qualified(source, state.types()).sql("duckdb")


def _inserting(held: Held, columns: list[str], query: str, numbering: tuple[int, int], wall: str) -> list[str]:
    """Return the statements that stage the new rows with their numbers."""
    first, event = numbering
    cells: list[str] = []
    for column, kind in held.types.items():
        given = f"v.{name(column)}"
        counted = f"({held.next_number} - 1 + row_number() over ())"
        if column == held.key and kind == "BIGINT":
            cells.append(f"coalesce(try_cast({given}::varchar as bigint), {counted})" if column in columns else counted)
        elif column in columns:
            cells.append(f"try_cast({given}::varchar as {kind})" if kind != "VARCHAR" else f"{given}::varchar")
        else:
            cells.append(_default(held, column, kind, wall))
    named = ", ".join(f"{cell} as {name(c)}" for c, cell in zip(held.types, cells, strict=True))
    numbered = f"{first} - 1 + row_number() over () as __row, {event} as __ver"
    return [f"create or replace temp table __new as select {named}, {numbered} from ({query}) v"]


def _default(held: Held, column: str, kind: str, wall: str) -> str:
    value = held.defaults.get(column)
    if value is None:
        return f"null::{kind}"
    text = wall if value == "now" else value
    return f"try_cast('{text.replace(chr(39), chr(39) * 2)}' as {kind})"


def _with_conflict(tree: exp.Insert, held: Held, sql: list[str], *, replaces: bool) -> tuple[str, ...]:
    """Return the statements with what happens where the key is there already."""
    table, key = name(held.table), name(held.key) if held.key else ""
    append = f"insert into {table} select * from __new"
    if not key:
        return (*sql, append)
    clash = f"exists (select 1 from {table} t where t.{key} = __new.{key})"
    if replaces:
        return (*sql, f"delete from {table} where {key} in (select {key} from __new)", append)
    conflict = tree.args.get("conflict")
    steps: list[str] = [*sql]
    if conflict is not None and conflict.expressions:
        sets = ", ".join(f"{name(e.this.name)} = {_proposed(e.expression)}" for e in conflict.expressions)
        steps.append(f"update {table} as t set {sets}, __ver = n.__ver from __new n where t.{key} = n.{key}")
        steps.append(f"{append} where n_is_new")
        steps[-1] = (
            f"insert into {table} select n.* from __new n where not exists (select 1 from {table} t where t.{key} = n.{key})"
        )
        return tuple(steps)
    return (*steps, f"{append} where not {clash}")


def _proposed(value: exp.Expr) -> str:
    """Return the new value, where `values(c)` and `excluded.c` stand for the row that was to be inserted."""
    copy = value.copy()
    holder = exp.Paren(this=copy)
    for call in list(holder.find_all(exp.Anonymous)):
        if call.name.lower() == "values" and call.expressions:
            call.replace(exp.column(call.expressions[0].name, table="n"))
    for column in holder.find_all(exp.Column):
        if column.table in {"excluded", "new"}:
            column.set("table", exp.to_identifier("n"))
        elif not column.table:
            column.set("table", exp.to_identifier("t"))
    return holder.sql("duckdb")


def _update(tree: exp.Update, state: State, event: int) -> Change:
    held = _held(tree.this, state)
    if tree.args.get("limit") or tree.args.get("order"):
        raise Unreplayable("UPDATE with LIMIT")
    if tree.this.args.get("joins"):
        raise Unreplayable("UPDATE of joined tables")
    odd = [e.this.name for e in tree.expressions if e.this.name not in held.types]
    if odd:
        raise Unreplayable(f"column not known: {odd[0]}")
    sets = ", ".join(f"{name(e.this.name)} = {_fitted(e, held)}" for e in tree.expressions)
    where = tree.args.get("where")
    from_ = tree.args.get("from_")
    alias = tree.this.alias
    _known_tables(tree, state)
    sql = f"update {name(held.table)}{f' as {alias}' if alias else ''} set {sets}, __ver = {event}"
    sql += f" {from_.sql('duckdb')}" if from_ else ""
    return Change(held.table, event, (sql + (f" {where.sql('duckdb')}" if where else ""),))


def _fitted(assignment: exp.Expr, held: Held) -> str:
    """Return the new value; `c = 5` gives text where the column is text."""
    kind = held.types[assignment.this.name]
    return f"({assignment.expression.sql('duckdb')})::{kind}" if kind == "VARCHAR" else assignment.expression.sql("duckdb")


def _delete(tree: exp.Delete, state: State, event: int) -> Change:
    held = _held(tree.this, state)
    if tree.args.get("limit") or tree.args.get("tables") or tree.this.args.get("joins"):
        raise Unreplayable("DELETE with LIMIT or of joined tables")
    _known_tables(tree, state)
    using = tree.args.get("using")
    where = tree.args.get("where")
    sql = f"delete from {name(held.table)}{f' as {tree.this.alias}' if tree.this.alias else ''}"
    sql += f" using {', '.join(t.sql('duckdb') for t in using)}" if using else ""
    return Change(held.table, event, (sql + (f" {where.sql('duckdb')}" if where else ""),))


def _known_tables(tree: exp.Expr, state: State) -> None:
    missing = sorted({t.name for t in tree.find_all(exp.Table)} - set(state.tables))
    if missing:
        raise Unreplayable(f"table not in evidence: {', '.join(missing)}")


def define(statement: Statement, state: State) -> None:
    """Apply a definition at once.

    Raises:
        Unreplayable: it cannot be carried over.
    """
    tree = _bare(statement.tree) if statement.tree is not None else None
    if isinstance(tree, exp.TruncateTable):
        for table in tree.expressions:
            if table.name in state.tables:
                state.con.execute(f"delete from {name(table.name)}")
    elif isinstance(tree, exp.Drop) and str(tree.args.get("kind")).lower() == "table":
        state.drop(tree.this.name)
    elif isinstance(tree, exp.Create) and str(tree.args.get("kind")).lower() == "table":
        _create(tree, state)
    elif isinstance(tree, exp.Alter):
        _alter(tree, state)


def _create(tree: exp.Create, state: State) -> None:
    from kyumei.scope.lineage.definitions import Definition, column_of

    if not isinstance(tree.this, exp.Schema):
        raise Unreplayable("table made from a query")
    table = tree.this.this.name
    if table in state.tables:
        return
    definition = Definition()
    for column in tree.this.find_all(exp.ColumnDef):
        column_of(column, definition)
    held = Held(table, dict(definition.types), {c: c for c in definition.types}, definition.key, defaults=definition.defaults)
    state.define(held)


def _alter(tree: exp.Alter, state: State) -> None:
    held = state.tables.get(tree.this.name)
    if held is None:
        return
    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.ColumnDef):
            held.types[action.name] = "VARCHAR"
            state.con.execute(f"alter table {name(held.table)} add column {name(action.name)} varchar")
            _reorder(held, state)
        elif isinstance(action, exp.Drop) and str(action.args.get("kind")).lower() == "column":
            column: Any = action.this.name
            if held.types.pop(column, None):
                state.con.execute(f"alter table {name(held.table)} drop column {name(column)}")


def _reorder(held: Held, state: State) -> None:
    """Put the two columns of row numbers behind a new column, where statements expect them."""
    listed = ", ".join(map(name, held.types))
    table = name(held.table)
    state.con.execute(f"create or replace temp table __moved as select {listed}, __row, __ver from {table}")
    state.con.execute(f"create or replace table {table} as select * from __moved")
    state.con.execute("drop table __moved")
