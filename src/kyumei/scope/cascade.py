"""Records united to persons pass by pass, each union with its reason, in memory that grows by less than 80 bytes a record.

Keys are read one column at a time, mixed, and the records grouped by them (`kyumei.scope.kernels`); nothing is compared pair
by pair. The same records in the same order give the same persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kyumei.scope import kernels
from kyumei.scope.digest import MOBILE
from kyumei.scope.passes import CHANCE, COMMON_NAME, CONTACT, PASSES, RARE_NAME
from kyumei.scope.vetoes import CONTACTS, MOVED, NUMBER, PERSONAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from kyumei.scope.passes import Degree, Pass

    Digests = npt.NDArray[np.uint64]
    Bools = npt.NDArray[np.bool_]

MOST: Final = 100_000
"""Records of one key beyond which it says nothing about a person (a placeholder, a switchboard)."""
REFUSALS: Final = 100_000
"""Refused unions that are kept; all are counted."""
EXPLAINED: Final = 20_000_000
"""Records up to which the two records behind every union are kept, not its pass alone."""
_UNSURE, _ABSORBED = kernels.UNSURE, kernels.ABSORBED


class Columns(Protocol):
    """Linkage keys of records, one column at a time.

    `column` returns digests of uint64, 0 where absent, in an array of its own that may be changed. Names are those of
    `kyumei.store.schema.PEOPLE`, and `table`, `dataset`, `numbering` and `personal` (0 or 1).
    """

    def __len__(self) -> int: ...

    def column(self, name: str) -> Digests:
        """Return one column."""
        ...

    def has(self, name: str) -> bool:
        """Return whether any record has this key."""
        ...


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two records that share a key and contradict each other, for a person to look at."""

    first: int
    second: int
    reason: Pass


