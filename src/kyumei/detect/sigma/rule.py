"""What a Sigma rule or correlation says, with its origin: author, licence and digest go with every finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kyumei.detect.sigma.tree import Node

SECOND: Final = 1_000_000
TEMPORAL: Final = ("temporal", "temporal_ordered")
METRICS: Final = ("value_sum", "value_avg", "value_percentile", "value_median")
"""Types of correlations."""
LEVELS: Final = ("informational", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class LogSource:
    """Which log a rule is meant for, in lower case with `_` for blanks; None where the rule does not say."""

    category: str | None = None
    product: str | None = None
    service: str | None = None

    def __str__(self) -> str:
        parts = (("product", self.product), ("category", self.category), ("service", self.service))
        return ", ".join(f"{name} {value}" for name, value in parts if value) or "none"


@dataclass(frozen=True, slots=True)
class About:
    """What rules and correlations say about themselves, as written.

    Attributes:
        id: the rule's own; where it has none, the first 32 hex digits of its digest.
        level: one of LEVELS; `informational` where the rule gives none or another word.
        path: of the file, as given to the reader of rules; for a document that is not the first, with `#` and its number.
        digest: SHA-256 of the document's text in the file, in hex.
        pack: name of the pack the rule came with, "" without one.
        japanese: what the rule says in Japanese under `kyumei:`, by `title`, `description`, `falsepositives`.
    """

    id: str
    title: str
    name: str = ""
    level: str = "informational"
    status: str = ""
    description: str = ""
    author: str = ""
    license: str = ""
    date: str = ""
    modified: str = ""
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    path: str = ""
    digest: str = ""
    pack: str = ""
    japanese: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on single events: `about` what it says of itself, `logsource` where it looks, `tree` its condition.

    Attributes:
        shown: False for a rule that only serves a correlation which does not ask for it (`generate`).
        variant: digest of what was added to the file's own words (placeholders' values, filters), "" where nothing was.
    """

    about: About
    logsource: LogSource
    tree: Node
    shown: bool = True
    variant: str = ""

    @property
    def id(self) -> str:
        """Return the rule's id."""
        return self.about.id

    @property
    def title(self) -> str:
        """Return the rule's title."""
        return self.about.title

    @property
    def level(self) -> str:
        """Return the rule's level."""
        return self.about.level


@dataclass(frozen=True, slots=True)
class Condition:
    """When a group of a correlation counts.

    Attributes:
        tests: (operator, number); all must hold. Operators: gt, gte, lt, lte, eq, neq.
        fields: of value_count and the metrics: whose values are meant; several fields make one value together.
        percentile: of value_percentile, 0 to 100.
        expression: of temporal and temporal_ordered: `a and not (b or c)` over names of rules, "" for all of them.
    """

    tests: tuple[tuple[str, float], ...] = ()
    fields: tuple[str, ...] = ()
    percentile: float = 50.0
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rule on several events.

    Attributes:
        kind: event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, value_median.
        rules: ids or names of the rules or correlations it refers to, in the order of the rule.
        timespan: in microseconds; 0 means all of time (old rules that give no time frame).
        aliases: (alias, ((rule, field), …)).
        generate: whether hits of the rules it refers to are shown on their own, too.
    """

    about: About
    kind: str
    rules: tuple[str, ...]
    timespan: int
    group_by: tuple[str, ...] = ()
    condition: Condition = field(default_factory=Condition)
    aliases: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    generate: bool = False
    shown: bool = True

    @property
    def id(self) -> str:
        """Return the correlation's id."""
        return self.about.id

    @property
    def title(self) -> str:
        """Return the correlation's title."""
        return self.about.title

    @property
    def level(self) -> str:
        """Return the correlation's level."""
        return self.about.level


@dataclass(frozen=True, slots=True)
class Problem:
    """A document that gave no rule, or a rule that cannot be applied, and why, in one sentence."""

    path: str
    title: str
    reason: str
