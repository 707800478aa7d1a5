from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.scope import kernels
from kyumei.scope.cascade import Cascade
from kyumei.scope.digest import combined, mixed
from kyumei.scope.vetoes import CONTACTS, DOB, DOB_SLIP, MOVED, NAME, NUMBER

if TYPE_CHECKING:
    import pytest


class Held:
    """Columns in memory; small numbers stand for digests."""

    def __init__(self, length: int, **columns: list[int]) -> None:
        self._length = length
        self._columns = {name: spread(values) for name, values in columns.items()}

    def __len__(self) -> int:
        return self._length

    def column(self, name: str, begin: int = 0, end: int | None = None) -> Any:
        return self._columns[name][begin:end].copy()

    def has(self, name: str) -> bool:
        return name in self._columns


def spread(values: list[int]) -> Any:
    """Return digests for small numbers: equal where these are, 0 for 0."""
    array = np.array(values, np.uint64)
    return np.where(array == 0, np.uint64(0), mixed(array))


def grouped(key: Any, bits: int, parts: int = 1) -> Any:
    """Return rows and keys of all heaps, a range of them at a time."""
    sizes = kernels.heap_sizes(key, bits)
    edges = [len(sizes) * n // parts for n in range(parts + 1)]
    made = [kernels.grouped(key, sizes, a, b) for a, b in pairwise(edges)]
    return np.concatenate([rows for rows, _ in made]), np.concatenate([keys for _, keys in made])


def united(keys: list[list[int]], veto: int = 0, **facts: list[int]) -> Any:
    """Return labels and flags after one pass a key, all with the same veto."""
    length = len(keys[0])
    cascade = Cascade(Held(length, row=[1] * length, table=[1] * length, **facts))
    for key in keys:
        cascade._work.how[:] = (veto, 1, kernels.UNSURE, 1000)
        kernels.unite(cascade._work, *grouped(spread(key), 1))
    return cascade.labels().tolist(), cascade.flags().tolist(), cascade


def test_records_with_a_key_in_common_are_one_through_others() -> None:
    labels, _, _ = united([[1, 1, 0, 2, 0], [0, 7, 7, 0, 0]])
    assert labels == [0, 0, 0, 3, 4]


def test_who_lacks_what_contradicts_is_united_with_nobody_and_flagged() -> None:
    labels, flags, cascade = united([[1, 1, 1, 1, 1]], NAME, name=[5, 5, 6, 6, 0])
    assert labels == [0, 0, 2, 2, 4]
    assert flags == [0, 0, 0, 0, kernels.UNSURE]
    assert (cascade.people(), cascade.people(unsure_too=True)) == (2, 3)


def test_who_lacks_what_contradicts_joins_the_only_one_it_fits() -> None:
    labels, flags, _ = united([[1, 1, 1]], NAME, name=[0, 5, 5])
    assert labels == [0, 0, 0]
    assert flags == [0, 0, 0]


def test_a_contradiction_through_a_third_record_is_seen() -> None:
    labels, _, cascade = united([[1, 1, 0], [0, 2, 2]], NAME, name=[5, 0, 6])
    assert labels == [0, 0, 2]
    assert cascade.conflicts()[1] == 1


def test_numbers_contradict_only_inside_their_realm() -> None:
    for realms, people in (([1, 2], 1), ([1, 1], 2)):
        assert united([[1, 1]], NUMBER, number=[5, 6], numbering=realms, personal=[0, 0])[2].people() == people


def test_a_slip_in_one_part_of_a_date_is_tolerated() -> None:
    date, slip, other = ((1 << 42) | (2 << 21) | 3), ((1 << 42) | (2 << 21) | 4), ((1 << 42) | (5 << 21) | 6)
    for second, veto, people in ((slip, DOB_SLIP, 1), (other, DOB_SLIP, 2), (slip, DOB, 2)):
        held = Held(2, row=[1, 1], table=[1, 1])
        held._columns["dob"] = np.array([date, second], np.uint64)
        cascade = Cascade(held)
        cascade._work.how[:] = (veto, 1, kernels.UNSURE, 1000)
        kernels.unite(cascade._work, *grouped(spread([1, 1]), 1))
        assert cascade.people() == people


def test_contact_data_contradict_only_inside_one_file() -> None:
    two = {"email": [1, 2], "phone": [3, 4]}
    for veto, files, facts, people in (
        (CONTACTS, [1, 1], two, 2),
        (CONTACTS, [1, 2], two, 1),
        (CONTACTS, [1, 1], {"email": [1, 2], "phone": [3, 3]}, 1),
        (CONTACTS, [1, 1], {"email": [1, 2], "phone": [3, 0]}, 1),
        (MOVED, [1, 1], {"email": [1, 2], "phone": [3, 0]}, 2),
    ):
        assert united([[1, 1]], veto, dataset=files, **facts)[2].people() == people


def test_every_union_has_its_reason() -> None:
    cascade = Cascade(Held(3, row=[1, 2, 3], table=[1, 1, 1], name=[5, 5, 0], phone=[6, 6, 7], email=[0, 8, 8]))
    for degree in ("strict", "standard"):
        cascade.run(degree)
    assert sorted((a, b, one.reason) for a, b, one in cascade.unions()) == [(1, 0, "name + phone"), (2, 1, "email")]
    assert cascade.people() == 1


@settings(max_examples=100, derandomize=True, deadline=None)
@given(data=st.data())
def test_persons_never_contradict_themselves_and_come_out_the_same_again(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 14))
    keys = [data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)) for _ in range(2)]
    names = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    labels, flags, _ = united(keys, NAME, name=names)
    assert (labels, flags) == united(keys, NAME, name=names)[:2]
    for label in set(labels):
        assert len({names[i] for i in range(n) if labels[i] == label} - {0}) <= 1
    for key in keys:  # whoever shares a key and a name is one
        for i in range(n):
            for j in range(i):
                assert labels[i] == labels[j] or not (key[i] == key[j] != 0 and names[i] == names[j] != 0)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(values=st.lists(st.integers(0, 40), max_size=200), bits=st.integers(1, 6))
def test_grouped_rows_are_those_that_share_a_key_in_order(values: list[int], bits: int) -> None:
    key = combined([spread(values)])
    rows, keys = grouped(key, bits)
    expected = [n for n, v in enumerate(values) if v and values.count(v) > 1]
    assert sorted(rows.tolist()) == expected
    assert keys.tolist() == [int(key[r]) for r in rows.tolist()]
    assert keys.tolist() == sorted(keys.tolist())
    for a, b, k, m in zip(rows.tolist(), rows.tolist()[1:], keys.tolist(), keys.tolist()[1:], strict=False):
        assert k < m or a < b


def test_groups_made_on_several_cores_give_the_same_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    luck = np.random.default_rng(7)
    columns = {name: luck.integers(0, 400, 3000).tolist() for name in ("name", "email", "phone", "address", "postal", "given")}
    found = []
    for small, block in ((10_000, 10_000), (0, 700)):
        monkeypatch.setattr("kyumei.scope.cascade.SMALL", small)
        monkeypatch.setattr("kyumei.scope.cascade.BLOCK", block)
        cascade, told = Cascade(Held(3000, row=[*range(1, 3001)], table=[1] * 3000, dataset=[1] * 3000, **columns)), list[str]()
        for degree in ("strict", "standard", "lenient"):
            cascade.run(degree, told.append)
        found.append((told, cascade.labels().tolist(), cascade.flags().tolist(), list(cascade.unions())))
    assert found[0] == found[1]
    assert len(set(found[0][1])) < 2950
