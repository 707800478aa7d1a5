"""From records (件) to persons (人): how many different people the records of some tables are about.

The cascade of `kyumei.scope.passes` in its three degrees: strict gives the most persons and so the upper bound, standard the
best estimate, lenient the lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.model.count import Count
from kyumei.scope.found import told
from kyumei.scope.likelihood import LIKELY, WEIGHED
from kyumei.scope.records import Stored
from kyumei.scope.residents import residents

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.cascade import Conflict
    from kyumei.scope.likelihood import Near
    from kyumei.scope.records import Records
    from kyumei.store.query import Store

_NOBODY: Final = Count.exact(0, "no records about persons")
LISTED: Final = 1_000
"""Conflicts that are kept for people to look at."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Records in groups that are one person each.

    Attributes:
        strict, standard, lenient: how many persons by each degree.
        label: for each record, the smallest number of a record of its person, by the standard degree.
        vague: for each record, whether it could be one of several persons and is united with nobody.
        unions: pairs of records with the reason that united them; empty beyond 20,000,000 records.
        conflicts: records that share a key and contradict each other. refused: how many comparisons ended so.
        near: whether near matches were found beside exact keys.
    """

    strict: int
    standard: int
    lenient: int
    label: npt.NDArray[np.int32]
    vague: npt.NDArray[np.bool_]
    unions: tuple[tuple[int, int, str], ...]
    conflicts: tuple[Conflict, ...]
    refused: int
    near: bool = False

    def people(self, *, numbered: bool) -> Count:
        """Return the number of persons with its bounds."""
        best = self.standard
        low, high = min(best, self.lenient), max(best, self.strict)
        if low == high:
            return Count.exact(best, "exact: one number a person" if numbered else "exact: all degrees of linking agree")
        how = "exact keys and near matches" if self.near else "exact keys"
        return Count(low, best, high, f"{how}: lenient, standard, strict linking")


@dataclass(frozen=True, slots=True)
class Counted:
    """What some tables hold: records about persons (件), persons (人), and persons by where they live."""

    records: Count
    people: Count
    residents: Mapping[str, Count]


def counted(store: Store, table_ids: Sequence[str]) -> Counted:
    """Return what these tables hold, linked by exact keys."""
    records = Stored(store, table_ids)
    linked = link(records) if len(records) else None
    rows = Count.exact(len(records), "rows about persons")
    people = linked.people(numbered=records.all_numbered()) if linked else _NOBODY
    said = told(store, table_ids)
    if said:
        rows, people = said.records(rows), said.people(people)
    return Counted(rows, people, residents(records, linked, people) if linked else {})


def count(store: Store, table_ids: Sequence[str], *, likely: bool = False) -> tuple[Count, Count]:
    """Return how many records about persons these tables hold, and how many different persons they are about.

    `likely`: near matches too, see `Stored`.
    """
    records = Stored(store, table_ids, likely=likely)
    rows, people = Count.exact(len(records), "rows about persons"), count_people(records)
    said = told(store, table_ids)
    return (said.records(rows), said.people(people)) if said else (rows, people)


def count_people(records: Records | Stored) -> Count:
    """Return the number of persons with its bounds."""
    if not len(records):
        return _NOBODY
    return link(records).people(numbered=records.all_numbered())


def link(records: Records | Stored, *, reasons: bool = False, told: Callable[[str], None] | None = None) -> Linked:
    """Return the records in groups that are one person each.

    Args:
        records: what to link.
        reasons: whether the unions and conflicts are asked for.
        told: called with a line about each pass.
    """
    from kyumei.scope.cascade import Cascade

    cascade = Cascade(records)
    cascade.run("strict", told)
    strict = cascade.people(unsure_too=True)
    cascade.run("standard", told)
    standard, label, flags = cascade.people(), cascade.labels(), cascade.flags()
    unions = [(a, b, one.reason) for a, b, one in cascade.unions()] if reasons else []
    found, refused = cascade.conflicts() if reasons else ([], 0)
    cascade.run("lenient", told)
    lenient, loosest, loose = cascade.people(), cascade.labels(), cascade.flags()
    agreed = lenient == standard == strict and records.all_numbered()
    near = None if agreed else records.near(label)
    if near is not None and near.pairs:
        likely = [n for n in near.pairs if n.probability >= LIKELY]
        lenient = max(1, _persons(_united(loosest, near.pairs, facts=near.facts), loose) - round(near.beyond))
        label = _united(label, likely, near.apart)
        standard = _persons(label, flags)
        unions += [(n.first, n.second, f"near: {n.because} ({n.probability:.3f})") for n in likely] if reasons else []
    is_near = near is not None and bool(near.pairs)
    return Linked(strict, standard, lenient, label, flags != 0, tuple(unions), tuple(found[:LISTED]), refused, near=is_near)


def _united(
    label: npt.NDArray[np.int32],
    pairs: Sequence[Near],
    apart: Sequence[tuple[int, int]] = (),
    facts: Sequence[tuple[int, str, str, str]] = (),
) -> npt.NDArray[np.int32]:
    """Return the labels after uniting the persons of pairs of records, in turn, but none that contradict each other."""
    import numpy as np

    from kyumei.scope.likelihood import united

    place = np.arange(len(label), dtype=np.int32)
    between = [(int(label[a]), int(label[b])) for a, b in apart]
    known: dict[int, list[tuple[str, str, str]]] = {}
    for n, *fact in facts:
        known.setdefault(int(label[n]), []).append((fact[0], fact[1], fact[2]))
    known = {person: list(dict.fromkeys(those))[:WEIGHED] for person, those in known.items()}
    for old, new in united(((int(label[p.first]), int(label[p.second])) for p in pairs), between, known).items():
        place[old] = new
    return np.asarray(place[label])


def _persons(label: npt.NDArray[np.int32], flags: npt.NDArray[np.uint8]) -> int:
    """Return the number of persons that have a record without flags."""
    import numpy as np

    return len(np.unique(label[flags == 0]))
