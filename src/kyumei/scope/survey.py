"""Profile some sources into a temporary store of their own, for commands that work without a case."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kyumei.scope.profile import Out, profile, recognise
from kyumei.store import index, schema
from kyumei.store.query import Store
from kyumei.store.write import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    import pyarrow as pa

    from kyumei.model.source import Source
    from kyumei.scope.profile import Profile
    from kyumei.scope.tables.registry import Extractor


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One source that was recognised.

    Attributes:
        extractor: its name.
        tables, columns: rows as in `kyumei.store.schema`.
        profile: records and faults.
    """

    source: Source
    extractor: str
    tables: tuple[Mapping[str, Any], ...]
    columns: tuple[Mapping[str, Any], ...]
    profile: Profile

    def columns_of(self, table: str) -> tuple[Mapping[str, Any], ...]:
        """Return the columns of one table, by its id."""
        return tuple(column for column in self.columns if column["table_id"] == table)


class Survey:
    """A temporary case folder that is filled source by source and removed at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kyumei-")
        self._root = Path(self._folder.name)
        self._people = Part(self._root / "people", "all")
        self._values = Part(self._root / "values", "all")
        self._tables: list[Mapping[str, Any]] = []
        self._columns: list[Mapping[str, Any]] = []
        self._events: dict[str, Part] = {}
        self._store: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._store is not None:
            self._store.close()
        self._folder.cleanup()

    def add(self, source: Source, extractor: Extractor | None = None) -> Surveyed | None:
        """Profile one source; None where no extractor accepts it."""
        chosen = extractor or recognise(source)[0]
        if chosen is None:
            return None
        tables: list[Mapping[str, Any]] = []
        columns: list[Mapping[str, Any]] = []
        found = profile(source, chosen, Out(tables.append, columns.extend, self._people.add, self._values.add))
        self._tables += tables
        self._columns += columns
        return Surveyed(source, chosen.name, tuple(tables), tuple(columns), found)

    def events(self, reader: str) -> Callable[[pa.Table], None]:
        """Return what takes the events of one reader."""
        if reader not in self._events:
            self._events[reader] = Part(self._root / "events" / reader, "all")
        return self._events[reader].add

    def store(self) -> Store:
        """Return the store of everything added; nothing can be added afterwards."""
        if self._store is None:
            self._write("objects/tables", schema.TABLES, self._tables)
            self._write("objects/columns", schema.COLUMNS_OF_TABLES, self._columns)
            self._people.close()
            self._values.close()
            for part in self._events.values():
                part.close()
            index.build(self._root)
            self._store = Store.open(self._root)
        return self._store

    def _write(self, folder: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        part = Part(self._root / folder, "all")
        part.add_rows(columns, rows)
        part.close()
