"""Small case folders for tests: events and sources written as the stages write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.model.citation import EvidenceId
from kyumei.model.source import Source, file_id
from kyumei.store.index import build
from kyumei.store.query import Store
from kyumei.store.rows import Rows
from kyumei.store.schema import SOURCES
from kyumei.store.write import Part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EVIDENCE = EvidenceId("E-000000000000")


def write_events(case: Path, reader: str, path: str, events: Sequence[dict[str, Any]]) -> None:
    """Write the events of one source, one part."""
    source = Source.memory(b"x", path)
    part = Part(case / "events" / reader, source.file_id)
    rows = Rows(source, reader, part.add)
    for number, event in enumerate(events):
        rows.add(**({"rec": number, "ts": None, "action": "record.written"} | event))
    rows.flush()
    part.close()


def write_sources(case: Path, *paths: str) -> None:
    """Write the table of sources; a member's parent is what stands before its last `!/`."""
    rows = [
        {
            "file_id": file_id(EVIDENCE, path),
            "evidence_id": EVIDENCE,
            "path": path,
            "name": path.rsplit("/", 1)[-1],
            "parent_file_id": file_id(EVIDENCE, path.rsplit("!/", 1)[0]) if "!/" in path else None,
        }
        for path in paths
    ]
    part = Part(case / "objects" / "sources", "sources")
    part.add_rows(SOURCES, rows)
    part.close()


def opened(case: Path) -> Store:
    """Build the index and open it."""
    build(case)
    return Store.open(case)
