"""Logs that say nothing although they ought to, and offices that are only closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.detect import rotation
from tests.detect.case import DAY, HOUR, MINUTE, Case, jst
from tests.detect.office import fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = jst("2024-04-01 00:00")  # a Monday
HOSTS = ("fs01", "web01", "db01")
GONE = ("fs01", jst("2024-05-14 10:00"), jst("2024-05-14 17:00"))  # a Tuesday


@pytest.fixture
def empty(tmp_path: Path) -> Case:
    return Case(tmp_path)


def work(case: Case, *, weeks: int = 8, without: Callable[[str, int], bool] = lambda _h, _t: False) -> None:
    """Three machines that log from eight to seven on working days, every ten minutes."""
    closed = {jst(f"2024-{day} 00:00") for day in ("04-29", "05-03", "05-06")}  # holidays of Japan in the span
    for day in range(weeks * 7):
        midnight = START + day * DAY
        if day % 7 >= 5 or midnight in closed:
            continue
        for n in range(8 * 6, 19 * 6):
            at = midnight + n * 10 * MINUTE
            for host in HOSTS:
                if not without(host, at):
                    case.add("linux.syslog", "record.written", at, host=host, path=f"{host}/messages")


def test_a_server_silent_in_office_hours_while_others_go_on_is_pointed_out(empty: Case) -> None:
    work(empty, without=lambda host, at: host == GONE[0] and GONE[1] <= at < GONE[2])
    (found,) = empty.find("log.silent")
    assert found.of("host") == ("fs01",)
    assert found.facts["expected_hours"] == 7
    assert (found.start, found.end) == (GONE[1] - 10 * MINUTE, GONE[2])
    assert "nothing can be said about 2024-05-14 09:50 – 2024-05-14 17:00" in found.title["en"]


def test_nights_weekends_and_holidays_are_no_gap(empty: Case) -> None:
    work(empty)
    assert empty.find("log.silent") == []


def test_a_day_on_which_the_whole_office_was_closed_is_no_gap(empty: Case) -> None:
    work(empty, without=lambda _host, at: jst("2024-05-15 00:00") <= at < jst("2024-05-16 00:00"))
    assert empty.find("log.silent") == []


def test_an_ordinary_office_of_six_weeks_has_no_gap(empty: Case) -> None:
    fill(empty)
    assert [f for rule in ("log.silent", "log.rotation", "log.sequence", "log.wiped") for f in empty.find(rule)] == []


def test_a_machine_that_came_two_weeks_ago_was_not_silent_before(empty: Case) -> None:
    work(empty, without=lambda host, at: host == "db01" and at < START + 40 * DAY)
    assert empty.find("log.silent") == []


def rotated(case: Case, names: list[str]) -> None:
    for place, name in enumerate(names):
        for n in range(3):
            case.add("linux.syslog", "record.written", START - place * DAY + n * HOUR, path=name, host="web01")
            case.source(name, events=3)


def test_a_rotated_file_that_is_not_there_is_named_with_its_time(empty: Case) -> None:
    rotated(empty, ["var/log/auth.log", "var/log/auth.log.1", "var/log/auth.log.3.gz!/auth.log.3"])
    (found,) = empty.find("log.rotation")
    assert found.facts["missing"] == ["auth.log.2"]
    assert (found.start, found.end) == (START - 2 * DAY + 2 * HOUR, START - DAY)


def test_rotation_without_a_hole_is_nothing_nor_is_an_old_end(empty: Case) -> None:
    rotated(empty, ["auth.log", "auth.log.1", "auth.log.2", "other.log.7", "192.0.2.1"])
    assert empty.find("log.rotation") == []


def test_a_day_left_out_of_daily_files_is_missed_but_not_weekends_of_a_daily_log_on_working_days() -> None:
    daily = [(f"u_ex2405{day:02d}.log", f"f{day}") for day in range(1, 20) if day != 9]
    assert [hole.missing for hole in rotation.holes(daily)] == [("2024-05-09",)]
    working = [(f"app-2024-05-{day:02d}.log", f"f{day}") for day in (1, 2, 7, 8, 9, 13, 14, 20, 21, 27)]
    assert rotation.holes(working) == []


@settings(max_examples=60, derandomize=True)
@given(there=st.sets(st.integers(0, 30), min_size=1))
def test_holes_and_files_together_are_the_whole_row(there: set[int]) -> None:
    files = [("log" if n == 0 else f"log.{n}", f"f{n}") for n in there]
    missed = {int(name.rpartition(".")[2]) for hole in rotation.holes(files) for name in hole.missing}
    assert missed == set(range(min(there), max(there) + 1)) - there


def numbered(case: Case, numbers: list[int]) -> None:
    for place, number in enumerate(numbers):
        said = {"structured_data": f'[meta sequenceId="{number}"]'}
        case.add("linux.syslog", "record.written", START + place * MINUTE, host="fw01", path="syslog", fields=said)


def test_numbers_that_jump_tell_of_lines_cut_out(empty: Case) -> None:
    numbered(empty, [n for n in range(1_000) if not 400 <= n < 412])
    (found,) = empty.find("log.sequence")
    assert (found.facts["missing"], found.facts["holes"]) == (12, 1)
    assert (found.start, found.end) == (START + 399 * MINUTE, START + 400 * MINUTE)


def test_a_filtered_extract_and_numbers_that_do_not_rise_are_no_break(empty: Case) -> None:
    numbered(empty, [7 * n for n in range(1_000)])
    assert empty.find("log.sequence") == []


def test_random_numbers_are_no_sequence(empty: Case) -> None:
    numbered(empty, [n * 7919 % 1009 for n in range(1_000)])
    assert empty.find("log.sequence") == []


def test_blanked_login_records_are_pointed_out(empty: Case) -> None:
    for n in range(5):
        empty.add(
            "linux.utmp", "login.succeeded", START + n * HOUR, path="wtmp", account="sato", fields={"type": "USER_PROCESS"}
        )
    empty.add("linux.utmp", "record.written", None, path="wtmp", fields={"type": "EMPTY"})
    empty.source("wtmp", events=6)
    (found,) = empty.find("log.wiped")
    assert found.facts["empty_records"] == 1


def test_sound_login_records_are_not(empty: Case) -> None:
    empty.add("linux.utmp", "login.succeeded", START, path="wtmp", account="sato", fields={"type": "USER_PROCESS"})
    empty.source("wtmp", events=1)
    assert empty.find("log.wiped") == []
