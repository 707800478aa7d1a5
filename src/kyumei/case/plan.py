"""The plan against recurrence of a case: proposed measures, and who took them over, until when, and how far they are.

`measures.jsonl` in the case folder is append-only, one entry a change with who and when, and each change is also entered into
the custody ledger. The last entry of a measure holds.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import checks, results
from kyumei.diagnose.prevention import measures
from kyumei.diagnose.recheck import Since, recheck
from kyumei.errors import UserError
from kyumei.evidence.custody import LEDGER, Ledger
from kyumei.store.query import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "measures.jsonl"
STATES: Final = ("proposed", "planned", "doing", "done", "rejected")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a measure.

    Attributes:
        at: ISO 8601 with offset. who: who changed it. measure: its id. owner: who does it. due: ISO date. state: of `STATES`.
    """

    at: str
    who: str
    measure: str
    owner: str
    due: str
    state: str
    note: str = ""


def entries(case: Path) -> dict[str, Entry]:
    """Return the last entry of each measure.

    Raises:
        UserError: a line cannot be read.
    """
    path, last = case / FILE, {}
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else (), 1):
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError) as wrong:
            raise UserError(f"{path}, line {number}: cannot be read", hint="restore it from a copy") from wrong
        last[entry.measure] = entry
    return last


def plan(case: Path, document: Mapping[str, Any], *, today: datetime) -> list[dict[str, Any]]:
    """Return the measures with owner, due date, state and last re-check; what nobody took over is proposed, due from today."""
    taken, seen = entries(case), checks.last(case)
    rows = []
    for measure in measures(document):
        entry = taken.get(measure.id)
        proposed = {
            "owner": measure.owner,
            "due": (today + timedelta(days=measure.days)).date().isoformat(),
            "state": "proposed",
        }
        known = proposed if entry is None else {"owner": entry.owner, "due": entry.due, "state": entry.state}
        said = {"note": entry.note if entry else "", "at": entry.at if entry else "", "checked": seen.get(measure.id)}
        rows.append({**_named(measure.as_json()), **known, **said})
    return rows


def _named(measure: dict[str, Any]) -> dict[str, Any]:
    """Return the measure with `title` in each reason that is an analytic's finding: what the analytic is called."""
    from kyumei.detect.registry import ANALYTICS

    titles = {analytic.name: dict(analytic.title) for analytic in ANALYTICS.all()}
    reasons = [
        {**r, "title": titles[r["value"]]} if r["kind"] == "rule" and r["value"] in titles else r for r in measure["reasons"]
    ]
    return {**measure, "reasons": reasons}


def change(case: Path, row: Mapping[str, Any], said: Mapping[str, str], *, who: str, at: datetime) -> Entry:
    """Append a change and seal the results anew; what is not said stays as it is.

    Args:
        case: the case folder.
        row: the measure as `plan` gives it.
        said: owner, due, state, note; empty ones are left as they are.
        who: the person who changes it.
        at: when.

    Raises:
        UserError: the due date is none.
    """
    told = {key: said.get(key) or row.get(key) or "" for key in ("owner", "due", "state", "note")}
    try:
        datetime.fromisoformat(told["due"])
    except ValueError as wrong:
        raise UserError(f"{told['due']} is no date", hint="write 2026-12-31") from wrong
    entry = Entry(at.isoformat(timespec="seconds"), who, row["id"], **told)
    with (case / FILE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n")
    facts = {"measure": entry.measure, "state": entry.state, "due": entry.due}
    Ledger(case / LEDGER).append("measure.changed", at=at, who=who, why=entry.note, facts=facts)
    results.reseal(case, who=who, why="measure changed")
    return entry


def checked(rows: list[dict[str, Any]], document: Mapping[str, Any], new: Path, since: str) -> list[dict[str, Any]]:
    """Return, for each measure that can be looked at again, what a newer case says of it.

    Args:
        rows: the plan of the old case.
        document: `diagnosis.json` of the old case.
        new: the folder of a case with evidence from after the measures.
        since: ISO 8601 instant from which they should hold; empty: for each measure when it was set to done, else all.
    """
    checks = {m.id: m.check for m in measures(document) if m.check}
    store, found = Store.open(new), _findings(new)
    accounts = sorted({a["account"] for h in document["hypotheses"] for a in h["actors"]})
    addresses = sorted({a for h in document["hypotheses"] for a in h["facts"].get("addresses", ())})
    try:
        done = [row for row in rows if row["id"] in checks]
        seen = [Since(store, found, _micros(since or _done_at(row)), accounts, addresses) for row in done]
        results = [recheck(checks[row["id"]], at) for row, at in zip(done, seen, strict=True)]
    finally:
        store.close()
    return [
        {"id": row["id"], "title": row["title"], "state": r.state, "text": dict(r.text), "shown_by": list(r.shown_by)}
        for row, r in zip(done, results, strict=True)
    ]


def _done_at(row: Mapping[str, Any]) -> str:
    return str(row["at"]) if row["state"] == "done" else ""


def _micros(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1_000_000)
    except ValueError as wrong:
        raise UserError(f"{text} is no instant", hint="write 2026-12-31T09:00+09:00") from wrong


def _findings(case: Path) -> list[dict[str, Any]]:
    path = case / "findings.jsonl"
    if not path.exists():
        raise UserError(f"{path} is missing", hint="run kyumei triage on the new evidence first")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
