"""A tiny case in a folder: events, sources, tables; then the analytics over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from kyumei.detect.registry import ANALYTICS
from kyumei.detect.run import Settings
from kyumei.model.source import Source
from kyumei.store import index, schema
from kyumei.store.query import Store
from kyumei.store.rows import Rows
from kyumei.store.write import Part

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.model.finding import Finding

JST: Final = ZoneInfo("Asia/Tokyo")
MINUTE: Final = 60_000_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def jst(text: str) -> int:
    """Return microseconds since 1970 UTC of a local Japanese time, `2024-05-16 10:00`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=JST).timestamp()) * 1_000_000


@dataclass
class Case:
    """What a test puts into a case; `open` writes it and returns the store."""

    folder: Path
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)

    def source(self, path: str, **columns: Any) -> str:
        """Add a file and return its id."""
        file = Source.memory(b"x", path)
        made = {"file_id": file.file_id, "evidence_id": file.evidence_id, "path": path, "name": path.rsplit("/", 1)[-1]}
        known = self.sources.setdefault(path, made)
        known |= columns
        return file.file_id

    def add(self, reader: str, action: str, ts: int | None, *, path: str = "", **columns: Any) -> None:
        """Add an event of a reader; capitalised or unknown columns go to `fields`."""
        path = path or f"{reader}.log"
        self.source(path, reader=reader)
        self.events.append((reader, path, {"action": action, "ts": ts, **columns}))

    def table(self, path: str, *, name: str = "", records: int = 10, categories: tuple[str, ...] = (), hidden: str = "") -> str:
        """Add a table with personal data in the file at this path (in no category: an ordinary table)."""
        file_id = self.source(path)
        table_id = f"T-{len(self.tables):016d}"
        row = {"table_id": table_id, "file_id": file_id, "evidence_id": "E-000000000000", "name": name, "hidden": hidden}
        self.tables.append(row | {"records": records, "faults": 0, "columns": len(categories), "personal": bool(categories)})
        self.columns += [
            {"table_id": table_id, "ordinal": i, "name": c, "category": c, "filled": records, "matching": records}
            for i, c in enumerate(categories)
        ]
        return table_id

    def open(self) -> Store:
        """Write the case and return its store."""
        readers = sorted({(reader, path) for reader, path, _ in self.events})
        for n, (reader, path) in enumerate(readers):
            part = Part(self.folder / "events" / reader, f"part{n:04d}")
            rows = Rows(Source.memory(b"x", path), reader, part.add)
            for rec, (_, _, event) in enumerate(e for e in self.events if e[:2] == (reader, path)):
                rows.add(rec=rec, **event)
            rows.flush()
            part.close()
        self._write("objects/sources", schema.SOURCES, list(self.sources.values()))
        self._write("objects/tables", schema.TABLES, self.tables)
        self._write("objects/columns", schema.COLUMNS_OF_TABLES, self.columns)
        index.build(self.folder)
        return Store.open(self.folder)

    def find(self, rule: str, settings: Settings | None = None) -> list[Finding]:
        """Return what one analytic finds."""
        return list(ANALYTICS.get(rule).find(self.open(), settings or Settings()))

    def _write(self, folder: str, columns: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        part = Part(self.folder / folder, "part")
        part.add_rows(columns, rows)
        part.close()
