"""The list of affected persons: whose data it is, why each is on the list, and where their record lies.

The people of the store are digests; their names lie in evidence only. So the tables concerned are read again, record by
record in the order of the store, and each person is written once, at the first of their records. What is kept in memory is
a few numbers a record (which person, which table, which place, how many records), whatever the tables hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.intext import groups, values
from kyumei.evidence.acquire import EVIDENCE
from kyumei.evidence.manifest import load
from kyumei.evidence.open.walk import Visit, walk
from kyumei.evidence.sources import sources
from kyumei.model.citation import MEMBER
from kyumei.scope.count import link
from kyumei.scope.mask import masked
from kyumei.scope.profile import recognise
from kyumei.scope.records import Stored
from kyumei.store.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.case.byhand import Change
    from kyumei.case.intext import Group
    from kyumei.model.source import Source
    from kyumei.scope.tables.registry import Batch, Table
    from kyumei.store.query import Store

    Ints = npt.NDArray[np.int64]

SHOWN: Final = ("id.name", "id.dob", "id.address", "id.phone", "id.email", "id.student_no", "id.employee_no", "id.customer_no")
"""Categories whose values stand in the list: what is needed to find a person. Of all others only the names are listed."""
_FIXED: Final = ("person", "records", "unsure", "categories", "holdings", "evidence", "path", "sheet", "offset")
COLUMNS: Final = ("person", "records", "unsure", *SHOWN, "categories", "holdings", "evidence", "path", "sheet", "offset")


@dataclass(frozen=True, slots=True)
class Place:
    """A table concerned: where it lies, whose it is, and which of its columns hold which category."""

    number: int
    file_id: str
    evidence: str
    path: str
    name: str
    holding: int
    columns: Mapping[str, tuple[tuple[int, str], ...]]


@dataclass(slots=True)
class Persons:
    """Who is on the list, by number of record.

    Attributes:
        label: the record that stands for the person. count: how many records that person has, at that record.
            0 where the person was removed by hand.
        several: person → further holdings, for those who are in more than one.
        corrected: person → category → value given by hand. tables: ids, in the order of `places`.
        told: persons whom only texts tell; their records are the last ones, one each, and their place is the number in `told`.
    """

    places: tuple[Place, ...]
    table: Ints
    rec: Ints
    label: npt.NDArray[np.int32]
    vague: npt.NDArray[np.bool_]
    count: npt.NDArray[np.int32]
    several: Mapping[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    corrected: Mapping[int, Mapping[str, str]] = field(default_factory=dict[int, "Mapping[str, str]"])
    tables: tuple[str, ...] = ()
    told: tuple[Group, ...] = ()

    @property
    def people(self) -> int:
        """Return how many persons are on the list."""
        import numpy as np

        return int(np.count_nonzero(self.count))

    def record(self, place: tuple[str, int]) -> int | None:
        """Return the number of the record at a place, None where there is none."""
        import numpy as np

        if place[0] not in self.tables:
            return None
        number = len(self.tables) - 1 - self.tables[::-1].index(place[0])  # a text is there twice, its persons are the last
        start, stop = np.searchsorted(self.table, [number, number + 1])
        at = int(start + np.searchsorted(self.rec[start:stop], place[1]))
        return at if at < stop and self.rec[at] == place[1] else None

    def place(self, number: int) -> tuple[str, int]:
        """Return table and place of a record."""
        return self.tables[int(self.table[number])], int(self.rec[number])


def persons(store: Store, holdings: Sequence[Mapping[str, Any]], changes: Sequence[Change] = ()) -> Persons:
    """Return the persons of the holdings' tables; of every personal table where the diagnosis names none.

    Args:
        store: of the case.
        holdings: of the diagnosis.
        changes: made by hand, those that hold; what they say of records that are not there is passed over.
    """
    import numpy as np

    whose = {str(t): n for n, h in enumerate(holdings) for t in h.get("tables") or ()}
    listed = sorted(whose) or [r[0] for r in store.rows("select table_id from tables where personal order by 1")]
    stored = Stored(store, listed)
    linked = link(stored)
    table, rec = stored.places()
    told = tuple(groups(store, listed))
    texts = tuple(dict.fromkeys(group.table_id for group in told))
    tables = (*stored.tables, *texts)
    places = tuple(_place(store, n, t, whose.get(t, -1)) for n, t in enumerate(tables))
    table = np.concatenate([table, [len(stored.tables) + texts.index(group.table_id) for group in told]]).astype(table.dtype)
    rec = np.concatenate([rec, np.arange(len(told))]).astype(rec.dtype)
    label = np.concatenate([linked.label, np.arange(len(linked.label), len(table))]).astype(linked.label.dtype)
    vague = np.concatenate([linked.vague, np.ones(len(told), np.bool_)])
    found = Persons(places, table, rec, label, vague, label, tables=tables, told=told)
    _regroup(found, changes)
    found.count = np.bincount(label, minlength=len(label)).astype(np.int32)
    holding = np.array([p.holding for p in places] or [0], np.int32)[table]
    found.several = _several(label, holding)
    corrected: dict[int, dict[str, str]] = {}
    for change in changes:
        at = found.record(change.places[0]) if change.places else None
        if at is not None and change.act == "remove":
            found.count[label[at]] = 0
        elif at is not None and change.act == "correct":
            corrected.setdefault(int(label[at]), {})[change.field] = change.value
    found.corrected = corrected
    return found


def _regroup(found: Persons, changes: Sequence[Change]) -> None:
    """Unite and part persons as was said by hand, in the order in which it was said."""
    import numpy as np

    for change in changes:
        at = [n for n in map(found.record, change.places) if n is not None]
        if change.act == "merge" and len(at) == 2:
            one, two = sorted(int(found.label[n]) for n in at)
            found.label[found.label == two] = one
        elif change.act == "split" and at:
            person = found.label[at[0]]
            rest = np.setdiff1d(np.flatnonzero(found.label == person), at)
            found.label[at] = min(at)
            if len(rest):
                found.label[rest] = rest[0]


def _several(label: npt.NDArray[np.int32], holding: npt.NDArray[np.int32]) -> dict[int, tuple[int, ...]]:
    """Return the persons who are in more than one holding."""
    import numpy as np

    odd = np.flatnonzero(holding != holding[label]) if len(label) else np.zeros(0, np.int64)
    pairs = np.unique(np.stack([label[odd], holding[odd]], axis=1), axis=0) if len(odd) else np.zeros((0, 2), np.int32)
    found: dict[int, tuple[int, ...]] = {}
    for person, further in pairs.tolist():
        found[person] = (*found.get(person, ()), further)
    return found


def _place(store: Store, number: int, table_id: str, holding: int) -> Place:
    ((file_id, evidence, name, path),) = store.rows(
        "select t.file_id, t.evidence_id, t.name, s.path from tables t join sources s using (file_id)"
        " where table_id = ? order by s.path limit 1",
        table_id,
    )
    columns: dict[str, tuple[tuple[int, str], ...]] = {}
    sql = (
        "select category, ordinal, coalesce(kind, '') from columns where table_id = ? and category is not null order by ordinal"
    )
    for category, ordinal, kind in store.rows(sql, table_id):
        columns[category] = (*columns.get(category, ()), (int(ordinal), str(kind)))
    return Place(number, file_id, evidence, path, name, holding, columns)


def batches(case: Path, found: Persons, *, full: bool, zone: str) -> Iterator[pa.Table]:
    """Yield the list in parts, in the order of evidence; columns as `COLUMNS`, all text but `person`, `records`, `offset`.

    Args:
        case: the folder.
        found: from `persons`.
        full: values as they are; else masked.
        zone: of the case.
    """
    by_file: dict[tuple[str, str], dict[str, Place]] = {}
    for place in found.places:
        by_file.setdefault((place.evidence, place.file_id), {})[place.name] = place  # of a text, that of its persons
    for evidence in sorted({e for e, _ in by_file}):
        item = load(case / EVIDENCE / evidence)
        tops = {p.path.split(MEMBER)[0] for p in found.places if p.evidence == evidence}
        for top in sources(item, case, zone=zone):
            if top.path in tops:
                for source in _inside(top, {file for e, file in by_file if e == evidence}, case):
                    yield from _source(source, by_file[evidence, source.file_id], found, full=full)
                    text = by_file[evidence, source.file_id].get(TEXT)
                    if text is not None:
                        yield from _told(source, text, found, full=full)


def _inside(top: Source, wanted: set[str], case: Path) -> Iterator[Source]:
    for step in walk(top, temp=case / "work"):
        if isinstance(step, Visit) and step.source.file_id in wanted:
            yield step.source


def _source(source: Source, places: Mapping[str, Place], found: Persons, *, full: bool) -> Iterator[pa.Table]:
    extractor, _ = recognise(source)
    if extractor is None:
        return
    for table in extractor.extract(source):
        place = places.get(table.name)
        if place is None:
            for _ in table.batches:
                pass
        else:
            yield from _table(table, place, found, full=full)


def _table(table: Table, place: Place, found: Persons, *, full: bool) -> Iterator[pa.Table]:
    import numpy as np

    start, stop = np.searchsorted(found.table, [place.number, place.number + 1])
    recs = found.rec[start:stop]
    first = (found.label[start:stop] == np.arange(start, stop)) & (found.count[start:stop] > 0)
    for batch in table.batches:
        places = batch.recs.to_numpy()
        at = np.searchsorted(recs, places)
        at = np.minimum(at, max(len(recs) - 1, 0))
        known = (recs[at] == places) if len(recs) else np.zeros(len(places), np.bool_)
        rows = np.flatnonzero(known & first[at]) if len(recs) else np.zeros(0, np.int64)
        if len(rows):
            yield _rows(batch, rows, start + at[rows], place, found, full=full)


def _rows(batch: Batch, rows: Ints, records: Ints, place: Place, found: Persons, *, full: bool) -> pa.Table:
    import pyarrow as pa

    taken = pa.array(rows)
    values: dict[str, Any] = {
        "person": pa.array(records + 1, pa.int64()),
        "records": pa.array(found.count[records], pa.int64()),
        "unsure": pa.array(["?" if v else "" for v in found.vague[records].tolist()], pa.string()),
    }
    for category in SHOWN:
        columns = place.columns.get(category, ())
        given = {n: c[category] for n, r in enumerate(records.tolist()) if category in (c := found.corrected.get(r, {}))}
        cells = _values(batch, taken, columns, full=full)
        values[category] = _given(cells, given, columns[0][1] if columns else category, full=full) if given else cells
    values["categories"] = _filled(batch, taken, place)
    holdings = [(place.holding, *found.several.get(r, ())) for r in records.tolist()] if found.several else None
    one = str(place.holding)
    values["holdings"] = (
        pa.repeat(one, len(rows)) if holdings is None else pa.array([" ".join(map(str, h)) for h in holdings], pa.string())
    )
    for name, text in (("evidence", place.evidence), ("path", place.path), ("sheet", place.name)):
        values[name] = pa.repeat(text, len(rows))
    values["offset"] = batch.recs.take(taken)
    return pa.table({name: values[name] for name in COLUMNS})


def _told(source: Source, place: Place, found: Persons, *, full: bool) -> Iterator[pa.Table]:
    """Yield the persons whom a text tells; the place of each is that of the first of their values."""
    import numpy as np
    import pyarrow as pa

    first, last = np.searchsorted(found.table, [place.number, place.number + 1])
    shown = [n for n in range(int(first), int(last)) if found.label[n] == n and found.count[n] > 0]
    mine = {n: found.told[int(found.rec[n])] for n in shown if found.told}
    if not mine:
        return
    read = values(source, {spot: n for n, group in mine.items() for spot in group.spots})
    cells: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for n, group in mine.items():
        given = found.corrected.get(n, {})
        for category in SHOWN:
            texts = [(given[category], category)] if category in given else read.get(n, {}).get(category, [])
            cells[category].append(" ".join(value if full else masked(value, kind) for value, kind in texts if value))
        part, offset = group.spots[0]
        fixed = (n + 1, int(found.count[n]), "?", " ".join(group.categories), str(place.holding), place.evidence, place.path)
        for name, value in zip(_FIXED, (*fixed, " ".join(filter(None, (place.name, part))), offset), strict=True):
            cells[name].append(value)
    kinds = {name: pa.int64() if name in {"person", "records", "offset"} else pa.string() for name in COLUMNS}
    yield pa.table({name: pa.array(cells[name], kinds[name]) for name in COLUMNS})


def _values(batch: Batch, taken: pa.Array, columns: Sequence[tuple[int, str]], *, full: bool) -> pa.Array:
    """Return the cells of a category, several columns with a blank between; masked by the kind of the column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = []
    for ordinal, kind in columns:
        column = pc.fill_null(batch.columns[ordinal].take(taken), "")
        cells.append(column if full else _masked(column, kind))
    if not cells:
        return pa.repeat("", len(taken))
    return cells[0] if len(cells) == 1 else pc.utf8_trim_whitespace(pc.binary_join_element_wise(*cells, " "))


