from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.main import kyumei
from kyumei.errors import UserError
from kyumei.replay.catalogue import replays, write

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"psn-2011": "0.00002", "query-2025": "1", "sophia-2024": "0.02", "tges-2024": "0.001"}


def digest(folder: Path) -> str:
    """Hash every path, modification time and content below the folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(f"{path.relative_to(folder)} {int(path.stat().st_mtime)}\n".encode())
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


def run(name: str, out: Path, **environment: str) -> str:
    command = [sys.executable, "-m", "kyumei.cli", "replay", name, "--out", str(out), "--seed", "7", "--scale", SMALL[name]]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return digest(out)


@pytest.mark.parametrize("name", sorted(replays()))
def test_hash_seed_zone_and_locale_do_not_change_a_byte(name: str, tmp_path: Path) -> None:
    source = os.environ.get("PYTHONPATH", "src")
    one = run(name, tmp_path / "a", PYTHONPATH=source, PYTHONHASHSEED="1", TZ="Asia/Tokyo", LC_ALL="C")
    two = run(name, tmp_path / "b", PYTHONPATH=source, PYTHONHASHSEED="99", TZ="America/New_York", LC_ALL="C.UTF-8")
    assert one == two


@pytest.mark.parametrize("name", sorted(replays()))
def test_another_seed_gives_other_names_everywhere(name: str, tmp_path: Path) -> None:
    for seed in (1, 2):
        write(name, tmp_path / str(seed), seed=seed, scale=float(SMALL[name]))
    assert digest(tmp_path / "1") != digest(tmp_path / "2")
    paths = [{str(p.relative_to(tmp_path / s)) for p in (tmp_path / s / "evidence").rglob("*.xlsx")} for s in ("1", "2")]
    assert paths[0] != paths[1] or paths == [set(), set()]


def test_an_unknown_replay_or_variant_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no replay") as wrong:
        write("atlantis-1", tmp_path / "x", seed=1)
    assert "sophia-2024" in wrong.value.hint
    with pytest.raises(UserError, match="no variant"):
        write("sophia-2024", tmp_path / "x", seed=1, variant="never")
    with pytest.raises(UserError, match="scale"):
        write("sophia-2024", tmp_path / "x", seed=1, scale=float("nan"))


def test_a_folder_in_use_is_left_alone_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(UserError, match="not empty"):
        write("sophia-2024", tmp_path, seed=1, scale=0.005)
    write("sophia-2024", tmp_path, seed=1, scale=0.005, force=True)
    assert (tmp_path / "mine.txt").read_text("utf-8") == "keep"
    assert (tmp_path / "truth.json").is_file()


def test_help_lists_the_replays_with_their_variants() -> None:
    shown = CliRunner().invoke(kyumei, ["replay", "--help"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in replays())
