"""What must be done, by whom, to whom, by when, and by what law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Literal["applies", "does_not", "undecided"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One due instant with its arithmetic.

    Attributes:
        name: 速報, 確報, … or empty.
        due: ISO 8601 with offset, the last instant of the due day; empty where the law names no number of days.
        target: the earlier day the guideline asks for, or empty.
        arithmetic: how it was counted, in `ja` and `en`.
        kind: statutory, guideline, contract, expectation or asap.
    """

    name: str
    due: str
    target: str
    arithmetic: Mapping[str, str]
    kind: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """One rule judged for one holding and one awareness candidate.

    Attributes:
        because: labels of the alternatives that made it apply (規則7条4号 千人超).
        undecided_by: facts that would decide it, or that could still free from it.
        basis_level: primary, secondary or memory (= to be checked by counsel).
    """

    id: str
    law: str
    article: str
    duty: str
    title: Mapping[str, str]
    to: str
    party: str
    dataset: str
    role: str
    aware: str
    verdict: Verdict
    because: tuple[str, ...]
    undecided_by: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    basis_level: str
    contents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
