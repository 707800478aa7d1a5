"""A shop's database, what its log says, and whose data each statement showed, found by SQLite and not by the analyser.

Everything is made from a seed: customers (some registered twice), orders, enquiries, a dump, and a log in which an account
`report` reads in many ways while the shop's own sessions change rows, some in transactions that are rolled back. Every
statement runs in SQLite too, in SQLite's own words; which persons it showed is told from the ids that come out there.
"""

# ruff: noqa: E501, S311, TID251
from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

Dialect = Literal["mysql", "postgres"]
START: Final = datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
FAMILY: Final = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "清水",
    "斎藤",
]
GIVEN: Final = [
    "太郎",
    "花子",
    "一郎",
    "美咲",
    "健太",
    "由美",
    "翔太",
    "陽子",
    "直樹",
    "恵子",
    "大輔",
    "真由",
    "拓也",
    "裕子",
    "和也",
    "明美",
    "誠",
    "千尋",
    "悠斗",
    "さくら",
]
PREFECTURES: Final = ["東京都", "大阪府", "北海道", "愛知県", "福岡県", "宮城県", "広島県"]
CUSTOMER: Final = ("id", "member_no", "name", "email", "phone", "birthday", "pref")
ORDER: Final = ("id", "customer_id", "item", "total", "ordered_on")
ENQUIRY: Final = ("id", "name", "email", "phone", "birthday", "body")
DEFINED: Final = {
    "customers": {
        "mysql": "`id` int NOT NULL AUTO_INCREMENT,\n  `member_no` varchar(12) NOT NULL,\n  `name` varchar(60) NOT NULL,\n"
        "  `email` varchar(120) DEFAULT NULL,\n  `phone` varchar(20) DEFAULT NULL,\n  `birthday` date DEFAULT NULL,\n"
        "  `pref` varchar(10) DEFAULT NULL,\n  PRIMARY KEY (`id`)",
        "postgres": "id integer NOT NULL,\n    member_no character varying(12) NOT NULL,\n    name text NOT NULL,\n"
        "    email text,\n    phone text,\n    birthday date,\n    pref text",
    },
    "orders": {
        "mysql": "`id` int NOT NULL AUTO_INCREMENT,\n  `customer_id` int NOT NULL,\n  `item` varchar(40),\n  `total` int,\n"
        "  `ordered_on` date,\n  PRIMARY KEY (`id`)",
        "postgres": "id integer NOT NULL,\n    customer_id integer NOT NULL,\n    item text,\n    total integer,\n    ordered_on date",
    },
    "enquiries": {
        "mysql": "`id` int NOT NULL AUTO_INCREMENT,\n  `name` varchar(60),\n  `email` varchar(120),\n  `phone` varchar(20),\n"
        "  `birthday` date,\n  `body` text,\n  PRIMARY KEY (`id`)",
        "postgres": "id integer NOT NULL,\n    name text,\n    email text,\n    phone text,\n    birthday date,\n    body text",
    },
}
COLUMNS: Final = {"customers": CUSTOMER, "orders": ORDER, "enquiries": ENQUIRY}


@dataclass(slots=True)
class Line:
    """One logged statement; `values` are bound to it."""

    at: datetime
    session: int
    account: str
    text: str
    values: tuple[str, ...] = ()


