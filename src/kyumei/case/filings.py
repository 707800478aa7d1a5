"""Which duties are done: what was filed, laid over the obligations of a case.

A filing of a report does the duties that the report names (`fulfils`), and those that whoever entered it named besides
(`jp.fsa.customer`, or one deadline of it: `jp.fsa.customer:速報`). A filing about one party does that party's duties only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.case import documents
from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kyumei.model.obligation import Deadline, Obligation

    Filing = Mapping[str, Any]


def rows(case: Path, obligations: Sequence[Obligation], lang: str) -> list[dict[str, Any]]:
    """Return the obligations as JSON objects, with `done` on each deadline and, once all are, on the obligation.

    `done` is null, or the filing: name, on, receipt, to, by.

    Raises:
        CustodyBroken: the ledger of the documents does not hold.
    """
    filed = filings(case)
    return [_row(obligation, filed, lang) for obligation in obligations]


def filings(case: Path) -> list[Filing]:
    """Return what was filed, oldest first, each with the duties it does."""
    return [
        {**entry.facts, "by": entry.who, "duties": [*fulfils(str(entry.facts["name"])), *entry.facts.get("duties", ())]}
        for entry in documents.ledger(case).verify()
        if entry.act == "document.filed"
    ]


def fulfils(name: str) -> tuple[str, ...]:
    """Return the ids of the rules whose duty is done once that report is filed."""
    from kyumei.reports.registry import REPORTS

    return next((report.fulfils for report in REPORTS.all() if report.name == name), ())


def checked(duties: Sequence[str]) -> tuple[str, ...]:
    """Return named duties as they are.

    Raises:
        UserError: there is no rule of that id.
    """
    from kyumei.duties.load import shipped

    known = set(shipped().ids())
    if odd := [duty for duty in duties if duty.partition(":")[0] not in known]:
        raise UserError(f"no rule is called {odd[0]}", hint="kyumei duties --case DIR --format table --all lists them")
    return tuple(duties)


def _row(obligation: Obligation, filed: Sequence[Filing], lang: str) -> dict[str, Any]:
    row: dict[str, Any] = obligation.as_json(lang)
    each = [_by(obligation, deadline, filed) for deadline in obligation.deadlines]
    row["deadlines"] = [{**d, "done": done} for d, done in zip(row["deadlines"], each, strict=True)]
    whole = each or [_by(obligation, None, filed)]
    return {**row, "done": whole[-1] if all(whole) else None}


def _by(obligation: Obligation, deadline: Deadline | None, filed: Sequence[Filing]) -> dict[str, Any] | None:
    """Return the first filing that does this deadline of the obligation."""
    names = {obligation.id} | ({f"{obligation.id}:{name}" for name in deadline.name.values() if name} if deadline else set())
    for filing in filed:
        if filing.get("party", "") in ("", obligation.party) and names.intersection(filing["duties"]):
            return {key: str(filing.get(key, "")) for key in ("name", "on", "receipt", "to", "by")}
    return None
