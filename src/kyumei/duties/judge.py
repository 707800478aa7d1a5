"""Does a duty apply? Yes, no, or not decidable yet, and then by which facts.

1. The law of the day of awareness is applied; a rule not in force then asks nothing.
2. `when` must hold. An unknown fact makes it undecided, never a no.
3. `exempt_when` frees, but must be shown: while it is unknown the duty applies, and its facts stand in `undecided_by`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kyumei.duties.conditions import deciding, reasons, truth, unique
from kyumei.duties.due import deadlines
from kyumei.duties.load import NOTHING, shipped
from kyumei.model.obligation import Obligation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from kyumei.duties.facts import Facts
    from kyumei.duties.laws import Laws, Rule
    from kyumei.duties.sheet import Aware
    from kyumei.model.obligation import Text, Verdict

AWARE = "t.aware"


def judge(facts: Facts, *, laws: Laws | None = None, reason: Text = NOTHING) -> list[Obligation]:
    """Return every rule judged for one holding, in the order of the law files.

    `reason` says why the clock may have started at the awareness that the facts state.
    """
    laws = laws or shipped()
    return [found for rule_id in laws.ids() for found in _judged(laws.versions(rule_id), facts, laws, reason)]


def judge_all(facts: Facts, awares: Sequence[Aware], *, laws: Laws | None = None) -> list[Obligation]:
    """Return every rule judged for each awareness candidate, side by side; without candidates, for the facts as they are."""
    if not awares:
        return judge(facts, laws=laws)
    return [
        found
        for aware in awares
        for found in judge(replace(facts, values={**facts.values, AWARE: aware.at}), laws=laws, reason=aware.reason)
    ]


def _judged(versions: Sequence[Rule], facts: Facts, laws: Laws, reason: Text) -> Iterator[Obligation]:
    rule, in_force = _version(versions, facts, laws)
    verdict, open_facts, notes = _verdict(rule, facts, in_force=in_force)
    if verdict == "does_not" and in_force is None and any(_may_apply(other, facts) for other in versions):
        verdict, open_facts, notes = "undecided", (AWARE,), (_UNDATED,)
    if in_force is False:
        notes = (_not_in_force(versions),)
    dated, more = deadlines(rule, facts, laws) if verdict != "does_not" else ((), ())
    aware = facts.instant(AWARE)
    found = Obligation(
        id=rule.id,
        law=rule.law,
        article=rule.article,
        duty=rule.duty,
        title=rule.title,
        to=_addressee(rule, facts),
        party=facts.party,
        dataset=facts.dataset,
        role=str(facts.get("role") or ""),
        aware="" if aware is None else aware.at.isoformat(),
        aware_reason=reason,
        verdict=verdict,
        because=reasons(rule.when, facts) if verdict != "does_not" else (),
        undecided_by=open_facts,
        deadlines=dated,
        basis_level=rule.basis_level,
        contents=rule.contents,
        notes=(*notes, *more, *rule.notes) if verdict != "does_not" else notes,
        sources=rule.sources,
    )
    clients = facts.entries(rule.fan_out) if rule.fan_out and verdict != "does_not" else ()
    yield from (replace(found, to={"ja": name, "en": name}) for name, _ in clients) if clients else (found,)


def _version(versions: Sequence[Rule], facts: Facts, laws: Laws) -> tuple[Rule, bool | None]:
    """Return the version to judge by, and whether it is in force; None: awareness is unknown, today's version is taken."""
    aware = facts.instant(AWARE)
    if aware is None:
        newest = next((rule for rule in versions if _in_force(rule, laws.as_of)), versions[-1])
        return newest, None if newest.since or newest.until else True
    for rule in versions:
        if _in_force(rule, aware.day(rule.zone)):
            return rule, True
    return versions[-1], False


def _may_apply(rule: Rule, facts: Facts) -> bool:
    """Return whether this version, were it in force, would not say no."""
    return _verdict(rule, facts, in_force=True)[0] != "does_not"


def _in_force(rule: Rule, day: date) -> bool:
    return (rule.since is None or rule.since <= day) and (rule.until is None or day < rule.until)


def _verdict(rule: Rule, facts: Facts, *, in_force: bool | None) -> tuple[Verdict, tuple[str, ...], tuple[Text, ...]]:
    """Return the verdict, the facts that can still change it, and the notes that explain it."""
    shown, exempt = facts.shown(), rule.exempt_when
    triggered = truth(rule.when, facts)
    freed = False if exempt is None else truth(exempt, shown)
    if in_force is False:
        return "does_not", (), ()
    if triggered is False:
        return "does_not", (), ()
    if freed is True and exempt is not None:
        return "does_not", (), tuple(_freed(label) for label in reasons(exempt, shown))
    undated = (AWARE,) if in_force is None else ()
    frees = () if exempt is None else deciding(exempt, shown)
    notes = (_UNDATED,) if in_force is None else ()
    if triggered is None:
        return "undecided", unique((*deciding(rule.when, facts), *frees, *undated)), notes
    return "applies", unique((*frees, *undated)), notes


def _addressee(rule: Rule, facts: Facts) -> Text:
    authority = facts.get("org.delegated_authority") if rule.delegable else None
    if isinstance(authority, str) and authority != "none":
        return {"ja": authority, "en": authority}
    return rule.to


_UNDATED: Text = {
    "ja": "知った時が不明のため、現行法で判定し、期限は計算していない",
    "en": "When the organisation became aware is unknown: judged by today's law, no due date computed.",
}


def _not_in_force(versions: Sequence[Rule]) -> Text:
    spans = [(str(rule.since or "…"), str(rule.until or "…")) for rule in versions]
    return {
        "ja": f"知った日に施行されていない(効力 {'、'.join(f'{since} から {until}' for since, until in spans)})",
        "en": f"Not in force on the day of awareness (in force {', '.join(f'{since} to {until}' for since, until in spans)}).",
    }


def _freed(label: Text) -> Text:
    return {"ja": f"免除: {label['ja']}", "en": f"Freed: {label['en']}"}
