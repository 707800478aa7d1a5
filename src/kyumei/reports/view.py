"""Arrange a diagnosis for reading: number the findings, gather duties that are judged alike, sum what may be summed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.categories import CATEGORIES
from kyumei.reports.words import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.reports.words.lookup import Words

_VERDICTS: Final = ("applies", "undecided", "does_not")
_STATUSES: Final = ("confirmed", "suspected", "ruled_out")
_NAMED: Final = 3
IN_FULL: Final = ("dataset", "party", "to")
"""What may differ between obligations that are one row of the full table."""
AT_A_GLANCE: Final = (*IN_FULL, "because", "notes", "role", "undecided_by")
"""What may differ between obligations that are one row of the overview."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation as judged for one or more holdings alike.

    Attributes:
        of: the obligation's object in `diagnosis.json`; of what may differ, that of the first.
        holders: party, data set and role of each holding, sorted.
        to: whom it is owed to; empty where that differs.
        due: the first dated deadline, None where there is none.
    """

    of: Mapping[str, Any]
    holders: tuple[tuple[str, str, str], ...]
    to: object
    due: datetime | None

    @property
    def parties(self) -> tuple[str, ...]:
        """Return the named parties without repetition, sorted."""
        return tuple(sorted({party for party, _, _ in self.holders if party}))


@dataclass(frozen=True, slots=True)
class Term:
    """One deadline of one duty."""

    duty: Duty
    deadline: Mapping[str, Any]
    due: datetime | None


def numbers(diagnosis: Mapping[str, Any]) -> dict[str, str]:
    """Return for each finding the short label that people read, F1 and so on, in the order of the diagnosis."""
    return {str(f["id"]): f"F{n}" for n, f in enumerate(listed(diagnosis, "findings"), 1)}


def listed(of: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list under a key, empty where it is missing, null or no list."""
    value = of.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def duties(diagnosis: Mapping[str, Any], *, alike: Sequence[str] = IN_FULL) -> list[Duty]:
    """Return the duties: those that apply first, then undecided ones, each by first due date.

    Obligations that differ in nothing but the keys named by `alike` become one.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for obligation in listed(diagnosis, "obligations"):
        same = {k: v for k, v in obligation.items() if k not in alike}
        groups.setdefault(json.dumps(same, ensure_ascii=False, sort_keys=True), []).append(obligation)
    found = [_duty(group) for group in groups.values()]
    return sorted(found, key=lambda d: (_VERDICTS.index(d.of["verdict"]), _instant(d.due), str(d.of["id"]), d.holders))


def _duty(group: Sequence[Mapping[str, Any]]) -> Duty:
    same_to = all(o.get("to") == group[0].get("to") for o in group)
    holders = tuple(sorted({(str(o.get("party") or ""), str(o.get("dataset") or ""), str(o.get("role") or "")) for o in group}))
    dues = [_parsed(d.get("due")) for d in listed(group[0], "deadlines")] or [_parsed(group[0].get("due"))]
    first = min((d for d in dues if d is not None), default=None)
    return Duty(group[0], holders, group[0].get("to") if same_to else "", first)


def whose(duty: Duty, words: Words) -> str:
    """Return the parties by name, their number where they are many, or the role where nobody is named."""
    if len(duty.parties) > _NAMED:
        return words("parties_count", n=len(duty.parties))
    return ("、" if words.lang == "ja" else ", ").join(duty.parties) or words.term("role", duty.holders[0][2])


def titled(obligation: Mapping[str, Any], words: Words) -> str:
    """Return the title of a duty, after the name of the law where it is not one of Japan."""
    title = words.said(obligation.get("title")) or str(obligation.get("id"))
    home = str(obligation.get("id")).startswith("jp.")
    return title if home or not obligation.get("law") else f"{obligation['law']}: {title}"


def terms(found: Sequence[Duty]) -> list[Term]:
    """Return every deadline of the duties that apply, then of those undecided, each in the order of their dates."""
    each = [
        Term(duty, deadline, _parsed(deadline.get("due")))
        for duty in found
        if duty.of["verdict"] != "does_not"
        for deadline in listed(duty.of, "deadlines") or [{"due": duty.of.get("due")}]
    ]
    return sorted(
        each, key=lambda t: (_VERDICTS.index(t.duty.of["verdict"]), _instant(t.due), str(t.duty.of["id"]), t.duty.holders)
    )


def nearest(found: Sequence[Duty]) -> Term | None:
    """Return the first dated deadline of a duty that applies, or else of an undecided one."""
    dated = [term for term in terms(found) if term.due is not None]
    applying = [term for term in dated if term.duty.of["verdict"] == "applies"]
    return next(iter(applying or dated), None)


def categories(diagnosis: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the categories of all holdings with their strongest status, confirmed ones first; ruled-out ones left out."""
    strongest: dict[str, str] = {}
    for holding in listed(diagnosis, "holdings"):
        for category in listed(holding, "categories"):
            so_far = strongest.get(category["id"], "ruled_out")
            strongest[category["id"]] = min(so_far, category["status"], key=_STATUSES.index)
    kept = [(c, s) for c, s in strongest.items() if s != "ruled_out"]
    known = list(CATEGORIES)
    place = {category: known.index(category) if category in known else len(known) for category, _ in kept}
    return sorted(kept, key=lambda pair: (_STATUSES.index(pair[1]), place[pair[0]], pair[0]))


