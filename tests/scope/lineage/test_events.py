"""Statements that a log writes twice are one, and those that failed did nothing."""

from __future__ import annotations

from datetime import timedelta

from kyumei.scope.lineage.events import Gathered
from tests.scope.lineage.shop import Shop
from tests.scope.lineage.test_replay import traced

ROW = {"file_id": "f", "source": "database.postgresql_log", "session": "7", "action": "data.read", "account": "a"}


def test_a_statement_and_what_pgaudit_says_of_it_are_one() -> None:
    gathered = Gathered(lambda _: True)
    text = "SELECT name FROM c WHERE id = 1"
    gathered.add([
        ROW | {"ts": 1, "rec": 0, "statement": text + ";"},
        ROW | {"ts": 2, "rec": 9, "statement": text, "audit": "SESSION", "audit_statement": "1/1", "rows": 4},
        ROW | {"ts": 2, "rec": 20, "statement": text, "audit": "OBJECT", "audit_statement": "1/1"},
        ROW | {"ts": 3, "rec": 30, "statement": text, "audit": "SESSION", "audit_statement": "2/1"},
    ])  # fmt: skip
    assert [(e.rec, e.rows) for e in gathered.statements()] == [(0, 4), (30, None)]


def test_a_change_that_failed_changed_nothing() -> None:
    shop = Shop(61, "postgres")
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    dump = shop.dump()
    bad = "UPDATE customers SET pref = '失敗' WHERE id < 9"
    shop.say(12, "app", bad)
    shop.read("SELECT name FROM customers WHERE pref = '失敗'", {"customers": "select id from customers where pref = '失敗'"})
    before, after = shop.log().split(f"{bad}\n")
    head = before.rsplit("\n", 1)[1].split("LOG:")[0]
    found = traced(f"{before}{bad}\n{head}ERROR:  deadlock detected\n{head}STATEMENT:  {bad}\n{after}", dump)
    assert [s.people.high for s in found.shown] == [0]


def test_another_row_count_in_the_log_widens_the_interval() -> None:
    shop = Shop(62, "postgres")
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    dump = shop.dump()
    shop.read("SELECT name FROM customers WHERE id <= 5", {"customers": "select id from customers where id <= 5"})
    text = "SELECT name FROM customers WHERE id <= 5"
    log = shop.log().replace(f"statement: {text}", f"AUDIT: SESSION,1,1,READ,SELECT,,,{text},<none>,8")
    (shown,) = traced(log, dump).shown
    assert (shown.people.low, shown.people.best, shown.people.high) == (0, 5, 8)
    assert "the log counts 8 rows, the replay gives 5" in shown.reading.reasons
