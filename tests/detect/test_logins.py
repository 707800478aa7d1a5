from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kyumei.model.finding import Level
from tests.detect.case import DAY, HOUR, MINUTE, Case, jst
from tests.detect.office import NEXT, SERVERS, account, fill, logon, opened, vpn

if TYPE_CHECKING:
    from pathlib import Path

NIGHT = NEXT + DAY + 2 * HOUR  # Tuesday, two in the morning


@pytest.fixture
def office(tmp_path: Path) -> Case:
    """Return a case with six weeks of an ordinary office."""
    case = Case(tmp_path)
    fill(case)
    return case


@pytest.fixture
def empty(tmp_path: Path) -> Case:
    return Case(tmp_path)


def guess(case: Case, accounts: int, tries: int, *, src: str = "198.51.100.7", at: int = NIGHT, gap: int = 1_000_000) -> None:
    for n in range(tries):
        logon(case, at + n * gap, f"CORP\\a{n % accounts}", "FS01", 3, src=src, failed=True)


def test_three_thousand_failures_of_one_source_are_one_finding(empty: Case) -> None:
    guess(empty, 1, 3_561, gap=50_000)
    (found,) = empty.find("login.burst")
    assert (found.level, found.count, len(found.citations)) == (Level.MEDIUM, 3_561, 50)
    assert found.facts["kind"] == "guessing"
    assert found.of("src_ip") == ("198.51.100.7",)


def test_one_try_for_each_of_many_accounts_is_spraying(empty: Case) -> None:
    guess(empty, 30, 30, gap=40 * 1_000_000)
    (found,) = empty.find("login.burst")
    assert (found.facts["kind"], found.facts["accounts"]) == ("spraying", 30)


def test_one_account_tried_from_many_places_is_one_finding(empty: Case) -> None:
    for n in range(40):
        guess(empty, 1, 1, src=f"198.51.100.{n}", at=NIGHT + n * 1_000_000)
    (found,) = empty.find("login.burst")
    assert found.facts["failures"] == 40


def test_a_device_with_an_old_password_is_only_low(empty: Case) -> None:
    guess(empty, 1, 60, gap=4 * MINUTE)
    assert [f.level for f in empty.find("login.burst")] == [Level.LOW]


def test_a_few_typing_errors_are_nothing(empty: Case) -> None:
    guess(empty, 1, 6)
    logon(empty, NIGHT + MINUTE, "CORP\\a0", "FS01", 3, src="198.51.100.7")
    assert empty.find("login.burst") + empty.find("login.success_after_burst") == []


def test_success_after_guessing_is_grave(empty: Case) -> None:
    guess(empty, 20, 200)
    logon(empty, NIGHT + 10 * MINUTE, "a7@corp.example", "FS01", 3, src="198.51.100.7")
    (found,) = empty.find("login.success_after_burst")
    assert (found.level, found.facts["failures"], found.of("account")) == (Level.HIGH, 200, ("a7@corp.example",))


def test_an_office_behind_one_address_mistypes_without_a_finding(empty: Case) -> None:
    guess(empty, 12, 12, src="198.51.100.1", gap=MINUTE)
    for n in range(60):
        logon(empty, NIGHT + n * 20_000_000, f"CORP\\a{n}", "FS01", 3, src="198.51.100.1")
    assert max(f.level.rank for f in empty.find("login.burst")) <= Level.LOW.rank
    assert empty.find("login.success_after_burst") == []


def intrude(case: Case, *, at: int = NIGHT, accounts: tuple[int, ...] = (3, 8, 11), addresses: int = 1) -> None:
    for n, employee in enumerate(accounts):
        vpn(case, at + n * HOUR, account(employee), f"198.51.100.{7 + n % addresses}", f"10.8.0.{200 + n}", minutes=40)


def test_several_stolen_accounts_from_a_new_address_at_night_are_grave(office: Case) -> None:
    intrude(office)
    (found,) = [f for f in office.find("login.new_source") if f.level.rank >= Level.MEDIUM.rank]
    assert found.level is Level.HIGH
    assert found.of("account") == tuple(sorted(map(account, (3, 8, 11))))
    assert (found.facts["channel"], found.facts["accounts"], found.facts["public"]) == ("vpn", 3, True)
    assert found.start == NIGHT


def test_hosting_addresses_used_one_after_the_other_are_one_intrusion(office: Case) -> None:
    for n, net in enumerate(("198.51.100", "192.0.9", "198.18.7")):
        vpn(office, NIGHT + n * HOUR, account(n), f"{net}.9", "10.8.0.200", minutes=30)
    (found,) = [f for f in office.find("login.new_source") if f.level is Level.HIGH]
    assert found.facts["accounts"] == 3


def test_a_new_home_address_alone_is_never_more_than_low(office: Case) -> None:
    vpn(office, NEXT + 20 * HOUR, account(4), "198.51.100.9", "10.8.0.14")
    found = office.find("login.new_source")
    assert {f.of("src_ip") for f in found} == {("192.0.2.77",), ("198.51.100.9",)}
    assert max(f.level.rank for f in found) <= Level.LOW.rank


