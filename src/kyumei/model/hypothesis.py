"""A claim that findings support or contradict, and the path data took under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kyumei.model.citation import Citation
    from kyumei.model.finding import FindingId

Status = Literal["confirmed", "suspected", "not_found", "ruled_out"]
Likelihood = Literal["high", "medium", "low"]
Access = Literal["taken", "accessed", "exposed"]
"""Left the house · was read · could be reached."""
HIGH: Final = 0.7
MEDIUM: Final = 0.4


class Cause(StrEnum):
    """The closed list of causes."""

    INTRUSION = "external.intrusion"
    RANSOMWARE = "external.ransomware"
    WEB_ATTACK = "external.web_attack"
    TAKEOUT = "insider.takeout"
    MISSENT = "error.missent"
    EXPOSURE = "error.exposure"
    LOSS = "error.loss"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who, as far as an account tells; `person` and `role` only from a roster."""

    account: str
    person: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence for or against, or a question, in both languages, with the findings it rests on.

    `assumed` marks a sentence that rests on no finding; it is printed with that word.
    """

    text: Mapping[str, str]
    findings: tuple[FindingId, ...] = ()
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """Objects of one responsible party that the claim concerns, and how far they were reached.

    Attributes:
        tables: ids of the tables (see `kyumei.store.schema.TABLES`) whose rows are concerned.
        access: how far the evidence shows that they were reached.
        status: confirmed where the evidence shows the leak, suspected where it only shows that it was possible.
    """

    party: str
    role: Literal["own", "entrusted"]
    dataset: str
    tables: tuple[str, ...]
    access: Access
    status: Literal["confirmed", "suspected"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the leak path."""

    id: str
    kind: Literal["actor", "host", "object", "channel", "destination"]
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of the leak path; times in microseconds since 1970 UTC."""

    start: str
    end: str
    first: int | None
    last: int | None
    citations: tuple[Citation, ...]
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One explanation, weighed. `score` is 0 to 1; the rule that made it is in `kyumei.diagnose.weigh`."""

    cause: Cause
    score: float
    actors: tuple[Actor, ...] = ()
    hosts: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    window_basis: str = ""
    access_means: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    supports: tuple[Statement, ...] = ()
    contradicts: tuple[Statement, ...] = ()
    unanswered: tuple[Statement, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def likelihood(self) -> Likelihood:
        """Return high from 0.7, medium from 0.4, else low."""
        return "high" if self.score >= HIGH else "medium" if self.score >= MEDIUM else "low"
