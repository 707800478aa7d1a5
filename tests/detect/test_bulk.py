"""Reading databases in bulk and sending outside: what is pointed out, and what everyday work is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.finding import Level
from tests.detect.case import DAY, MINUTE, Case, jst

if TYPE_CHECKING:
    from pathlib import Path

READER = "database.mysql_general"
START = jst("2024-05-13 09:00")
SECOND = 1_000_000


def _statement(case: Case, ts: int, sql: str, *, account: str = "app", client: str = "10.0.0.5", **more: Any) -> None:
    case.add(READER, "data.read", ts, account=account, src_ip=client, object="crm.customers", message=sql, **more)


def _office(case: Case, days: int = 10) -> None:
    """An application that looks customers up, and a backup each night."""
    case.table("backup.sql", name="customers", records=5000, categories=("id.name", "id.phone"))
    for day in range(days):
        for n in range(40):
            number = (n * 7919 + day * 104_729) % 5000
            _statement(case, START + day * DAY + n * 10 * MINUTE, f"SELECT * FROM customers WHERE id = {number}")
        _statement(case, START + day * DAY + 900 * MINUTE, "SELECT * FROM customers", account="backup", client="10.0.0.9")


def _pages(case: Case, begin: int, pages: int = 30, client: str = "10.0.0.5") -> None:
    for n in range(pages):
        sql = f"SELECT id, name FROM customers ORDER BY id LIMIT 100 OFFSET {n * 100}"
        _statement(case, begin + n * 5 * SECOND, sql, client=client, fields={"session": "77"})


def test_a_table_read_page_by_page_is_pointed_out_with_account_client_and_session(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _office(case)
    _pages(case, START + 8 * DAY)
    (found,) = case.find("data.bulk_read")
    assert (found.level, found.count) == (Level.HIGH, 30)
    assert (found.of("account"), found.of("src_ip"), found.facts["sessions"]) == (("app",), ("10.0.0.5",), ["77"])


def test_lookups_and_the_nightly_backup_are_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _office(case)
    assert case.find("data.bulk_read") == []


def test_a_job_that_pages_every_night_is_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _office(case)
    for day in range(10):
        _pages(case, START + day * DAY + 800 * MINUTE, client="10.0.0.7")
    assert case.find("data.bulk_read") == []


def test_a_whole_table_read_once_by_somebody_new_is_pointed_out(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _office(case)
    _statement(case, START + 8 * DAY, "SELECT * FROM customers", account="suzuki", client="10.0.3.3")
    (found,) = case.find("data.bulk_read")
    assert (found.level, found.of("account"), found.facts["how"]) == (Level.MEDIUM, ("suzuki",), ["entire"])


def test_far_more_rows_than_the_account_ever_read_are_pointed_out(tmp_path: Path) -> None:
    case = Case(tmp_path)
    for day in range(10):
        for who in ("sato", "ito"):
            _statement(case, START + day * DAY, f"SELECT * FROM customers WHERE branch = {day}", account=who, rows=80)
    _statement(case, START + 10 * DAY, "SELECT * FROM customers WHERE branch > 0", account="sato", rows=50_000)
    (found,) = case.find("data.bulk_read")
    assert (found.of("account"), found.facts["rows"], found.facts["how"]) == (("sato",), 50_000, ["busy"])


def _flow(case: Case, ts: int, source: str, to: str, sent: int, received: int) -> None:
    fields = {"sentbyte": str(sent), "rcvdbyte": str(received)}
    case.add("network.fortigate", "network.allowed", ts, host="fw", src_ip=source, dst=to, outcome="success", fields=fields)


def _browsing(case: Case) -> None:
    for day in range(8):
        for n in range(30):
            _flow(case, START + day * DAY + n * MINUTE, f"10.0.1.{n % 6}", f"198.51.100.{n % 9}", 2_000 + 100 * n, 40_000)


def test_much_sent_to_an_address_nobody_met_before_is_pointed_out(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _browsing(case)
    for n in range(4):
        _flow(case, START + 6 * DAY + n * MINUTE, "10.0.1.3", "203.0.113.8", 30_000_000, 50_000)
    (found,) = case.find("network.upload")
    assert (found.level, found.of("src_ip"), found.of("destination")) == (Level.HIGH, ("10.0.1.3",), ("203.0.113.8",))
    assert found.facts["bytes_out"] == 120_000_000


@pytest.mark.parametrize(("sent", "received"), [(30_000, 5_000), (30_000_000, 90_000_000)])
def test_little_sent_or_more_received_is_nothing(tmp_path: Path, sent: int, received: int) -> None:
    case = Case(tmp_path)
    _browsing(case)
    _flow(case, START + 6 * DAY, "10.0.1.3", "203.0.113.8", sent, received)
    assert case.find("network.upload") == []


def test_a_machine_that_sends_as_much_every_day_is_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _browsing(case)
    for day in range(8):
        _flow(case, START + day * DAY, "10.0.1.9", "203.0.113.9", 300_000_000, 1_000_000)
    assert case.find("network.upload") == []


def _commands(case: Case, sizes: tuple[int, ...]) -> None:
    for n, size in enumerate(sizes):
        target = f"/img/x.jsp?cmd=cat%20/etc/passwd%20{n}"
        fields = {"method": "GET", "status": "200"}
        case.add(
            "web.access", "web.request", START + n * MINUTE, src_ip="203.0.113.8", object=target, bytes=size, fields=fields
        )


def test_commands_answered_in_different_sizes_were_probably_carried_out(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _commands(case, (812, 90, 4_551, 90, 77))
    (found,) = case.find("web.attack")
    assert (found.level, found.facts["executed"]) == (Level.HIGH, 4)


def test_a_page_that_answers_everything_alike_carried_out_nothing(tmp_path: Path) -> None:
    case = Case(tmp_path)
    _commands(case, (812, 812, 812, 812, 812))
    (found,) = case.find("web.attack")
    assert (found.level, found.facts["executed"]) == (Level.MEDIUM, 1)
