"""How fast the readers of database logs are: `python -m bench.bench_database_logs`. Lines a second of processor time."""

from __future__ import annotations

import time

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import run

LINES = 200_000


def general() -> str:
    """Return a general log of MySQL."""
    head = "Time                 Id Command    Argument\n"
    return head + "".join(
        f"2024-06-17T01:{n // 60000 % 60:02d}:{n // 1000 % 60:02d}.{n % 1000:03d}000Z\t{n % 50:5d} Query\t"
        f"SELECT name, email FROM customers WHERE id = {n}\n"
        for n in range(LINES)
    )


def stderr() -> str:
    """Return a text log of PostgreSQL."""
    return "".join(
        f"2024-06-17 10:{n // 60000 % 60:02d}:{n // 1000 % 60:02d}.{n % 1000:03d} JST [{n % 50 + 4000}] app@shop "
        f"LOG:  statement: SELECT name, email FROM customers WHERE id = {n}\n"
        for n in range(LINES)
    )


def audit() -> str:
    """Return a log of MariaDB's audit plugin."""
    return "".join(
        f"20240617 10:{n // 60000 % 60:02d}:{n // 1000 % 60:02d},db01,app,192.0.2.10,{n % 50},{n},QUERY,shop,"
        f"'SELECT name, email FROM customers WHERE id = {n}',0\n"
        for n in range(LINES)
    )


def csvlog() -> str:
    """Return a csvlog of PostgreSQL."""
    return "".join(
        f'2024-06-17 10:{n // 60000 % 60:02d}:{n // 1000 % 60:02d}.{n % 1000:03d} JST,"app","shop",{n % 50},"192.0.2.10:51022",'
        f'666f8a1b.{n % 50:x},{n},"SELECT",2024-06-17 10:02:03 JST,3/2,0,LOG,00000,'
        f'"statement: SELECT name, email FROM customers WHERE id = {n}",,,,,,,,,"psql","client backend",,0\n'
        for n in range(LINES)
    )


def access() -> str:
    """Return an access log, the measure of the others."""
    return "".join(
        f'192.0.2.9 - - [16/May/2024:09:{n // 60000 % 60:02d}:{n // 1000 % 60:02d} +0900] "GET /c/{n} HTTP/1.1" 200 5120\n'
        for n in range(LINES)
    )


def main() -> None:
    """Print one line a reader."""
    made = (
        ("database.mysql_general", general),
        ("database.postgresql_log", stderr),
        ("database.mariadb_audit", audit),
        ("database.postgresql_csv", csvlog),
        ("web.access", access),
    )
    for name, make in made:
        source = Source.memory(make().encode(), name)
        begun = time.process_time()
        rows = run(READERS.get(name), source, lambda _: None)
        took = time.process_time() - begun
        print(f"{name:24} {rows.read:8} events {len(rows.faults)} faults {LINES / took:10,.0f} lines/s of CPU")


if __name__ == "__main__":
    main()
