"""Separated text cell by cell, for samples and for blocks whose quotes are out of order."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ROW: Final = 1024 * 1024
"""A quote that is not closed within so many bytes is taken for a letter."""
_OPEN: Final = re.compile(rb'[ ]*"(?:[^"]|"")*+\Z')


def tokens(data: bytes, separator: str, *, more: bool = False) -> Iterator[tuple[int, int, list[bytes]]]:
    """Yield each row's beginning and end (after its line end) and its cells.

    A quoted cell ends with a quote before a separator, a line end or the end; any other quote is a letter like others.

    Args:
        data: UTF-8.
        separator: one ASCII character.
        more: whether the text goes on: then a row whose last quote may yet be closed is not given.
    """
    cell = _cell(separator.encode())
    row: list[bytes] = []
    begin = at = 0
    while at < len(data):
        found = cell.match(data, at)
        if found is None:  # the pattern matches an empty cell, so this cannot be
            return
        quoted, plain, end = found.groups()
        if quoted is None and more and len(data) - begin < MAX_ROW and _OPEN.match(data, at):
            return
        row.append(plain if quoted is None else quoted.replace(b'""', b'"'))
        at = found.end()
        if end == separator.encode():
            if at == len(data):
                row.append(b"")
            else:
                continue
        yield begin, at, row
        row, begin = [], at


@cache
def _cell(separator: bytes) -> re.Pattern[bytes]:
    s = re.escape(separator)
    end = rb"(" + s + rb"|\r?\n|\r?\Z)"
    quoted = rb'[ ]*"((?:[^"]|"")*+)"[ ]*(?=' + s + rb"|\r?\n|\r?\Z)"
    plain = rb"((?:[^" + s + rb"\r\n]|\r(?!\n|\Z))*+)"
    return re.compile(rb"(?:" + quoted + rb"|" + plain + rb")" + end)
