"""What VPN and firewall appliances write inside syslog, and values that hold what parts other values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from kyumei.model.source import Source
from kyumei.readers.network.framed import attributes
from kyumei.readers.registry import READERS
from tests.readers.samples import strict_run

# ruff: noqa: E501  # log lines are as long as they are

APM = "Jun 17 2024 10:00:00 bigip1 notice apmd[123]: "
BOX = "Jun 17 2024 10:00:00 fw01 (2024-06-17T01:00:00) "
SAID = {
    APM + "01490500:5: /Common/vpn:Common:9a8b7c6d: New session from client IP 203.0.113.9 (ST=Tokyo/CC=JP/C=AS) at VIP 192.0.2.1": ("record.written", None, "203.0.113.9", None),
    APM + "01490010:5: /Common/vpn:Common:9a8b7c6d: Username 'hanako'": ("record.written", "hanako", None, None),
    APM + "01490549:5: /Common/vpn:Common:9a8b7c6d: Assigned PPP Dynamic IPv4: 10.1.1.7 ID: x": ("session.started", None, None, "10.1.1.7"),
    APM + "01490521:5: /Common/vpn:Common:9a8b7c6d: Session statistics - bytes in: 5242880, bytes out: 2048": ("record.written", None, None, None),
    APM + "01490502:5: /Common/vpn:Common:9a8b7c6d: Session deleted due to user logout request.": ("session.ended", None, None, None),
    BOX + 'firewall: msg_id="3000-0148" Deny 0-External 1-Trusted 40 tcp 20 50 203.0.113.5 192.0.2.10 4022 22 (Unhandled External Packet-00)': ("network.denied", None, "203.0.113.5", "192.0.2.10"),
    BOX + 'firewall: msg_id="3000-0151" Allow 1-Trusted 0-External tcp 192.0.2.10 198.51.100.20 50122 443 duration="12" sent_bytes="5242880" rcvd_bytes="2048" (out-00)': ("network.allowed", None, "192.0.2.10", "198.51.100.20"),
    BOX + 'sessiond[2345]: msg_id="3E00-0002" SSL VPN user hanako@Firebox-DB from 203.0.113.9 logged in assigned virtual IP is 10.1.1.8': ("login.succeeded", "hanako", "203.0.113.9", "10.1.1.8"),
    BOX + 'sessiond[2345]: msg_id="3E00-0004" SSL VPN user hanako@Firebox-DB from 203.0.113.9 logged out': ("session.ended", "hanako", "203.0.113.9", None),
}  # fmt: skip


def rows_of(line: str, reader: str = "linux.syslog") -> list[dict[str, Any]]:
    _, tables = strict_run(READERS.get(reader), Source.memory(line.encode()))
    return [row for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize("line", SAID)
def test_a_sentence_of_an_appliance_says(line: str) -> None:
    (row,) = rows_of(line)
    assert (row["action"], row["account"], row["src_ip"], row["dst"]) == SAID[line]


def test_bytes_of_a_vpn_session_are_counted() -> None:
    assert [rows_of(line)[0]["bytes"] for line in SAID if "statistics" in line or "sent_bytes" in line] == [5242880, 5242880]


def test_a_value_keeps_blanks_quotes_and_equals_signs_up_to_the_delimiter() -> None:
    found = attributes(pa.array(['a=1, "2"; x=3|b=c\\=d e']), "|")
    assert {name: values.to_pylist() for name, values in found.items()} == {"a": ['1, "2"; x=3'], "b": ["c=d e"]}


def test_syslog_lines_beside_cef_records_are_read_too() -> None:
    line = "Jun 17 2024 10:00:00 h CEF:0|v|p|1|1|n|1|src=192.0.2.1 act=deny\nJun 17 2024 10:00:00 h sshd[1]: Accepted password for a from 192.0.2.2 port 1 ssh2"
    assert [row["action"] for row in rows_of(line, "network.cef")] == ["network.denied", "login.succeeded"]


def test_commas_and_quotes_are_part_of_a_value_in_cef() -> None:
    line = 'Jun 17 2024 10:00:05 fw01 CEF:0|E|G|1|2|Login failed|7|src=203.0.113.5 msg=Login "failed", try again fname=a, b.csv'
    (row,) = rows_of(line, "network.cef")
    assert (row["message"], row["fname"]) == ('Login "failed", try again Login failed', "a, b.csv")


GP = (
    r"1,2024/06/17 11:00:00,0018,GLOBALPROTECT,0,2561,2024/06/17 11:00:00,vsys1,gateway-logout,logout,,,EXAMPLE\hanako,JP,PC01,203.0.113.9,0.0.0.0,10.9.9.9,0.0.0.0,"
    'id,SER,6.0.1,Windows,"Microsoft Windows 10, Pro",1,client logout,,,success,,3600,,0,GW1,2'
)


def test_a_session_of_globalprotect_has_its_end_reason_and_duration() -> None:
    (row,) = rows_of(GP, "network.palo_alto")
    assert (row["action"], row["dst"], row["reason"], row["status"], row["login_duration"]) == (
        "session.ended",
        "10.9.9.9",
        "client logout",
        "success",
        "3600",
    )


def test_pppd_says_the_address_given_and_the_bytes() -> None:
    head = "Jun 17 2024 10:00:00 vpn01 pppd[811]: "
    given, ended = rows_of(f"{head}remote IP address 192.0.2.201\n{head}Sent 5242880 bytes, received 2048 bytes.")
    assert (given["action"], given["tunnelip"], ended["action"], ended["bytes"]) == (
        "session.started",
        "192.0.2.201",
        "session.ended",
        5242880,
    )


def test_the_end_of_a_softether_session_names_who_it_was_and_where_from() -> None:
    head = '2024-06-17 10:00:00.1 [HUB "V"] '
    text = (
        f'{head}The connection "CID-1" (IP address: 203.0.113.9, Port number: 1) is attempting. The user name is "hanako".\n'
        f'{head}Connection "CID-1": The new session "SID-H-1" has been created. (IP address: 203.0.113.9, Port number: 1)\n'
        f'{head}Session "SID-H-1": The session has been terminated. Total outgoing data size: 5 bytes, Total incoming data size: 7 bytes.'
    )
    last = rows_of(text, "network.softether")[-1]
    assert (last["action"], last["account"], last["src_ip"], last["bytes"], last["received"]) == (
        "session.ended",
        "hanako",
        "203.0.113.9",
        5,
        "7",
    )