class Cascade:
    """Records on their way to persons."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._length = length = len(columns)
        self._masks: dict[str, Bools] = {}
        self._ran: list[tuple[Pass, int, int]] = []
        numbered = columns.has("number")
        self._unasked = 0 if numbered else NUMBER | PERSONAL
        links = np.empty((length, 2), np.int32)
        links[:, 0] = links[:, 1] = np.arange(length, dtype=np.int32)
        self._work = kernels.Work(
            links=links,
            marks=np.zeros((length, 2), np.uint8),
            edges=np.zeros((length if length <= EXPLAINED else 0, 2), np.int32),
            facts=_facts(columns, numbered=numbered),
            reach=_reach(columns),
            refused=np.zeros((REFUSALS, 3), np.int32),
            totals=np.zeros(2, np.int64),
            heads=np.zeros(kernels.REPRESENTATIVES, np.int32),
            how=np.zeros(4, np.int64),
        )

    def run(self, degree: Degree, told: Callable[[str], None] | None = None) -> None:
        """Make the passes of one degree; strict, standard and lenient build on each other.

        Args:
            degree: which passes.
            told: called with a line about each pass that was made.
        """
        for which, one in enumerate(PASSES, 1):
            if one.degree == degree and all(self._columns.has(key) for key in one.keys):
                before = self._work.totals.copy()
                self._pass(which, one)
                made, forbidden = (self._work.totals - before).tolist()
                self._ran.append((one, made, forbidden))
                if told is not None:
                    told(f"{degree:<9}{one.reason:<45}{made:>12,} united {forbidden:>12,} refused")

    def people(self, *, unsure_too: bool = False) -> int:
        """Return the number of persons, without records that could be several of them unless told otherwise."""
        left_out = _ABSORBED if unsure_too else _ABSORBED | _UNSURE
        return int(kernels.count_roots(self._work.links, self._work.marks, left_out))

    def labels(self) -> npt.NDArray[np.int32]:
        """Return for each record the smallest number of a record of the same person."""
        kernels.flatten(self._work.links)
        return np.ascontiguousarray(self._work.links[:, 0])

    def flags(self) -> npt.NDArray[np.uint8]:
        """Return for each record UNSURE where it could be several persons, ABSORBED where it is one of them for certain."""
        return np.ascontiguousarray(self._work.marks[:, 0])

    def unions(self) -> Iterable[tuple[int, int, Pass]]:
        """Yield two records and the pass that made them one person, as many as unions were made."""
        if len(self._work.edges):
            for row in np.flatnonzero(self._work.marks[:, 1]).tolist():
                of, to = self._work.edges[row].tolist()
                yield of, to, PASSES[int(self._work.marks[row, 1]) - 1]

    def conflicts(self) -> tuple[list[Conflict], int]:
        """Return refused unions whose records are not one person by other keys, and how many refusals there were in all."""
        kernels.flatten(self._work.links)
        total = int(self._work.totals[1])
        kept = self._work.refused[: min(total, REFUSALS)]
        apart = kept[self._work.links[kept[:, 0], 0] != self._work.links[kept[:, 1], 0]]
        return [Conflict(a, b, PASSES[which - 1]) for a, b, which in np.unique(apart, axis=0).tolist()], total

    def _pass(self, which: int, one: Pass) -> None:
        flag = _ABSORBED if one.certain else _UNSURE
        self._work.how[:] = (one.veto & ~self._unasked, which, flag, MOST)
        rows, keys = _grouped(self._key(one))
        kernels.unite(self._work, rows, keys)

    def _key(self, one: Pass) -> Digests:
        admitted = self._guard(one) if one.guard in {"known", "uncommon", "rare", "rare in postal"} else None
        key = self._columns.column(one.keys[0])
        if admitted is not None:
            key[~admitted] = 0
        if one.guard == "mobile":
            key[key & np.uint64(MOBILE) == 0] = 0
        for name in one.keys[1:]:
            kernels.mix_into(key, self._columns.column(name))
        if one.guard == "lone":
            kernels.keep_only(key, np.unique(key[~self._mask("known", self._known)]))
        return key

    def _guard(self, one: Pass) -> Bools:
        first = one.keys[0]
        if one.guard == "known":
            return self._mask("known", self._known)
        if one.guard == "rare in postal":
            chance = self._frequency(first).astype(np.float32) * self._frequency("postal")
            return chance < np.float32(CHANCE * self._length)
        most = COMMON_NAME if one.guard == "uncommon" else RARE_NAME
        return self._mask(f"{one.guard} {first}", lambda: self._frequency(first) <= most)

    def _mask(self, name: str, make: Callable[[], Bools]) -> Bools:
        if name not in self._masks:
            self._masks[name] = make()
        return self._masks[name]

    def _known(self) -> Bools:
        """Return which records have anything beside a name."""
        known = np.zeros(self._length, np.bool_)
        for name in ("number", "official", "dob", *CONTACT):
            if self._columns.has(name):
                known |= self._columns.column(name) != 0
        return known

    def _frequency(self, name: str) -> npt.NDArray[np.int32]:
        """Return for each record how many records have the same value; 0 where it has none."""
        values = self._columns.column(name)
        counts: npt.NDArray[np.int32] = (values != 0).astype(np.int32)
        kernels.spread_counts(*_grouped(values), counts)
        return counts


def _grouped(key: Digests) -> tuple[Any, Any]:
    rows, keys = kernels.grouped(key, max(1, min(12, (len(key) // 32768).bit_length())))
    return rows, keys


def _facts(columns: Columns, *, numbered: bool) -> npt.NDArray[np.uint32]:
    facts = np.zeros((len(columns), 7 if numbered else 5), np.uint32)
    for place, name in ((2, "given"), (3, "name")):
        if columns.has(name):
            kernels.fold_into(facts, place, columns.column(name))
    if columns.has("dob"):
        kernels.split_into(facts, columns.column("dob"))
    if columns.has("reading"):
        kernels.fold_where_zero(facts, 4, columns.column("reading"), 3)
    if numbered:
        kernels.fold_into(facts, 5, columns.column("number"))
        kernels.fold_into(facts, 6, columns.column("numbering"))
        facts[:, 6] = (facts[:, 6] & np.uint32(0x7FFFFFFF)) | (columns.column("personal").astype(np.uint32) << np.uint32(31))
    return facts


def _reach(columns: Columns) -> npt.NDArray[np.uint16]:
    asked = any(one.veto & (CONTACTS | MOVED) for one in PASSES)
    reach = np.zeros((len(columns) if asked else 0, 5), np.uint16)
    for place, name in enumerate(("dataset", *CONTACT, "postal")):
        if columns.has(name):
            kernels.shorten_into(reach, place, columns.column(name))
    return reach
