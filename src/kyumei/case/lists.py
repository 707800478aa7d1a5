"""Write the lists that lie beside documents: affected persons, the data of a mail-merge, letters in bundles for the printer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kyumei.case import affected, byhand
from kyumei.errors import UserError
from kyumei.reports import persons
from kyumei.reports.render import sheets
from kyumei.reports.render.laid import BLANKS
from kyumei.store.query import Store
from kyumei.store.schema import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from kyumei.case.documents import State
    from kyumei.reports.document import Document
    from kyumei.reports.matter import Matter
    from kyumei.reports.registry import Format
    from kyumei.reports.words.lookup import Lang

FITS: Final = 100_000
"""Persons up to which the list is also written as XLSX without being asked."""


def listed(state: State, matter: Matter, formats: Sequence[Format], *, full: bool) -> list[str]:
    """Write the list of affected persons, masked and with `full` also as it is; return the files' names in the version.

    Raises:
        UserError: the case holds no index.
    """
    store = Store.open(state.case)
    try:
        found = affected.persons(store, matter.listed("holdings"), byhand.current(byhand.read(state.case)))
    finally:
        store.close()
    wanted = formats or (("xlsx",) if found.people <= FITS else ())
    made: list[str] = []
    for clear in (False, True) if full else (False,):
        stem = f"affected_list.{'full' if clear else 'masked'}.{matter.lang}"
        path = state.folder / f"{stem}.csv"
        persons.write_csv(path, persons.headings(matter), _worded(state, matter, found, full=clear))
        files = [path]
        if "xlsx" in wanted:
            name = state.folder / f"{stem}.xlsx"
            files += persons.write_xlsx(name, persons.headings(matter), _worded(state, matter, found, full=clear))
        for file in files:
            file.chmod(0o600)
        made += [file.name for file in files]
    return made


def written(case: Path, out: Path, how: tuple[str, Lang], *, full: bool) -> int:
    """Write the list into a file, noting its rows for the next version; return how many persons.

    Args:
        case: the folder.
        out: the file.
        how: format (csv, jsonl, xlsx) and language.
        full: values as they are; else masked.
    """
    from kyumei.case import documents, versions

    state = documents.state(case)
    matter = state.matter(how[1])
    store = Store.open(case)
    try:
        found = affected.persons(store, matter.listed("holdings"), byhand.current(byhand.read(case)))
    finally:
        store.close()
    for _ in versions.noted(case, affected.batches(case, found, full=True, zone=matter.zone)):
        pass
    names, batches = persons.headings(matter), _worded(state, matter, found, full=full)
    if how[0] == "csv":
        persons.write_csv(out, names, batches)
    elif how[0] == "xlsx":
        persons.write_xlsx(out, names, batches)
    else:
        with out.open("w", encoding="utf-8") as stream:
            for batch in batches:
                stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
    out.chmod(0o600)
    return found.people


def _worded(state: State, matter: Matter, found: affected.Persons, *, full: bool) -> Iterator[pa.Table]:
    for batch in affected.batches(state.case, found, full=full, zone=matter.zone):
        yield persons.worded(matter, batch)


def merged(folder: Path, name: str, matter: Matter, documents: Sequence[Document]) -> list[str]:
    """Write the values in which documents of one report differ as one workbook, the source of a mail-merge."""
    rows = [dict(d.merge) | {"file": f"{d.stem}.docx"} for d in documents if d.merge]
    if not rows:
        return []
    names = list(dict.fromkeys(key for row in rows for key in row))
    path = folder / name / f"{name}.data.{matter.lang}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    sheets.listed(path, names, ([row.get(n, "") for n in names] for row in rows), sheet="merge")
    return [f"{name}/{path.name}"]


def printed(state: State, matter: Matter, folder: Path, *, workers: int, draft: bool = False, entrusted: bool = False) -> int:
    """Write one letter a person, address and name from evidence, as bundles of PDF in `folder`; return how many letters.

    The files hold personal data and are not kept with the version.

    Args:
        state: of the documents.
        matter: the case in one language.
        folder: where the files go.
        workers: processes.
        draft: also where something is blank.
        entrusted: also to persons whose data others entrusted; else only to those of the organisation's own data.

    Raises:
        UserError: the case holds no index; or something is still to be entered and it is no draft.
    """
    from kyumei.engine import local
    from kyumei.reports.documents.person_notice import notice
    from kyumei.reports.matter import Phrases
    from kyumei.reports.narrowed import own
    from kyumei.reports.render import letters

    matter = matter if entrusted else own(matter)
    letter = notice(matter, "letter", to=Phrases("documents/person_notice", matter.lang)("name_here"))
    if (blanks := unfilled(letter)) and not draft:
        raise UserError(
            f"{len(blanks)} places of the letter are blank: {blanks[0]}",
            hint="kyumei facts questions --documents --only person_notice --case DIR; or --draft",
        )
    store = Store.open(state.case)
    try:
        found = affected.persons(store, matter.listed("holdings"), byhand.current(byhand.read(state.case)))
    finally:
        store.close()
    honour = Phrases("parts", matter.lang)("honour")
    work = list(letters.bundles(letter, matter, _addressed(state, matter, found, honour), folder))
    for _ in local.run(letters.write, work, workers=workers):
        pass
    return found.people


def unfilled(document: Document) -> list[str]:
    """Return the lines and sentences in which something is still to be entered."""
    lines = [line for _, line in document.top] + [s.text for s in document.sentences()]
    return [line for line in lines if any(mark in line for mark in BLANKS)]


def _addressed(state: State, matter: Matter, found: affected.Persons, honour: str) -> Iterator[tuple[str, str]]:
    for batch in affected.batches(state.case, found, full=True, zone=matter.zone):
        names, addresses = batch["id.name"].to_pylist(), batch["id.address"].to_pylist()
        known = zip(names, addresses, batch["sheet"].to_pylist(), strict=True)
        # whom only a text tells, often by a telephone number alone, gets a letter where it gives an address
        yield from ((address, name + honour) for name, address, sheet in known if address or not sheet.startswith(TEXT))
