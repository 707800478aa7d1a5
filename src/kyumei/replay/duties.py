"""What the Japanese law is expected to ask, counted here by hand so that the judge can be checked against it.

Days are counted with the day of awareness as day 1; a statutory day that is no working day of the authorities moves to
the next one (行政機関の休日に関する法律 第2条), the guideline's third to fifth day does not move.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kyumei.replay.calendar import is_workday

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def guideline_day(aware: date) -> date:
    """Return the fifth day, by which the preliminary report is asked for (通則編3-5-3-3)."""
    return aware + timedelta(days=4)


def final_day(aware: date, *, wrongful: bool) -> date:
    """Return the last day of the final report: the 30th, or the 60th where a wrongful purpose is suspected (規則8条2項)."""
    day = aware + timedelta(days=59 if wrongful else 29)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def report_rows(party: str, aware: date, verdict: str, *, wrongful: bool) -> list[dict[str, object]]:
    """Return the preliminary and the final report of one party for one day of awareness."""
    clause = "規則7条3号" if wrongful else "規則7条4号"
    due = {"jp.appi.ppc.prelim": guideline_day(aware), "jp.appi.ppc.final": final_day(aware, wrongful=wrongful)}
    rows: list[dict[str, object]] = []
    for rule, day in due.items():
        row = {"id": rule, "party": party, "aware": aware.isoformat(), "verdict": verdict, "because": clause}
        rows.append({**row, "due": day.isoformat()} if verdict == "applies" else {**row})
    return rows


def person_rows(party: str, aware: date, verdict: str) -> list[dict[str, object]]:
    """Return the notice to the people themselves, which has no fixed day (法26条2項)."""
    return [{"id": "jp.appi.person", "party": party, "aware": aware.isoformat(), "verdict": verdict}]


def client_rows(parties: Sequence[str], aware: date) -> list[dict[str, object]]:
    """Return the notice from a processor to each of its clients (法26条1項ただし書), by the guideline's fifth day."""
    due = guideline_day(aware).isoformat()
    return [
        {"id": "jp.appi.processor_to_client", "party": party, "aware": aware.isoformat(), "verdict": "applies", "due": due}
        for party in parties
    ]
