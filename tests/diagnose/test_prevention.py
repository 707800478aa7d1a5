"""Measures follow from the diagnosis, and a re-check concludes nothing from records that are not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from kyumei.diagnose.prevention import _data, measures
from kyumei.diagnose.recheck import Since, recheck
from tests.detect.case import DAY, Case, jst

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.store.query import Store

CAUSES = [
    "external.intrusion",
    "external.ransomware",
    "external.web_attack",
    "insider.takeout",
    "error.missent",
    "error.exposure",
    "error.loss",
    "unknown",
]


def diagnosis(cause: str, *, likelihood: str = "high", rules: tuple[str, ...] = (), role: str = "own") -> dict[str, Any]:
    hypothesis = {
        "cause": cause,
        "likelihood": likelihood,
        "channels": [],
        "access_means": [],
        "supports": [{"findings": ["F-1"], "text": {}, "assumed": False}],
    }
    findings = [{"rule": rule, "id": f"F-{n}"} for n, rule in enumerate(rules)]
    return {"hypotheses": [hypothesis], "findings": findings, "holdings": [{"role": role}]}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_calls_for_measures_of_every_kind_and_each_names_its_reason(cause: str) -> None:
    plan = measures(diagnosis(cause))
    assert {m.kind for m in plan} == {"technical", "organisational", "training"}
    assert all(m.reasons and m.guidance for m in plan)


def test_a_mis_sent_mail_calls_for_no_measure_against_intruders() -> None:
    plan = {m.id for m in measures(diagnosis("error.missent"))}
    assert "mail.hold" in plan
    assert not plan & {"remote.mfa", "backup.apart", "devices.block", "web.fix"}


def test_an_unlikely_cause_calls_for_nothing_of_its_own() -> None:
    likely = {m.id for m in measures(diagnosis("external.ransomware"))}
    unlikely = {m.id for m in measures(diagnosis("external.ransomware", likelihood="low"))}
    assert "backup.apart" in likely - unlikely


def test_findings_and_role_call_for_measures_whatever_the_cause() -> None:
    plan = {m.id: m for m in measures(diagnosis("unknown", rules=("log.cleared",), role="entrusted"))}
    assert plan["log.guard"].reasons[0].findings == ("F-0",)
    assert "contractor.control" in plan


def test_every_measure_has_both_languages_a_known_scheme_and_a_plausible_number() -> None:
    shapes = {"nist": r"[A-Z]{2}\.[A-Z]{2}-\d\d", "cis": r"(1[0-8]|[1-9])\.\d{1,2}", "ppc": r"(10-[1-7](\(\d\))?|3-4-[34])"}
    rows = _data()["measures"]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["title"]["ja"]
        assert row["title"]["en"]
        assert row["how"]["ja"]
        assert row["how"]["en"]
        for key in row["guidance"]:
            scheme, _, number = key.partition(":")
            assert re.fullmatch(shapes.get(scheme, ".+"), number), key


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a case of one Windows host whose log spans ten days and holds a login of mallory and no 6416."""
    case = Case(tmp_path)
    for day in range(10):
        case.add(
            "windows.evtx", "login.succeeded", jst("2024-05-01 10:00") + day * DAY, host="A", account="alice", event_id=4624
        )
    mallory: dict[str, Any] = {"account": "mallory", "src_ip": "192.0.2.9", "event_id": 4624}
    case.add("windows.evtx", "login.succeeded", jst("2024-05-05 03:00"), host="A", **mallory)
    return case.open()


def state(check: dict[str, Any], store: Store, at: int | None = None, findings: tuple[dict[str, Any], ...] = ()) -> str:
    return recheck(check, Since(store, findings, at, ["mallory"], ["192.0.2.9"])).state


def test_without_the_records_it_takes_nothing_is_concluded(store: Store) -> None:
    for row in _data()["measures"]:
        check = row.get("check", {})
        if "needs" in check and not set(check["needs"]) & {"windows.evtx", "login.succeeded"}:
            assert state(check, store) == "not_shown", row["id"]
    assert state({"absent": ["login.burst"], "needs": ["login.succeeded"]}, store, jst("2024-06-01 00:00")) == "not_shown"


def test_auditing_that_left_no_event_is_not_on_and_one_event_shows_that_it_is(store: Store) -> None:
    assert state({"present": [6416], "needs": ["windows.evtx"]}, store) == "not_met"
    assert state({"present": [4624], "needs": ["windows.evtx"]}, store) == "met"


def test_an_account_that_still_logs_in_is_not_stopped_and_before_the_measure_does_not_count(store: Store) -> None:
    check = {"silent": "accounts", "needs": ["login.succeeded"]}
    assert state(check, store, jst("2024-05-02 00:00")) == "not_met"
    assert state(check, store, jst("2024-05-06 00:00")) == "met"
    assert state({"silent": "addresses"}, store) == "not_met"


def test_a_finding_after_the_measure_shows_that_it_does_not_hold(store: Store) -> None:
    finding = {"id": "F-1", "rule": "login.lateral", "start": "2024-05-05T03:00:00+09:00", "end": None}
    check = {"absent": ["login.lateral"], "needs": ["login.succeeded"]}
    assert state(check, store, findings=(finding,)) == "not_met"
    assert state(check, store, jst("2024-05-06 00:00"), (finding,)) == "met"


def test_logs_that_span_few_days_are_named(store: Store) -> None:
    assert state({"retention_days": 9}, store) == "met"
    found = recheck({"retention_days": 90}, Since(store, (), None, (), ()))
    assert found.state == "not_met"
    assert "windows.evtx (A): 9" in found.text["en"]
