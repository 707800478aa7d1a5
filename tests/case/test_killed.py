from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.case.killed import kill_and_compare

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_a_killed_run_ends_with_the_same_bytes(tmp_path: Path) -> None:
    assert kill_and_compare(tmp_path, 5, 2024) == []
