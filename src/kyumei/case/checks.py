"""What re-checks of measures showed, kept in the old case: `checks.jsonl`, append-only and entered into the custody ledger."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import results
from kyumei.errors import UserError
from kyumei.evidence.custody import LEDGER, Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

FILE: Final = "checks.jsonl"


def last(case: Path) -> dict[str, dict[str, Any]]:
    """Return by measure the last look at newer evidence: at, who, new, state, text, shown_by.

    Raises:
        UserError: a line cannot be read.
    """
    path, found = case / FILE, {}
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else (), 1):
        try:
            row: dict[str, Any] = json.loads(line)
            found[row["id"]] = row
        except (ValueError, TypeError, KeyError) as wrong:
            raise UserError(f"{path}, line {number}: cannot be read", hint="restore it from a copy") from wrong
    return found


def keep(case: Path, seen: Sequence[Mapping[str, Any]], new: Path, *, who: str, at: datetime) -> None:
    """Append what `kyumei.case.plan.checked` returned, and seal the results anew.

    Args:
        case: the old case.
        seen: one row a measure.
        new: the case with the newer evidence; its sealed results are named by their digest.
        who: who looked.
        at: when.
    """
    sealed = new / "results.json"
    told = {"new": hashlib.sha256(sealed.read_bytes()).hexdigest() if sealed.exists() else "", "who": who}
    lines = [
        json.dumps(
            {"at": at.isoformat(timespec="seconds"), **told, **{k: row[k] for k in ("id", "state", "text", "shown_by")}},
            ensure_ascii=False,
            sort_keys=True,
        )
        for row in seen
    ]
    body = "".join(f"{line}\n" for line in lines)
    with (case / FILE).open("a", encoding="utf-8") as stream:
        stream.write(body)
    facts = {"measures": len(lines), "lines_sha256": hashlib.sha256(body.encode()).hexdigest(), "new": told["new"]}
    Ledger(case / LEDGER).append("measures.checked", at=at, who=who, facts=facts)
    results.reseal(case, who=who, why="measures checked")
