"""From records (件) to persons (人): how many different people the records of some tables are about.

Exact keys only, in three degrees. Strict unites records that agree in a number given to the person, or in name and a way to
reach them; the fewest unions, so the upper bound. Standard adds name and birth date, changed surnames, bare e-mail addresses,
and names alone inside one file. Lenient adds rare names alone and forgives contradictions: the lower bound. Nothing is united
that contradicts itself (see `kyumei.scope.unite`). Measured on synthetic data, the truth lies between the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kyumei.model.count import Count
from kyumei.scope.digest import combined
from kyumei.scope.unite import Groups, Veto, unite

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.store.query import Store

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Digests = npt.NDArray[np.uint64]

COMMON_NAME: Final = 32
"""Records of one name beyond which name and birth date may agree by chance: n(n - 1) / 2 / 25,000 birth dates < 0.02."""
RARE_NAME: Final = 2
"""Records of one name up to which the lenient degree takes the name alone."""
_DIGESTS: Final = ("scope", "number", "official", "name", "reading", "given", "dob", "email", "phone", "address", "row")
_CONTACTS: Final = ("email", "phone", "address")


@dataclass(frozen=True, slots=True)
class Records:
    """The linkage keys of records, column by column; 0 where absent.

    Attributes:
        key: the columns of `kyumei.store.schema.PEOPLE` by name.
        tables: the ids of the tables, sorted.
        table: for each record, its table's place in `tables`. rec: its place in the table.
        dataset: a digest for each record's file.
        personal: for each record, whether its number is one that a person has only one of (student, employee).
        numbering: like `scope`, but equal for files that number the same persons alike.
    """

    key: dict[str, Digests]
    tables: tuple[str, ...]
    table: Ints
    rec: Ints
    dataset: Digests
    personal: Bools
    numbering: Digests

    def __len__(self) -> int:
        return len(self.table)


def count(store: Store, table_ids: Sequence[str]) -> tuple[Count, Count]:
    """Return how many records about persons these tables hold, and how many different persons they are about."""
    records = load(store, table_ids)
    total = len(records)
    return Count.exact(total, "rows about persons"), count_people(records)


def load(store: Store, table_ids: Sequence[str]) -> Records:
    """Return the keys of the records of these tables, in the order of table and place."""
    import numpy as np

    listed = ", ".join("?" for _ in table_ids) or "null"
    found = store.arrow(
        f"""select p.*, t.file_id, coalesce(k.personal, false) as personal from people p
            join tables t using (table_id)
            left join (select table_id, bool_or(kind in ('student number', 'employee number')) as personal from columns
                       group by table_id) k using (table_id)
            where p.table_id in ({listed}) order by p.table_id, p.rec""",
        *table_ids,
    )
    key = {name: _digests(found.column(name)) for name in _DIGESTS}
    personal = found.column("personal").to_numpy(zero_copy_only=False).astype(np.bool_)
    tables, table = _codes(found.column("table_id"))
    return Records(
        key=key,
        tables=tables,
        table=table,
        rec=found.column("rec").to_numpy(),
        dataset=_codes(found.column("file_id"))[1].astype(np.uint64) + np.uint64(1),
        personal=personal,
        numbering=numberings(store, table_ids, key["scope"]),
    )


def count_people(records: Records) -> Count:
    """Return the number of persons with its bounds."""
    if not len(records):
        return Count.exact(0, "no records about persons")
    linked = link(records)
    best = linked.standard.people()
    low, high = min(best, linked.lenient.people()), max(best, linked.strict.people(unsure_too=True))
    if low == high:
        numbered = bool((records.key["number"] != 0).all())
        return Count.exact(best, "exact: one number a person" if numbered else "exact: all degrees of linking agree")
    return Count(low, best, high, "exact keys: lenient, standard, strict linking")


@dataclass(frozen=True, slots=True)
class Linked:
    """Records in groups by each degree."""

    strict: Groups
    standard: Groups
    lenient: Groups


def link(records: Records) -> Linked:
    """Return the records in groups that are one person each."""
    vetoes = _Vetoes.of(records)
    strict = Groups.apart(len(records))
    _strict(strict, records, vetoes)
    standard = strict.copy()
    _standard(standard, records, vetoes)
    lenient = standard.copy()
    _lenient(lenient, records, vetoes)
    return Linked(strict, standard, lenient)


@dataclass(frozen=True, slots=True)
class _Vetoes:
    dob: Veto
    dob_slip: Veto
    name: Veto
    latin: Veto
    given: Veto
    number: Veto
    personal: Veto
    contacts: tuple[Veto, ...]
    """Two ways to reach somebody that both differ inside one file, where equal ones have been united before."""

    @classmethod
    def of(cls, records: Records) -> _Vetoes:
        import numpy as np

        key, zero = records.key, np.uint64(0)
        return cls(
            dob=Veto(key["dob"]),
            dob_slip=Veto(key["dob"], tolerance=1),
            name=Veto(key["name"]),
            latin=Veto(np.where(key["name"] == 0, key["reading"], zero)),
            given=Veto(key["given"]),
            number=Veto(key["number"], records.numbering),
            personal=Veto(np.where(records.personal, key["number"], zero), records.numbering),
            contacts=tuple(Veto(_with(key[a], key[b]), records.dataset) for a, b in combinations(_CONTACTS, 2)),
        )


def _strict(groups: Groups, records: Records, vetoes: _Vetoes) -> None:
    import numpy as np

    key = records.key
    reached = np.logical_or.reduce([key[k] != 0 for k in ("number", "official", "dob", *_CONTACTS)])
    unite(groups, np.where(reached, _with(key["row"], records.table.astype(np.uint64) + np.uint64(1)), np.uint64(0)))
    unite(groups, key["official"], [vetoes.name, vetoes.latin, vetoes.dob_slip])
    number = _with(key["number"], records.numbering)
    unite(groups, number, [vetoes.name, vetoes.latin])
    for other in ("given", "dob", *_CONTACTS):  # a name that was changed or misspelt
        unite(groups, _with(number, key[other]))
        unite(groups, _with(key["official"], key[other]))
    for name in ("name", "reading"):
        for contact in _CONTACTS:
            unite(groups, _with(key[name], key[contact]), [vetoes.dob_slip, vetoes.personal])
        unite(groups, _with(key[name], key["dob"], records.dataset), [vetoes.name, vetoes.number], certain=True)


def _standard(groups: Groups, records: Records, vetoes: _Vetoes) -> None:
    import numpy as np

    key, zero = records.key, np.uint64(0)
    unite(groups, _with(key["row"], records.table.astype(np.uint64) + np.uint64(1)))
    for name in ("name", "reading"):
        rare = np.where(_frequency(key[name]) <= COMMON_NAME, key[name], zero)
        unite(groups, _with(rare, key["dob"]), [vetoes.name, vetoes.number])
    for contact in _CONTACTS:
        unite(groups, _with(key["given"], key["dob"], key[contact]), [vetoes.personal])
    for contact in ("email", "phone"):
        unite(groups, _with(key["dob"], key[contact]), [vetoes.given, vetoes.name, vetoes.latin, vetoes.personal])
    for contact in ("email", "phone"):
        unite(groups, key[contact], [vetoes.name, vetoes.latin, vetoes.given, vetoes.dob_slip, vetoes.personal])
    for name in ("name", "reading"):
        unite(groups, _bare(records, name), [vetoes.dob, vetoes.number, vetoes.name])


def _lenient(groups: Groups, records: Records, vetoes: _Vetoes) -> None:
    import numpy as np

    key, zero = records.key, np.uint64(0)
    unite(groups, _with(key["number"], records.numbering))
    unite(groups, key["official"])
    for name in ("name", "reading"):
        for contact in _CONTACTS:
            unite(groups, _with(key[name], key[contact]), [vetoes.personal])
        rare = np.where(_frequency(key[name]) <= RARE_NAME, key[name], zero)
        unite(groups, rare, [vetoes.name, vetoes.dob_slip, vetoes.number, *vetoes.contacts])


def _bare(records: Records, name: str) -> Digests:
    """Return the names inside files in which some record has nothing but this name."""
    import numpy as np

    key = records.key
    known = np.logical_or.reduce([key[k] != 0 for k in ("number", "official", "dob", *_CONTACTS)])
    inside = _with(key[name], records.dataset)
    lone = np.unique(inside[~known])
    return np.where(np.isin(inside, lone), inside, np.uint64(0))


def numberings(store: Store, table_ids: Sequence[str], scope: Digests) -> Digests:
    """Return the scopes, those replaced by one of them that number the same persons alike.

    Two files are taken to share a numbering where at least three numbers occur in both, and nine in ten of these stand with
    the same name, e-mail address, telephone number or address.
    """
    import numpy as np

    listed = ", ".join("?" for _ in table_ids) or "null"
    pairs = store.rows(
        f"""with s as (select distinct scope, number, name, reading, email, phone, address from people
                       where table_id in ({listed}) and number is not null and number % greatest(1, (
                         select count(*) // 100000 from people where table_id in ({listed}) and number is not null)) = 0)
            select a.scope, b.scope from s a join s b on a.number = b.number and a.scope < b.scope
            group by all having count(*) >= 3 and 0.9 * count(*) <= count(*) filter (
              a.name = b.name or a.reading = b.reading or a.email = b.email or a.phone = b.phone or a.address = b.address)
            order by all""",
        *table_ids, *table_ids,
    )  # fmt: skip
    leader: dict[int, int] = {}
    for one, other in pairs:
        first, second = leader.get(one, one), leader.get(other, other)
        leader |= {s: min(first, second) for s in [one, other, *(s for s, top in leader.items() if top in {first, second})]}
    result = scope.copy()
    for old, new in sorted(leader.items()):
        result[scope == np.int64(old).astype(np.uint64)] = np.int64(new).astype(np.uint64)
    return result


def _with(*parts: Digests) -> Digests:
    return combined(parts)


def _frequency(key: Digests) -> Ints:
    """Return for each record how many records have the same key."""
    import numpy as np

    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    result: Ints = counts[inverse]
    return result


def _digests(column: pa.ChunkedArray) -> Digests:
    import numpy as np

    result: Digests = column.fill_null(0).to_numpy().view(np.uint64)
    return result


def _codes(column: pa.ChunkedArray) -> tuple[tuple[str, ...], Ints]:
    """Return the distinct texts in order, and each text's place among them."""
    import numpy as np

    encoded = column.combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    rank = {text: n for n, text in enumerate(sorted(texts))}
    codes: Ints = np.array([rank[text] for text in texts] or [0], np.int64)[encoded.indices.to_numpy()]
    return tuple(rank), codes
