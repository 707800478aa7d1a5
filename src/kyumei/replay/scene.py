"""The folder a replay writes: files with the dates they would bear, the awareness instants, and the truth."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kyumei.replay.calendar import JST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: which replay, by which seed, how large, which variant. The bytes follow from it alone."""

    name: str
    seed: int
    scale: float
    variant: str


@dataclass(slots=True)
class Scene:
    """Writes the files of one replay below `root`; `evidence/` is the part an investigator would receive."""

    root: Path
    sizes: dict[str, int] = field(default_factory=dict[str, int])

    def write(self, path: str, data: bytes, modified: datetime) -> None:
        """Write one file of the evidence with the modification time it would bear.

        Args:
            path: below `evidence/`, with `/` between folders.
            data: the whole content.
            modified: aware instant.
        """
        target = self.root / "evidence" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.date(path, modified)

    def date(self, path: str, modified: datetime) -> None:
        """Give a file that some writer wrote itself its modification time, and count it."""
        target = self.root / "evidence" / path
        _set_times(target, modified)
        self.sizes[path] = target.stat().st_size

    def close(self, aware: Sequence[datetime], truth: Mapping[str, object], collected: datetime) -> None:
        """Write `aware.txt` (first the main one) and `truth.json`, and date them and the folders to the day of collection."""
        (self.root / "aware.txt").write_text("".join(f"{stamp(instant)}\n" for instant in aware), "utf-8")
        totals = {"files": len(self.sizes), "bytes": sum(self.sizes.values())}
        text = json.dumps({**truth, "evidence": totals}, ensure_ascii=False, indent=1)
        (self.root / "truth.json").write_text(text + "\n", "utf-8")
        for name in ("aware.txt", "truth.json"):
            _set_times(self.root / name, collected)
        folders = [path for path in (self.root / "evidence").rglob("*") if path.is_dir()]
        for folder in sorted(folders, reverse=True):
            _set_times(folder, collected)
        _set_times(self.root / "evidence", collected)


def stamp(instant: datetime) -> str:
    """Return the instant as ISO 8601 in Japan's time with offset, to the second."""
    return instant.astimezone(JST).isoformat(timespec="seconds")


def _set_times(path: Path, instant: datetime) -> None:
    seconds = int(instant.timestamp())
    os.utime(path, (seconds, seconds))