def _given(cells: pa.Array, given: Mapping[int, str], kind: str, *, full: bool) -> pa.Array:
    """Return the cells with those that were corrected by hand."""
    import pyarrow as pa

    listed = cells.to_pylist()
    for row, value in given.items():
        listed[row] = value if full or not value else masked(value, kind)
    return pa.array(listed, pa.string())


def _masked(column: pa.Array, kind: str) -> pa.Array:
    import pyarrow as pa

    coded = column.dictionary_encode()
    hidden = [masked(v, kind) if v else "" for v in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(hidden, pa.string())).cast(pa.string())


def _filled(batch: Batch, taken: pa.Array, place: Place) -> pa.Array:
    """Return which categories a record holds, ids with blanks between."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for category in sorted(place.columns):
        there = [pc.fill_null(pc.not_equal(batch.columns[n].take(taken), ""), False) for n, _ in place.columns[category]]  # noqa: FBT003
        any_ = there[0]
        for more in there[1:]:
            any_ = pc.or_(any_, more)
        parts.append(pc.if_else(any_, pa.scalar(category), pa.scalar("")))
    if not parts:
        return pa.repeat("", len(taken))
    joined = pc.binary_join_element_wise(*parts, " ") if len(parts) > 1 else parts[0]
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " +", " "))
