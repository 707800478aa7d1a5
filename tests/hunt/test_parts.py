from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kyumei.case.hunt import job, read

if TYPE_CHECKING:
    import pytest

    from kyumei.case.hunt.gather import Batch
    from kyumei.case.hunt.read import Piece, Tally
    from kyumei.model.source import Source

SAMPLES = Path(__file__).parents[1] / "readers" / "windows.evtx"


class Taken:
    def __init__(self) -> None:
        self.records: list[int] = []
        self.wanted = None

    def read(self, source: Source, reader: str) -> None: ...

    def take(self, batch: Batch) -> None:
        self.records += batch.rec.tolist()


def taken(pieces: list[Piece], temp: Path) -> tuple[list[int], Tally]:
    sink, tally = Taken(), read.Tally()
    for piece in pieces:
        tally.add(read.read(piece, "Asia/Tokyo", temp, sink))
    for one in job.rest(tally, job.Settings(temp, temp), 1):
        tally.add(read.read(one.pieces[0], "Asia/Tokyo", temp, sink))
    return sorted(sink.records), tally


def test_a_log_read_in_parts_gives_the_records_of_the_whole_also_those_outside_the_chains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = [(SAMPLES / name / "Security.evtx").read_bytes() for name in ("ordinary", "damaged", "japanese", "damaged")]
    log = tmp_path / "log.evtx"
    log.write_bytes(samples[0][:4096] + b"".join(sample[4096:] for sample in samples))
    whole, tally = taken(read.pieces(log), tmp_path)
    monkeypatch.setattr(read, "PART", 100_000)
    pieces = read.pieces(log)
    parts, other = taken(pieces, tmp_path)
    assert len(pieces) > 1
    assert parts == whole
    assert (other.events, other.carved, other.faults) == (tally.events, tally.carved, tally.faults)
    assert tally.carved
