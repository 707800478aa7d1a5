from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from kyumei.errors import CustodyBroken
from kyumei.evidence.custody import Ledger

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2024, 6, 7, 9, 30, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "custody.jsonl")
    ledger.append("case.opened", at=AT, who="山田 検査役", why="preliminary inquiry")
    ledger.append("evidence.acquired", at=AT, who="山田 検査役", evidence="E-0123456789ab", facts={"files": 3})
    ledger.append("case.closed", at=AT.astimezone(UTC), who="operator")
    return ledger


def test_entries_come_back_as_written(ledger: Ledger) -> None:
    entries = ledger.verify()
    assert [(e.seq, e.act, e.at) for e in entries] == [
        (1, "case.opened", "2024-06-07T09:30:00+09:00"),
        (2, "evidence.acquired", "2024-06-07T09:30:00+09:00"),
        (3, "case.closed", "2024-06-07T00:30:00+00:00"),
    ]
    assert entries[1].facts == {"files": 3}
    assert entries[1].prev == entries[0].hash


def test_an_instant_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="with a zone"):
        ledger.append("case.opened", at=datetime(2024, 6, 7), who="operator")  # noqa: DTZ001


@pytest.mark.parametrize("name", ["custody.jsonl", "head.json"])
def test_every_flipped_byte_is_found(ledger: Ledger, name: str) -> None:
    path = ledger.path.with_name(name)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in (1, 0x20):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            with pytest.raises(CustodyBroken):
                ledger.verify()
    path.write_bytes(whole)
    ledger.verify()


def test_every_cut_and_every_missing_line_is_found(ledger: Ledger) -> None:
    whole = ledger.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    shorter = [whole[:length] for length in range(len(whole))]
    shorter += [b"".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))]
    shorter += [lines[0] + lines[2] + lines[1], whole + lines[2], whole + b"\n"]
    for data in shorter:
        ledger.path.write_bytes(data)
        with pytest.raises(CustodyBroken):
            ledger.verify()


def test_the_broken_line_is_named(ledger: Ledger) -> None:
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(lines[0] + lines[1].replace(b"files", b"filez") + lines[2])
    with pytest.raises(CustodyBroken, match=r"custody\.jsonl line 2 is not what was written"):
        ledger.verify()


def test_an_unfinished_last_line_is_moved_aside_and_noted(ledger: Ledger) -> None:
    with ledger.path.open("ab") as stream:
        stream.write(b'{"act":"case.reop')
    entry = ledger.append("case.reopened", at=AT, who="operator")
    entries = ledger.verify()
    assert entry.seq == 5
    assert entries[3].act == "ledger.repaired"
    assert entries[3].facts["bytes"] == 17
    assert ledger.path.with_name("custody.torn-4.bin").read_bytes() == b'{"act":"case.reop'


def test_a_kill_between_entry_and_head_is_allowed_once(ledger: Ledger) -> None:
    head = ledger.path.with_name("head.json")
    old = head.read_bytes()
    ledger.append("case.reopened", at=AT, who="operator")
    head.write_bytes(old)
    assert len(ledger.verify()) == 4
    ledger.append("case.closed", at=AT, who="operator")
    assert len(ledger.verify()) == 5
    head.write_bytes(old)
    with pytest.raises(CustodyBroken, match=r"line 3 is not the one that head\.json says was last"):
        ledger.verify()


def test_nothing_is_appended_to_a_broken_last_line(ledger: Ledger) -> None:
    with ledger.path.open("ab") as stream:
        stream.write(b"not an entry\n")
    with pytest.raises(CustodyBroken, match="is no entry"):
        ledger.append("case.reopened", at=AT, who="operator")


@pytest.mark.slow
def test_a_ledger_killed_at_any_instant_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "custody.jsonl"
    line = (
        "import sys, pathlib, datetime as d; from kyumei.evidence.custody import Ledger\n"
        "at = d.datetime(2024, 1, 1, tzinfo=d.timezone.utc)\n"
        "while True: Ledger(pathlib.Path(sys.argv[1])).append('case.opened', at=at, who='x', facts={'a': 'b' * 500})"
    )
    for tenth in range(6):
        run = subprocess.Popen([sys.executable, "-c", line, str(path)], env={"PYTHONPATH": ":".join(sys.path)})
        time.sleep(0.15 + 0.017 * tenth)
        run.kill()
        run.wait()
        if path.exists():
            Ledger(path).verify()
    Ledger(path).append("case.closed", at=AT, who="operator")
    assert Ledger(path).verify()[-1].act == "case.closed"


def test_a_ledger_killed_before_its_first_write_is_empty_and_not_broken(tmp_path: Path) -> None:
    path = tmp_path / "custody.jsonl"
    path.touch()
    assert Ledger(path).verify() == ()


def test_a_head_that_is_missing_beside_entries_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "custody.jsonl")
    ledger.append("case.opened", at=datetime(2024, 1, 1, tzinfo=UTC), who="x")
    (tmp_path / "head.json").unlink()
    with pytest.raises(CustodyBroken, match="cannot be read"):
        ledger.verify()
