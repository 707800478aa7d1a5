"""Clocks that are apart, estimated from acts that two machines recorded."""

from __future__ import annotations

from random import Random  # noqa: TID251  # seeded below
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.case.coverage import skewed
from kyumei.detect import skew
from tests.detect.case import DAY, HOUR, MINUTE, Case, jst

if TYPE_CHECKING:
    from pathlib import Path

START = jst("2024-05-13 09:00")
SECOND = 1_000_000


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def mails(case: Case, ahead: int, n: int = 40) -> None:
    """Messages from mx1 to mx2, whose clock is `ahead` seconds ahead."""
    rng = Random(3)  # noqa: S311  # not for secrets
    for k in range(n):
        at = START + k * 7 * MINUTE
        way = rng.randrange(0, 900_000) + (HOUR if k % 13 == 0 else 0)  # some are held back
        for host, when in (("mx1", at), ("mx2", at + way + ahead * SECOND)):
            fields = {"message-id": f"<{k}@example.jp>"}
            case.add("linux.syslog", "record.written", when, host=host, path=f"{host}/maillog", fields=fields)


def test_the_offset_of_a_mail_relay_is_found_with_interval_and_number_of_pairs(case: Case) -> None:
    mails(case, 312)
    (found,) = skew.estimates(case.open())
    assert (found.one, found.other, found.pairs, found.apart) == ("mx1", "mx2", 40, True)
    assert found.low <= found.seconds <= found.high
    assert abs(found.seconds - 312.4) < 1


def test_clocks_that_agree_are_said_to(case: Case) -> None:
    mails(case, 0)
    (found,) = skew.estimates(case.open())
    assert not found.apart


def test_few_pairs_and_scattered_ones_give_no_estimate() -> None:
    assert skew.estimate(("mail", "a", "b"), [SECOND] * 7) is None
    assert skew.estimate(("mail", "a", "b"), [n * 10 * MINUTE for n in range(20)]) is None


def test_a_vpn_gateway_ahead_of_the_firewall_is_found(case: Case) -> None:
    for k in range(12):
        at, src = START + k * DAY, f"198.51.100.{k}"
        for n in range(5):  # traffic of a session goes on
            case.add("network.fortigate", "network.allowed", at + n * MINUTE, host="fw01", src_ip=src, path="fw.log")
        case.add("network.vpn", "session.started", at - 95 * SECOND, host="vpn01", account=f"u{k}", src_ip=src, path="vpn.log")
    (found,) = skew.estimates(case.open())
    assert (found.basis, found.one, found.other, found.seconds) == ("vpn", "vpn01", "fw01", 95.0)


def test_tickets_and_logons_tell_the_clock_of_a_member_server(case: Case) -> None:
    for k in range(12):
        at = START + k * HOUR
        ticket: dict[str, Any] = {
            "host": "dc01",
            "account": "sato@CORP.EXAMPLE",
            "object": "FS01$",
            "event_id": 4769,
            "path": "dc.evtx",
        }
        case.add("windows.evtx", "login.succeeded", at, **ticket)
        logon: dict[str, Any] = {"host": "fs01.corp.example", "account": "CORP\\sato", "event_id": 4624, "path": "fs.evtx"}
        case.add("windows.evtx", "login.succeeded", at - 200 * SECOND, fields={"LogonType": "3"}, **logon)
    (found,) = skew.estimates(case.open())
    assert (found.basis, found.one, found.other, found.seconds) == ("logon", "dc01", "fs01", -200.0)


def test_the_coverage_says_the_offset_and_that_no_time_was_changed(case: Case) -> None:
    mails(case, 312)
    (said,) = skewed(case.open())
    assert said["hosts"] == ["mx1", "mx2"]
    assert "312" in said["text"]["en"]
    assert "not corrected" in said["text"]["en"]
