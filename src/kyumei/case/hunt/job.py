"""One job of a hunt: some files → their hits, and what the summaries need, as Parquet in the hunt's own folder.

A job is a pure function of its input; how many jobs run at once changes no result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kyumei.case.hunt import read, rows
from kyumei.case.hunt.acts import acts
from kyumei.case.hunt.gather import Gather
from kyumei.case.hunt.needed import wanted_by
from kyumei.case.hunt.rules import compiled, detector
from kyumei.case.hunt.tables import logons, metrics
from kyumei.store.schema import SOURCES
from kyumei.store.write import Part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from kyumei.case.hunt.gather import Batch
    from kyumei.case.hunt.read import Tally
    from kyumei.model.source import Source
    from kyumei.readers.windows.columnar.lean import Wanted

FILES: Final = 256
BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What every job is told.

    Attributes:
        out: folder for the job's Parquet and for members too large for memory.
        rules: folder with the compiled rules (`rules.prepared`).
        start, end: microseconds since 1970 UTC; with one of them set, events without a time are left out.
        details: which hits carry the fields of their event, see `rows.hits`.
        logons, metrics: whether logons and event numbers are counted.
        analytics: whether our own analytics are asked, too.
    """

    out: Path
    rules: Path
    zone: str = "Asia/Tokyo"
    start: int | None = None
    end: int | None = None
    details: str = ""
    logons: bool = False
    metrics: bool = False
    analytics: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """Files that lie on the disk, or parts of one, in order, and where what is found goes."""

    number: int
    pieces: tuple[read.Piece, ...]
    settings: Settings


def plan(paths: Sequence[Path], settings: Settings) -> list[Job]:
    """Return the jobs: neighbours together, at most 256 files or 16 MiB unless one piece is larger."""
    groups: list[list[read.Piece]] = []
    size = BYTES
    for piece in (piece for path in paths for piece in read.pieces(path)):
        if size + piece.size > BYTES or len(groups[-1]) >= FILES:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += piece.size
    return [Job(number, tuple(group), settings) for number, group in enumerate(groups)]


def rest(tally: Tally, settings: Settings, first: int) -> list[Job]:
    """Return the jobs, numbered from `first`, that read what the parts of large logs left: records outside the chains."""
    left = sorted((path, offsets) for path, offsets in tally.suspects.items() if offsets)
    return [Job(n, (read.Piece(path, 0, rest=offsets),), settings) for n, (path, offsets) in enumerate(left, first)]


def run(job: Job) -> Tally:
    """Do the job; return the tally of its files."""
    out = _Out(job)
    tally = read.Tally()
    for piece in job.pieces:
        tally.add(read.read(piece, job.settings.zone, job.settings.out, out))
    out.close()
    return tally


def forget() -> None:
    """Let go of what this process keeps from job to job: decoders with their dictionaries, rules with what they saw."""
    read.forget()
    for kept in (detector, compiled, wanted_by):
        kept.cache_clear()


class _Out:
    """The growing tables of one job."""

    def __init__(self, job: Job) -> None:
        self._settings = job.settings
        folder = job.settings.out
        self._parts = {name: Part(folder / name, f"{job.number:06d}") for name in ("hits", "needed", "logons", "metrics")}
        self._events: dict[str, Part] = {}
        self._sources = Part(folder / "objects" / "sources", f"{job.number:06d}")
        self._stem = f"{job.number:06d}"
        self._gather = Gather(self._take)

    @property
    def wanted(self) -> Wanted | None:
        """Return the fields that are needed of each event; of single events all are shown."""
        return None if self._settings.details == "all" else wanted_by(self._settings.rules)

    def take(self, batch: Batch) -> None:
        """Take a batch."""
        self._gather.add(batch)

    def _take(self, batch: Batch) -> None:
        """Detect in a batch, and count it where that is asked for."""
        inside = _inside(batch.ts, self._settings)
        found = detector(self._settings.rules, self._settings.zone).run(batch, inside)
        if (table := rows.hits(batch, found.shown, with_details=self._settings.details)) is not None:
            self._parts["hits"].add(table)
        if found.needed.num_rows:
            self._parts["needed"].add(rows.placed(batch, found.needed))
        if self._settings.metrics:
            self._parts["metrics"].add(metrics(batch, inside))
        if self._settings.logons:
            self._parts["logons"].add(logons(batch, inside))
        if self._settings.analytics:
            self._remember(batch, inside)

    def _remember(self, batch: Batch, inside: np.ndarray | None) -> None:
        folder = self._settings.out / "events" / batch.reader
        part = self._events.setdefault(batch.reader, Part(folder, self._stem))
        for table in batch.tables or acts(batch, inside):
            part.add(table)

    def read(self, source: Source, reader: str) -> None:
        """Note a source that was read."""
        row: dict[str, Any] = {"file_id": source.file_id, "evidence_id": source.evidence_id}
        row |= {"path": source.path, "name": source.name}
        row |= {"bytes": source.size, "reader": reader, "status": "read"}
        self._sources.add_rows(SOURCES, [row])

    def close(self) -> None:
        """Write what is left."""
        self._gather.flush()
        for part in (*self._parts.values(), *self._events.values(), self._sources):
            part.close()


def _inside(ts: pa.Array, settings: Settings) -> np.ndarray | None:
    """Return which events lie in the span asked for, None where all do."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if settings.start is None and settings.end is None:
        return None
    at = pc.fill_null(ts.cast(pa.int64()), np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)
    start = np.iinfo(np.int64).min + 1 if settings.start is None else settings.start
    end = np.iinfo(np.int64).max if settings.end is None else settings.end
    return np.asarray((at >= start) & (at < end))
