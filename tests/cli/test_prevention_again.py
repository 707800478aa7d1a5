"""From a case with a device to the question that comes weeks later: is auditing on now?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from kyumei.replay.writers.evtx import Channel, Record, evtx, number
from tests.case.runs import finished, kyumei

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prevention")]

BEGUN: Final = datetime(2024, 5, 7, 1, tzinfo=UTC)
WEEKS_LATER: Final = datetime(2024, 7, 8, 1, tzinfo=UTC)
SECURITY: Final = Channel("Security", "Microsoft-Windows-Security-Auditing", "54849625-5478-4994-A5BA-3E3B0328C30D", "PC-7")
DISK: Final = Channel(
    "Microsoft-Windows-Partition/Diagnostic", "Microsoft-Windows-Partition", "412BDFF2-A8C4-470D-8F33-63FE0D8C20E2", "PC-7"
)
STICK: Final = {"ParentId": "USB\\VID_0781&PID_5583\\4C53", "Manufacturer": "SanDisk", "Model": "Ultra", "SerialNumber": "4C53"}


def plugged(at: datetime) -> bytes:
    """Return the log of disks, in which a stick was connected."""
    return evtx(DISK, [Record(at, 1006, {"BusType": number(7), "Capacity": number(2**31), **STICK})])


def security(at: datetime, *, audited: bool) -> bytes:
    """Return the security log of two hours: logins, and what auditing of devices writes where it is on."""
    logins = [
        Record(at + timedelta(minutes=n), 4624, {"TargetUserName": "sato", "TargetDomainName": "EX", "LogonType": number(2)})
        for n in range(0, 120, 10)
    ]
    seen = {"SubjectUserName": "PC-7$", "SubjectDomainName": "EX", "DeviceId": "USBSTOR\\Disk&Ven_SanDisk\\4C53"}
    return evtx(SECURITY, [*logins, *([Record(at, 6416, {**seen, "DeviceDescription": "Ultra"})] if audited else [])])


def triaged(top: Path, at: datetime, *, stick: bool, audited: bool) -> Path:
    """Return a case made from two logs of one machine."""
    folder = top / "evidence" / "winevt" / "Logs"
    folder.mkdir(parents=True)
    (folder / "Security.evtx").write_bytes(security(at, audited=audited))
    if stick:
        (folder / "Microsoft-Windows-Partition%4Diagnostic.evtx").write_bytes(plugged(at))
    code, _, talk = finished(kyumei("triage", top / "evidence", "--case", top / "case", "--jobs", "1"))
    assert code in (0, 4), talk
    return top / "case"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triaged(tmp_path_factory.mktemp("old"), BEGUN, stick=True, audited=False)


def again(old: Path, new: Path) -> tuple[int, dict[str, dict[str, object]]]:
    words = (
        "prevention",
        "check",
        "--case",
        old,
        "--new",
        new,
        "--since",
        "2024-07-01",
        "--by",
        "監査 花子",
        "--format",
        "json",
    )
    code, out, talk = finished(kyumei(*words))
    assert code in (0, 5), talk
    return code, {row["id"]: row for row in json.loads(out)}


def test_a_device_that_was_connected_calls_for_auditing_of_devices_and_says_why(old: Path) -> None:
    code, out, talk = finished(kyumei("prevention", "list", "--case", old))
    assert code == 0, talk
    assert "audit.devices" in out
    assert "検知 USB ストレージが接続された" in out


@pytest.mark.parametrize(
    ("stick", "audited", "state"), [(True, True, "met"), (True, False, "not_met"), (False, False, "not_shown")]
)
def test_whether_6416_is_audited_now_is_read_from_new_evidence_and_kept_in_the_old_case(
    old: Path, tmp_path: Path, *, stick: bool, audited: bool, state: str
) -> None:
    code, found = again(old, triaged(tmp_path, WEEKS_LATER, stick=stick, audited=audited))
    assert found["audit.devices"]["state"] == state
    assert code == (5 if any(row["state"] == "not_met" for row in found.values()) else 0)
    kept = [json.loads(line) for line in (old / "checks.jsonl").read_text("utf-8").splitlines()[-len(found) :]]
    (last,) = [row for row in kept if row["id"] == "audit.devices"]
    assert (last["who"], last["state"]) == ("監査 花子", state)
    assert finished(kyumei("report", "--case", old, "--only", "prevention_plan", "--format", "txt", "--by", "x"))[0] == 0
    told = max((old / "documents").glob("v*/prevention_plan.ja.txt")).read_text("utf-8")
    words = {"met": "満たしている", "not_met": "満たしていない", "not_shown": "この証拠では分からない"}[state]
    assert f"再確認の結果は「{words}」" in told
    assert finished(kyumei("verify", old))[0] == 0
