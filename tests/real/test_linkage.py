from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real.linkage import CUSTOMERS, PAIRED, SETS, chinook, paired, score, unpack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("FEBRL 1", 0.999), ("FEBRL 3", 0.99), ("fake_1000", 0.9)])
def test_records_of_other_authors_are_linked_as_they_say(name: str, least: float, shared_data: Path, tmp_path: Path) -> None:
    path, truth = SETS[name]
    found = score(unpack(shared_data, tmp_path / "sets") / path, truth, tmp_path)
    assert found.f1 >= least
    assert found.precision >= 0.99


@pytest.mark.slow
def test_beers_are_nobody_and_restaurants_are_not_confused(shared_data: Path, tmp_path: Path) -> None:
    sets = unpack(shared_data, tmp_path / "sets")
    restaurants, beers = (paired(sets / path, tmp_path) for path in PAIRED.values())
    assert (beers.told, beers.people["high"]) == (0, 0)
    assert restaurants.precision >= 0.95


@pytest.mark.slow
def test_every_form_of_the_same_database_has_the_same_customers(shared_data: Path, tmp_path: Path) -> None:
    rows = [line.split("|")[2:5] for line in chinook(unpack(shared_data, tmp_path / "db", "db"))]
    assert {int(row[0]) for row in rows} == {CUSTOMERS}
    assert len({tuple(row) for row in rows}) == 1
