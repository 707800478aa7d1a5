from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scope.calibration import inside

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_truth_of_an_independent_generator_lies_inside_the_interval(tmp_path: Path) -> None:
    held = [inside(seed, tmp_path / str(seed))[0] for seed in range(101, 111)]
    assert sum(held) >= 9
