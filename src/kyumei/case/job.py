"""One job of reading: some files of one item, and all that lies inside them → Parquet parts and a record of the job.

A job is a pure function of its input. Its record, written last, is what makes it done; a job that was killed leaves no
record and is run again from the start, to the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyumei.case.folder import RESULT_FOLDERS
from kyumei.case.version import code_digest
from kyumei.evidence.open.walk import Closed, walk
from kyumei.evidence.sources import sources
from kyumei.readers import run as readers
from kyumei.readers.mapped.register import own_digest
from kyumei.scope import content
from kyumei.scope import profile as scope
from kyumei.scope.text import is_text
from kyumei.store import key, schema
from kyumei.store.write import Part, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kyumei.evidence.open.walk import Visit
    from kyumei.model.evidence import Item
    from kyumei.model.fault import Fault
    from kyumei.model.source import Source
    from kyumei.readers.registry import Reader
    from kyumei.scope.tables.registry import Extractor

_CLOCK = re.compile(rb"\d\d:\d\d:\d\d")
JOB_FILES = 256
JOB_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Job:
    """What one job reads.

    Attributes:
        item: the item with the files of this job only; paths: these files, in order; digests: their SHA-256.
    """

    case: Path
    item: Item
    paths: tuple[str, ...]
    digests: tuple[str, ...]
    zone: str

    @property
    def stem(self) -> str:
        """Return the beginning of all its files' names: item, and a digest of what is read."""
        read = json.dumps([self.item.id, list(zip(self.paths, self.digests, strict=True)), self.zone, own_digest()])
        return f"{self.item.id}-{hashlib.sha256(read.encode()).hexdigest()[:16]}"

    @property
    def record(self) -> Path:
        """Return the path of the job's record."""
        return self.case / "work" / "jobs" / f"{self.stem}.json"


def plan(case: Path, item: Item, zone: str) -> list[Job]:
    """Return the jobs for an item: neighbouring files together, at most 256 files or 16 MiB unless one file is larger."""
    jobs: list[Job] = []
    group: list[Any] = []
    size = 0
    for entry in sorted((e for e in item.files if e.sha256), key=lambda e: e.path):
        if group and (len(group) >= JOB_FILES or size + entry.size > JOB_BYTES):
            jobs.append(_job(case, item, group, zone))
            group, size = [], 0
        group.append(entry)
        size += entry.size
    return [*jobs, _job(case, item, group, zone)] if group else jobs


def _job(case: Path, item: Item, entries: list[Any], zone: str) -> Job:
    own = replace(item, files=tuple(entries))  # a job of a few files does not carry the list of a million
    return Job(case, own, tuple(e.path for e in entries), tuple(e.sha256 for e in entries), zone)


