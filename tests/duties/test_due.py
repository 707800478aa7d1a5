from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from kyumei.duties.conditions import Leaf
from kyumei.duties.judge import judge, judge_all
from kyumei.duties.load import shipped
from kyumei.duties.sheet import Aware
from kyumei.duties.values import Instant, instant, offset
from tests.duties.plain import facts, judged

EU = {
    "org__sectors": ["eu_establishment"],
    "persons__by_residence": {"EU": 10},
    "persons__total": 10,
    "risk__to_rights": "high",
}


def test_awareness_late_in_the_evening_abroad_is_the_next_day_in_tokyo() -> None:
    found = judged(aware="2024-06-07T20:00+00:00", persons__total=2000)["jp.appi.ppc.prelim"]
    assert found.due == "2024-06-12T23:59:59+09:00"


def test_seventy_two_hours_run_through_the_night_from_the_instant_itself() -> None:
    found = judged(aware="2024-06-10T15:30+02:00", **EU)["eu.gdpr.33"].deadlines[0]
    assert found.due == "2024-06-13T15:30:00+02:00"
    assert found.arithmetic["en"] == "72 hours after 2024-06-10T15:30:00+02:00 is 2024-06-13T15:30:00+02:00"


def test_hours_that_end_on_a_sunday_are_not_extended_but_the_doubt_is_told() -> None:
    found = judged(aware="2024-06-06T10:00+02:00", **EU)["eu.gdpr.33"].deadlines[0]
    assert found.due == "2024-06-09T10:00:00+02:00"
    assert "extend it to 2024-06-10T23:59:59+02:00 at most" in found.arithmetic["en"]
    assert "2024-06-10T23:59:59+02:00" in found.arithmetic["ja"]


def test_hours_from_a_day_without_time_are_counted_from_its_beginning() -> None:
    found = judged(aware="2024-06-10", **EU)["eu.gdpr.33"].deadlines[0]
    assert found.due == "2024-06-13T00:00:00+09:00"
    assert "midnight" in found.arithmetic["en"]


def test_business_days_leave_out_weekends_and_holidays() -> None:
    listed = {"org__sectors": ["listed_us"], "risk__material_us": True, "t__materiality_determined": "2024-07-02"}
    found = judged(aware="2024-06-28", **listed)["us.sec.8k"].deadlines[0]
    assert found.due.startswith("2024-07-09")  # 3, 5, 8, 9 July
    assert found.arithmetic["ja"] == "2024-07-02 の翌営業日から数えて4営業日目は 2024-07-09(火)"


def test_first_day_is_left_out_where_the_law_says_so() -> None:
    sg = {"org__sectors": ["sg_org"], "persons__total": 600, "t__assessed_notifiable": "2024-07-01"}
    assessment, notice = judged(aware="2024-06-01", **sg)["sg.pdpa.pdpc"].deadlines
    assert (assessment.due[:10], notice.due[:10]) == ("2024-07-01", "2024-07-04")
    assert notice.arithmetic["ja"].startswith("2024-07-01 の翌日を1日目として3日目は")


def test_unknown_start_gives_no_date_but_says_what_is_missing() -> None:
    found = judged(aware="2024-06-01", org__sectors=["sg_org"], persons__total=600)["sg.pdpa.pdpc"].deadlines[1]
    assert found.due == ""
    assert "t.assessed_notifiable" in found.arithmetic["en"]
    assert "3日" in found.arithmetic["ja"]


def test_without_awareness_todays_law_is_judged_and_no_date_is_invented() -> None:
    found = judged(persons__total=2000)["jp.appi.ppc.final"]
    assert (found.verdict, found.due, found.undecided_by) == ("applies", "", ("t.aware",))
    assert "30日" in found.deadlines[0].arithmetic["ja"]


def test_without_awareness_a_duty_of_an_older_version_is_not_denied() -> None:
    old, new = shipped().versions("jp.appi.ppc.final")
    milder = replace(new, when=Leaf("persons.total", ">", 1_000_000))
    found = judge(facts(persons__total=2000), laws=replace(shipped(), rules=(old, milder)))
    assert [(each.verdict, each.undecided_by) for each in found] == [("undecided", ("t.aware",))]