def test_nothing_is_new_in_a_log_that_has_just_begun(empty: Case) -> None:
    intrude(empty)
    assert empty.find("login.new_source") == []


def test_a_flagged_vpn_session_is_followed_to_the_servers(office: Case) -> None:
    intrude(office)
    for n, host in enumerate(SERVERS):
        logon(office, NIGHT + n * MINUTE, account(3), host, 3, src="10.8.0.200")
    logon(office, NIGHT + 3 * HOUR, account(9), "DC01", 3, src="10.8.0.200")
    (found,) = office.find("login.lateral")
    assert (found.level, found.count) == (Level.HIGH, 6)
    assert found.facts["vpn_src_ip"] == "198.51.100.7"
    assert found.facts["assigned_ip"] == "10.8.0.200"
    assert len(found.of("host")) == 3
    assert account(9) not in found.of("account")


def test_shares_reached_without_a_read_file_stay_only_reached(office: Case) -> None:
    intrude(office)
    reached = {"account": account(3), "src_ip": "10.8.0.200", "host": "FS01", "object": "\\\\*\\clients"}
    office.add("windows.evtx", "share.accessed", NIGHT + MINUTE, path="FS01/Security.evtx", **reached)
    (found,) = office.find("share.reached")
    assert found.facts["shares"] == ["\\\\*\\clients"]
    assert found.level is Level.HIGH
    assert office.find("file.flagged_read") == []


def test_files_read_in_the_flagged_session_are_told_from_the_owners_own(office: Case) -> None:
    intrude(office)
    for n in range(7):
        opened(office, NIGHT + n * MINUTE, account(3), f"D:\\clients\\gas\\list{n}.csv")
    opened(office, NIGHT + 9 * HOUR, account(3), "D:\\dept\\own.docx")
    (found,) = office.find("file.flagged_read")
    assert (found.facts["files"], found.facts["bytes"], found.facts["by_account_only"]) == (7, 280_000, True)
    assert found.facts["folders"] == [{"folder": "D:\\clients\\gas", "files": 7, "bytes": 280_000}]


def test_an_account_that_suddenly_reaches_many_hosts_is_pointed_out(office: Case) -> None:
    for n in range(8):
        logon(office, NEXT + 15 * HOUR + n * MINUTE, account(6), f"SRV{n}", 3, src="10.0.1.16")
    (found,) = office.find("login.lateral")
    assert (found.level, len(found.of("host"))) == (Level.MEDIUM, 8)


def test_nights_of_one_who_never_worked_at_night_add_up(office: Case) -> None:
    for day in range(3):
        logon(office, NIGHT + day * DAY, account(2), "PC02", 10, src="10.0.1.12")
    (found,) = office.find("login.off_hours")
    assert (found.level, found.facts["days"], found.of("account")) == (Level.MEDIUM, 3, (account(2),))


def test_a_national_holiday_is_a_day_off(office: Case) -> None:
    for day in ("2024-05-18", "2024-05-19", "2024-07-15"):  # Saturday, Sunday, Marine Day (a Monday)
        logon(office, jst(f"{day} 11:00"), account(2), "PC02", 2)
    found = office.find("login.off_hours")
    assert sum(int(str(f.facts["holiday_logins"])) for f in found) >= 2


def test_the_night_guard_works_at_night(office: Case) -> None:
    assert office.find("login.off_hours") == []


def sshd(case: Case, at: int, pid: int, *said: str) -> None:
    """Add what sshd writes about one connection, as its reader gives it."""
    for message in said:
        more = {"host": "web01", "provider": "sshd", "src_ip": "198.51.100.7", "account": "oracle", "message": message}
        case.add("linux.syslog", "login.failed", at, path="auth.log", fields={"pid": str(pid)}, **more)


def test_one_try_that_sshd_writes_four_lines_about_is_one_try(empty: Case) -> None:
    for n in range(9):
        sshd(
            empty,
            NIGHT + n * 20_000_000,
            100 + n,
            "Invalid user oracle from 198.51.100.7 port 40100",
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7",
            "Failed password for invalid user oracle from 198.51.100.7 port 40100 ssh2",
            "Connection closed by invalid user oracle 198.51.100.7 port 40100 [preauth]",
        )
    assert empty.find("login.burst") == []
    assert empty.open().rows("select count(*) from events") == [(36,)]


def test_several_tries_of_one_connection_are_counted_each_also_without_a_word_about_the_password(empty: Case) -> None:
    for n in range(4):
        sshd(
            empty, NIGHT + n * 1_000_000, 7, *["Failed password for root from 198.51.100.7 port 1 ssh2"] * 3, "Disconnecting: x"
        )
    for n in range(8):
        sshd(empty, NIGHT + n * 1_000_000, 20 + n, f"Invalid user a{n} from 198.51.100.7 port 40100", "Connection closed by x")
    (found,) = empty.find("login.burst")
    assert found.facts["failures"] == 4 * 3 + 8