@dataclass
class Shop:
    """The shop on its way.

    Attributes:
        lines: the log so far. reads: for each statement of `report`, the persons it showed.
        person: table → id → person.
    """

    seed: int
    dialect: Dialect
    lines: list[Line] = field(default_factory=list)
    reads: list[set[int]] = field(default_factory=list)
    person: dict[str, dict[int, int]] = field(default_factory=lambda: {"customers": {}, "orders": {}, "enquiries": {}})
    people: dict[int, tuple[str, ...]] = field(default_factory=dict)
    clock: datetime = START

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        for table, columns in COLUMNS.items():
            self.db.execute(
                f"create table {table} ({', '.join(f'{c} integer primary key' if c == 'id' else c for c in columns)})"
            )
        self.next = dict.fromkeys(COLUMNS, 1)
        self._fill()

    # the people and their rows

    def new_person(self) -> int:
        number = len(self.people) + 1
        dice = self.dice
        name = f"{dice.choice(FAMILY)} {dice.choice(GIVEN)}"
        birthday = f"{dice.randrange(1945, 2006)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
        phone = f"0{dice.choice('789')}0-{dice.randrange(1000, 10000)}-{number:04d}"
        email = (
            f"{dice.choice(('sora', 'umi', 'Yama', 'kawa', 'hoshi'))}{number:04d}@example.{dice.choice(('jp', 'com', 'net'))}"
        )
        self.people[number] = (name, email, phone, birthday)
        return number

    def customer(self, person: int) -> tuple[object, ...]:
        """Return a new customer's row without its id."""
        name, email, phone, birthday = self.people[person]
        return (f"M{self.next['customers'] * 7 + 10000}", name, email, phone, birthday, self.dice.choice(PREFECTURES))

    def insert(self, table: str, values: tuple[object, ...], person: int) -> int:
        number = self.next[table]
        self.next[table] += 1
        marks = ", ".join("?" * (len(values) + 1))
        self.db.execute(f"insert into {table} values ({marks})", (number, *values))
        self.person[table][number] = person
        return number

    def _fill(self) -> None:
        dice = self.dice
        for _ in range(180):
            self.insert("customers", self.customer(person := self.new_person()), person)
        for person in dice.sample(sorted(self.people), 9):  # registered twice
            self.insert("customers", self.customer(person), person)
        for _ in range(400):
            customer = dice.randrange(1, 150)
            day = f"2025-0{dice.randrange(1, 3)}-{dice.randrange(1, 29):02d}"
            self.insert("orders", (customer, dice.choice(("tea", "rice", "soy")), dice.randrange(5, 400) * 100, day), 0)
        for _ in range(60):
            person = self.new_person() if dice.random() < 0.5 else dice.choice(sorted(self.people))
            self.insert("enquiries", (*self.people[person], dice.choice(("返品", "配送", "領収書"))), person)

    # the log

    def say(self, session: int, account: str, text: str, values: tuple[str, ...] = ()) -> None:
        self.clock += timedelta(seconds=self.dice.randrange(1, 90), milliseconds=self.dice.randrange(1000))
        self.lines.append(Line(self.clock, session, account, text, values))

    def read(self, text: str, shown: dict[str, str], values: tuple[str, ...] = (), session: int = 77) -> None:
        """Log a statement of `report`; `shown` says in SQLite's words which ids of which table it shows."""
        self.say(session, "report", text, values)
        self.reads.append({self.person[t][i] for t, sql in shown.items() for (i,) in self.db.execute(sql)})

    def change(self, text: str, sqlite: str = "", session: int = 12, account: str = "app") -> None:
        self.say(session, account, text)
        self.db.execute(sqlite or text)

    def register(self, session: int = 12) -> int:
        """Let a new customer register; returns the id."""
        values = self.customer(person := self.new_person())
        listed = ", ".join(f"'{v}'" for v in values)
        self.say(session, "app", f"INSERT INTO customers ({', '.join(CUSTOMER[1:])}) VALUES ({listed})")
        return self.insert("customers", values, person)

    # the files

    def dump(self, at: datetime | None = None) -> str:
        """Return the tables as they are, as the database's own tool writes them."""
        return "".join(self._dump_mysql(at) if self.dialect == "mysql" else self._dump_postgres(at))

    def _dump_mysql(self, at: datetime | None) -> list[str]:
        parts = [
            "-- MySQL dump 10.13  Distrib 8.0.41, for Linux (x86_64)\n--\n-- Host: localhost    Database: shop\n-- ------\n"
        ]
        for table in COLUMNS:
            body = DEFINED[table]["mysql"]
            parts.append(f"\nDROP TABLE IF EXISTS `{table}`;\nCREATE TABLE `{table}` (\n  {body}\n) ENGINE=InnoDB ")
            parts.append(f"AUTO_INCREMENT={self.next[table]} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n")
            rows = self.db.execute(f"select * from {table} order by id").fetchall()
            listed = ",".join("(" + ",".join(str(v) if isinstance(v, int) else f"'{v}'" for v in row) + ")" for row in rows)
            parts.append(f"LOCK TABLES `{table}` WRITE;\nINSERT INTO `{table}` VALUES {listed};\nUNLOCK TABLES;\n")
        made = (at or self.clock) + timedelta(hours=9)
        return [*parts, f"\n-- Dump completed on {made:%Y-%m-%d %H:%M:%S}\n"]

    def _dump_postgres(self, at: datetime | None) -> list[str]:
        made = (at or self.clock) + timedelta(hours=9)
        parts = [
            f"--\n-- PostgreSQL database dump\n--\n\n-- Started on {made:%Y-%m-%d %H:%M:%S} JST\n\nSET client_encoding = 'UTF8';\n"
        ]
        for table, columns in COLUMNS.items():
            parts.append(f"\nCREATE TABLE public.{table} (\n    {DEFINED[table]['postgres']}\n);\n")
            parts.append(f"\nCOPY public.{table} ({', '.join(columns)}) FROM stdin;\n")
            parts += ["\t".join(map(str, row)) + "\n" for row in self.db.execute(f"select * from {table} order by id")]
            parts.append("\\.\n")
        for table in COLUMNS:
            parts.append(f"\nSELECT pg_catalog.setval('public.{table}_id_seq', {self.next[table] - 1}, true);\n")
        for table in COLUMNS:
            parts.append(f"\nALTER TABLE ONLY public.{table}\n    ADD CONSTRAINT {table}_pkey PRIMARY KEY (id);\n")
        return parts

    def log(self) -> str:
        """Return the log in the database's own form."""
        return "".join(self._general() if self.dialect == "mysql" else self._stderr())

    def _general(self) -> list[str]:
        parts = [
            "/usr/sbin/mysqld, Version: 8.0.41 (MySQL Community Server - GPL). started with:\nTcp port: 3306  Unix socket: /run/m.sock\n"
        ]
        parts.append("Time                 Id Command    Argument\n")
        known: set[int] = set()
        for line in self.lines:
            stamp = f"{line.at:%Y-%m-%dT%H:%M:%S}.{line.at.microsecond:06d}Z"
            if line.session not in known:
                known.add(line.session)
                parts.append(
                    f"{stamp}\t{line.session:5d} Connect\t{line.account}@192.0.2.{line.session} on shop using TCP/IP\n"
                )
            text, command = line.text, "Query"
            if line.values:
                parts.append(f"{stamp}\t{line.session:5d} Prepare\t{text}\n")
                for value in line.values:
                    text = text.replace("?", value if value.isdigit() else f"'{value}'", 1)
                command = "Execute"
            parts.append(f"{stamp}\t{line.session:5d} {command}\t{text}\n")
        return parts

    def _stderr(self) -> list[str]:
        parts = []
        for line in self.lines:
            at = line.at + timedelta(hours=9)
            head = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} JST [{line.session}] {line.account}@shop "
            text = line.text.replace("\n", "\n\t")
            if not line.values:
                parts.append(f"{head}LOG:  statement: {text}\n")
                continue
            for n in range(1, len(line.values) + 1):
                text = text.replace("?", f"${n}", 1)
            bound = ", ".join(f"${n} = '{value}'" for n, value in enumerate(line.values, 1))
            parts.append(f"{head}LOG:  execute <unnamed>: {text}\n{head}DETAIL:  parameters: {bound}\n")
        return parts
