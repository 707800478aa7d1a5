"""Gather what the HTML summary of a hunt shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.case.hunt import view
from kyumei.reports import hunt as report

if TYPE_CHECKING:
    from kyumei.case.hunt.hunt import Hunt


def page(hunt: Hunt, *, lang: str) -> str:
    """Return the page."""
    tally = hunt.tally
    shown = report.Summary(
        tally={
            "files": tally.files,
            "bytes": tally.bytes,
            "events": tally.events,
            "carved": tally.carved,
            "first": view.iso(tally.first, hunt.zone),
            "last": view.iso(tally.last, hunt.zone),
        },
        faults=sum(tally.faults.values()),
        rules=hunt.applied,
        levels=hunt.answers.levels(),
        findings=(view.finding(row, hunt.rules[row["rule"]], hunt.zone) for row in hunt.answers.by_host()),
        hosts=hunt.counted("hosts"),
        days=hunt.counted("days"),
        failed=(r for r in hunt.counted("logons") if r["kind"] == "failure"),
        succeeded=(r for r in hunt.counted("logons") if r["kind"] in {"success", "rdp", "session"}),
        metrics=hunt.counted("metrics", lang),
        authors=hunt.counted("authors"),
        unread=[{"path": path, "reason": why} for path, why in sorted(tally.unread.items())],
    )
    return report.html(shown, lang=lang, zone=hunt.zone)
