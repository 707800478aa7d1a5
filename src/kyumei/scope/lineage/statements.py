r"""What a statement of a database log is: its kind, the tables, columns and conditions it names, and its tree.

Dialects: `mysql` (MariaDB too), `postgres`, `tsql`, `oracle`. Values bound to a prepared statement are put in. Written as
reading, whatever the form: `COPY … TO`, `SELECT … INTO OUTFILE`, `TABLE t`, a cursor's query. The parser is sqlglot's; what it
does not understand is kept with the reason, and never passed over.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlglot
from sqlglot import exp

from kyumei.scope.lineage.batches import split
from kyumei.scope.lineage.binds import bound, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal[
    "read",
    "export",
    "insert",
    "update",
    "delete",
    "load",
    "define",
    "begin",
    "commit",
    "rollback",
    "savepoint",
    "other",
    "unreadable",
]

MAX_STATEMENT: Final = 1_000_000
"""Characters; a longer statement (a bulk INSERT) is not analysed."""
_OUTFILE: Final = re.compile(
    r"\binto\s+(?:outfile|dumpfile)\s+(?:'(?:[^'\\]|\\.|'')*'|\"[^\"]*\")(?:\s+character\s+set\s+\w+)?"
    r"(?:\s+(?:fields|columns)(?:\s+(?:optionally\s+)?(?:terminated|enclosed|escaped)\s+by\s+(?:'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"))*)?"
    r"(?:\s+lines(?:\s+(?:starting|terminated)\s+by\s+(?:'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"))*)?",
    re.IGNORECASE,
)
_NAME: Final = r"(?:(?:[`\"\[]?[\w$#]+[`\"\]]?\.){0,3}[`\"\[]?[\w$#]+[`\"\]]?)"
_COPY_QUERY: Final = re.compile(r"^copy\s*\((?P<query>.*)\)\s+to\b", re.IGNORECASE | re.DOTALL)
_COPY_TABLE: Final = re.compile(rf"^copy\s+(?P<table>{_NAME})\s*(?:\((?P<columns>[^()]*)\))?\s+to\b", re.IGNORECASE)
_COPY_FROM: Final = re.compile(
    rf"^(?:copy|load\s+data\b.*?\binto\s+table|bulk\s+insert)\s+(?P<table>{_NAME})", re.IGNORECASE | re.DOTALL
)
_CURSOR: Final = re.compile(
    r"^declare\s+\S+\s+(?:\w+\s+)*?cursor\s+(?:with(?:out)?\s+hold\s+)?for\s+(?P<query>.*)$", re.IGNORECASE | re.DOTALL
)
_EXECUTESQL: Final = re.compile(
    r"^exec(?:ute)?\s+(?:sys\.)?sp_executesql\s+(?:@stmt(?:ement)?\s*=\s*)?N?'(?P<query>(?:[^']|'')*)'"
    r"(?:\s*,\s*(?:@params\s*=\s*)?N?'(?:[^']|'')*'(?P<values>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_CALLED: Final = re.compile(
    r"(?:exec(?:ute)?\s+(?:@\w+\s*=\s*)?|call\s+)(?P<name>[\w.$#\[\]\"]+)(?=\s|\(|;|$)(?!\s*(?:immediate\b|using\b))",
    re.IGNORECASE,
)
_BLOCK: Final = re.compile(r"(?:declare|begin|if|do|while|handler)\b", re.IGNORECASE)
_HARMLESS: Final = frozenset({
    "sp_reset_connection", "sp_executesql", "sp_prepare", "sp_unprepare", "sp_cursorclose", "sp_who", "sp_who2", "sp_help",
    "sp_helptext", "sp_columns", "sp_tables", "sp_databases", "sp_lock", "xp_msver", "sp_server_info", "sp_datatype_info",
})  # fmt: skip
"""Procedures of SQL Server's own that show no rows of tables."""
_SWITCHED: Final = re.compile(r"/\*!\d*\s*((?:[^*]|\*(?!/))*)\*/")
_COMMENT: Final = re.compile(r"^(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/|#[^\n]*\n)+")
_ENDING: Final = r"(?:\s+(?:work|tran(?:saction)?|and\s+(?:no\s+)?chain)\b.*)?"
_TRANSACTION: Final[tuple[tuple[re.Pattern[str], Kind], ...]] = (
    (
        re.compile(
            r"rollback\s+(?:work\s+|transaction\s+|tran\s+)?to\s+(?:savepoint\s+)?\S+|release\s+(?:savepoint\s+)?\S+|"
            r"save(?:point|\s+tran(?:saction)?)\s+\S+",
            re.IGNORECASE,
        ),
        "savepoint",
    ),
    (re.compile(r"begin(?:\s+(?:work|tran(?:saction)?)\b.*)?|start\s+transaction\b.*|xa\s+start\b.*", re.IGNORECASE), "begin"),
    (re.compile(rf"(?:commit|end){_ENDING}|xa\s+commit\b.*", re.IGNORECASE), "commit"),
    (re.compile(rf"(?:rollback|abort){_ENDING}|xa\s+rollback\b.*", re.IGNORECASE), "rollback"),
)
_OTHER: Final = re.compile(
    r"(?:set|show|use|explain|desc(?:ribe)?|analyze|vacuum|lock|unlock|flush|kill|help|fetch|close|deallocate|discard|listen|notify|"
    r"checkpoint|prepare|execute|call|do|declare|print|grant|revoke|comment|optimize|check|repair|handler|reset|binlog|move|if|exec)\b",
    re.IGNORECASE,
)
_FORMS: Final[tuple[tuple[type[exp.Expr], Kind], ...]] = (
    (exp.Insert, "insert"),
    (exp.Update, "update"),
    (exp.Delete, "delete"),
    (exp.Merge, "unreadable"),
    (exp.Transaction, "begin"),
    (exp.Commit, "commit"),
    (exp.Rollback, "rollback"),
)
_DEFINES: Final = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        kind: what it does; `export` reads into a file or a stream of bytes.
        text: what was parsed.
        tree: the query or the change; None for transactions, others and the unreadable.
        tables: named tables in lower case, without schema, sorted; names of `with` queries left out.
        columns: column names in lower case, sorted; `*` where all are asked for.
        predicates: conditions, as written in the dialect.
        reason: why it cannot be read, or why its rows are less than certain.
        dialect: in which it was read.
    """

    kind: Kind
    text: str
    tree: exp.Expr | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    reason: str = ""
    dialect: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what the statement is, without its tree."""
        said: dict[str, Any] = {"kind": self.kind, "tables": list(self.tables), "columns": list(self.columns)}
        said["predicates"] = list(self.predicates)
        return said | ({"reason": self.reason} if self.reason else {})


