"""Office routers: who called, from where, and with which inside address, told in several lines; and routers among servers."""

from __future__ import annotations

from typing import Any

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.readers.samples import strict_run

DAY = "2024/06/17 "


def rows_of(text: str, reader: str) -> list[dict[str, Any]]:
    _, tables = strict_run(READERS.get(reader), Source.memory(text.encode()))
    return [row for table in tables for row in table.to_pylist()]


def called(tunnel: int, address: str, at: str) -> str:
    return f"{DAY}{at}: [L2TP] TUNNEL[{tunnel}] connected from {address}\n"


def user(pp: int, name: str, at: str) -> str:
    head = f"{DAY}{at}: PP[ANONYMOUS{pp:02}] "
    return f"{head}Call detected from user '{name}'\n{head}PPP/IPCP up  (Local: 192.0.2.1, Remote: 192.0.2.2{pp:02})\n"


def test_a_caller_has_the_address_of_the_tunnel_that_connected_before() -> None:
    text = called(1, "203.0.113.9", "10:00:00") + user(1, "hanako", "10:00:03") + called(2, "203.0.113.8", "10:05:00")
    found = rows_of(text + user(2, "taro", "10:05:02"), "network.yamaha_rtx")
    given = [(r["account"], r["src_ip"], r["dst"]) for r in found if r.get("tunnelip")]
    assert given == [("hanako", "203.0.113.9", "192.0.2.201"), ("taro", "203.0.113.8", "192.0.2.202")]


def test_of_two_tunnels_that_connected_at_once_none_is_taken() -> None:
    text = called(1, "203.0.113.9", "10:00:00") + called(2, "203.0.113.8", "10:00:01") + user(1, "hanako", "10:00:03")
    assert {r["src_ip"] for r in rows_of(text, "network.yamaha_rtx") if r["account"]} == {None}


def test_a_tunnel_long_before_is_not_that_of_the_caller() -> None:
    found = rows_of(called(1, "203.0.113.9", "09:00:00") + user(1, "hanako", "10:00:03"), "network.yamaha_rtx")
    assert {r["src_ip"] for r in found if r["account"]} == {None}


def test_a_login_to_the_router_is_none_of_the_vpn() -> None:
    text = f"{DAY}10:00:00: Login succeeded for SSH: 192.0.2.10 kanri\n" + user(1, "hanako", "10:00:03")
    kinds = [r["subtype"] for r in rows_of(text, "network.yamaha_rtx")]
    assert kinds == ["system", "vpn", "vpn"]


def test_routers_are_understood_among_the_lines_of_servers() -> None:
    text = (
        "Jun 17 2024 10:00:00 rtx01 PP[01] Rejected at IN(1013) filter: TCP 198.51.100.9:50000 > 192.0.2.5:22\n"
        "Jun 17 2024 10:00:01 rtx01 LAN2 Rejected at IN(1030) filter: UDP 198.51.100.9:5000 > 192.0.2.5:161\n"
        "Jun 17 2024 10:00:02 ix01 TELD.002: Login failed, user admin from 198.51.100.9\n"
    )
    found = [(r["action"], r["host"], r["src_ip"]) for r in rows_of(text, "linux.syslog")]
    assert found == [
        ("network.denied", "rtx01", "198.51.100.9"),
        ("network.denied", "rtx01", "198.51.100.9"),
        ("login.failed", "ix01", "198.51.100.9"),
    ]


def test_the_lines_above_a_printed_buffer_are_kept() -> None:
    text = "Buffer logging enabled, 4096 bytes, type cyclic\n  1 messages (1-1), 69 bytes logged, 0 messages dropped\n"
    found = rows_of(text + DAY + "10:00:00 CNFG.003: Startup config write done\n", "network.nec_ix")
    assert [r["provider"] for r in found] == [None, None, "CNFG.003"]
