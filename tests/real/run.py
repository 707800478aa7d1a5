"""What a run of triage left behind, and short questions to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.store.query import Store


@dataclass(frozen=True)
class Run:
    """Evidence, case folder, how the command ended, and the case's store."""

    evidence: Path
    case: Path
    code: int
    out: str
    err: str
    store: Store

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.store.rows(sql, *parameters)

    def figures(self, ending: str) -> tuple[str | None, int, int]:
        """Return reader, live events and faults of the one source whose path ends so."""
        sql = "select reader, events - carved, faults from sources where ends_with(path, ?)"
        (found,) = self.rows(sql, ending)
        return found[0], found[1], found[2]
