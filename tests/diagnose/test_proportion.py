"""A likelihood follows from what belongs together, not from how much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.diagnose.diagnose import diagnose
from kyumei.diagnose.view import View
from kyumei.model.hypothesis import HIGH, MEDIUM, Cause
from tests.diagnose.build import DAY, T0, finding, store

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.diagnose.diagnose import Diagnosis
    from kyumei.model.finding import Finding


def diagnosed(case: Path, *findings: Finding) -> Diagnosis:
    opened = store(case)
    try:
        return diagnose(View(opened, findings))
    finally:
        opened.close()


def test_a_crowd_of_scanners_makes_no_likely_leak(tmp_path: Path) -> None:
    crowd = [finding("web.attack", "low", src_ip=[f"192.0.2.{n}"], facts={"succeeded": 0}, start=T0 + n) for n in range(200)]
    found = diagnosed(tmp_path, *crowd)
    assert (found.status, found.leading) == ("not_found", None)


def test_attacks_that_were_answered_are_suspected_and_not_highly_likely(tmp_path: Path) -> None:
    answered = [finding("web.attack", src_ip=[f"192.0.2.{n}"], facts={"succeeded": 1}, start=T0 + n) for n in range(30)]
    found = diagnosed(tmp_path, *answered)
    assert found.status == "suspected"
    assert MEDIUM <= found.hypotheses[0].score < HIGH


def test_logs_emptied_elsewhere_or_years_apart_say_nothing_of_ransomware(tmp_path: Path) -> None:
    sign = finding("ransomware.signs", host=["FS01"])
    others = [finding("log.cleared", host=[f"PC{n}"]) for n in range(9)]
    early = finding("log.cleared", host=["FS01"], start=T0 - 400 * DAY, end=T0 - 400 * DAY)
    alone = diagnosed(tmp_path / "a", sign).hypotheses[0].score
    assert diagnosed(tmp_path / "b", sign, early, *others).hypotheses[0].score == alone
    near = finding("log.cleared", host=["FS01"], start=T0 - DAY, end=T0 - DAY)
    assert diagnosed(tmp_path / "c", sign, near).hypotheses[0].score > alone


def test_a_tool_that_only_controls_machines_took_no_data_out(tmp_path: Path) -> None:
    sign = finding("ransomware.signs", host=["FS01"])
    for tool, taken in (("psexec", False), ("tunnel", False), ("rclone", True)):
        used = finding("exfil.tool", host=["FS01"], facts={"tool": tool})
        (leading, *_) = diagnosed(tmp_path / tool, sign, used).hypotheses
        assert leading.cause is Cause.RANSOMWARE
        assert leading.facts["exfiltration"] is taken
        assert bool(leading.unanswered) is not taken


def test_emptied_logs_are_said_to_leave_a_time_unknown(tmp_path: Path) -> None:
    cleared = [finding("log.cleared", host=[f"PC{n}"], start=T0 + n) for n in range(7)]
    found = diagnosed(tmp_path, *cleared)
    assert found.status == "not_found"
    (unknown,) = found.unknowns
    assert set(unknown.findings) == {f.id for f in cleared}
    assert "PC0, PC1, PC2, PC3, PC4 and 2 more" in unknown.text["en"]
