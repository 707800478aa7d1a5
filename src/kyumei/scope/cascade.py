"""Records united to persons pass by pass, each union with its reason, in memory that grows by less than 80 bytes a record.

Keys are read a piece of a column at a time, mixed, and the records grouped by them (`kyumei.scope.kernels`); nothing is
compared pair by pair. Groups do not depend on what was united before, so those of coming passes are made on other cores while
one is worked off. The same records in the same order give the same persons.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kyumei.scope import kernels
from kyumei.scope.digest import MOBILE
from kyumei.scope.passes import CHANCE, COMMON_NAME, CONTACT, PASSES, RARE_NAME
from kyumei.scope.vetoes import CONTACTS, MOVED, NUMBER, PERSONAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

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
BLOCK: Final = 1 << 22
"""Records of which a column is read at once."""
SMALL: Final = 1 << 20
"""Records up to which groups are made at once; those of more in `PARTS`, `AHEAD` of them before their turn."""
PARTS: Final = 4
AHEAD: Final = 3
WORKERS: Final = 2
_UNSURE, _ABSORBED = kernels.UNSURE, kernels.ABSORBED


class Columns(Protocol):
    """Linkage keys of records, some records of one column at a time.

    `column` returns digests of uint64, 0 where absent, in an array of its own that may be changed. Names are those of
    `kyumei.store.schema.PEOPLE`, and `table`, `dataset`, `numbering` and `personal` (0 or 1). It is called by one thread at a
    time.
    """

    def __len__(self) -> int: ...

    def column(self, name: str, begin: int = 0, end: int | None = None) -> Digests:
        """Return the records from `begin` to before `end` of one column."""
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
        self._bits = max(1, min(12, (length // 32768).bit_length()))
        self._reading = Lock()
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
        asked = [(n, p) for n, p in enumerate(PASSES, 1) if p.degree == degree and all(map(self._columns.has, p.keys))]
        before = self._work.totals.copy()
        for which, one, rows, keys in self._groups(asked):
            flag = _ABSORBED if one.certain else _UNSURE
            self._work.how[:] = (one.veto & ~self._unasked, which, flag, MOST)
            if rows is not None:
                kernels.unite(self._work, rows, keys)
                continue
            made, forbidden = (self._work.totals - before).tolist()
            before = self._work.totals.copy()
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

    def _groups(self, asked: Sequence[tuple[int, Pass]]) -> Iterator[tuple[int, Pass, Any, Any]]:
        """Yield the groups of each pass, rows and keys as `kyumei.scope.kernels.unite` takes them, then None and None."""
        if self._length <= SMALL:
            for which, one in asked:
                key = self._key(one)
                yield which, one, *_grouped(key, kernels.heap_sizes(key, self._bits), 0, 1)
                yield which, one, None, None
            return
        waiting: deque[tuple[int, Pass, Future[tuple[Any, Any]]]] = deque()
        with ThreadPoolExecutor(WORKERS) as pool:
            for which, one in asked:
                made = pool.submit(self._dealt, one)
                for part in range(PARTS):
                    if len(waiting) == AHEAD:
                        yield from self._first(waiting)
                    waiting.append((which, one, pool.submit(self._part, made, part)))
                del made
            while waiting:
                yield from self._first(waiting)

    def _first(self, waiting: deque[tuple[int, Pass, Future[tuple[Any, Any]]]]) -> Iterator[tuple[int, Pass, Any, Any]]:
        which, one, groups = waiting.popleft()
        yield which, one, *groups.result()
        if not waiting or waiting[0][0] != which:
            yield which, one, None, None

    def _dealt(self, one: Pass) -> tuple[Digests, Any]:
        """Return the key of a pass for each record, and how many have one in each heap."""
        key = self._key(one)
        return key, kernels.heap_sizes(key, self._bits)

    def _part(self, made: Future[tuple[Digests, Any]], part: int) -> tuple[Any, Any]:
        """Return the groups of some heaps that have anything to unite."""
        rows, keys = _grouped(*made.result(), part, PARTS)
        kept = kernels.apart(self._work.links, rows, keys)
        return rows[:kept].copy(), keys[:kept].copy()

    def _key(self, one: Pass) -> Digests:
        with self._reading:
            admitted = self._guard(one) if one.guard in {"known", "uncommon", "rare", "rare in postal"} else None
            key = np.empty(self._length, np.uint64)
            for begin in range(0, self._length, BLOCK):
                piece, end = key[begin : begin + BLOCK], begin + BLOCK
                piece[:] = self._columns.column(one.keys[0], begin, end)
                if admitted is not None:
                    piece[~admitted[begin:end]] = 0
                if one.guard == "mobile":
                    piece[piece & np.uint64(MOBILE) == 0] = 0
                for name in one.keys[1:]:
                    kernels.mix_into(piece, self._columns.column(name, begin, end))
            if one.guard == "lone":
                kernels.keep_only(key, np.unique(key[~self._mask("known", self._known)]))
            return key

    def _guard(self, one: Pass) -> Bools:
        first = one.keys[0]
        if one.guard == "known":
            return self._mask("known", self._known)
        if one.guard == "rare in postal":
            chance = self._frequency(first).astype(np.float32)
            chance *= self._frequency("postal")
            return chance < np.float32(CHANCE * self._length)
        if f"{one.guard} {first}" not in self._masks:
            often = self._frequency(first)
            self._masks |= {f"uncommon {first}": often <= COMMON_NAME, f"rare {first}": often <= RARE_NAME}
        return self._masks[f"{one.guard} {first}"]

    def _mask(self, name: str, make: Callable[[], Bools]) -> Bools:
        if name not in self._masks:
            self._masks[name] = make()
        return self._masks[name]

    def _known(self) -> Bools:
        """Return which records have anything beside a name."""
        known = np.zeros(self._length, np.bool_)
        for name in ("number", "official", "dob", *CONTACT):
            if self._columns.has(name):
                for begin, values in _pieces(self._columns, name):
                    known[begin : begin + len(values)] |= values != 0
        return known

    def _frequency(self, name: str) -> npt.NDArray[np.int32]:
        """Return for each record how many records have the same value; 0 where it has none."""
        values = self._columns.column(name)
        counts: npt.NDArray[np.int32] = (values != 0).astype(np.int32)
        sizes = kernels.heap_sizes(values, self._bits)
        for part in range(PARTS):
            kernels.spread_counts(*_grouped(values, sizes, part, PARTS), counts)
        return counts


def _grouped(key: Digests, sizes: Any, part: int, parts: int) -> tuple[Any, Any]:
    rows, keys = kernels.grouped(key, sizes, len(sizes) * part // parts, len(sizes) * (part + 1) // parts)
    return rows, keys


def _pieces(columns: Columns, name: str) -> Iterator[tuple[int, Digests]]:
    """Yield a column in pieces, each with the number of its first record."""
    for begin in range(0, len(columns), BLOCK):
        yield begin, columns.column(name, begin, begin + BLOCK)


def _facts(columns: Columns, *, numbered: bool) -> npt.NDArray[np.uint32]:
    facts = np.zeros((len(columns), 7 if numbered else 5), np.uint32)
    for place, name in ((2, "given"), (3, "name"), *(((5, "number"), (6, "numbering")) if numbered else ())):
        if columns.has(name):
            for begin, values in _pieces(columns, name):
                kernels.fold_into(facts[begin : begin + BLOCK], place, values)
    if columns.has("dob"):
        for begin, values in _pieces(columns, "dob"):
            kernels.split_into(facts[begin : begin + BLOCK], values)
    if columns.has("reading"):
        for begin, values in _pieces(columns, "reading"):
            kernels.fold_where_zero(facts[begin : begin + BLOCK], 4, values, 3)
    if numbered:
        for begin, values in _pieces(columns, "personal"):
            realm = facts[begin : begin + BLOCK, 6]
            realm[:] = (realm & np.uint32(0x7FFFFFFF)) | (values.astype(np.uint32) << np.uint32(31))
    return facts


def _reach(columns: Columns) -> npt.NDArray[np.uint16]:
    asked = any(one.veto & (CONTACTS | MOVED) for one in PASSES)
    reach = np.zeros((len(columns) if asked else 0, 5), np.uint16)
    for place, name in enumerate(("dataset", *CONTACT, "postal")):
        if columns.has(name):
            for begin, values in _pieces(columns, name) if asked else ():
                kernels.shorten_into(reach[begin : begin + BLOCK], place, values)
    return reach
