from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.scope.unite import Groups, Veto, unite


def array(*values: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(values, np.uint64)


def test_records_with_a_key_in_common_are_one_through_others() -> None:
    groups = Groups.apart(5)
    unite(groups, array(1, 1, 0, 2, 0))
    unite(groups, array(0, 7, 7, 0, 0))
    assert groups.label.tolist() == [0, 0, 0, 3, 4]


def test_a_contradicting_group_is_taken_apart_by_what_contradicts() -> None:
    groups = Groups.apart(5)
    unite(groups, array(1, 1, 1, 1, 1), [Veto(array(5, 5, 6, 6, 0))])
    assert groups.label.tolist() == [0, 0, 2, 2, 4]
    assert groups.people() == 2
    assert groups.people(unsure_too=True) == 3


def test_a_contradiction_through_a_third_record_is_seen() -> None:
    groups = Groups.apart(3)
    unite(groups, array(1, 1, 0))
    unite(groups, array(0, 2, 2), [Veto(array(5, 0, 6))])
    assert groups.label.tolist() == [0, 0, 2]


def test_numbers_contradict_only_inside_their_realm() -> None:
    groups = Groups.apart(2)
    unite(groups, array(1, 1), [Veto(array(5, 6), array(1, 2))])
    assert groups.people() == 1


def test_a_slip_in_one_part_of_a_date_is_tolerated() -> None:
    date, slip, other = ((1 << 42) | (2 << 21) | 3), ((1 << 42) | (2 << 21) | 4), ((1 << 42) | (5 << 21) | 6)
    for second, people in ((slip, 1), (other, 2)):
        groups = Groups.apart(2)
        unite(groups, array(1, 1), [Veto(array(date, second), tolerance=1)])
        assert groups.people() == people


@settings(max_examples=80, derandomize=True, deadline=None)
@given(data=st.data())
def test_the_order_of_records_does_not_change_the_groups(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    columns = [data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)) for _ in range(4)]
    order = data.draw(st.permutations(range(n)))

    def grouped(rows: list[int]) -> tuple[set[frozenset[int]], int]:
        a, b, dob, name = (array(*(c[r] for r in rows)) for c in columns)
        groups = Groups.apart(n)
        unite(groups, a, [Veto(dob)])
        unite(groups, b, [Veto(dob), Veto(name)])
        found = {frozenset(rows[i] for i in range(n) if groups.label[i] == label) for label in set(groups.label.tolist())}
        return found, groups.people()

    assert grouped(list(range(n))) == grouped(list(order))