def reached(diagnosis: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how many data sets left the organisation, were read, and could be reached, in this order."""
    each = [h.get("access") for h in listed(diagnosis, "holdings")]
    return [(access, each.count(access)) for access in ("taken", "accessed", "exposed") if access in each]


def people(diagnosis: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return how many people are concerned; None where nobody was counted, which must not be read as nobody concerned."""
    count = diagnosis.get("people")
    return count if isinstance(count, Mapping) and count.get("method") != "nothing counted" else None


def records(diagnosis: Mapping[str, Any]) -> dict[str, int] | None:
    """Return the number of records of all holdings together; records, unlike people, may be added."""
    return shown.total([h["records"] for h in listed(diagnosis, "holdings") if isinstance(h.get("records"), Mapping)])


def citations(of: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the citations of a finding or an edge in the order of item, path, offset."""
    given = [c for c in listed(of, "citations") if isinstance(c, Mapping)]
    return sorted(given, key=lambda c: (str(c.get("evidence")), str(c.get("path")), _number(c.get("offset"))))


def by_file(cited: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return sorted citations with those in the same file as one: `evidence`, `path`, `sha256`, `offsets`."""
    files: dict[tuple[str, str, str], list[object]] = {}
    for c in cited:
        place = (str(c.get("evidence") or ""), str(c.get("path") or ""), str(c.get("sha256") or ""))
        files.setdefault(place, []).append(c.get("offset"))
    return [{"evidence": e, "path": p, "sha256": s, "offsets": offsets} for (e, p, s), offsets in files.items()]


def plain(value: object) -> str:
    """Return a value of unknown shape as words: objects as `key: value`, lists with commas."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(inner)}" for key, inner in sorted(value.items()) if inner not in (None, ""))
    if isinstance(value, list | tuple):
        return ", ".join(plain(inner) for inner in value)
    return "" if value is None else str(value)


def how_many(value: object) -> object:
    """Return the length of a list, a number as it is."""
    return len(value) if isinstance(value, list | tuple) else value


def figures(coverage: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return the numbers of the coverage with their units; what was not given is left out."""
    rows = [
        ("evidence_items", "items", how_many(coverage.get("evidence"))),
        ("sources_read", "files", how_many(coverage.get("sources_read"))),
        ("sources_unreadable", "files", how_many(coverage.get("sources_not_read", coverage.get("sources_unreadable")))),
        ("events", "events", coverage.get("events")),
        ("carved", "events", coverage.get("carved")),
        ("faults", "places", coverage.get("faults")),
    ]
    figures = [(words(key), words(f"unit.{unit}", n=shown.number(n))) for key, unit, n in rows if n is not None]
    if coverage.get("bytes") is not None:
        figures.insert(1, (words("evidence_bytes"), f"{shown.size(coverage['bytes'])} ({shown.number(coverage['bytes'])} B)"))
    return figures


def _parsed(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _instant(due: datetime | None) -> float:
    return float("inf") if due is None else due.timestamp()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
