"""The readers' sample folders, and how a sample is read into comparable lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kyumei.model.actions import ACTIONS, ORIGINS, OUTCOMES
from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.store.rows import Rows

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.readers.registry import Reader

HERE: Final = Path(__file__).parent
_NOT_EVIDENCE: Final = {"expected.jsonl", "mtime.txt", "not_recognised_alone", "make.py"}


@dataclass(frozen=True)
class Sample:
    """One sample folder."""

    reader: str
    folder: Path

    @property
    def file(self) -> Path:
        """Return the one evidence file."""
        (found,) = [p for p in self.folder.iterdir() if p.is_file() and p.name not in _NOT_EVIDENCE]
        return found

    def __str__(self) -> str:
        return f"{self.reader}/{self.folder.name}"


SAMPLES: Final = [
    Sample(reader.name, folder)
    for reader in READERS.all()
    if (HERE / reader.name).is_dir()
    for folder in sorted((HERE / reader.name).iterdir())
    if folder.is_dir() and folder.name != "__pycache__"
]


def sample_source(sample: Sample, data: bytes) -> Source:
    """Return a source over the given bytes with the sample's name and change time."""
    stamp = sample.folder / "mtime.txt"
    mtime = int(stamp.read_text()) if stamp.exists() else None
    return Source.memory(data, sample.file.name, mtime=mtime)


def strict_run(reader: Reader, source: Source) -> tuple[Rows, list[pa.Table]]:
    """Run a reader without the safety net, so that an exception shows."""
    tables: list[pa.Table] = []
    rows = Rows(source, reader.name, tables.append)
    reader.read(source, rows)
    rows.flush()
    return rows, tables


def lines(sample: Sample) -> list[str]:
    """Return the sample's events, faults and summary, one JSON object a line."""
    rows, tables = strict_run(READERS.get(sample.reader), sample_source(sample, sample.file.read_bytes()))
    events = [_plain(row) for table in tables for row in table.to_pylist()]
    for event in events:
        assert event["action"] in ACTIONS
        assert event["origin"] in ORIGINS
        assert event.get("outcome") in {None, *OUTCOMES}
    said: list[dict[str, Any]] = [*events]
    said += [{"fault": {"offset": f.offset, "reason": f.reason, "skipped": f.skipped}} for f in rows.faults]
    said.append({"summary": {"read": rows.read, "carved": rows.carved, "faulted": len(rows.faults)}})
    return [json.dumps(line, ensure_ascii=False) for line in said]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    left_out = {"evidence_id", "file_id", "source"}
    return {
        k: v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v
        for k, v in row.items()
        if v is not None and k not in left_out
    }


if __name__ == "__main__":
    for each in SAMPLES:
        (each.folder / "expected.jsonl").write_text("\n".join(lines(each)) + "\n", "utf-8")
