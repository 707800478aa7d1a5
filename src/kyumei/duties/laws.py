"""The laws as data: what the files of `laws/` hold once they are checked. `kyumei.duties.load` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timezone

    from kyumei.duties.conditions import Condition
    from kyumei.model.obligation import Text


@dataclass(frozen=True, slots=True)
class Option:
    """One length of a deadline.

    Attributes:
        condition: when this length is the right one; the last option usually has none.
        unit: hour, calendar_day or business_day.
        target: the earlier day to aim at, counted in the same way.
        included: the day of the start is day 1; else the day after it is.
        roll: calendar on whose closed days the last day moves on; empty for none.
    """

    amount: int
    unit: str
    condition: Condition | None = None
    target: int | None = None
    included: bool = False
    roll: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """When something is due; without options the law says only "at once" or "without delay"."""

    start: str
    kind: str
    name: Text
    note: Text | None = None
    condition: Condition | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one duty, in force in [since, until) by the day of awareness.

    Attributes:
        when: what must hold for the duty. exempt_when: what the person under the duty must show to be free of it.
        dated: how sure the dates are: primary, secondary or memory.
        zone: where its days are counted; None for the zone in which awareness is stated.
        fan_out: a map fact; one obligation for each of its keys.
        delegable: the report goes to a minister where the power is delegated.
    """

    id: str
    law: Text
    title: Text
    article: Text
    basis_level: str
    duty: str
    to: Text
    when: Condition
    exempt_when: Condition | None
    deadlines: tuple[DeadlineRule, ...]
    since: date | None
    until: date | None
    dated: str
    zone: timezone | None
    sources: tuple[str, ...]
    contents: tuple[Text, ...]
    notes: tuple[Text, ...]
    fan_out: str
    form: str
    delegable: bool
    where: str


@dataclass(frozen=True, slots=True)
class FactKind:
    """A declared fact; `values` closes an enum or a set, `labels` says what each of them means."""

    type: str
    label: Text
    values: frozenset[str] = frozenset()
    note: str = ""
    labels: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Laws:
    """Everything the judge needs.

    Attributes:
        rules: in the order of the files and of their text; versions of one id stand together.
        as_of: the day on which the rules were last looked at.
        digest: SHA-256 over the files, to print in a report.
    """

    rules: tuple[Rule, ...]
    facts: Mapping[str, FactKind]
    shorthands: Mapping[str, str]
    sources: Mapping[str, Mapping[str, object]]
    calendars: Mapping[str, Text]
    zones: Mapping[str, timezone]
    forms: Mapping[str, Mapping[str, object]]
    as_of: date
    digest: str
    category_sets: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def ids(self) -> tuple[str, ...]:
        """Return each rule's id once, in order."""
        return tuple(dict.fromkeys(rule.id for rule in self.rules))

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Return the versions of a rule, as written."""
        return tuple(rule for rule in self.rules if rule.id == rule_id)

    def fact(self, name: str) -> FactKind | None:
        """Return the declaration of a fact, or of the map whose key it is."""
        found = self.facts.get(name)
        if found is None and "." in name:
            found = self.facts.get(name.rsplit(".", 1)[0])
            return found if found is not None and found.type == "map" else None
        return found
