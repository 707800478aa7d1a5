"""Writes what MySQL leaves: dumps of `mysqldump`, and the general query log of 5.7 with its times in UTC.

Formats: https://dev.mysql.com/doc/refman/5.7/en/mysqldump.html and https://dev.mysql.com/doc/refman/5.7/en/query-log.html
"""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Cell = str | int | date | bytes | None
Table = tuple[str, "Sequence[str]", "Iterable[Sequence[Cell]]"]
"""Name, definitions of columns, rows."""
_ROWS: Final = 200
HEAD: Final = (
    "/usr/sbin/mysqld, Version: 5.7.9-log (MySQL Community Server (GPL)). started with:\n"
    "Tcp port: 3306  Unix socket: /var/lib/mysql/mysql.sock\nTime                 Id Command    Argument\n"
)
"""What the server writes before its first record."""


def dump(schema: str, tables: Sequence[Table], ended: datetime) -> str:
    """Return a dump of tables."""
    head = f"-- MySQL dump 10.13  Distrib 5.7.9, for linux-glibc2.5 (x86_64)\n--\n-- Host: localhost    Database: {schema}\n"
    parts = [f"{head}-- {'-' * 54}\n/*!40101 SET NAMES utf8 */;\n"]
    for name, definitions, rows in tables:
        columns = ",\n".join(f"  {definition}" for definition in definitions)
        parts.append(
            f"\nDROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{columns}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;\n"
        )
        parts.append(f"LOCK TABLES `{name}` WRITE;\n")
        listed = [f"({','.join(_literal(cell) for cell in row)})" for row in rows]
        parts += [f"INSERT INTO `{name}` VALUES {','.join(listed[n : n + _ROWS])};\n" for n in range(0, len(listed), _ROWS)]
        parts.append("UNLOCK TABLES;\n")
    parts.append(f"-- Dump completed on {ended:%Y-%m-%d %H:%M:%S}\n")
    return "".join(parts)


def record(at: datetime, connection: int, command: str, argument: str) -> str:
    """Return one record of the general log."""
    stamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    return f"{stamp}\t{connection:>5} {command}\t{argument}\n"


def _literal(cell: Cell) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bytes):
        return f"0x{cell.hex().upper()}"
    if isinstance(cell, int):
        return str(cell)
    text = cell.isoformat() if isinstance(cell, date) else cell.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