def analyse(text: str, dialect: str, parameters: str | None = None) -> tuple[Statement, ...]:
    """Return the statements of a logged text, in order; never raises.

    Args:
        text: as logged.
        dialect: one of those above.
        parameters: bound values as the log writes them (`kyumei.scope.lineage.binds`), None for none.
    """
    found = _analysed(text, dialect)
    values = values_of(parameters) if parameters else {}
    if not values:
        return found
    return tuple(_with(statement, values, dialect) for statement in found)


@lru_cache(maxsize=4096)
def _analysed(text: str, dialect: str) -> tuple[Statement, ...]:
    bare = _COMMENT.sub("", text).strip().rstrip(";").strip()
    if not bare:
        return (Statement("other", ""),)
    if len(bare) > MAX_STATEMENT:
        return (Statement("unreadable", bare[:200], reason="statement too long"),)
    parts = split(bare, dialect)
    if len(parts) > 1:
        return tuple(found for part in parts for found in _analysed(part, dialect))
    kind = next((kind for pattern, kind in _TRANSACTION if pattern.fullmatch(bare)), None)
    if kind is not None:
        return (Statement(kind, bare),)
    return _worded(bare, dialect)


def _worded(bare: str, dialect: str) -> tuple[Statement, ...]:
    if (loaded := _COPY_FROM.match(bare)) and not _COPY_TABLE.match(bare) and not _COPY_QUERY.match(bare):
        return (
            Statement("load", bare, tables=(_plain(loaded["table"]),), reason="rows loaded from a file are not in the log"),
        )
    query, kind, reason = _query(bare)
    if kind == "other":
        return (_aside(bare),)
    return _parsed(query, kind, reason, dialect)


def _aside(bare: str) -> Statement:
    """Return a statement that is no query: of no account, or one that may hide reading and writing (a procedure, a block)."""
    called = _CALLED.match(bare)
    tables = _named(bare) if _BLOCK.match(bare) else ()
    if called and called["name"].rsplit(".", 1)[-1].strip('"[]').lower() not in _HARMLESS:
        return Statement("unreadable", bare, reason=f"a procedure was called: {called['name']}")
    return Statement("unreadable", bare, tables=tables, reason="a block of statements") if tables else Statement("other", bare)


def _query(bare: str) -> tuple[str, Kind | None, str]:
    """Return the query inside other forms of reading, the kind where the form says it, and why rows are less than certain."""
    if copied := _COPY_QUERY.match(bare):
        return copied["query"], "export", ""
    if copied := _COPY_TABLE.match(bare):
        return f"SELECT {copied['columns'] or '*'} FROM {copied['table']}", "export", ""
    if cursor := _CURSOR.match(bare):
        return cursor["query"], "read", "cursor: how many rows were fetched is not known"
    if called := _EXECUTESQL.match(bare):
        return bound(called["query"].replace("''", "'"), called["values"] or ""), None, ""
    if bare[:6].lower() == "table " and " " not in bare[6:].strip():
        return f"SELECT * FROM {bare[6:]}", "read", ""
    return _plain_query(bare)


