from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kyumei.model.finding import Level
from tests.detect.case import DAY, HOUR, MINUTE, Case, jst
from tests.detect.office import NEXT, account, fill, opened

if TYPE_CHECKING:
    from pathlib import Path

NOON = NEXT + 12 * HOUR


@pytest.fixture
def office(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    fill(case)
    return case


@pytest.fixture
def empty(tmp_path: Path) -> Case:
    return Case(tmp_path)


def run(case: Case, line: str, at: int = NOON, **more: Any) -> None:
    more = {"host": "SV01", "account": "CORP\\x", "event_id": 4688, "fields": {"CommandLine": line}} | more
    case.add("windows.evtx", "process.started", at, path="Security.evtx", **more)


def test_reading_ten_times_the_habit_is_grave(office: Case) -> None:
    for n in range(900):
        opened(office, NOON + n * 1_000_000, account(4), f"D:\\clients\\{n % 3}\\list{n}.csv")
    (found,) = office.find("file.bulk_read")
    assert (found.level, found.facts["files"], found.of("account")) == (Level.HIGH, 900, (account(4),))
    assert found.facts["bytes"] == 36_000_000
    assert [f["files"] for f in found.facts["folders"]] == [300, 300, 300]  # type: ignore[attr-defined]  # facts are JSON values


def test_a_busy_day_is_no_finding(office: Case) -> None:
    for n in range(90):
        opened(office, NOON + n * MINUTE, account(4), f"D:\\dept\\0\\doc{n}.docx")
    assert office.find("file.bulk_read") == []


def test_reads_without_any_baseline_are_no_finding(empty: Case) -> None:
    for n in range(5_000):
        opened(empty, NOON + n * 1_000_000, account(4), f"D:\\x\\{n}.csv")
    assert empty.find("file.bulk_read") == []


def test_a_telephone_beside_bulk_reading_is_grave(office: Case) -> None:
    more = {"host": "FS01.corp.example", "account": account(4), "device": "Example Phone (MTP)"}
    office.add("windows.evtx", "device.connected", NOON, path="dev.evtx", **more)
    for n in range(900):
        opened(office, NOON + n * 1_000_000, account(4), f"D:\\clients\\{n}.csv")
    (found,) = office.find("device.removable")
    assert (found.level, found.of("device"), found.facts["files"]) == (Level.HIGH, ("Example Phone (MTP)",), 900)


@pytest.mark.parametrize("device", [r"PCI\VEN_8086&DEV_10D3\3&61AAA01", r"SWD\IP_TUNNEL_VBUS\TEREDO", r"HID\VID_0E0F"])
def test_what_is_built_into_a_machine_is_not_removable(device: str, empty: Case) -> None:
    empty.add("windows.evtx", "device.connected", NOON, host="PC1", device=device)
    assert not list(empty.find("device.removable"))


def test_a_telephone_over_mtp_is_removable(empty: Case) -> None:
    empty.add("windows.evtx", "device.connected", NOON, host="PC1", device=r"SWD\WPDBUSENUM\_??_USBSTOR#DISK")
    assert list(empty.find("device.removable"))


def test_a_device_alone_is_only_mentioned(empty: Case) -> None:
    empty.add("windows.evtx", "device.connected", NOON, host="PC1", device="USB stick")
    assert [f.level for f in empty.find("device.removable")] == [Level.INFORMATIONAL]


def test_an_emptied_log_is_grave(empty: Case) -> None:
    empty.add("windows.evtx", "log.cleared", NOON, host="DC01", account="CORP\\x", event_id=1102, channel="Security")
    run(empty, '"C:\\Windows\\wevtutil.exe" cl System')
    found = empty.find("log.cleared")
    assert [(f.level, f.facts["by"]) for f in found] == [(Level.HIGH, "record"), (Level.HIGH, "command")]


def test_a_server_that_falls_silent_is_pointed_out(empty: Case) -> None:
    for n in range(10 * 24 * 6):
        if not 600 <= n < 660:
            empty.add("linux.syslog", "record.written", NOON + n * 10 * MINUTE, host="web1")
    (found,) = empty.find("log.gap")
    assert found.facts["silent_hours"] in {9, 10}
    assert (found.start, found.end) == (NOON + 599 * 10 * MINUTE, NOON + 660 * 10 * MINUTE)


def test_a_machine_switched_off_at_night_has_no_gap(empty: Case) -> None:
    for n in range(30 * 24 * 6):
        if 8 <= (n // 6) % 24 < 19:
            empty.add("linux.syslog", "record.written", jst("2024-05-16 00:00") + n * 10 * MINUTE, host="pc1")
    assert empty.find("log.gap") == []


def test_records_cut_out_of_a_file_leave_a_hole_in_the_numbers(empty: Case) -> None:
    for n in range(1_000):
        if not 500 <= n < 520:
            more = {"host": "DC01", "channel": "Security", "fields": {"EventRecordID": str(n)}}
            empty.add("windows.evtx", "record.written", NOON + n * 1_000_000, path="Security.evtx", **more)
    (found,) = empty.find("log.gap")
    assert found.facts["missing"] == 20


def test_a_filtered_export_has_no_hole_worth_naming(empty: Case) -> None:
    for n in range(1_000):
        more = {"host": "DC01", "channel": "Security", "fields": {"EventRecordID": str(7 * n)}}
        empty.add("windows.evtx", "record.written", NOON + n * 1_000_000, path="Security.evtx", **more)
    assert empty.find("log.gap") == []


def test_a_person_who_changes_the_audit_policy_is_named_the_system_only_mentioned(empty: Case) -> None:
    empty.add("windows.evtx", "audit.changed", NOON, host="DC01", account="CORP\\x", event_id=4719)
    empty.add("windows.evtx", "audit.changed", NOON, host="PC01", account="CORP\\PC01$", event_id=4719)
    found = {f.of("host")[0]: f.level for f in empty.find("audit.changed")}
    assert found == {"DC01": Level.MEDIUM, "PC01": Level.INFORMATIONAL}


@pytest.mark.parametrize(
    "line",
    [
        "vssadmin.exe delete shadows /all /quiet",
        '"C:\\Windows\\System32\\vssadmin.exe" Delete Shadows /all',
        "wmic shadowcopy delete",
        "wbadmin delete catalog -quiet",
        "bcdedit /set {default} recoveryenabled No",
    ],
)
def test_deleting_the_ways_back_is_a_sign_of_ransomware(empty: Case, line: str) -> None:
    run(empty, line)
    (found,) = empty.find("ransomware.signs")
    assert (found.level, found.facts["sign"]) == (Level.HIGH, "backups_deleted")


def test_many_files_with_one_new_ending_are_critical(empty: Case) -> None:
    for n in range(400):
        empty.add("windows.evtx", "file.renamed", NOON + n * 10_000, host="FS01", object=f"D:\\a\\doc{n}.docx.lk3x")
    for n in range(4):
        empty.add("windows.evtx", "file.created", NOON + n, host="FS01", object=f"D:\\{n}\\HOW_TO_DECRYPT.txt")
    found = {str(f.facts["sign"]): f for f in empty.find("ransomware.signs")}
    assert set(found) == {"mass_rename", "ransom_note"}
    assert found["mass_rename"].level is Level.CRITICAL
    assert (found["mass_rename"].facts["ending"], found["mass_rename"].facts["files"]) == ("lk3x", 400)


def test_a_ransom_note_among_the_evidences_files_is_seen(empty: Case) -> None:
    empty.source("share/clients/復号方法.txt")
    (found,) = empty.find("ransomware.signs")
    assert found.citations[0].path == "share/clients/復号方法.txt"


def test_ordinary_files_and_commands_are_no_ransomware(office: Case) -> None:
    for n in range(500):
        office.add("windows.evtx", "file.created", NOON + n, host="FS01", object=f"D:\\export\\{n}.csv")
    office.source("share/README.txt")
    run(office, "vssadmin list shadows")
    run(office, "bcdedit /enum")
    assert office.find("ransomware.signs") == []


def test_a_tool_that_was_never_there_before_is_grave(empty: Case) -> None:
    run(empty, "cmd /c dir", NOON - 10 * DAY)
    run(empty, "anydesk.exe --service", NOON - 10 * DAY, host="PC1")
    run(empty, "rclone.exe copy D:\\clients remote:x --transfers 16")
    found = {str(f.facts["tool"]): f.level for f in empty.find("exfil.tool")}
    assert found == {"rclone": Level.HIGH, "anydesk": Level.LOW}


def made(case: Case, action: str, at: int, target: str, event_id: int, message: str = "") -> None:
    more = {"account": "CORP\\x", "host": "DC01", "object": target, "event_id": event_id, "message": message}
    case.add("windows.evtx", action, at, path="Security.evtx", **more)


def test_an_account_made_raised_and_removed_within_a_day_is_grave(empty: Case) -> None:
    made(empty, "account.created", NOON, "CORP\\helper", 4720)
    made(empty, "group.changed", NOON + MINUTE, "CORP\\Domain Admins", 4728, "CORP\\x added CN=helper to group")
    made(empty, "account.deleted", NOON + HOUR, "CORP\\helper", 4726)
    made(empty, "account.created", NOON, "CORP\\newcomer", 4720)
    made(empty, "account.created", NOON, "CORP\\PC77$", 4741)
    found = {str(f.facts["made"]): f.level for f in empty.find("account.made")}
    assert found == {"CORP\\helper": Level.HIGH, "CORP\\newcomer": Level.INFORMATIONAL}
