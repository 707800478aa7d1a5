"""Line-log readers on evidence written by others, with the answers of its authors; nothing here is tuned to a file's name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.source import Source
from kyumei.readers.addresses import normal
from kyumei.readers.registry import READERS
from kyumei.readers.run import recognise
from tests.conftest import lines, members
from tests.plaso_counts import PLASO_COUNTS
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path

OURS = ("web.", "linux.syslog", "linux.utmp", "network.", "mail.exchange_tracking")
CHANGED = 1_700_000_000_000_000


def events(source: Source, reader: str) -> tuple[list[dict[str, Any]], int]:
    rows, tables = strict_run(READERS.get(reader), source)
    return [row for table in tables for row in table.to_pylist()], len(rows.faults)


def found(source: Source) -> str:
    reader, _ = recognise(source)
    return reader.name if reader and reader.name.startswith(OURS) else ""


def test_ten_thousand_lines_of_a_web_server_are_ten_thousand_events(shared_data: Path) -> None:
    (log,) = [data for name, data in members(shared_data / "web.tar.xz") if name.endswith("apache_logs")]
    source = Source.memory(log)
    assert found(source) == "web.access"
    rows, faults = events(source, "web.access")
    assert (len(rows), faults) == (10_000, 0)
    assert all(row["ts"] and row["src_ip"] and row["status"] for row in rows)


@pytest.mark.parametrize(
    ("file", "reader", "read", "faulted"),
    PLASO_COUNTS,
)
def test_plaso_counts_are_ours(shared_data: Path, file: str, reader: str, read: int, faulted: int) -> None:
    """The faults are continued lines, which plaso appends to the message before them, and its warnings for utmp."""
    (data,) = [data for name, data in members(shared_data / "plaso.tar.xz") if name.endswith(f"test_data/{file}")]
    source = Source.memory(data, "evidence/0001", mtime=CHANGED)
    assert found(source) == reader
    rows, faults = events(source, reader)
    assert (len(rows), faults) == (read, faulted)


def test_attacks_that_fail2ban_knows_have_their_host_and_time(shared_data: Path) -> None:
    """Of the lines that are ours; sshd's come without a head, so they get one."""
    asked = right = 0
    for row in map(json.loads, lines(shared_data / "truth" / "fail2ban.jsonl.xz")):
        expected = row["expected"] or {}
        headless = row["service"] == "sshd-journal"
        line = ("May 16 09:05:03 " if headless else "") + row["line"]
        year = int((expected.get("time") or "2005")[:4])
        source = Source.memory(
            line.encode(), "x", zone="UTC", mtime=int(datetime(year, 12, 31, 23, tzinfo=UTC).timestamp()) * 10**6
        )
        reader = found(source)
        if not reader or not expected.get("match") or not expected.get("host"):
            continue
        rows, _ = events(source, reader)
        assert len(rows) == 1
        asked += 1
        right += (rows[0].get("src_ip") or "") == normal(expected["host"])
        if expected.get("time") and rows[0]["ts"] and not headless and reader == "linux.syslog":
            assert rows[0]["ts"].replace(tzinfo=None).isoformat()[:19] == expected["time"], row["service"]
    assert asked > 250
    assert right / asked > 0.9


def test_crowdsec_logs_are_read_and_their_attackers_seen(shared_data: Path) -> None:
    logs = dict(members(shared_data / "crowdsec.tar.xz"))
    seen = asked = 0
    for row in map(json.loads, lines(shared_data / "truth" / "crowdsec.jsonl.xz")):
        data = logs.get(row["log_file"])
        if data is None:
            continue
        source = Source.memory(data, "evidence/0001", mtime=CHANGED)
        reader = found(source)
        if not reader:
            continue
        rows, _ = events(source, reader)
        addresses = {event["src_ip"] for event in rows}
        attackers = [normal(address) for address in row["sources"] if "." in address or ":" in address]
        asked += len(attackers)
        seen += sum(address in addresses for address in attackers)
    assert asked > 80
    assert seen / asked > 0.9


def test_ssh_and_web_and_mail_logs_of_crowdsec_are_recognised(shared_data: Path) -> None:
    kinds = {"apache2": {"web.access", "web.apache_error"}, "nginx": {"web.access", "web.nginx_error"}}
    missed = []
    logs = dict(members(shared_data / "crowdsec.tar.xz"))
    for row in map(json.loads, lines(shared_data / "truth" / "crowdsec.jsonl.xz")):
        if row["log_type"] not in {"syslog", *kinds} or row["log_file"] not in logs:
            continue
        source = Source.memory(logs[row["log_file"]], "evidence/0001")
        if found(source) not in {"linux.syslog", *kinds.get(row["log_type"], ())}:
            missed.append(row["test"])
    assert len(missed) <= 1, missed  # JSON behind a time is another format
