"""The replays that exist, found by walking `kyumei.replay.incidents`, and the one function that writes one."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from kyumei.errors import UserError
from kyumei.replay.scene import Scene, Wish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Replay:
    """One incident that can be written.

    Attributes:
        name: what the command line calls it.
        title: one line in English.
        scale: the usual size; 1 is the size that was published.
        variants: the first is the usual one.
        stage: writes the evidence and returns nothing; it closes the scene.
    """

    name: str
    title: str
    scale: float
    variants: tuple[str, ...]
    stage: Callable[[Scene, Wish], None]


@cache
def replays() -> dict[str, Replay]:
    """Return name → replay, sorted by name."""
    from kyumei.replay import incidents

    found = [import_module(f"{incidents.__name__}.{module.name}").REPLAY for module in iter_modules(incidents.__path__)]
    return {replay.name: replay for replay in sorted(found, key=lambda replay: replay.name)}


def write(name: str, out: Path, *, seed: int, scale: float | None = None, variant: str = "", force: bool = False) -> Scene:
    """Write a replay into a folder: `evidence/`, `aware.txt`, `truth.json`.

    Args:
        name: one of `replays()`.
        out: made if absent; must be empty unless `force`, which removes what a replay wrote there before.
        seed: other seeds give other people, hours, spellings and noise around the same incident.
        scale: share of the published number of people; None for the replay's usual one.
        variant: one of the replay's; empty for the usual one.
        force: write into a folder that is not empty.

    Returns:
        The scene as closed, with the size of each file.

    Raises:
        UserError: the name or variant is unknown, the scale is not positive, or the folder is not empty.
    """
    wish = _wish(name, seed, scale, variant)
    _empty(out, force=force)
    scene = Scene(out)
    replays()[name].stage(scene, wish)
    return scene


def _wish(name: str, seed: int, scale: float | None, variant: str) -> Wish:
    replay = replays().get(name)
    if replay is None:
        raise UserError(f"there is no replay {name!r}", hint=f"known: {', '.join(replays())}")
    if variant and variant not in replay.variants:
        raise UserError(f"{name} has no variant {variant!r}", hint=f"known: {', '.join(replay.variants)}")
    size = replay.scale if scale is None else scale
    if not (math.isfinite(size) and 0 < size <= 10):
        raise UserError(f"scale {size} is not between 0 and 10", hint=f"the usual one is {replay.scale}")
    return Wish(name, seed, size, variant or replay.variants[0])


def _empty(out: Path, *, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is not a folder", hint="name a folder that is new or empty")
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise UserError(f"{out} is not empty", hint="name another folder, or add --force to replace the replay in it")
        shutil.rmtree(out / "evidence", ignore_errors=True)
        for name in ("aware.txt", "truth.json"):
            (out / name).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