def done(job: Job) -> dict[str, Any] | None:
    """Return the record of a job that this very code finished and whose files are all there, else None."""
    try:
        record: dict[str, Any] = json.loads(job.record.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = all(
        (job.case / f["path"]).is_file() and (job.case / f["path"]).stat().st_size == f["bytes"] for f in record["files"]
    )
    same = record["code"] == code_digest() and record.get("key", "") == key.id_of(key.current())
    return record if whole and same else None


def run(job: Job) -> dict[str, Any]:
    """Do the job unless it is done; return its record."""
    finished = done(job)
    if finished is not None:
        return finished
    out = _Out.to(job)
    digests = dict(zip(job.paths, job.digests, strict=True))
    for source in sources(job.item, job.case, zone=job.zone):
        rows: dict[str, dict[str, Any]] = {}
        for step in walk(source, temp=job.case / "work"):
            if isinstance(step, Closed):
                out.faults(step.source, step.opener, step.faults)
                rows[step.source.file_id]["faults"] += len(step.faults)
            else:
                rows[step.source.file_id] = _visit(step, out, digests)
        for row in rows.values():
            _state(row)
        out.part("objects/sources").add_rows(schema.SOURCES, list(rows.values()))
    record = {
        "job": job.stem,
        "code": code_digest(),
        "key": key.id_of(key.current()),
        "files": [_listed(job, p) for p in out.close()],
    }
    write_bytes(job.record, json.dumps(record, indent=1).encode())
    return record


def _listed(job: Job, path: Path) -> dict[str, Any]:
    return {"path": path.relative_to(job.case).as_posix(), "bytes": path.stat().st_size}


def _visit(visit: Visit, out: _Out, digests: Mapping[str, str]) -> dict[str, Any]:
    """Read or profile one source while its bytes are at hand; return what the table of sources says of it."""
    source = visit.source
    row: dict[str, Any] = {
        "file_id": source.file_id,
        "evidence_id": source.evidence_id,
        "path": source.path,
        "name": source.name,
        "parent_file_id": visit.parent.file_id if visit.parent else None,
        "bytes": source.size,
        "sha256": digests[source.path] if visit.parent is None else _sha256(source),
        "mtime": source.mtime,
        "opener": visit.opener,
        "events": 0,
        "carved": 0,
        "faults": 0,
        "tables": 0,
        "meta": json.dumps(dict(sorted(source.meta.items())), ensure_ascii=False) if source.meta else None,
    }
    if source.size:
        reader, sure = readers.recognise(source)
        extractor, likely = scope.recognise(source)
        if reader is not None and sure >= likely:
            _read(reader, source, out, row)
            if reader.guesses and extractor is not None and scope.holds_persons(source, extractor):
                _profile(extractor, source, out, row)
        elif extractor is not None:
            _profile(extractor, source, out, row)
        elif visit.opener is None:
            row["reason"] = f"{kind_of(source.head)}: nothing here reads it yet"
        _text(visit, out, row)
    return row


def _read(reader: Reader, source: Source, out: _Out, row: dict[str, Any]) -> None:
    rows = readers.run(reader, source, out.part(f"events/{reader.name}").add)
    out.faults(source, reader.name, rows.faults)
    row |= {"reader": reader.name, "events": rows.read + rows.carved, "carved": rows.carved, "faults": len(rows.faults)}


def _profile(extractor: Extractor, source: Source, out: _Out, row: dict[str, Any]) -> None:
    sinks = scope.Out(
        tables=lambda row: out.part("objects/tables").add_rows(schema.TABLES, [row]),
        columns=lambda rows: out.part("objects/columns").add_rows(schema.COLUMNS_OF_TABLES, rows),
        people=out.part("people").add,
    )
    profiled = scope.profile(source, extractor, sinks)
    faults = [*profiled.faults, *profiled.flaws]
    out.faults(source, extractor.name, faults)
    row |= {"extractor": extractor.name, "tables": profiled.tables}
    row["faults"] += len(faults)


def _text(visit: Visit, out: _Out, row: dict[str, Any]) -> None:
    """Count the categories in a document's text, and in other text that nothing else read."""
    source = visit.source
    reader = content.reader_of(source)
    unread = visit.opener is None and not row.get("reader") and not row.get("extractor")
    if reader is None and not (unread and is_text(source)):
        return
    found = content.read(source, lambda rows: out.part("objects/found").add_rows(schema.FOUND, rows))
    out.faults(source, found.reader, found.faults)
    row["faults"] += len(found.faults)
    if found.counts:
        out.part("objects/tables").add_rows(schema.TABLES, [found.table_row(source)])
        out.part("objects/columns").add_rows(schema.COLUMNS_OF_TABLES, found.column_rows(source))
    if reader is not None and unread:
        row |= {"extractor": reader.name, "tables": 1 if found.counts else 0, "told": found.parts > 0}
        row.pop("reason", None)


def _state(row: dict[str, Any]) -> None:
    """Say what became of the source, and why nothing did."""
    done_something = row["events"] or row["tables"] or row["opener"] or row.pop("told", False)
    if not row["bytes"]:
        row |= {"status": "empty", "reason": "0 bytes"}
    elif row.get("reader") or row.get("extractor") or row["opener"]:
        status = "read" if row.get("reader") else "profiled" if row.get("extractor") else "opened"
        row |= {"status": status if done_something or not row["faults"] else "unreadable"}
        row["reason"] = "nothing in it could be read" if row["status"] == "unreadable" else None
    else:
        row["status"] = "unrecognised"


def kind_of(head: bytes) -> str:
    """Return what a file is that nothing reads, told from its first bytes."""
    for start, name in _kinds():
        if head.startswith(start):
            return name
    if b"\0" in head:
        return "binary data of unknown form"
    lines = [line for line in head[:8192].splitlines() if line.strip()]
    timed = sum(bool(_CLOCK.search(line[:200])) for line in lines)
    return "log of unknown form" if timed > 0.6 * len(lines) else "text of unknown form"


@cache
def _kinds() -> tuple[tuple[bytes, str], ...]:
    listed = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))["kinds"]
    return tuple((bytes.fromhex(start), name) for start, name in listed)


def _sha256(source: Source) -> str:
    digest = hashlib.sha256()
    with source.open() as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass(slots=True)
class _Out:
    """The growing data sets of one job, and the rows that are written when a file is finished."""

    case: Path
    stem: str
    parts: dict[str, Part] = field(default_factory=dict)

    @classmethod
    def to(cls, job: Job) -> _Out:
        for top in RESULT_FOLDERS:  # never the evidence, which may hold millions of files
            for old in sorted((job.case / top).rglob(f"{job.stem}-*.parquet*")):
                old.unlink()
        return cls(job.case, job.stem)

    def part(self, folder: str) -> Part:
        if folder not in self.parts:
            self.parts[folder] = Part(self.case / folder, self.stem)
        return self.parts[folder]

    def faults(self, source: Source, plugin: str, faults: Sequence[Fault]) -> None:
        rows = [
            {"evidence_id": source.evidence_id, "file_id": source.file_id, "plugin": plugin}
            | {"offset": f.offset, "skipped": f.skipped, "reason": f.reason}
            for f in faults
        ]
        self.part("faults").add_rows(schema.FAULTS, rows)

    def close(self) -> list[Path]:
        return sorted(path for folder in sorted(self.parts) for path in self.parts[folder].close())
