"""What must be done, by whom, to whom, by when, and by what law."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Literal["applies", "does_not", "undecided"]
Text: TypeAlias = "Mapping[str, str]"
"""The same words in `ja` and `en`."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One due instant with its arithmetic.

    Attributes:
        name: 速報, 確報, … or empty words.
        due: ISO 8601 with offset, the last instant of the due day (or hour); empty where the law names no number of
            days, or where the fact that starts the clock is unknown.
        target: the earlier instant to work to, or empty.
        arithmetic: how it was counted.
        kind: statutory, guideline, contract, expectation or asap.
    """

    name: Text
    due: str
    target: str
    arithmetic: Text
    kind: str

    def as_json(self, lang: str = "ja") -> dict[str, object]:
        """Return the object that JSON output holds; what is empty becomes null."""
        return {
            "name": self.name[lang],
            "due": self.due or None,
            "target": self.target or None,
            "kind": self.kind,
            "arithmetic": dict(self.arithmetic),
        }


@dataclass(frozen=True, slots=True)
class Obligation:
    """One rule judged for one holding and one awareness candidate.

    Attributes:
        article: articles and guidelines.
        aware: ISO 8601 with offset, or empty when nobody stated it.
        aware_reason: why the clock may start there.
        because: labels of the alternatives that made it apply (規則7条4号 千人超).
        undecided_by: facts that would decide it, or that could still free from it.
        basis_level: primary, secondary or memory (= to be checked by counsel).
    """

    id: str
    law: Text
    article: Text
    duty: str
    title: Text
    to: Text
    party: str
    dataset: str
    role: str
    aware: str
    verdict: Verdict
    because: tuple[Text, ...]
    undecided_by: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    basis_level: str
    contents: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    sources: tuple[str, ...] = ()
    aware_reason: Text = field(default_factory=lambda: {"ja": "", "en": ""})

    @property
    def due(self) -> str:
        """Return the first dated deadline in the order of time, or nothing."""
        from datetime import datetime

        return min((d.due for d in self.deadlines if d.due), key=datetime.fromisoformat, default="")

    def as_json(self, lang: str = "ja") -> dict[str, object]:
        """Return the object that `diagnosis.json` holds, words in one language, the title in both."""
        return {
            "id": self.id,
            "law": self.law[lang],
            "article": self.article[lang],
            "duty": self.duty,
            "to": self.to[lang],
            "verdict": self.verdict,
            "undecided_by": list(self.undecided_by),
            "due": self.due or None,
            "basis_level": self.basis_level,
            "title": dict(self.title),
            "party": self.party,
            "dataset": self.dataset,
            "role": self.role,
            "aware": self.aware or None,
            "aware_reason": self.aware_reason[lang],
            "because": [label[lang] for label in self.because],
            "deadlines": [deadline.as_json(lang) for deadline in self.deadlines],
            "contents": [label[lang] for label in self.contents],
            "notes": [note[lang] for note in self.notes],
            "sources": list(self.sources),
        }
