from __future__ import annotations

from pathlib import Path

import pytest
from tools.reference import FOLDER, pages

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("file", sorted(pages()))
def test_the_reference_says_what_the_code_says(file: str) -> None:
    assert (ROOT / FOLDER / file).read_text("utf-8") == pages()[file], "run python -m tools.reference"
