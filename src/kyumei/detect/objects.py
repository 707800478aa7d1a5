"""From many object names to what a finding can hold: folders, the files most read, links to files in evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.detect import names

if TYPE_CHECKING:
    from kyumei.store.query import Store

FOLDERS: Final = 20
FILES: Final = 50
LINKED: Final = 5_000
FOLDER: Final = r"regexp_replace(object, '[\\/][^\\/]*$', '')"
"""SQL: the folder of an object's path."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The folders with most distinct objects, and the entities `object` (folders, then files) and `file_id`."""

    folders: list[dict[str, object]]
    entities: dict[str, list[str]]


def sample(store: Store, table: str, where: str, *parameters: object) -> Sample:
    """Return a sample of the objects in rows of a session's table; `where` is SQL of the caller."""
    folders = store.rows(
        f"select {FOLDER}, count(distinct object), coalesce(sum(bytes), 0)::bigint from {table}"
        f" where object is not null and {where} group by 1 order by 2 desc, 1 limit {FOLDERS}",
        *parameters,
    )
    files = store.rows(
        f"select object, count(*) from {table} where object is not null and {where}"
        f" group by 1 order by 2 desc, 1 limit {FILES}",
        *parameters,
    )
    listed = [f for f, _, _ in folders] + [f for f, _ in files]
    said: list[dict[str, object]] = [{"folder": f, "files": n, "bytes": b} for f, n, b in folders]
    return Sample(said, {"object": listed, "file_id": _linked(store, table, where, *parameters)})


def _linked(store: Store, table: str, where: str, *parameters: object) -> list[str]:
    """Return the files of the evidence that the objects stand for without doubt."""
    if not names.has(store, "object_links"):
        return []
    rows = store.rows(
        f"select distinct l.file_id from object_links l join (select distinct object from {table} where {where}) o"
        f" on o.object = l.object where l.kind = 'file' and not l.ambiguous order by 1 limit {LINKED}",
        *parameters,
    )
    return [r[0] for r in rows]
