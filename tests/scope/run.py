"""Profile sources into a case folder and count, as the job runner does."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kyumei.scope.count import count
from kyumei.scope.profile import Out, profile, recognise
from kyumei.store import index, schema
from kyumei.store.query import Store
from kyumei.store.write import Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from kyumei.model.count import Count
    from kyumei.model.source import Source
    from kyumei.scope.profile import Profile


@dataclass
class Profiled:
    """Everything that was found."""

    tables: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    people: list[pa.Table] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)

    def out(self) -> Out:
        return Out(
            lambda row: self.tables.append(dict(row)),
            lambda rows: self.columns.extend(dict(row) for row in rows),
            self.people.append,
        )

    def kinds(self, table: str = "") -> dict[str, str | None]:
        ids = {t["table_id"] for t in self.tables if not table or t["name"] == table}
        return {c["name"]: c["kind"] for c in self.columns if c["table_id"] in ids}


def profiled(*sources: Source) -> Profiled:
    found = Profiled()
    for source in sources:
        extractor, _ = recognise(source)
        assert extractor is not None, source.path
        found.profiles.append(profile(source, extractor, found.out()))
    return found


def counted(found: Profiled, case: Path, *names: str) -> tuple[Count, Count]:
    """Return records and people of the personal tables (of those names, where any are given)."""
    with stored(found, case) as store:
        return count(store, likely=True, table_ids=personal(found, *names))


def personal(found: Profiled, *names: str) -> list[str]:
    """Return the ids of the tables about persons (of those names, where any are given)."""
    return [t["table_id"] for t in found.tables if t["personal"] and (not names or t["name"] in names)]


@contextmanager
def stored(found: Profiled, case: Path) -> Iterator[Store]:
    """Write what was found into a case folder and open it."""
    for folder, columns, rows in (
        ("objects/tables", schema.TABLES, found.tables),
        ("objects/columns", schema.COLUMNS_OF_TABLES, found.columns),
    ):
        part = Part(case / folder, "all")
        part.add_rows(columns, rows)
        part.close()
    part = Part(case / "people", "all")
    for table in found.people:
        part.add(table)
    part.close()
    index.build(case)
    store = Store.open(case)
    try:
        yield store
    finally:
        store.close()
