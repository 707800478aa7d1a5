"""Our own analytics over what a hunt has read: the narrow events of its jobs, indexed for the time of the hunt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt.kept import RuleFacts
from kyumei.detect import run as detect
from kyumei.store import index
from kyumei.store.connect import connect
from kyumei.store.query import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kyumei.model.finding import Finding

MEMORY: Final = "500MB"
"""Beyond that, tables go to a folder of the hunt."""


def findings(folder: Path, zone: str) -> Sequence[Finding]:
    """Return the findings of all analytics over the events in this folder; none where nothing was written."""
    if not any((folder / "events").rglob("*.parquet")):
        return ()
    con = connect(folders=[folder], memory=MEMORY)
    index.fill(con, folder)
    store = Store(con)
    try:
        return detect.run(store, detect.Settings(zone=zone))
    finally:
        store.close()


def facts(finding: Finding, lang: str) -> RuleFacts:
    """Return a finding of an analytic as the rule that it is an instance of."""
    title = finding.title.get(lang) or finding.title["en"]
    return RuleFacts(finding.rule, title, finding.level.value, author="kyumei", license="Apache-2.0", tags=finding.tags)


def row(finding: Finding, number: int) -> dict[str, Any]:
    """Return a finding as a row of `kyumei.case.hunt.ask`; `number` is that of its rule."""
    return {
        "rule": number,
        "host": next(iter(finding.of("host")), None),
        "n": finding.count,
        "first": finding.start,
        "last": finding.end,
        "channels": list(finding.of("channel")),
        "event_ids": [],
        "accounts": list(finding.of("account")),
        "addresses": list(finding.of("src_ip")),
        "readers": [],
        "marks": [{"place": n, "e": c.evidence, "p": c.path, "o": c.offset} for n, c in enumerate(finding.citations)],
        "details": "; ".join(v for kind in ("object", "destination", "device") for v in finding.of(kind)[:5]) or None,
    }
