"""How many of the persons live where: by prefecture, state of the United States, or country, as their records tell.

Each person counts once in each place that any record of theirs names. Whoever no record places could live anywhere, and
widens every place's bounds upwards; so does the width of the whole count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.count import Count
from kyumei.scope.residence import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from kyumei.scope.count import Linked
    from kyumei.scope.records import Stored

METHOD: Final = "addresses, states and postal codes of the records"


def residents(records: Stored, linked: Linked, people: Count) -> Mapping[str, Count]:
    """Return code (ISO 3166: `JP-13`, `US-CA`, `DE`) → persons, by code; empty where no record tells.

    Args:
        records: the records.
        linked: the same records in groups of one person.
        people: all the persons, those told of in text included.
    """
    import numpy as np

    place = records.column("residence")
    sure = ~linked.vague
    told = sure & (place != 0)
    if not told.any():
        return {}
    codes = np.unique(place[told])
    pairs = np.sort(linked.label[told].astype(np.int64) * len(codes) + np.searchsorted(codes, place[told]))
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]  # each person and place once
    number = np.bincount(pairs % len(codes), minlength=len(codes))
    apart = _persons(linked.label[sure]) - _persons((pairs // len(codes)).astype(np.int32))
    more = apart + people.high - people.best + (people.best - linked.standard)
    found = {}
    for code, persons in zip(codes.tolist(), number.tolist(), strict=True):
        low = max(1, persons - (people.best - people.low))
        found[code_of(code)] = Count(low, persons, max(persons, min(people.high, persons + more)), METHOD)
    return dict(sorted(found.items()))


def _persons(label: npt.NDArray[np.int32]) -> int:
    """Return how many different labels there are."""
    import numpy as np

    return int(np.count_nonzero(np.bincount(label)))
