"""The detector of a hunt: it finds the rows that each rule matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kyumei.case.hunt.kept import load
from kyumei.detect.sigma import hittable, stored
from kyumei.detect.sigma.correlate import NO_TIME
from kyumei.detect.sigma.engine import Engine, Hits

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.case.hunt.kept import Kept


class Detector:
    """Finds the rows that each rule matches; rules are numbered in the order of `rules`."""

    def __init__(self, kept: Kept, compiled: stored.Kept, zone: str) -> None:
        self._engines: dict[tuple[bool, bool], Engine] = {}
        self._compiled = compiled
        self._kept = kept
        self._asked = dict(kept.asked.values())
        offset = datetime(2024, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
        self._offset = offset or timedelta()

    def run(self, batch: Batch, inside: np.ndarray | None) -> Found:
        """Return what the rules find in a batch, or in those of its events that are `inside`.

        Batches whose dictionaries last, with all fields or with some, and those that have their own have an engine each, so
        that the one with the lasting memory does not lose it.
        """
        import numpy as np

        ts = _micros(batch.ts)
        engine = self._engines.setdefault(batch.kind[1:], Engine(self._kept.rules, (), self._compiled))
        found = engine.numbered(batch.columns, source=batch.reader, offset=self._offset, ts=ts)
        if inside is not None:
            found = [(rule, kept) for rule, rows in found if len(kept := rows[inside[rows]])]
        asked = [(rule, rows) for rule, rows in found if rule in self._asked]
        hits = Hits(tuple(self._kept.rules[rule] for rule, _ in asked), tuple(rows for _, rows in asked))
        fields = {self._kept.rules[rule].id: self._asked[rule] for rule, _ in asked}
        needed = hittable.hit_table(hits, batch.columns, ts, np.arange(batch.columns.n), fields)
        return Found([(rule, rows) for rule, rows in found if rule not in self._kept.hidden], needed)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found in a batch.

    Attributes:
        shown: number and rows of each rule that is shown. needed: the hits that correlations need, `row` of the batch.
    """

    shown: list[tuple[int, np.ndarray]]
    needed: pa.Table


def _micros(ts: pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    micros = pc.fill_null(ts.cast(pa.int64()), NO_TIME)
    return np.asarray(micros.to_numpy(zero_copy_only=False))


@cache
def detector(folder: Path, zone: str) -> Detector:
    """Return the detector of this process for the rules that `prepared` left in the folder."""
    return Detector(load(folder), compiled(folder), zone)


@cache
def compiled(folder: Path) -> stored.Kept:
    """Return the compiled rules that `prepared` left in the folder, loaded once a process."""
    (path,) = sorted(folder.glob("*.npz"))
    return stored.load(path)
