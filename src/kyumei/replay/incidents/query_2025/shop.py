"""A shop's database on its way: rows, who they are about, and what its log says.

Every statement runs in SQLite too, in SQLite's own words; which persons it showed is told from the ids that come out there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from kyumei.replay.people import birth_date, japanese, mobile

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice

Dialect = Literal["mysql", "postgres", "sqlserver", "oracle"]
DIALECTS: Final[tuple[Dialect, ...]] = ("mysql", "postgres", "sqlserver", "oracle")
START: Final = datetime(2025, 3, 3, 0, 0, tzinfo=UTC)
READER: Final = "report"
PREFECTURES: Final = ("東京都", "大阪府", "北海道", "愛知県", "福岡県", "宮城県", "広島県")
COLUMNS: Final = {
    "customers": ("id", "member_no", "name", "email", "phone", "birthday", "pref"),
    "orders": ("id", "customer_id", "item", "total", "ordered_on"),
    "enquiries": ("id", "name", "email", "phone", "birthday", "body"),
}
_BORN: Final = (datetime(1945, 1, 1, tzinfo=UTC).date(), datetime(2005, 12, 31, tzinfo=UTC).date())


@dataclass(frozen=True, slots=True)
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
        person: table → id → person. texts: the statements of `report`.
    """

    dice: Dice
    dialect: Dialect
    lines: list[Line] = field(default_factory=list)
    reads: list[set[int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    person: dict[str, dict[int, int]] = field(default_factory=lambda: {table: {} for table in COLUMNS})
    people: dict[int, tuple[str, ...]] = field(default_factory=dict)
    clock: datetime = START

    def __post_init__(self) -> None:
        """Open the shop with its first customers, orders and enquiries."""
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        for table, columns in COLUMNS.items():
            listed = ", ".join(f"{c} integer primary key" if c == "id" else c for c in columns)
            self.db.execute(f"create table {table} ({listed})")
        self.next = dict.fromkeys(COLUMNS, 1)
        self._fill()

    def new_person(self) -> int:
        """Return the number of a new person."""
        number, dice = len(self.people) + 1, self.dice
        name = japanese(dice)
        phone = f"{mobile(dice)[:-4]}{number:04d}"
        email = f"{dice.pick(('sora', 'umi', 'Yama', 'kawa', 'hoshi'))}{number:04d}@example.{dice.pick(('jp', 'com', 'net'))}"
        born = birth_date(dice, *_BORN).isoformat()
        self.people[number] = (f"{name.family} {name.given}", email, phone, born)
        return number

    def customer(self, person: int) -> tuple[object, ...]:
        """Return a new customer's row without its id."""
        name, email, phone, birthday = self.people[person]
        return (f"M{self.next['customers'] * 7 + 10000}", name, email, phone, birthday, self.dice.pick(PREFECTURES))

    def insert(self, table: str, values: tuple[object, ...], person: int) -> int:
        """Add a row and return its id."""
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
            day = f"2025-0{dice.between(1, 2)}-{dice.between(1, 28):02d}"
            row = (dice.between(1, 149), dice.pick(("tea", "rice", "soy")), dice.between(5, 399) * 100, day)
            self.insert("orders", row, 0)
        for _ in range(60):
            person = self.new_person() if dice.chance(0.5) else dice.pick(sorted(self.people))
            self.insert("enquiries", (*self.people[person], dice.pick(("返品", "配送", "領収書"))), person)

    def say(self, session: int, account: str, text: str, values: tuple[str, ...] = ()) -> None:
        """Log a statement."""
        self.clock += timedelta(seconds=self.dice.between(1, 89), milliseconds=self.dice.below(1000))
        self.lines.append(Line(self.clock, session, account, text, values))

    def read(self, text: str, shown: dict[str, str], values: tuple[str, ...] = (), session: int = 77) -> None:
        """Log a statement of `report`; `shown` says in SQLite's words which ids of which table it shows."""
        self.say(session, READER, text, values)
        self.texts.append(text)
        self.reads.append({self.person[t][i] for t, sql in shown.items() for (i,) in self.db.execute(sql)})

    def change(self, text: str, sqlite: str = "", session: int = 12, account: str = "app") -> None:
        """Log and make a change; Oracle's sessions commit by a statement of their own."""
        self.say(session, account, text)
        self.db.execute(sqlite or text)
        if self.dialect == "oracle" and account == "app":
            self.say(session, account, "COMMIT")

    def begin(self, session: int, account: str) -> None:
        """Log the beginning of a transaction, where the database is told of it."""
        words = {"mysql": "BEGIN", "postgres": "BEGIN", "sqlserver": "BEGIN TRANSACTION"}
        if self.dialect in words:
            self.say(session, account, words[self.dialect])

    def end(self, session: int, account: str, word: Literal["COMMIT", "ROLLBACK"]) -> None:
        """Log the end of a transaction."""
        self.say(session, account, f"{word} TRANSACTION" if self.dialect == "sqlserver" else word)

    def register(self, session: int = 12) -> int:
        """Let a new customer register; returns the id."""
        values = self.customer(person := self.new_person())
        columns, listed = ", ".join(COLUMNS["customers"][1:]), ", ".join(f"'{v}'" for v in values)
        if self.dialect == "oracle":
            name, born = COLUMNS["customers"][0], str(values[4])
            listed = listed.replace(f"'{born}'", f"DATE '{born}'")
            self.say(session, "app", f"INSERT INTO customers ({name}, {columns}) VALUES (customers_seq.NEXTVAL, {listed})")
            self.say(session, "app", "COMMIT")
        else:
            self.say(session, "app", f"INSERT INTO customers ({columns}) VALUES ({listed})")
        return self.insert("customers", values, person)
