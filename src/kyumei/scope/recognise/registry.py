"""Recognisers: functions that tell whether the cells of a column are a kind of personal data, and their registry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from kyumei.plugins import Registry
from kyumei.scope.recognise.words import certain, patterns, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    Matches = Callable[[pa.StringArray], pa.BooleanArray]
    Needs = Literal["either", "header", "header only"]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A recogniser and what it states about itself.

    Attributes:
        name: the kind of value, one word or two: `email`, `family name`.
        category: one of `kyumei.model.categories.CATEGORIES`.
        matches: for each value (NFKC, trimmed, not empty), whether it has the form of this kind.
        needs: `either` header or values may decide; a `header` is needed and values must agree; `header only`: the header
            decides whatever the values are (their share is reported).
        threshold: share of values that must match where values decide alone.
        order: earlier ones win, for headers and for values.
        proof: like `matches`, stricter, for deciding by values alone; None where `matches` will do.
    """

    name: str
    category: str
    matches: Matches
    needs: Needs = "either"
    threshold: float = 0.8
    order: int = 500
    proof: Matches | None = None

    def named_by(self, header: str) -> bool:
        """Return whether a column header names this kind; the words are in `headers.toml`."""
        word = plain(header)
        wanted, refused = patterns(self.name)
        return bool(word) and wanted.search(word) is not None and refused.search(word) is None

    def certain_by(self, header: str) -> bool:
        """Return whether a column header leaves no doubt that this is the kind."""
        return self.needs == "header only" or certain(self.name).search(plain(header)) is not None


RECOGNISERS: Registry[Recogniser] = Registry("recognisers", "kyumei.scope.recognise")


def recogniser(name: str, category: str, **facts: object) -> Callable[[Matches], Matches]:
    """Register the decorated function as a recogniser; `facts` are the further attributes of `Recogniser`."""

    def register(matches: Matches) -> Matches:
        RECOGNISERS.add(Recogniser(name, category, matches, **facts))  # type: ignore[arg-type]  # checked by the class's tests
        return matches

    return register


@cache
def ordered() -> tuple[Recogniser, ...]:
    """Return all recognisers, those that win first."""
    return tuple(sorted(RECOGNISERS.all(), key=lambda r: (r.order, r.name)))
