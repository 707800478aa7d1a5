"""A batch of statements, as SQL Server's tools send them, taken apart: at semicolons, at `GO`, and at lines that begin one."""

from __future__ import annotations

import re
from typing import Final

import sqlglot

_BODY: Final = re.compile(
    r"(?:create|alter)\b.*?\b(?:procedure|proc|function|trigger|package)\b|begin\s+(?!work\b|tran)|do\s+\$|declare\s+(?!@)|xa\b",
    re.IGNORECASE | re.DOTALL,
)
"""What holds semicolons of its own."""
_GO: Final = re.compile(r"^\s*go(?:\s+\d+)?\s*;?\s*$", re.IGNORECASE | re.MULTILINE)
_LINE: Final = re.compile(
    r"^(?=[ \t]*(?:set\s+(?:nocount|ansi_\w+|quoted_identifier|xact_abort|transaction|rowcount|dateformat|language|@)"
    r"|declare\s+@"
    r"|begin\s+tran|commit\b|rollback\b|exec(?:ute)?\s|use\s+\[?\w+\]?\s*$|print\b))",
    re.IGNORECASE | re.MULTILINE,
)
_WHOLE: Final = re.compile(
    r"^[ \t]*(?:begin\s+tran(?:saction)?|commit(?:\s+tran(?:saction)?)?|rollback(?:\s+tran(?:saction)?)?|set\s+\w+\s+(?:on|off)"
    r"|use\s+\[?\w+\]?)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines that are a statement by themselves."""
_VARIABLE: Final = re.compile(
    r"@(\w+)\s+(?:as\s+)?\w+(?:\s*\([^()]*\))?\s*=\s*(N?'(?:[^']|'')*'|-?[\d.]+|null)\s*(?:,|$)", re.IGNORECASE
)
_SET: Final = re.compile(r"\s*set\s+@(\w+)\s*=\s*(N?'(?:[^']|'')*'|-?[\d.]+|null)\s*$", re.IGNORECASE)


def split(text: str, dialect: str) -> list[str]:
    """Return the statements of a text, each without what ends it; variables of SQL Server's batches are put in.

    Args:
        text: as logged, not empty.
        dialect: `tsql` texts are also split at `GO` and at lines that begin a statement.
    """
    parts = [text] if _BODY.match(text) else _at_semicolons(text, dialect)
    if dialect != "tsql":
        return parts
    parts = [piece for part in parts for piece in _GO.split(part)]
    parts = [piece for part in parts for piece in ([part] if _BODY.match(part) else _at_lines(part))]
    parts = [part.strip() for part in parts if part.strip()]
    return _with_variables(parts) if len(parts) > 1 else parts or [text]


def _at_lines(text: str) -> list[str]:
    return [piece for part in _LINE.split(text) for piece in _WHOLE.sub(lambda m: f"{m[0]}\0", part).split("\0")]


def _at_semicolons(text: str, dialect: str) -> list[str]:
    if ";" not in text:
        return [text]
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
    except sqlglot.errors.SqlglotError:
        return [text]
    parts, start = [], 0
    for token in tokens:
        if token.text == ";" and token.end == token.start:
            parts.append(text[start : token.start])
            start = token.end + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()] or [text]


def _with_variables(parts: list[str]) -> list[str]:
    """Put the values of variables that a batch declares into the statements behind."""
    known: dict[str, str] = {}
    found = []
    for part in parts:
        if part[:7].lower() == "declare":
            known |= {m[1].lower(): m[2] for m in _VARIABLE.finditer(part)}
        elif given := _SET.match(part):
            known[given[1].lower()] = given[2]
        elif known:
            part = _put(part, known)  # noqa: PLW2901  # the same statement, with values
        found.append(part)
    return found


def _put(text: str, known: dict[str, str]) -> str:
    return re.sub(r"'(?:[^']|'')*'|@(\w+)", lambda m: m[0] if m[1] is None else known.get(m[1].lower(), m[0]), text)
