"""What records say about their persons, in the words of the file: for the list of affected persons and for near matches.

One row for each record that has linkage keys. Texts are NFKC and trimmed, otherwise as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.categories import CATEGORIES
from kyumei.scope.recognise.words import of_another
from kyumei.scope.residence import PLACED, numbers, residences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.scope.classify import Column

_FIELDS: Final = {
    "number": ("student number", "employee number", "customer number"),
    "official": ("my number", "passport", "licence", "residence card", "social insurance", "national id"),
    "family": ("family name",),
    "given": ("given name",),
    "name": ("name",),
    "kana": ("kana",),
    "email": ("email",),
    "phone": ("phone",),
    "postal": ("postal",),
    "address": ("address",),
    "place": ("place",),
    "country": ("country",),
    "nationality": ("nationality",),
}
"""Field → kinds of columns; where there are several columns, their cells are joined by a blank (address, place) or the first
that says something is taken."""
_JOINED: Final = frozenset({"address", "place", "kana"})
BIT: Final = {category: 1 << n for n, category in enumerate(CATEGORIES)}
"""Category → its bit in `has`."""


@dataclass(frozen=True, slots=True)
class Told:
    """Which columns of a table give which field."""

    fields: dict[str, tuple[int, ...]]
    dob: int | None
    categories: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Told:
        """Return it for the classified columns of a table; columns about another person only where there are no others."""
        fields = {field: _own(columns, kinds) for field, kinds in _FIELDS.items()}
        dob = next(iter(_own(columns, ("dob",))), None)
        categories = tuple((c.ordinal, BIT.get(c.kind.category, 0)) for c in columns if c.kind is not None)
        return cls(fields, dob, categories)


def _own(columns: Sequence[Column], kinds: Sequence[str]) -> tuple[int, ...]:
    found = [c for c in columns if c.part in kinds]
    own = [c for c in found if not of_another(c.header)]
    return tuple(c.ordinal for c in own or found)


def values(told: Told, coded: Sequence[pa.DictionaryArray], rows: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return the columns of `kyumei.store.schema.PERSON_VALUES` but the first two, for some rows of a batch."""
    import pyarrow as pa

    at = pa.array(rows)
    result: dict[str, Any] = {field: _field(told, coded, at, field) for field in told.fields}
    result["born"] = _born(coded[told.dob], at) if told.dob is not None else pa.nulls(len(rows), pa.string())
    result["residence"] = residences(result)
    result["has"] = _categories(told, coded, at)
    return result


def residence_numbers(told: Told, coded: Sequence[pa.DictionaryArray], rows: npt.NDArray[np.int64]) -> pa.Int64Array:
    """Return the column `residence` of `kyumei.store.schema.PEOPLE` for some rows of a batch."""
    import pyarrow as pa

    at = pa.array(rows)
    return numbers(residences({field: _field(told, coded, at, field) for field in PLACED}))


def _field(told: Told, coded: Sequence[pa.DictionaryArray], at: pa.Array, field: str) -> pa.StringArray:
    """Return the texts of one field for the rows `at`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    listed = [pc.take(coded[n].dictionary, coded[n].indices.take(at)) for n in told.fields[field]]
    if not listed:
        return pa.nulls(len(at), pa.string())
    if len(listed) > 1 and field in _JOINED:
        between = ", " if field == "place" else " "
        filled = [pc.fill_null(listed[0], ""), *listed[1:]]  # pyarrow 26 drops a row of nulls only
        return pc.utf8_trim(pc.binary_join_element_wise(*filled, between, null_handling="skip"), ", ")
    return pc.coalesce(*listed) if len(listed) > 1 else listed[0]


def _born(column: pa.DictionaryArray, at: pa.Array) -> pa.StringArray:
    """Return dates of birth as ISO dates."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from kyumei.scope.days import days

    found = pa.array(days(column.dictionary))
    parts = [pc.utf8_lpad(pc.cast(p, pa.string()), w, "0") for p, w in (
        (pc.divide(found, 10000), 4), (pc.subtract(pc.divide(found, 100), pc.multiply(pc.divide(found, 10000), 100)), 2),
        (pc.subtract(found, pc.multiply(pc.divide(found, 100), 100)), 2),
    )]  # fmt: skip
    texts = pc.if_else(pc.equal(found, 0), pa.scalar(None, pa.string()), pc.binary_join_element_wise(*parts, "-"))
    return pc.take(texts, column.indices.take(at))


def _categories(told: Told, coded: Sequence[pa.DictionaryArray], at: pa.Array) -> pa.Int64Array:
    """Return for each row the bits of the categories of which it has a value."""
    import numpy as np
    import pyarrow as pa

    has = np.zeros(len(at), np.int64)
    for ordinal, bit in told.categories:
        column = coded[ordinal]
        known = column.dictionary.is_valid()
        filled = known.take(column.indices.take(at)).fill_null(False)  # noqa: FBT003  # Arrow's signature
        has[filled.to_numpy(zero_copy_only=False)] |= bit
    return pa.array(has)
