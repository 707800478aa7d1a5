"""The words of SQL scripts that matter here, as patterns over bytes."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = rb'(?:`[^`\n]+`|"[^"\n]+"|\[[^\]\n]+\]|[\w$\x80-\xff]+)'
_NAME: Final = rb"(" + _PART + rb"(?:\s*\.\s*" + _PART + rb"){0,3})"
_LIST: Final = rb"\(([^()]*)\)"

BLANK: Final = re.compile(rb"(?:\s+|--[^\n]*+(?=\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/;?|;)+")
INSERT: Final = re.compile(
    rb"(?:INSERT|REPLACE)(?:\s+(?:IGNORE|LOW_PRIORITY|DELAYED|OR\s+\w+))*(?:\s+INTO)?\s+" + _NAME + rb"\s*(?:" + _LIST + rb")?"
    rb"\s*(?:OVERRIDING\s+\w+\s+VALUE\s*)?VALUES?\s*(?=\()",
    re.IGNORECASE,
)
CREATE: Final = re.compile(
    rb"CREATE\s+(?:(?!TABLE)\w+\s+){0,3}TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?" + _NAME + rb"\s*\(", re.IGNORECASE
)
COPY: Final = re.compile(rb"COPY\s+" + _NAME + rb"\s*(?:" + _LIST + rb")?\s+FROM\s+stdin[^;\n]*;[ \t]*\r?\n", re.IGNORECASE)
OTHER: Final = re.compile(rb"[^;\n]*[;\n]?")
NEXT: Final = re.compile(rb"\n(?=\s*(?:INSERT|REPLACE|COPY|CREATE|DROP|ALTER|LOCK|UNLOCK|SET|GO)\b|--|/\*)", re.IGNORECASE)
"""Where reading goes on after something that cannot be understood."""

_ITEM: Final = re.compile(
    rb"""\s*((?:'(?:[^'\\]|\\.|'')*+'|"[^"]*+"|`[^`]*+`|\[[^\]]*+\]|\((?:[^()']|'[^']*+'|\([^()]*+\))*+\)|[^,()'"`\[])+)""",
    re.DOTALL,
)
_COLUMN: Final = re.compile(rb"\s*(" + _PART + rb")\s*")
_NO_COLUMN: Final = re.compile(
    rb"\s*(?:PRIMARY\s+KEY|KEY|UNIQUE|CONSTRAINT|FOREIGN\s+KEY|INDEX|FULLTEXT|SPATIAL|CHECK|EXCLUDE|LIKE|PERIOD)\b",
    re.IGNORECASE,
)


def name_of(written: bytes) -> str:
    """Return the last part of a dotted name, without quotes."""
    parts = re.findall(_PART, written)
    last = parts[-1] if parts else written
    return last.strip(b'`"[]').decode("utf-8", "backslashreplace")


def names_of(listed: bytes | None) -> tuple[str, ...]:
    """Return the names of a column list."""
    return tuple(name_of(found) for found in re.findall(_PART, listed or b""))


def columns_of(definition: bytes, at: int) -> tuple[tuple[str, ...], int]:
    """Return the columns of a table's definition and where it ends.

    Args:
        definition: a script.
        at: just after the opening parenthesis.
    """
    names: list[str] = []
    while found := _ITEM.match(definition, at):
        column = _COLUMN.match(found[1])
        if column and not _NO_COLUMN.match(found[1]):
            names.append(name_of(column[1]))
        at = found.end()
        if definition[at : at + 1] != b",":
            break
        at += 1
    return tuple(names), at