def test_deadline_that_is_not_needed_is_left_out() -> None:
    small = judged(aware="2024-06-07", org__sectors=["pmark"], persons__total=3)["jp.pmark"]
    assert [deadline.name["ja"] for deadline in small.deadlines] == ["確報"]
    large = judged(aware="2024-06-07", org__sectors=["pmark"], persons__total=3000)["jp.pmark"]
    assert [deadline.name["ja"] for deadline in large.deadlines] == ["速報", "確報"]


def test_deadline_that_may_be_needed_is_kept_with_a_note() -> None:
    found = judged(aware="2024-06-07", org__sectors=["pmark"], persons__total=[3, 3000])["jp.pmark"]
    assert [deadline.name["ja"] for deadline in found.deadlines] == ["速報", "確報"]
    assert any("persons.total" in note["ja"] for note in found.notes)


def test_report_goes_to_the_minister_where_the_power_is_delegated() -> None:
    found = judged(aware="2024-06-07", persons__total=2000, org__delegated_authority="金融庁長官")
    assert found["jp.appi.ppc.prelim"].to["ja"] == "金融庁長官"
    assert found["jp.appi.person"].to["ja"] == "本人"
    none = judged(aware="2024-06-07", persons__total=2000, org__delegated_authority="none")
    assert none["jp.appi.ppc.prelim"].to["en"].startswith("Personal Information Protection Commission")


def test_candidates_are_judged_side_by_side_with_their_reasons() -> None:
    awares = [
        Aware(instant("2024-06-26"), {"ja": "検知", "en": "detected"}),
        Aware(instant("2024-07-09"), {"ja": "判明", "en": "found"}),
    ]
    found = [each for each in judge_all(facts(persons__total=3090), awares) if each.id == "jp.appi.ppc.final"]
    assert [(each.aware_reason["ja"], each.due[:10]) for each in found] == [("検知", "2024-07-25"), ("判明", "2024-08-07")]


def test_public_body_reports_under_its_own_article_only() -> None:
    found = judged(aware="2024-06-07", org__sectors=["public_body_jp"], persons__total=2000)
    assert found["jp.appi.ppc.prelim"].verdict == "does_not"
    assert found["jp.appi.public_body"].due[:10] == "2024-06-11"
    assert found["jp.appi.public_body.final"].due[:10] == "2024-07-08"
    assert found["jp.appi.public_body.final"].basis_level == "memory"


def test_my_number_has_its_own_threshold_and_final_report() -> None:
    numbers = {"data__categories": ["id.mynumber"], "persons__total": 150}
    above, below = (judged(aware="2024-06-07", persons__mynumber=n, **numbers) for n in (101, 100))
    assert above["jp.mynumber.ppc.final"].due[:10] == "2024-07-08"
    assert below["jp.mynumber.ppc"].verdict == "does_not"


def test_bank_account_alone_asks_a_person_whether_it_can_do_harm() -> None:
    accounts = {"aware": "2024-06-07", "data__categories": ["fin.bank_account"], "persons__total": 5}
    assert judged(**accounts)["jp.appi.ppc.prelim"].undecided_by == ("risk.property_damage_jp",)
    harmful = judged(**accounts, risk__property_damage_jp=True)["jp.appi.ppc.prelim"]
    assert [label["en"] for label in harmful.because] == ["Rule 7(ii) risk of property damage"]


@pytest.mark.parametrize("value", ["2024-06-07T10:00:00+09:00", datetime.fromisoformat("2024-06-07T01:00:00+00:00")])
def test_instant_is_the_same_however_it_is_given(value: object) -> None:
    assert instant(value).at == datetime.fromisoformat("2024-06-07T10:00:00+09:00")


def test_instant_given_as_instant_or_day_is_kept() -> None:
    day = instant(date(2024, 6, 7))
    assert instant(day) is day
    assert day == Instant(datetime.fromisoformat("2024-06-07T00:00:00+09:00"), whole_day=True)


def test_offsets_east_and_west_are_read() -> None:
    at = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
    assert at.astimezone(offset("+05:30")).isoformat() == "2024-01-01T05:30:00+05:30"
    assert at.astimezone(offset("-03:30")).isoformat() == "2023-12-31T20:30:00-03:30"
