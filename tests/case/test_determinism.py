from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.case.runs import finished, kyumei, tree

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = [
    {"PYTHONHASHSEED": "0", "TZ": "America/New_York", "LANG": "C"},
    {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kolkata", "LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"},
]


@pytest.mark.slow
@pytest.mark.parametrize("replay", ["sophia-2024", "tges-2024"])
def test_the_same_evidence_gives_the_same_bytes_anywhere(replay: str, tmp_path: Path) -> None:
    trees = []
    scale = {"sophia-2024": "0.02", "tges-2024": "0.002"}[replay]
    for n, env in enumerate(OTHERS):
        here = tmp_path / str(n)
        assert finished(kyumei("replay", replay, "--out", here / "replay", "--scale", scale, env=env))[0] == 0
        words = ("triage", here / "replay" / "evidence", "--aware", "2024-06-27T09:00:00+09:00", "--case", here / "case")
        code, out, err = finished(kyumei(*words, "--jobs", str(n + 1), env=env))
        assert code in {0, 4}, out + err
        trees.append(tree(here / "case"))
    assert trees[0] == trees[1]
    assert len(trees[0]) > 10
