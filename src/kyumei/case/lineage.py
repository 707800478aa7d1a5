"""The lineage of a case: its database logs replayed on the tables in its evidence."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kyumei.detect.messages import internal_domains
from kyumei.detect.run import Settings
from kyumei.evidence.acquire import EVIDENCE
from kyumei.evidence.manifest import load
from kyumei.evidence.open.walk import Visit, walk
from kyumei.evidence.sources import sources
from kyumei.model.citation import MEMBER
from kyumei.scope.lineage.document import SCHEMA, by_web, document
from kyumei.scope.lineage.events import FAMILY, from_store
from kyumei.scope.lineage.files.document import by_files, shown_json, touched_json
from kyumei.scope.lineage.files.mailed import disclosed
from kyumei.scope.lineage.files.person import of_person as person
from kyumei.scope.lineage.files.trace import traced as files
from kyumei.scope.lineage.keep import kept
from kyumei.scope.lineage.trace import Trace, trace
from kyumei.scope.lineage.web import asked
from kyumei.scope.tables.registry import EXTRACTORS
from kyumei.store.query import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kyumei.model.count import Count
    from kyumei.model.source import Source
    from kyumei.scope.lineage.events import Wanted
    from kyumei.scope.lineage.web import Asked
    from kyumei.scope.tables.registry import Extractor


def of_case(case: Path, wanted: Wanted, zone: str) -> dict[str, Any]:
    """Return the lineage of a triaged case as `kyumei.lineage/1`.

    Raises:
        UserError: the folder holds no index.
    """
    store = Store.open(case)
    try:
        paths = dict(store.rows("select file_id, path from sources order by path"))
        requested = requests(store, case, wanted, zone)
        said = document(traced(store, case, wanted, zone), paths, zone) | by_web(*requested)
        domains = internal_domains(store, Settings(zone=zone))
        said |= by_files(files(store, wanted, zone, domains), paths, zone)
        return said | {"addresses_shown": [shown_json(d, paths, zone) for d in disclosed(store, domains)]}
    finally:
        store.close()


def of_person(case: Path, row: str, zone: str) -> dict[str, Any]:
    """Return by which acts on files and by which mails one person's data was touched.

    Args:
        case: the folder.
        row: a record of the person, PATH:OFFSET.
        zone: IANA name of the zone of the times.

    Raises:
        UserError: the folder holds no index, or there is no such record.
    """
    store = Store.open(case)
    try:
        paths = dict(store.rows("select file_id, path from sources order by path"))
        tables = dict(store.rows("select table_id, file_id from tables order by all"))
        found = person(store, row, zone, internal_domains(store, Settings(zone=zone)))
        return {
            "schema": SCHEMA,
            "person": [{"path": paths[tables[t]], "offset": rec} for t, rec in found.records],
            "touched": [touched_json(t, paths, zone) | {"certain": sure} for t, sure in found.touched],
        }
    finally:
        store.close()


def requests(store: Store, case: Path, wanted: Wanted, zone: str) -> tuple[list[Asked], Count]:
    """Return the rows that requests to a web server named, by address and table, and all people together."""
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        return asked(store, list(_objects(store, case, zone, Path(folder))), wanted)


def traced(store: Store, case: Path, wanted: Wanted, zone: str) -> Trace:
    """Replay the database logs of a case; an empty trace where there are none."""
    if not any(reader.startswith(FAMILY) for reader in store.readers()):
        return Trace()
    with tempfile.TemporaryDirectory(prefix="kyumei-") as folder:
        objects = list(_objects(store, case, zone, Path(folder)))
        return trace(from_store(store, wanted), objects, store, zone=zone, wanted=wanted)


def _objects(store: Store, case: Path, zone: str, folder: Path) -> Iterator[tuple[Source, Extractor]]:
    """Yield the data objects with tables, opened again."""
    sql = (
        "select evidence_id, path, extractor from sources where extractor is not null and tables > 0 order by evidence_id, path"
    )
    known = {each.name for each in EXTRACTORS.all()}  # documents have text that counts as a table, and no rows to ask
    wanted = {(item, path): name for item, path, name in store.rows(sql) if name in known}
    tops = {(item, path.split(MEMBER, 1)[0]) for item, path in wanted}
    for evidence in sorted({item for item, _ in wanted}):
        item = load(case / EVIDENCE / evidence)
        for source in sources(item, case, zone=zone):
            if (evidence, source.path) not in tops:
                continue
            for step in walk(source, temp=folder):
                if isinstance(step, Visit) and (evidence, step.source.path) in wanted:
                    yield kept(step.source, folder), EXTRACTORS.get(wanted[evidence, step.source.path])
