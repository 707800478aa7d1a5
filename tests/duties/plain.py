"""The plain case: every fact of the Japanese rules set to what frees nobody and triggers nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kyumei.duties.judge import judge
from kyumei.duties.sheet import sheet

if TYPE_CHECKING:
    from kyumei.duties.facts import Facts
    from kyumei.model.obligation import Obligation

PLAIN: dict[str, object] = {
    "event.kinds": ["leak"],
    "event.status": "confirmed",
    "event.wrongful_purpose": False,
    "event.ransomware": False,
    "event.ddos": False,
    "event.recovered_before_viewing": False,
    "event.internet_exposed": False,
    "data.is_personal_database": True,
    "data.categories": ["id.name"],
    "data.encryption.strong": False,
    "data.encryption.key_safe": False,
    "data.pseudonymised_jp": False,
    "persons.total": 1,
    "role": "controller",
    "org.sectors": [],
    "org.gdpr_3_2_targeting": False,
}


def facts(**stated: object) -> Facts:
    """Return the plain case with some facts stated otherwise (`__` stands for the dot, awareness included)."""
    values = {**PLAIN, **{name.replace("__", "."): value for name, value in stated.items()}}
    found = sheet(values)
    held = found.holdings[0]
    return replace(held, values={**held.values, "t.aware": found.awares[0].at}) if found.awares else held


def judged(**stated: object) -> dict[str, Obligation]:
    """Return the plain case with some facts stated otherwise, judged, by rule."""
    return {found.id: found for found in judge(facts(**stated))}
