"""A small case for diagnosis: sources and tables written as Parquet and indexed, findings made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kyumei.model.citation import Citation, EvidenceId
from kyumei.model.finding import Finding, Level
from kyumei.model.source import Source
from kyumei.store import schema
from kyumei.store.index import build
from kyumei.store.query import Store
from kyumei.store.rows import Rows
from kyumei.store.write import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

E = EvidenceId("E-000000000000")
DAY = 86_400_000_000
T0 = 1_718_600_000_000_000  # 2024-06-17T04:53:20Z


def store(
    case: Path, *, tables: Sequence[tuple[str, str]] = (), events: Sequence[Mapping[str, Any]] = (), paths: Sequence[str] = ()
) -> Store:
    """Return the store of a case with personal tables (path, sheet) and events of one log."""
    every = sorted({*paths, *(p for p, _ in tables)})
    files = {p: Source.memory(b"x", p, evidence_id=E) for p in every}
    part = Part(case / "objects" / "sources", "s")
    part.add_rows(
        schema.SOURCES,
        [
            {"file_id": f.file_id, "evidence_id": E, "path": p, "name": f.name, "bytes": 1, "status": "profiled"}
            for p, f in files.items()
        ],
    )
    log = Source.memory(b"x", "log/events.log", evidence_id=E)
    part.add_rows(
        schema.SOURCES, [{"file_id": log.file_id, "evidence_id": E, "path": log.path, "name": log.name, "status": "read"}]
    )
    part.close()
    part = Part(case / "objects" / "tables", "s")
    part.add_rows(
        schema.TABLES,
        [
            {
                "table_id": f"T-{n}",
                "file_id": files[p].file_id,
                "evidence_id": E,
                "name": sheet,
                "hidden": "",
                "records": 10,
                "personal": True,
            }
            for n, (p, sheet) in enumerate(tables)
        ],
    )
    part.close()
    part = Part(case / "events" / "test.log", "s")
    rows = Rows(log, "test.log", part.add)
    for n, event in enumerate(events):
        rows.add(rec=n, **dict(event))
    rows.flush()
    part.close()
    build(case)
    return Store.open(case)


def finding(
    rule: str,
    level: str = "high",
    *,
    start: int = T0,
    end: int = T0,
    facts: Mapping[str, object] | None = None,
    **entities: Sequence[str],
) -> Finding:
    """Return a finding with one citation."""
    cited = (Citation(E, "log/events.log", 0),)
    title = {"ja": f"{rule} の所見", "en": f"finding of {rule}"}
    return Finding(rule, title, Level(level), start, end, 1, cited, {k: tuple(v) for k, v in entities.items()}, facts or {})
