"""Writes each supplier's folder on the share, and counts what was written while writing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.calendar import at, clock
from kyumei.replay.writers.tables import Sheet, table, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.tges_2024.clients import Client, Customer
    from kyumei.replay.scene import Scene
    from kyumei.replay.writers.tables import Cell

_OLD: Final = date(2018, 3, 31)
_VOICED: Final = str.maketrans({"\u3099": "\uff9e", "\u309a": "\uff9f"})


@dataclass(frozen=True, slots=True)
class Filed:
    """One table as it lies on the share. `relative` is the path below the share, with backslashes."""

    path: str
    relative: str
    records: int
    size: int


def file_away(scene: Scene, dice: Dice, client: Client, customers: Sequence[Customer], share: str) -> list[Filed]:
    """Write the supplier's tables; every customer is in at least one of them."""
    filed = []
    folder = "旧データ/2018" if client.look.erased_not else dice.pick(("顧客", "データ", "検針", "01_受領"))
    for name, when, rows in _tables(dice, client, customers):
        data = _encoded(client, rows, when)
        path = f"share/{share}/{client.folder}/{folder}/{name}"
        scene.write(path, data, when)
        relative = path.split("/", 2)[2].replace("/", "\\")
        filed.append(Filed(path, relative, len(rows) - 1, len(data)))
    return filed


def _tables(dice: Dice, client: Client, customers: Sequence[Customer]) -> Iterator[tuple[str, datetime, list[list[Cell]]]]:
    """Yield file name, date, and rows with headings."""
    look, count = client.look, len(customers)
    end = {"csv": "csv", "xlsx": "xlsx", "sql": "sql"}[look.form]
    base = dice.pick(("顧客一覧", "使用者台帳", "検針対象", "kokyaku", "お客さま情報"))
    if look.erased_not:
        yield f"{base}_dump_{_OLD:%Y%m%d}.{end}", at(_OLD, clock(19)), _rows(dice, client, customers)
    elif look.split == "one" or count < 10:
        day = date(2024, dice.between(1, 5), dice.between(1, 28))
        yield f"{base}_{day:%Y%m}.{end}", at(day, clock(11)), _rows(dice, client, customers)
    elif look.split == "districts":
        cut = count * dice.between(35, 65) // 100
        for number, part in enumerate((customers[:cut], customers[cut:]), 1):
            yield f"{base}_{number}地区.{end}", at(date(2024, 4, 9 + number), clock(15)), _rows(dice, client, part)
    else:
        gone, new = count * 6 // 100, count * 5 // 100
        earlier = [*customers[:gone], *(_before(dice, client, customer) for customer in customers[gone : count - new])]
        yield f"{base}_202312.{end}", at(date(2023, 12, 15), clock(10)), _rows(dice, client, earlier)
        yield f"{base}_202405.{end}", at(date(2024, 5, 14), clock(16)), _rows(dice, client, customers[gone:])


def _before(dice: Dice, client: Client, customer: Customer) -> Customer:
    """Return the customer as in the older version: with a number, the telephone may have been another one."""
    if client.look.numbered and dice.chance(0.02):
        first, middle, last = customer.phone.split("-")
        return replace(customer, phone=f"{first}-{'0' * len(middle)}-{last}")
    return customer


def _rows(dice: Dice, client: Client, customers: Sequence[Customer]) -> list[list[Cell]]:
    look = client.look
    columns = [*(("number",) if look.numbered else ()), "name", "kana", "postal", "address", "phone", "meter", "read", "use"]
    columns += ["bank"] if look.bank else []
    heads: list[Cell] = [look.heads[column] for column in columns]
    rows = [heads]
    for customer in customers:
        rows.append(_row(dice, client, customer, columns))
        if look.numbered and dice.chance(0.03):  # a second meter at the same customer
            second = replace(customer, meter=f"{customer.meter[:2]}Z{dice.digits(8)}")
            rows.append(_row(dice, client, second, columns))
    return rows


def _row(dice: Dice, client: Client, customer: Customer, columns: Sequence[str]) -> list[Cell]:
    look = client.look
    address = customer.address if look.prefecture else customer.address.removeprefix(client.place.prefecture)
    values: dict[str, Cell] = {
        "number": customer.number,
        "name": f"{customer.name.family} {customer.name.given}",
        "kana": _half(customer.name.kana) if look.half_kana else customer.name.kana,
        "postal": customer.postal,
        "address": address,
        "phone": _phone(customer.phone, look.phone),
        "meter": customer.meter,
        "read": f"2024/{dice.between(1, 5):02d}/{dice.between(1, 28):02d}",
        "use": dice.between(0, 90),
        "bank": customer.bank,
    }
    return [values[column] for column in columns]


def _phone(number: str, shape: str) -> str:
    first, middle, last = number.split("-")
    return {"dashed": number, "digits": first + middle + last, "brackets": f"{first}({middle}){last}"}[shape]


def _half(kana: str) -> str:
    """Return half-width katakana, voiced marks as letters of their own."""
    full = unicodedata.normalize("NFD", kana).translate(_VOICED)
    return "".join(_HALF.get(letter, letter) for letter in full)


_HALF: Final = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}


def _encoded(client: Client, rows: list[list[Cell]], when: datetime) -> bytes:
    look = client.look
    if look.form == "xlsx":
        return workbook([Sheet("Sheet1", rows)], when, "system")
    if look.form == "sql":
        return _dump(rows).encode("utf-8")
    return table(rows, look.encoding)


def _dump(rows: list[list[Cell]]) -> str:
    """Return the table as mysqldump writes it."""
    heads, *body = rows
    columns = ",\n".join(f"  `{head}` varchar(255) DEFAULT NULL" for head in heads)
    lines = [
        "-- MySQL dump 10.13  Distrib 5.6.39, for Linux (x86_64)",
        "--",
        "-- Host: localhost    Database: kokyaku",
        "-- ------------------------------------------------------",
        "/*!40101 SET NAMES utf8 */;",
        "",
        "DROP TABLE IF EXISTS `kokyaku_master`;",
        f"CREATE TABLE `kokyaku_master` (\n{columns}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;",
        "LOCK TABLES `kokyaku_master` WRITE;",
    ]
    for begin in range(0, len(body), 200):
        values = ",".join("(" + ",".join(_literal(cell) for cell in row) + ")" for row in body[begin : begin + 200])
        lines.append(f"INSERT INTO `kokyaku_master` VALUES {values};")
    return "\n".join([*lines, "UNLOCK TABLES;", f"-- Dump completed on {_OLD.isoformat()} 19:00:02", ""])


def _literal(cell: Cell) -> str:
    return "NULL" if cell is None else str(cell) if isinstance(cell, int) else "'" + str(cell).replace("'", "\\'") + "'"
