"""From names in events to tables of personal data: what was read, and what lay within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kyumei.diagnose.intruder import Intruder
    from kyumei.diagnose.view import DataTable, View

_LINKED: Final = """
    select distinct file_id from object_links
    where list_contains(?::varchar[], object) and kind = ? and (not ambiguous or components >= 2) order by file_id
"""


def accessed_tables(view: View, objects: Iterable[str]) -> list[DataTable]:
    """Return the tables in files (or in containers) that these object names of events stand for."""
    return _tables_of(view, _linked(view, objects, "file"))


def tables_named(view: View, objects: Iterable[str]) -> list[DataTable]:
    """Return the tables that statements call by these names, schema left out; in dumps, databases and exports alike."""
    wanted = {part.rsplit(".", 1)[-1].strip('`"[] ').lower() for o in objects for part in o.split(";")}
    return [t for t in view.tables() if (t.name or t.path.rsplit("/", 1)[-1].partition(".")[0]).lower() in wanted - {""}]


def exposed_tables(view: View, intruder: Intruder) -> list[DataTable]:
    """Return the tables in the folders of the shares that the intruder reached.

    Where a share's name is not found in the evidence's folders (or only administrative shares were reached), all data that
    lies under a party's path is taken to have been within reach; nothing else is known of where it was kept.
    """
    if not intruder.shares and not intruder.hosts:
        return []
    shares = [s for s in intruder.shares if not is_pipe(s)]
    by_share = _tables_of(view, _linked(view, shares, "folder") | _linked(view, shares, "file"))
    if by_share:
        return by_share
    return [t for t in view.tables() if view.party_of(t.path).path]


def is_pipe(share: str) -> bool:
    """Return whether the share is the one for named pipes, which holds no files."""
    return share.rstrip("\\/").lower().endswith("ipc$")


def _linked(view: View, objects: Iterable[str], kind: str) -> set[str]:
    wanted = sorted(set(objects))
    return {row[0] for row in view.store.rows(_LINKED, wanted, kind)} if wanted else set()


def _tables_of(view: View, files: set[str]) -> list[DataTable]:
    if not files:
        return []
    paths = [
        r[0] for r in view.store.rows("select path from sources where list_contains(?::varchar[], file_id)", sorted(files))
    ]
    inside = tuple(f"{p}!/" for p in paths)
    return [t for t in view.tables() if t.file_id in files or t.path.startswith(inside)]
