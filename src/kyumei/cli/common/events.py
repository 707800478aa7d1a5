"""Write a stream of events to the terminal or to a file, in each format, and tell in one line what it was."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from kyumei.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Target:
    """Where events go and in what form.

    Attributes:
        form: table, jsonl, csv, parquet or timesketch.
        zone: IANA zone of the times written; Timesketch files are always UTC.
        path: file, or None for standard output.
        force: whether an existing file is replaced.
        bom: whether CSV begins with a byte-order mark.
    """

    form: str
    zone: str
    path: Path | None = None
    force: bool = False
    bom: bool = False


@dataclass(slots=True)
class Tally:
    """What went by: number, first and last instant, number by source, number without a time."""

    events: int = 0
    untimed: int = 0
    first: int | None = None
    last: int | None = None
    sources: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch; batches come in order of time, events without one last."""
        import pyarrow as pa
        import pyarrow.compute as pc

        self.events += batch.num_rows
        self.untimed += batch["ts"].null_count
        span = pc.min_max(batch["ts"].cast(pa.int64())).as_py()
        if span["min"] is not None:
            self.first = span["min"] if self.first is None else self.first
            self.last = span["max"]
        for counted in pc.value_counts(batch["source"]).to_pylist():
            self.sources[counted["values"]] = self.sources.get(counted["values"], 0) + counted["counts"]

    def told(self, target: Target) -> str:
        """Return the summary for people."""
        lines = [f"{self.events:,} events, {self.untimed:,} of them without a time"]
        if self.first is not None and self.last is not None:
            lines.append(f"from {_moment(self.first, target.zone)} to {_moment(self.last, target.zone)}")
        lines += [f"{number:>12,}  {source}" for source, number in sorted(self.sources.items())]
        if target.form == "timesketch" and self.untimed:
            lines.append("Timesketch takes no event without a time: those were left out; --format jsonl has them")
        return "\n".join(lines)


def write(batches: Iterable[pa.RecordBatch], target: Target) -> str:
    """Write all batches and return the summary.

    Raises:
        UserError: the file exists and may not be replaced, or Parquet is to go to a terminal.
    """
    tally = Tally()
    with _stream(target) as stream:
        put = _writer(target, stream)
        for batch in batches:
            tally.add(batch)
            put(batch)
        put(None)
    return tally.told(target)


@contextmanager
def _stream(target: Target) -> Iterator[BinaryIO]:
    """Give the stream to write to; a file appears under its name only when it is whole."""
    if target.path is None:
        if target.form == "parquet" and sys.stdout.isatty():
            raise UserError("Parquet is not for a terminal", hint="name a file with -o")
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    if target.path.exists() and not target.force:
        raise UserError(f"{target.path} exists", hint="give another name, or --force to overwrite it")
    partial = target.path.with_name(f".{target.path.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(target.path)
    finally:
        partial.unlink(missing_ok=True)


def _writer(target: Target, stream: BinaryIO) -> Callable[[pa.RecordBatch | None], None]:
    """Return what takes one batch after the other and None at the end."""
    from kyumei.cli.common.table import table_writer
    from kyumei.store.export import json_lines, timesketch_lines

    if target.form == "parquet":
        return _parquet(stream)
    if target.form == "csv":
        return _csv(target, stream)
    if target.form == "table":
        return table_writer(target.zone, stream)

    def put(batch: pa.RecordBatch | None) -> None:
        if batch is not None:
            lines = timesketch_lines(batch) if target.form == "timesketch" else json_lines(batch, target.zone)
            stream.writelines(f"{line}\n".encode() for line in lines)

    return put


def _parquet(stream: BinaryIO) -> Callable[[pa.RecordBatch | None], None]:
    import pyarrow.parquet as pq

    opened: list[pq.ParquetWriter] = []

    def put(batch: pa.RecordBatch | None) -> None:
        if batch is None:
            for writer in opened:
                writer.close()
            return
        if not opened:
            opened.append(pq.ParquetWriter(stream, batch.schema, compression="zstd"))
        opened[0].write_batch(batch)

    return put


def _csv(target: Target, stream: BinaryIO) -> Callable[[pa.RecordBatch | None], None]:
    from kyumei.store.export import csv

    begun: list[bool] = []

    def put(batch: pa.RecordBatch | None) -> None:
        if batch is not None:
            if target.bom and not begun:
                stream.write(b"\xef\xbb\xbf")
            stream.write(csv(batch, target.zone, header=not begun))
            begun.append(True)

    return put


def _moment(instant: int, zone: str) -> str:
    from datetime import UTC, datetime, timedelta
    from zoneinfo import ZoneInfo

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(zone)).isoformat()
