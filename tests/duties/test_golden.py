"""The published cases and the boundaries of the law: what must come out, date by date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kyumei.duties.calendars import next_open
from tests.duties.plain import judged

PRELIM, FINAL, PERSON = "jp.appi.ppc.prelim", "jp.appi.ppc.final", "jp.appi.person"
BENESSE = ["id.name", "id.sex", "id.dob", "id.family", "id.address", "id.phone", "id.email"]
TGES = ("2024-06-26", "2024-07-09")
NAMES = ["id.name", "id.dob", "id.nationality", "id.student_no"]


@pytest.mark.parametrize(
    ("aware", "persons", "wrongful", "prelim", "final"),
    [
        ("2024-06-07", 13949, False, "2024-06-11", "2024-07-08"),  # sophia
        ("2024-06-08", 254241, True, "2024-06-12", "2024-08-06"),  # kadokawa
        ("2024-06-26", 3090, True, "2024-06-30", "2024-08-26"),  # tges, own data
        ("2025-02-16", 5070000, True, "2025-02-20", "2025-04-16"),  # hoken
        ("2025-12-01", 1001, False, "2025-12-05", "2026-01-05"),  # closed 12-30 to 01-03, then a Sunday
    ],
)
def test_reports_are_due_on_the_computed_days(aware: str, persons: int, *, wrongful: bool, prelim: str, final: str) -> None:
    found = judged(aware=aware, persons__total=persons, event__wrongful_purpose=wrongful)
    assert found[PRELIM].due == f"{prelim}T23:59:59+09:00"
    assert found[FINAL].due == f"{final}T23:59:59+09:00"


def test_sophia_is_reportable_by_the_more_than_thousand_rule_only() -> None:
    found = judged(aware="2024-06-07", persons__total=13949, data__categories=NAMES)
    assert [label["ja"] for label in found[PRELIM].because] == ["規則7条4号 千人超"]
    assert found[PERSON].verdict == "applies"
    assert found[FINAL].undecided_by == ()


def test_arithmetic_shows_the_count_and_the_roll_in_both_languages() -> None:
    found = judged(aware="2024-06-07", persons__total=13949)[FINAL].deadlines[0].arithmetic
    assert found["ja"] == "2024-06-07 を1日目として30日目は 2024-07-06(土) → 行政機関の休日のため 2024-07-08(月)"
    assert (
        found["en"] == "Day 1 is 2024-06-07; day 30 is 2024-07-06 (Sat), a closed day of the administration → 2024-07-08 (Mon)"
    )


def test_preliminary_report_aims_at_the_third_day() -> None:
    found = judged(aware="2024-06-07", persons__total=13949)[PRELIM].deadlines[0]
    assert found.target == "2024-06-09T23:59:59+09:00"


def test_processor_that_told_its_client_is_freed_and_one_that_did_not_is_not() -> None:
    entrusted = {"aware": "2024-06-26", "role": "processor", "persons__total": 4160000, "event__wrongful_purpose": True}
    told = judged(**entrusted, clients__notified_at="2024-07-16")
    assert told[FINAL].verdict == "does_not"
    assert told[FINAL].notes[0]["ja"] == "免除: 全ての委託元へ通知済み"
    silent = judged(**entrusted, clients__all_notified=False)
    assert silent[FINAL].due.startswith("2024-08-26")
    assert silent["jp.appi.processor_to_client"].due.startswith("2024-06-30")


def test_processor_that_told_some_of_its_clients_is_not_freed() -> None:
    found = judged(
        aware="2024-06-26",
        role="processor",
        persons__total=5000,
        persons__by_client={"A": 3000, "B": 2000},
        clients__notified_at={"A": "2024-07-16"},
    )
    assert found[PRELIM].verdict == "applies"


def test_each_client_gets_a_notice_of_its_own() -> None:
    from kyumei.duties.judge import judge
    from tests.duties.plain import facts

    stated = facts(aware="2024-06-26", role="processor", persons__by_client={"A Gas": 81, "B Water": 22})
    to = [each.to["ja"] for each in judge(stated) if each.id == "jp.appi.processor_to_client"]
    assert to == ["A Gas", "B Water"]


def test_financial_channel_is_due_with_the_preliminary_report() -> None:
    found = judged(aware="2025-02-16", persons__total=5070000, event__wrongful_purpose=True, org__sectors=["finance"])
    assert found["jp.fsa.customer"].due.startswith("2025-02-20")


def test_awareness_in_2014_meets_no_mandatory_duty() -> None:
    found = judged(aware="2014-06-27", persons__total=28950000, event__wrongful_purpose=True, org__sectors=["pmark"])
    assert [each.id for each in found.values() if each.duty == "mandatory" and each.verdict == "applies"] == []
    assert "施行されていない" in found[PRELIM].notes[0]["ja"]


def test_benesse_2014_under_the_law_of_today_would_be_due_on_the_computed_days() -> None:
    """Ten years later day 60 is a Sunday; in 2014 it was an open Monday."""
    found = judged(aware="2024-06-27", persons__total=28_950_000, event__wrongful_purpose=True, data__categories=BENESSE)
    assert found[PRELIM].due == "2024-07-01T23:59:59+09:00"
    assert found[FINAL].due == "2024-08-26T23:59:59+09:00"  # day 60 is Sunday 2024-08-25
    assert [label["ja"][:6] for label in found[FINAL].because] == ["規則7条3号", "規則7条4号"]
    then = date(2014, 6, 27) + timedelta(days=59)
    assert next_open("jp_gov", then) == then == date(2014, 8, 25)


def test_benesse_in_2014_as_a_whole_sheet_says_which_law_was_not_there_yet() -> None:
    stated = {"persons__total": [40_000_000, 48_000_000], "data__categories": BENESSE, "event__wrongful_purpose": True}
    found = judged(aware="2014-06-27", **stated)
    for rule in (PRELIM, FINAL, PERSON):
        assert found[rule].verdict == "does_not", rule


def test_psn_in_2011_meets_no_japanese_duty_and_no_state_law_in_the_version_of_today() -> None:
    abroad = {"persons__by_residence": {"JP": 7_400_000, "US-CA": 1_000_000, "US-NY": 900_000, "GB": 3_000_000}}
    found = judged(
        aware="2011-04-20",
        discovered="2011-04-19T16:15-07:00",
        persons__total=77_000_000,
        event__wrongful_purpose=True,
        data__categories=["id.name", "id.address", "id.email", "id.dob", "auth.password_hash", "fin.card_number"],
        **abroad,
    )
    assert [each.id for each in found.values() if each.duty == "mandatory" and each.verdict == "applies"] == []


def test_kadokawa_published_what_it_reported_within_its_sixty_days() -> None:
    """The public notice of 2024-08-05, which says that the content was reported, is day 59 of awareness on 2024-06-08."""
    found = judged(aware="2024-06-08", persons__total=254_241, event__wrongful_purpose=True)[FINAL].deadlines[0]
    assert "60日目" in found.arithmetic["ja"]
    assert (date.fromisoformat("2024-08-05") - date.fromisoformat("2024-06-08")).days + 1 == 59
    assert found.due > "2024-08-05"


def test_hoken_was_reportable_for_wrongful_purpose_and_number_and_to_the_financial_authority() -> None:
    found = judged(
        aware="2025-02-16", persons__total=5_070_000, event__wrongful_purpose=True, event__ransomware=True, sectors=["finance"]
    )
    assert [label["ja"][:6] for label in found[PRELIM].because] == ["規則7条3号", "規則7条4号"]
    assert found["jp.fsa.customer"].verdict == "applies"
    assert found["jp.nco.common_form"].verdict != "applies"  # only since 2025-10-01


def test_tges_has_a_clock_of_its_own_for_each_instant_at_which_it_may_have_known() -> None:
    clocks = [judged(aware=day, persons__total=3090, event__wrongful_purpose=True)[FINAL].due[:10] for day in TGES]
    assert clocks == ["2024-08-26", "2024-09-06"]
    own, entrusted = ({"persons__total": n, "event__wrongful_purpose": True} for n in (3090, 4_160_000))
    told = judged(aware=TGES[0], role="processor", clients__all_notified=True, **entrusted)
    assert told[FINAL].verdict == "does_not"
    assert judged(aware=TGES[0], **own)[FINAL].verdict == "applies"


def test_sophia_would_have_been_no_leak_had_the_three_deleted_it_unread() -> None:
    stated = {"persons__total": 13949, "data__categories": NAMES, "event__wrongful_purpose": False}
    undecided = judged(aware="2024-06-07", event__recovered_before_viewing=None, **stated)[FINAL]
    assert (undecided.verdict, undecided.undecided_by) == ("applies", ("event.recovered_before_viewing",))
    assert judged(aware="2024-06-07", event__recovered_before_viewing=True, **stated)[FINAL].verdict == "does_not"


@pytest.mark.parametrize(("persons", "verdict"), [(1000, "does_not"), (1001, "applies"), ([800, 1500], "undecided")])
def test_more_than_a_thousand_means_a_thousand_and_one(persons: object, verdict: str) -> None:
    found = judged(aware="2024-06-07", persons__total=persons)[PRELIM]
    assert found.verdict == verdict
    assert found.undecided_by == (("persons.total",) if verdict == "undecided" else ())


def test_mail_recovered_unopened_is_no_leak() -> None:
    assert judged(persons__total=5000, event__recovered_before_viewing=True)[PRELIM].verdict == "does_not"


def test_strong_encryption_without_a_safe_key_frees_nobody() -> None:
    assert judged(persons__total=5000, data__encryption__strong=True)[PRELIM].verdict == "applies"
    both = judged(persons__total=5000, data__encryption__strong=True, data__encryption__key_safe=True)
    assert both[PRELIM].verdict == "does_not"


@pytest.mark.parametrize(
    ("stated", "rule", "verdict"),
    [
        ({"org__sectors": ["cn_cii"], "persons__by_residence": {"CN": 999_999}}, "cn.incident.report", "does_not"),
        ({"org__sectors": ["cn_cii"], "persons__by_residence": {"CN": 1_000_000}}, "cn.incident.report", "applies"),
        ({"org__sectors": ["sg_org"], "persons__total": 500, "risk__significant_harm_sg": False}, "sg.pdpa.pdpc", "applies"),
        ({"org__sectors": ["sg_org"], "persons__total": 499, "risk__significant_harm_sg": False}, "sg.pdpa.pdpc", "does_not"),
        ({"org__sectors": ["kr_controller"], "persons__by_residence": {"KR": 1000}}, "kr.pipa.report", "applies"),
    ],
)
def test_thresholds_abroad(stated: dict[str, object], rule: str, verdict: str) -> None:
    assert judged(aware="2026-10-01", event__external_illegal_access=False, **stated)[rule].verdict == verdict


def test_while_the_purpose_is_unknown_the_shorter_deadline_is_worked_to() -> None:
    found = judged(aware="2024-06-08", persons__total=2000, event__wrongful_purpose=None)[FINAL]
    assert (found.verdict, found.due) == ("applies", "2024-07-08T23:59:59+09:00")
    assert any("event.wrongful_purpose" in note["ja"] and "2024-08-06" in note["ja"] for note in found.notes)


def test_web_skimming_counts_since_april_2024_only() -> None:
    skimmed = {"data__is_personal_database": False, "data__intended_for_database": True, "event__wrongful_purpose": True}
    assert judged(aware="2024-03-31", **skimmed)[PRELIM].verdict == "does_not"
    assert judged(aware="2024-04-01", **skimmed)[PRELIM].verdict == "applies"
