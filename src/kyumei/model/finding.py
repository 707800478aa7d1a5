"""What a rule or an analytic points out. A finding without citations cannot be constructed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.model.citation import Citation

FindingId = NewType("FindingId", str)


class Level(StrEnum):
    """How grave a finding is, in Sigma's words."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return 0 for informational up to 4 for critical."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One attack, act or oddity: many events, one finding.

    Attributes:
        rule: dotted name of the analytic or id of the rule.
        title: the same sentence in `ja` and `en`, with the case's own values filled in.
        level: how grave.
        start, end: first and last instant in microseconds since 1970 UTC; None where no time is known.
        count: number of events (or records) behind it.
        citations: where it can be opened; the first ones, at most 50, sorted; never empty.
        entities: who and what is concerned: values by kind (`account`, `host`, `src_ip`, `object`, `destination`,
            `device`, `file_id`, `table_id`, `channel`), each sorted.
        facts: further numbers and words that later stages use, JSON values by key.
        tags: ATT&CK techniques (`attack.t1078`).

    Raises:
        ValueError: there is no citation.
    """

    rule: str
    title: Mapping[str, str]
    level: Level
    start: int | None
    end: int | None
    count: int
    citations: tuple[Citation, ...]
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.citations:
            msg = f"a finding of {self.rule} has no citation"
            raise ValueError(msg)

    @property
    def id(self) -> FindingId:
        """Return `F-` and ten hex digits of what the finding says; the same finding has the same id in every run."""
        said = [
            self.rule,
            self.start,
            self.end,
            self.count,
            [c.as_json() for c in self.citations],
            {k: list(v) for k, v in sorted(self.entities.items())},
        ]
        digest = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        return FindingId(f"F-{digest[:10]}")

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the entities of one kind, empty where there is none."""
        return self.entities.get(kind, ())
