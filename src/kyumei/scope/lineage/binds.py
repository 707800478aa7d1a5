"""Values bound to prepared statements, as the logs write them.

PostgreSQL: `$1 = 'O''Neill', $2 = NULL`. pgaudit: values separated by commas, quoted as in CSV. Oracle's unified audit:
` #1(5):hello #2(1):7`, each with its length. SQL Server's sp_executesql: `, @p0 = N'a', @p1 = 5`.
"""

from __future__ import annotations

import csv
import re
from typing import Final

_POSTGRES: Final = re.compile(r"\$(\d+) = (?:NULL|'((?:[^']|'')*)')(?:, |\s*$)")
_ORACLE: Final = re.compile(r"\s*#(\d+)\((\d+)\):")
_TSQL: Final = re.compile(r"@(\w+)\s*=\s*(N?'(?:[^']|'')*'|-?[\d.]+|NULL|0x[0-9A-Fa-f]+)", re.IGNORECASE)


def values_of(written: str) -> dict[str, str | None]:
    """Return the values by the name or number of their place; None for NULL."""
    if written.startswith("$"):
        return {n: None if text is None else text.replace("''", "'") for n, text in _postgres(written)}
    if _ORACLE.match(written):
        return _oracle(written)
    row = next(csv.reader([written]), [])
    return {str(n): value for n, value in enumerate(row, 1)}


def _postgres(written: str) -> list[tuple[str, str | None]]:
    return [(m[1], m[2] if m[2] is not None else None) for m in _POSTGRES.finditer(written)]


def _oracle(written: str) -> dict[str, str | None]:
    """Return values cut by their stated length, so that one that looks like another's head stays whole."""
    found: dict[str, str | None] = {}
    at = 0
    while head := _ORACLE.match(written, at):
        at = _end(written, head.end(), int(head[2]))
        found[head[1]] = written[head.end() : at] or None
    return found


def _end(written: str, start: int, length: int) -> int:
    """Return where a value ends whose length is stated in characters or, with some character sets, in bytes."""
    stop = start + length
    if stop == len(written) or _ORACLE.match(written, stop):
        return stop
    size, at = 0, start
    while at < len(written) and size < length:
        size += len(written[at].encode())
        at += 1
    return at if size == length and (at == len(written) or _ORACLE.match(written, at)) else stop


def bound(query: str, written: str) -> str:
    """Return the T-SQL query with `@name` replaced by its value; names inside strings are left alone."""
    values = {m[1].lower(): m[2] for m in _TSQL.finditer(written)}

    def put(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else values.get(found[1].lower(), found[0])

    return re.sub(r"'(?:[^']|'')*'|@(\w+)", put, query) if values else query
