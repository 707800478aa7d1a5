"""Lines of one connection: what only an earlier line says, and what must not be said."""

from __future__ import annotations

from typing import Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from tests.readers.samples import strict_run


def read(lines: list[str], reader: str = "linux.syslog", **facts: Any) -> list[dict[str, Any]]:
    source = Source.memory("\n".join(lines).encode(), "evidence/0001", **facts)
    _, tables = strict_run(READERS.get(reader), source)
    return [row for table in tables for row in table.to_pylist()]


CAME = "2024-05-16T09:05:03+09:00 web01 sshd[7]: Connection from 198.51.100.7 port 40022 on 192.0.2.5 port 22"


def test_a_line_without_address_takes_that_of_its_connection_and_says_so() -> None:
    _, cut = read([CAME, "2024-05-16T09:05:04+09:00 web01 sshd[7]: fatal: no matching mac found: client a server b [preauth]"])
    assert (cut["src_ip"], cut["src_ip_from"]) == ("198.51.100.7", "connection")


@pytest.mark.parametrize(
    "line",
    [
        "2024-05-16T09:05:04+09:00 web01 sshd[8]: fatal: no matching mac found",  # another process
        "2024-05-16T09:05:04+09:00 web02 sshd[7]: fatal: no matching mac found",  # another machine
        "2024-05-16T10:05:04+09:00 web01 sshd[7]: fatal: no matching mac found",  # the number may have come again
        "2024-05-16T09:05:04+09:00 web01 cron[7]: fatal: no matching mac found",
        "2024-05-16T09:05:04+09:00 web01 sshd[7]: pam_unix(sshd:session): session opened for user sato(uid=1) by (uid=0)",
    ],
)
def test_no_address_is_taken_from_another_connection_nor_for_a_session(line: str) -> None:
    assert read([CAME, line])[-1]["src_ip"] is None


def test_connections_of_slapd_are_told_by_their_own_number() -> None:
    rows = read(
        [
            "2024-05-16T09:05:03+09:00 ldap slapd[9]: conn=1 fd=21 ACCEPT from IP=198.51.100.7:45011 (IP=0.0.0.0:636)",
            "2024-05-16T09:05:03+09:00 ldap slapd[9]: conn=2 fd=22 ACCEPT from IP=198.51.100.8:45011 (IP=0.0.0.0:636)",
            "2024-05-16T09:05:04+09:00 ldap slapd[9]: conn=1 op=1 RESULT tag=97 err=49 text=",
        ]
    )
    assert rows[-1]["src_ip"] == "198.51.100.7"


def test_a_name_ends_at_its_first_colon_as_sshd_cuts_it() -> None:
    said = "Failed password for invalid user a from 192.0.2.1 port 9 ssh2: from 198.51.100.7 port 5 ssh2"
    (row,) = read([f"2024-05-16T09:05:03+09:00 web01 sshd[7]: {said}"])
    assert (row["account"], row["src_ip"]) == ("a", "192.0.2.1")


def test_the_address_carries_over_from_one_block_of_a_file_to_the_next() -> None:
    filler = [f"2024-05-16T09:05:03+09:00 web01 app[1]: {'x' * 900} {n}" for n in range(5_000)]
    rows = read([CAME, *filler, "2024-05-16T09:05:04+09:00 web01 sshd[7]: fatal: no matching mac found"])
    assert rows[-1]["src_ip"] == "198.51.100.7"


def test_lines_behind_a_time_belong_to_it_and_none_is_lost() -> None:
    lines = ["torn", "2024-05-16 09:05:03 INFO start", "  at a.py", "  at b.py", "2024-05-16 09:05:04 ERROR end", "why"]
    rows = read(lines, "text.stamped")
    assert [row["message"] for row in rows] == ["torn", "INFO start\n  at a.py\n  at b.py", "ERROR end\nwhy"]
    assert [row["rec"] for row in rows] == [0, 5, 56]


def test_comment_lines_alone_do_not_make_a_log() -> None:
    history = b"ls\n#1715817903\nwhoami\n#1715817904\nmysqldump members\n"
    source = Source.memory(history, "evidence/0001")
    assert READERS.get("network.zeek_conn").accepts(source) == 0
    assert READERS.get("linux.shell_history").accepts(source) > 0


def test_a_record_without_its_own_time_takes_that_of_the_platform() -> None:
    event = '{"action": "user_logout", "actor": {"type": "user"}, "p_event_time": "2024-05-16 00:05:03"}'
    (row,) = read([event], "cloud.slack_audit")
    assert row["ts"].isoformat() == "2024-05-16T00:05:03+00:00"
    assert row["zone_assumed"] is False
