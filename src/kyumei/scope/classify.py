"""What kind of personal data each column of a table holds: its header's words and a sample of its cells together.

The order of decision: a header that names a kind, and cells that agree; a header that is enough by itself; refusal of headers
about organisations and things; cells alone. A column headed just "name" counts only beside other data about persons, or
where its cells are known surnames: artists, genres and play lists have names too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from kyumei.scope.recognise.registry import ordered
from kyumei.scope.recognise.words import about_organisation, names_company, names_supply, plain, sure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from kyumei.scope.recognise.registry import Recogniser

    Weights = npt.NDArray[np.int64]

By = Literal["header+values", "header", "values"]

AGREES: Final = 0.3
"""Share of the sampled cells that must have the form of what the header says."""
FEWEST: Final = 3
"""Fewest cells from which a kind is told without a header."""
SAMPLED: Final = 2000
"""Distinct cells that are looked at."""
_PROVE_PERSONS: Final = frozenset({
    "email", "phone", "dob", "sex", "nationality", "relation", "family name", "given name", "kana", "address",
    "student number", "employee number", "my number",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column and the kind of personal data it holds, if any."""

    ordinal: int
    header: str
    kind: Recogniser | None = None
    by: By | None = None

    @property
    def part(self) -> str:
        """Return the kind's name, empty where there is none."""
        return self.kind.name if self.kind else ""


def classify(headers: Sequence[str], samples: Sequence[pa.DictionaryArray]) -> tuple[Column, ...]:
    """Return the columns with their kinds.

    Args:
        headers: the header words.
        samples: for each column, cells as `kyumei.scope.clean.distinct` gives them.
    """
    found = [_column(n, header, sample) for n, (header, sample) in enumerate(zip(headers, samples, strict=True))]
    parts = {column.part for column in found if column.by != "header"}
    kept = []
    for column in found:
        doubtful = not _credible(column, samples[column.ordinal], persons=bool(parts & _PROVE_PERSONS))
        kept.append(Column(column.ordinal, column.header) if doubtful else _placed(column, parts))
    return tuple(kept)


def is_about_persons(columns: Sequence[Column]) -> bool:
    """Return whether rows of such a table are about persons who can be told: not a list of products or of companies."""
    parts = {column.part for column in columns} - {""}
    company = any(names_company(column.header) for column in columns)
    if parts & {"name", "kana", "my number", "passport", "licence", "residence card", "card number"}:
        return True
    if any(column.part == "family name" and column.by != "values" for column in columns):
        return True
    numbered = parts & {"student number", "employee number", "customer number"}
    attributes = parts - {
        "student number",
        "employee number",
        "customer number",
        "contract number",
        "password",
        "password hash",
    }
    if numbered and (attributes or parts & {"password", "password hash"}):
        return True
    supply = any(names_supply(column.header) for column in columns)
    reached = parts & {"email", "phone"} or ("address" in parts and (supply or "contract number" in parts))
    return bool(reached) and (not company or bool(parts & {"dob", "sex", "nationality", "relation", "given name"}))


def _column(ordinal: int, header: str, sample: pa.DictionaryArray) -> Column:
    values, weights = _weighed(sample)
    if about_organisation(header):
        return Column(ordinal, header)
    for kind in ordered():
        if kind.named_by(header):
            share = _share(kind, values, weights, proof=False)
            if share is not None and share >= AGREES:
                return Column(ordinal, header, kind, "header+values")
            if share is None or kind.certain_by(header):
                return Column(ordinal, header, kind, "header")
    return _by_values(ordinal, header, values, weights)


def _by_values(ordinal: int, header: str, values: pa.StringArray, weights: Weights) -> Column:
    if int(weights.sum()) >= FEWEST:
        for kind in ordered():
            if kind.needs == "either" and (_share(kind, values, weights, proof=True) or 0) >= kind.threshold:
                return Column(ordinal, header, kind, "values")
    return Column(ordinal, header)


def _credible(column: Column, sample: pa.DictionaryArray, *, persons: bool) -> bool:
    if column.kind is None or column.by == "values" or persons or sure(column.part).search(plain(column.header)):
        return True
    values, weights = _weighed(sample)
    return (_share(column.kind, values, weights, proof=True) or 0) >= AGREES


def _placed(column: Column, parts: set[str]) -> Column:
    """Return the column of an affiliation (所属) as that of students or of staff, by whose number stands beside it."""
    if column.part != "enrolment" or "student number" in parts or not _personnel().named_by(column.header):
        return column
    staff = "employee number" in parts
    return replace(column, kind=_personnel()) if staff else Column(column.ordinal, column.header)


@cache
def _personnel() -> Recogniser:
    return next(kind for kind in ordered() if kind.name == "personnel")


def _share(kind: Recogniser, values: pa.StringArray, weights: Weights, *, proof: bool) -> float | None:
    """Return the share of cells with the form of this kind; None where there are no cells."""
    if not len(values):
        return None
    tell = kind.proof if proof and kind.proof else kind.matches
    matching = tell(values).to_numpy(zero_copy_only=False).astype(bool)
    return float(weights[matching].sum() / weights.sum())


def _weighed(sample: pa.DictionaryArray) -> tuple[pa.StringArray, Weights]:
    """Return the distinct cells that say something, and how often each occurs."""
    import numpy as np
    import pyarrow.compute as pc

    codes = pc.drop_null(sample.indices).to_numpy()
    counts = np.bincount(codes, minlength=len(sample.dictionary))
    known = np.flatnonzero(sample.dictionary.is_valid().to_numpy(zero_copy_only=False) & (counts > 0))[:SAMPLED]
    return sample.dictionary.take(known), counts[known]
