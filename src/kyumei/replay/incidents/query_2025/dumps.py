"""The shop's tables as each database's own tool writes them out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kyumei.replay.incidents.query_2025.shop import COLUMNS

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.incidents.query_2025.shop import Shop

_TYPES: Final = {
    "mysql": {"id": "int NOT NULL AUTO_INCREMENT", "date": "date DEFAULT NULL", "number": "int DEFAULT NULL",
              "text": "varchar(120) DEFAULT NULL"},
    "postgres": {"id": "integer NOT NULL", "date": "date", "number": "integer", "text": "text"},
    "sqlserver": {"id": "[int] IDENTITY(1,1) NOT NULL", "date": "[date] NULL", "number": "[int] NULL",
                  "text": "[nvarchar](120) NULL"},
    "oracle": {"id": "NUMBER(10,0)", "date": "DATE", "number": "NUMBER", "text": "VARCHAR2(120 CHAR)"},
}  # fmt: skip
_DATES: Final = frozenset({"birthday", "ordered_on"})
_NUMBERS: Final = frozenset({"customer_id", "total"})


def dump(shop: Shop, at: datetime | None = None) -> str:
    """Return the tables as they are; `at` is when the dump says it was made."""
    made = (at or shop.clock) + timedelta(hours=9)
    return "".join(_WRITERS[shop.dialect](shop, made))


def _type(dialect: str, column: str) -> str:
    kind = "id" if column == "id" else "date" if column in _DATES else "number" if column in _NUMBERS else "text"
    return _TYPES[dialect][kind]


def _rows(shop: Shop, table: str) -> list[tuple[object, ...]]:
    return shop.db.execute(f"select * from {table} order by id").fetchall()


def _mysql(shop: Shop, made: datetime) -> list[str]:
    parts = ["-- MySQL dump 10.13  Distrib 8.0.41, for Linux (x86_64)\n--\n-- Host: localhost    Database: shop\n-- ------\n"]
    for table, columns in COLUMNS.items():
        body = "".join(f"  `{c}` {_type('mysql', c)},\n" for c in columns)
        parts.append(
            f"\nDROP TABLE IF EXISTS `{table}`;\nCREATE TABLE `{table}` (\n{body}  PRIMARY KEY (`id`)\n) ENGINE=InnoDB "
        )
        parts.append(f"AUTO_INCREMENT={shop.next[table]} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n")
        cells = (",".join(str(v) if isinstance(v, int) else f"'{v}'" for v in row) for row in _rows(shop, table))
        parts.append(f"LOCK TABLES `{table}` WRITE;\nINSERT INTO `{table}` VALUES ")
        parts.append(",".join(f"({row})" for row in cells) + ";\nUNLOCK TABLES;\n")
    return [*parts, f"\n-- Dump completed on {made:%Y-%m-%d %H:%M:%S}\n"]


def _postgres(shop: Shop, made: datetime) -> list[str]:
    parts = ["--\n-- PostgreSQL database dump\n--\n\n", f"-- Started on {made:%Y-%m-%d %H:%M:%S} JST\n\n"]
    parts.append("SET client_encoding = 'UTF8';\n")
    for table, columns in COLUMNS.items():
        body = ",\n".join(f"    {c} {_type('postgres', c)}" for c in columns)
        parts.append(f"\nCREATE TABLE public.{table} (\n{body}\n);\n")
        parts.append(f"\nCOPY public.{table} ({', '.join(columns)}) FROM stdin;\n")
        parts += ["\t".join(map(str, row)) + "\n" for row in _rows(shop, table)]
        parts.append("\\.\n")
    for table in COLUMNS:
        parts.append(f"\nSELECT pg_catalog.setval('public.{table}_id_seq', {shop.next[table] - 1}, true);\n")
    for table in COLUMNS:
        parts.append(f"\nALTER TABLE ONLY public.{table}\n    ADD CONSTRAINT {table}_pkey PRIMARY KEY (id);\n")
    return parts


def _sqlserver(shop: Shop, made: datetime) -> list[str]:
    script = f"Script Date: {made.year}/{made:%m/%d} {made.hour}:{made:%M:%S}"
    parts = ["USE [shop]\nGO\n"]
    for table, columns in COLUMNS.items():
        parts.append(f"/****** Object:  Table [dbo].[{table}]    {script} ******/\nSET ANSI_NULLS ON\nGO\n")
        body = "".join(f"\t[{c}] {_type('sqlserver', c)},\n" for c in columns)
        key = f" CONSTRAINT [PK_{table}] PRIMARY KEY CLUSTERED \n(\n\t[id] ASC\n)WITH (PAD_INDEX = OFF) ON [PRIMARY]\n"
        parts.append(f"CREATE TABLE [dbo].[{table}](\n{body}{key}) ON [PRIMARY]\nGO\n")
    for table, columns in COLUMNS.items():
        named = ", ".join(f"[{c}]" for c in columns)
        parts.append(f"SET IDENTITY_INSERT [dbo].[{table}] ON \nGO\n")
        for row in _rows(shop, table):
            cells = ", ".join(_tsql(c, v) for c, v in zip(columns, row, strict=True))
            parts.append(f"INSERT [dbo].[{table}] ({named}) VALUES ({cells})\nGO\n")
        parts.append(f"SET IDENTITY_INSERT [dbo].[{table}] OFF\nGO\n")
    return parts


def _tsql(column: str, value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return f"CAST(N'{value}' AS Date)" if column in _DATES else f"N'{value}'"


def _oracle(shop: Shop, made: datetime) -> list[str]:
    line = "-" * 56
    parts = [f"{line}\n--  File created - {made:%A-%B-%d-%Y}   \n{line}\n"]
    for table, columns in COLUMNS.items():
        body = ", \n\t".join(f'"{c.upper()}" {_type("oracle", c)}' for c in columns)
        parts.append(
            f'{line}\n--  DDL for Table {table.upper()}\n{line}\n\n  CREATE TABLE "SHOP"."{table.upper()}" \n   (\t{body}\n'
        )
        parts.append('   ) SEGMENT CREATION IMMEDIATE \n  PCTFREE 10 NOCOMPRESS LOGGING\n  TABLESPACE "USERS" ;\n')
    for table in COLUMNS:
        parts.append(f'   CREATE SEQUENCE  "SHOP"."{table.upper()}_SEQ"  MINVALUE 1 INCREMENT BY 1 START WITH ')
        parts.append(f"{shop.next[table]} NOCACHE  NOORDER  NOCYCLE ;\n")
    for table, columns in COLUMNS.items():
        named = ",".join(c.upper() for c in columns)
        parts.append(f"REM INSERTING into SHOP.{table.upper()}\nSET DEFINE OFF;\n")
        listed = (",".join(_plsql(c, v) for c, v in zip(columns, row, strict=True)) for row in _rows(shop, table))
        parts += [f"Insert into SHOP.{table.upper()} ({named}) values ({cells});\n" for cells in listed]
    for table in COLUMNS:
        parts.append(f'  ALTER TABLE "SHOP"."{table.upper()}" ADD PRIMARY KEY ("ID")\n  USING INDEX  ENABLE;\n')
    return parts


def _plsql(column: str, value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return f"to_date('{value} 00:00:00','YYYY-MM-DD HH24:MI:SS')" if column in _DATES else f"'{value}'"


_WRITERS: Final = {"mysql": _mysql, "postgres": _postgres, "sqlserver": _sqlserver, "oracle": _oracle}
