"""The law applied to what was counted, to what evidence says of the incident, and to what people answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import answers as said
from kyumei.duties.facts import EU, RESIDENCE
from kyumei.duties.holdings import from_holding
from kyumei.duties.judge import judge_all
from kyumei.duties.load import shipped
from kyumei.duties.sheet import Aware, awares_of
from kyumei.duties.values import Members, instant
from kyumei.errors import UserError
from kyumei.model.count import Count
from kyumei.model.holding import Holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from kyumei.case.answers import Answer
    from kyumei.duties.facts import Facts
    from kyumei.model.obligation import Obligation

HOME: Final = "jp."
"""Laws that are always judged; others are shown once they apply."""
_SECTORS_ABROAD: Final = {"hipaa_covered": "us", "listed_us": "us"}


def judge(
    held: Sequence[Holding], stated: Mapping[str, Any], aware: Sequence[datetime], answers: Iterable[Answer] = ()
) -> list[Obligation]:
    """Return the obligations of each holding at each instant of awareness.

    Japanese rules are returned whatever the verdict; a foreign one where it applies, or where it is undecided and the
    facts say something of that country, so that a case within Japan is not buried under questions.

    Args:
        held: what was counted.
        stated: facts of the incident by dotted name.
        aware: instants given by whoever runs the analysis; answers about `t.aware` take their place.
        answers: current ones.
    """
    answered = tuple(a for a in answers if shipped().fact(a.fact) is not None)
    candidates = _candidates(aware, answered)
    sheets = [from_holding(h, said.over(stated, answered, h), among=held) for h in held]
    judged = (o for facts in sheets for o in judge_all(facts, candidates))
    abroad = {name for facts in sheets for name in _abroad(facts)}
    return [o for o in judged if o.id.startswith(HOME) or o.verdict == "applies" or _undecided_in(abroad, o)]


def _undecided_in(countries: set[str], found: Obligation) -> bool:
    return found.verdict == "undecided" and found.id.partition(".")[0] in countries


def _abroad(facts: Facts) -> Iterator[str]:
    """Yield the countries that the facts say something of, as the ids of rules begin: by residence, and by sector."""
    for place, number in facts.entries(RESIDENCE):
        if number.high != 0:
            yield "eu" if place[:2] in EU or place == "EU" else place[:2].replace("GB", "UK").lower()
    sectors = facts.get("org.sectors")
    for sector in sectors.yes if isinstance(sectors, Members) else ():
        yield _SECTORS_ABROAD.get(sector, sector.partition("_")[0])


def _candidates(aware: Sequence[datetime], answered: Sequence[Answer]) -> list[Aware]:
    found = [
        Aware(each.at, {"ja": answer.note, "en": answer.note})
        for answer in said.awares(answered)
        for each in awares_of(answer.value, "t.aware")
    ]
    return found or [Aware(instant(a), {"ja": "", "en": ""}) for a in aware]


def of_case(case: Path) -> list[Obligation]:
    """Return the obligations of a diagnosed case, judged now with everything that was answered.

    Raises:
        UserError: the folder holds no diagnosis.
    """
    document = diagnosis(case)
    aware = [instant(a).at for a in document["case"]["aware"]]
    return judge([holding(h) for h in document["holdings"]], known_facts(document), aware, said.current(said.read(case)))


def known_facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what evidence says of the incident, and over it what the sheet given to triage says."""
    known = document.get("facts", {})
    return {**known.get("evidence", {}), **known.get("stated", {})}


def diagnosis(case: Path) -> dict[str, Any]:
    """Return `diagnosis.json` of the case.

    Raises:
        UserError: there is none, or it cannot be read.
    """
    path = case / "diagnosis.json"
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
        document["obligations"], document["holdings"], document["case"]["aware"]  # present?
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UserError(f"{path}: no diagnosis can be read there", hint="run kyumei triage … --case DIR first") from wrong
    return document


def holding(row: Mapping[str, Any]) -> Holding:
    """Return a holding from its object in `diagnosis.json`."""
    records, people = row["records"], row["people"]
    return Holding(
        row["party"],
        row["role"],
        row["dataset"],
        tuple((c["id"], c["status"]) for c in row["categories"]),
        Count(records["low"], records["best"], records["high"], "rows"),
        Count(people["low"], people["best"], people["high"], people["method"]),
        row["access"],
        tuple(row.get("tables") or ()),
        tuple(row.get("in_text") or ()),
        tuple((r["place"], Count(r["low"], r["best"], r["high"], r["method"])) for r in row.get("residents") or ()),
    )
