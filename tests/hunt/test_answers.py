from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from kyumei.case.hunt.ask import Answers
from kyumei.case.hunt.hunt import title
from kyumei.case.hunt.kept import RuleFacts
from kyumei.case.hunt.view import event, finding
from kyumei.store.write import write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOUR = 3_600_000_000
RULES = [
    RuleFacts("r-low", "Low thing", "low"),
    RuleFacts("r-high", "High thing", "high", author="A", license="DRL-1.1", tags=("attack.t1078", "attack.initial_access")),
    RuleFacts("r-medium", "Medium thing", "medium", author="B"),
]

Hit = dict[str, Any]


def hit(rule: int, hours: float | None, rec: int = 0, **facts: object) -> Hit:
    at = None if hours is None else int(hours * HOUR)
    row = {"rule": rule, "ts": at, "rec": rec, "host": "PC01", "channel": "Security", "event_id": "4625", "path": "a.evtx"}
    return row | {"evidence": "E-0", "reader": "windows.evtx"} | facts


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answers]]:
    opened: list[Answers] = []

    def make(*jobs: list[Hit], least: int = 0) -> Answers:
        for number, hits in enumerate(jobs):
            table = pa.Table.from_pylist(hits)
            stamps = table["ts"].cast(pa.int64()).cast(pa.timestamp("us", tz="UTC"))
            table = table.set_column(table.column_names.index("ts"), "ts", stamps)
            write_parquet(table, tmp_path / str(len(opened)) / "hits" / f"{number:06d}-0000.parquet")
        opened.append(Answers(tmp_path / str(len(opened)), RULES, least=least))
        return opened[-1]

    yield make
    for answers in opened:
        answers.close()


def test_hits_of_one_rule_on_one_host_are_one_finding_as_long_as_no_day_lies_between(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(1, 0, 1), hit(1, 23, 2), hit(1, 46, 3), hit(1, 71, 4)])
    assert [(f["n"], f["first"], f["last"]) for f in answers.findings()] == [(3, 0, 46 * HOUR), (1, 71 * HOUR, 71 * HOUR)]


def test_other_hosts_are_other_findings(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(1, 0), hit(1, 1, host="PC02")])
    assert sorted(f["host"] for f in answers.findings()) == ["PC01", "PC02"]


def test_thousands_of_hits_are_one_finding_that_cites_its_first_fifty(ask: Callable[..., Answers]) -> None:
    (found,) = ask([hit(0, n / 1000, n) for n in range(3000)]).findings()
    assert found["n"] == 3000
    assert [m["o"] for m in found["marks"]] == list(range(50))


def test_events_without_a_time_are_one_finding_of_their_own(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(1, 0, 1), hit(1, None, 2), hit(1, None, 3)])
    assert [(f["n"], f["first"]) for f in answers.findings()] == [(1, 0), (2, None)]


def test_the_same_hits_in_other_jobs_give_the_same_findings(ask: Callable[..., Answers]) -> None:
    hits = [hit(n % 3, n * 7, n, account=f"user{n % 4}") for n in range(40)]
    assert list(ask(hits[25:], hits[:25]).findings()) == list(ask(hits).findings())


def test_the_gravest_come_first_and_lower_levels_than_asked_for_are_left_out(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(0, 0), hit(1, 5), hit(2, 1)], least=2)
    assert [f["rule"] for f in answers.findings()] == [1, 2]
    assert [(row["level"], row["findings"], row["hits"]) for row in answers.levels()] == [("high", 1, 1), ("medium", 1, 1)]


def test_a_finding_names_accounts_addresses_and_where_it_can_be_opened(ask: Callable[..., Answers]) -> None:
    hits = [hit(1, 0, 7, account="b", src_ip="192.0.2.1"), hit(1, 1, 9, account="a", src_ip="192.0.2.1")]
    (row,) = ask(hits).findings()
    shown = finding(row, RULES[1], "Asia/Tokyo")
    assert list(shown)[:11] == [
        "rule_id", "title", "level", "ts", "host", "channel", "event_id", "count", "first", "last", "citations"
    ]  # fmt: skip
    assert (shown["accounts"], shown["src_ips"], shown["event_id"]) == (["a", "b"], ["192.0.2.1"], 4625)
    assert shown["first"] == "1970-01-01T09:00:00.000000+09:00"
    assert shown["citations"][1] == {"evidence": "E-0", "path": "a.evtx", "offset": 9}
    assert (shown["tactics"], shown["techniques"]) == (["initial-access"], ["T1078"])


def test_single_events_come_in_order_of_time_those_without_one_last(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(0, None, 5), hit(0, 3, 1), hit(1, 3, 1), hit(2, 1, 2)])
    rows = [event(row, RULES[row["rule"]], "UTC") for row in answers.events()]
    assert [(r["rule_id"], r["ts"]) for r in rows] == [
        ("r-medium", "1970-01-01T01:00:00.000000+00:00"),
        ("r-high", "1970-01-01T03:00:00.000000+00:00"),
        ("r-low", "1970-01-01T03:00:00.000000+00:00"),
        ("r-low", None),
    ]


def test_days_are_counted_in_the_zone(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(1, 14), hit(0, 16)])
    assert [(row["day"], row["hits"], row["high"]) for row in answers.table("days")] == [
        ("1970-01-01", 1, 1),
        ("1970-01-02", 1, 0),
    ]


def test_hosts_and_authors_are_counted(ask: Callable[..., Answers]) -> None:
    answers = ask([hit(0, 0), hit(1, 1), hit(1, 2, host=None), hit(2, 2)])
    assert [(row["host"], row["hits"], row["high"]) for row in answers.table("hosts")] == [("PC01", 3, 1), (None, 1, 1)]
    assert [(row["author"], row["rules"], row["hits"]) for row in answers.table("authors")] == [
        ("A", 1, 2),
        ("", 1, 1),
        ("B", 1, 1),
    ]


def test_common_event_numbers_have_a_meaning_in_both_languages() -> None:
    assert title("SECURITY", "4624", "en") == "Logon"
    assert title("Security", "4624", "ja") == "ログオン"
    assert title("Application", "4624", "en") is None