def _plain_query(bare: str) -> tuple[str, Kind | None, str]:
    if _OTHER.match(bare):
        return bare, "other", ""
    dumped = "/*!40001 sql_no_cache" in bare[:60].lower()
    switched = _SWITCHED.sub(r"\1", bare)
    without = _OUTFILE.sub(" ", switched)
    return without, "export" if dumped or without != switched else None, ""


def _parsed(query: str, kind: Kind | None, reason: str, dialect: str) -> tuple[Statement, ...]:
    if query[:7].lower() == "replace" and dialect == "mysql":
        query = f"INSERT{query[7:]}"
        reason = "replace"
    if dialect == "oracle":
        query = re.sub(r"'(?:[^']|'')*'|:(\d+)\b", lambda m: f":b_{m[1]}" if m[1] else m[0], query)
    try:
        logging.getLogger("sqlglot").disabled = True
        trees = [tree for tree in sqlglot.parse(query, read=dialect) if tree is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as wrong:
        said = str(wrong).split(".", 1)[0].split("\n", 1)[0]
        return (Statement("unreadable", query, tables=_named(query), reason=f"not understood: {said[:120]}"),)
    return tuple(_statement(tree, query, kind, reason, dialect) for tree in trees) or (Statement("other", query),)


def _statement(tree: exp.Expr, text: str, kind: Kind | None, reason: str, dialect: str) -> Statement:
    told = kind or _kind(tree)
    if told == "unreadable":
        return Statement("unreadable", text, tables=_named(text), reason="not understood")
    if told == "other":
        return Statement("other", text)
    withs = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    tables = sorted({t.name.lower() for t in tree.find_all(exp.Table) if t.name} - withs)
    columns = sorted({c.name.lower() for c in tree.find_all(exp.Column) if c.name})
    stars = ["*"] if any(isinstance(s.parent, exp.Select | exp.Column) for s in tree.find_all(exp.Star)) else []
    predicates = tuple(p.this.sql(dialect) for p in tree.find_all(exp.Where, exp.Having) if p.this is not None)
    named = (*stars, *(c for c in columns if c != "*"))
    return Statement(told, text, tree, tuple(tables), named, predicates, reason, dialect)


def _kind(tree: exp.Expr) -> Kind:
    if isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        return "read" if any(t.name.lower() != "dual" for t in tree.find_all(exp.Table)) else "other"
    for form, kind in _FORMS:
        if isinstance(tree, form):
            return kind
    if isinstance(tree, _DEFINES):
        return "define"
    return "other" if isinstance(tree, exp.Command) and not _writes(tree) else "unreadable"


def _writes(tree: exp.Command) -> bool:
    return str(tree.this).lower() in {
        "replace",
        "insert",
        "update",
        "delete",
        "merge",
        "truncate",
        "load",
        "alter",
        "create",
        "drop",
    }


def _with(statement: Statement, values: dict[str, str | None], dialect: str) -> Statement:
    """Return the statement with its placeholders replaced."""
    if statement.tree is None:
        return statement
    tree = statement.tree.copy()
    for number, (node, name) in enumerate(list(_places(tree)), 1):
        place = name if name in values or not values.keys() >= {str(number)} else str(number)  # Oracle: by place, not by name
        if place in values:
            node.replace(_literal(values[place], node))
    missing = "" if not list(_places(tree)) else "a bound value is not in the log"
    return _statement(tree, statement.text, statement.kind, missing or statement.reason, dialect)


def _places(tree: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    unnamed = 0
    for node in tree.find_all(exp.Parameter, exp.Placeholder, bfs=False):
        name = str(node.name or "")
        if name in {"", "?"}:
            unnamed += 1
            name = str(unnamed)
        yield node, name.removeprefix("b_") if name[2:].isdigit() else name


def _literal(value: str | None, node: exp.Expr) -> exp.Expr:
    """Return a literal; a number where only a number can stand, else text, which databases and DuckDB convert."""
    if value is None:
        return exp.Null()
    if isinstance(node.parent, exp.Limit | exp.Offset | exp.Fetch) and re.fullmatch(r"\d+", value):
        return exp.Literal.number(value)
    return exp.Literal.string(value)


def _named(text: str) -> tuple[str, ...]:
    """Return the tables that a text seems to name, where it cannot be parsed."""
    found = re.findall(rf"\b(?:from|join|into|update|table)\s+({_NAME})", text, re.IGNORECASE)
    return tuple(sorted({_plain(name) for name in found}))


def _plain(name: str) -> str:
    return name.rsplit(".", 1)[-1].strip('`"[]').lower()
