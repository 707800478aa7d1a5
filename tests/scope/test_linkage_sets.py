from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scope.linkage_sets import SETS, score, unpack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("FEBRL 1", 0.999), ("FEBRL 3", 0.99), ("fake_1000", 0.9)])
def test_records_of_other_authors_are_linked_as_they_say(name: str, least: float, shared_data: Path, tmp_path: Path) -> None:
    path, truth = SETS[name]
    found = score(unpack(shared_data, tmp_path / "sets") / path, truth, tmp_path)
    assert found.f1 >= least
    assert found.precision >= 0.99
