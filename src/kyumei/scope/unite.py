"""Which records are the same person: unions of records by equal keys, whole arrays at a time, independent of their order.

A pass unites all records that share a key, then looks at what it made: a group whose members contradict each other (two dates
of birth, two student numbers of one school) is taken apart again, and only members that agree in what contradicts stay
together. Members that lack the contradicting value could be any of the others: they are united with nobody and marked as
somebody who is already counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.scope.digest import combined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]
    Digests = npt.NDArray[np.uint64]


@dataclass(slots=True)
class Groups:
    """Records in groups.

    Attributes:
        label: for each record, the smallest number of a record of its group.
        unsure: for each record, whether it could belong to several groups, and so is probably nobody new.
        absorbed: the same where it is certain that it belongs to one of them.
    """

    label: Ints
    unsure: Bools
    absorbed: Bools

    @classmethod
    def apart(cls, length: int) -> Groups:
        """Return each record as a group of its own."""
        import numpy as np

        return cls(np.arange(length, dtype=np.int64), np.zeros(length, np.bool_), np.zeros(length, np.bool_))

    def copy(self) -> Groups:
        """Return groups that may be united further without changing these."""
        return Groups(self.label, self.unsure.copy(), self.absorbed.copy())

    def people(self, *, unsure_too: bool = False) -> int:
        """Return the number of groups, without those that consist of unsure records unless told otherwise."""
        import numpy as np

        left_out = self.absorbed if unsure_too else self.absorbed | self.unsure
        return len(np.unique(self.label[~left_out]))


@dataclass(frozen=True, slots=True)
class Veto:
    """Values of which a group may have one only.

    Attributes:
        values: for each record, 0 where unknown.
        within: for each record, the realm in which values compare (numbers of one numbering); None for one realm.
        tolerance: values are three digests of 21 bits of which so many may differ (dates with a slip of the pen).
    """

    values: Digests
    within: Digests | None = None
    tolerance: int = 0


def unite(groups: Groups, key: Digests, vetoes: Sequence[Veto] = (), *, certain: bool = False) -> None:
    """Unite the groups whose records share a key, in place.

    Args:
        groups: as they are so far.
        key: for each record, 0 for none.
        vetoes: what may not be united.
        certain: whether a record with this key that fits several groups belongs to one of them for certain.
    """
    import numpy as np

    rows = _shared(key)
    united = _connected(groups.label, rows, key[rows])
    moved = np.unique(united[united != groups.label])
    if not len(moved):
        return
    bad = [_contradicting(united, veto, moved) for veto in vetoes]
    apart = np.logical_or.reduce([b[united] for b in bad]) if bad else np.zeros(len(united), np.bool_)
    if not apart.any():
        groups.label = united
        return
    label = np.where(apart, groups.label, united)
    rows = rows[apart[rows]]
    finer, lacking = _finer(groups.label, united, rows, key, list(zip(vetoes, bad, strict=True)))
    (groups.absorbed if certain else groups.unsure)[rows[lacking]] = True
    groups.label = _connected(label, rows[~lacking], finer[~lacking])


def _shared(key: Digests) -> Ints:
    """Return the rows whose key another row has too."""
    import numpy as np

    known = np.sort(key[key != 0])
    shared = np.unique(known[1:][known[1:] == known[:-1]])
    if not len(shared):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(shared, key), len(shared) - 1)
    return np.flatnonzero(shared[at] == key)


def _connected(label: Ints, rows: Ints, key: Digests) -> Ints:
    """Return the labels after uniting the groups of the given rows that have equal keys."""
    import numpy as np

    order = np.argsort(key, kind="stable")
    sorted_rows, sorted_key = rows[order], key[order]
    same = np.flatnonzero(sorted_key[1:] == sorted_key[:-1])
    return _joined(label, label[sorted_rows[same]], label[sorted_rows[same + 1]])


def _joined(label: Ints, one: Ints, other: Ints) -> Ints:
    """Return the labels after joining pairs of them: the larger is hooked on the smaller until nothing changes."""
    import numpy as np

    if not len(one):
        return label
    parent = np.arange(len(label), dtype=np.int64)
    while len(one):
        a, b = parent[one], parent[other]
        differ = a != b
        one, other, a, b = one[differ], other[differ], a[differ], b[differ]
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        further = parent[parent]
        while not np.array_equal(further, parent):
            parent, further = further, further[further]
    result: Ints = parent[label]
    return result


def _contradicting(label: Ints, veto: Veto, concerned: Ints) -> Bools:
    """Return, for each label, whether it is one of those concerned and its group knows two values of one realm."""
    import numpy as np

    asked = np.zeros(len(label), np.bool_)
    asked[concerned] = True
    known = np.flatnonzero((veto.values != 0) & asked[label])
    if veto.tolerance:
        differing = np.zeros(len(label), np.int64)
        for shift in (0, 21, 42):
            part = (veto.values[known] >> np.uint64(shift)) & np.uint64(0x1FFFFF)
            differing[np.unique(label[known[_varies(label[known].astype(np.uint64), part)]])] += 1
        return differing > veto.tolerance
    bad = np.zeros(len(label), np.bool_)
    bad[label[known[_varies(_realm(label, veto)[known], veto.values[known])]]] = True
    return bad


def _realm(label: Ints, veto: Veto) -> Digests:
    import numpy as np

    group = label.astype(np.uint64) + np.uint64(1)
    return group if veto.within is None else combined([group, veto.within])


def _varies(realm: Digests, values: Digests) -> Ints:
    """Return positions, in each realm that has several values at least one."""
    import numpy as np

    order = np.lexsort((values, realm))
    r, v = realm[order], values[order]
    found: Ints = order[1:][(r[1:] == r[:-1]) & (v[1:] != v[:-1])]
    return found


def _finer(label: Ints, united: Ints, rows: Ints, key: Digests, vetoes: Sequence[tuple[Veto, Bools]]) -> tuple[Digests, Bools]:
    """Return, for rows of contradictory groups, the key with the contradicting values in it, and which rows lack one.

    A row that has a number of its own where the numbers contradict is nobody else, whatever else it lacks.
    """
    import numpy as np

    finer = key[rows]
    lacking, numbered = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    for veto, bad in vetoes:
        concerned = bad[united[rows]]
        if veto.within is not None:
            realm = _realm(united, veto)
            known = np.flatnonzero(veto.values != 0)
            varying = np.unique(realm[known[_varies(realm[known], veto.values[known])]])
            value = np.where(np.isin(realm[rows], varying), veto.values[rows], np.uint64(0))
            numbered |= concerned & (value != 0)
        else:
            value = _of_group(label, veto.values)[rows]
        lacking |= concerned & (value == 0)
        finer = combined([finer, np.where(concerned & (value != 0), value, np.uint64(1))])
    return finer, lacking & ~numbered


def _of_group(label: Ints, values: Digests) -> Digests:
    """Return for each record the value that its group knows, 0 where it knows none."""
    import numpy as np

    known = np.zeros(len(label), np.uint64)
    np.maximum.at(known, label, values)
    result: Digests = known[label]
    return result
