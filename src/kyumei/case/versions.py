"""Numbered versions of the list of affected persons, and what differs between two of them.

`affected/` in the case folder holds for each version one Parquet file without plain text (a row a person: where the first
record lies, digests of the values, why the person is listed), and `versions.jsonl`: number, who, when, counts, changes made by
hand until then, digest of what was written out. Lists are written and compared in parts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kyumei.case import affected, byhand, clock, documents, results
from kyumei.errors import UserError
from kyumei.evidence.custody import LEDGER, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa

FILE: Final = "versions.jsonl"
_SHAPE: Final = ("evidence", "path", "sheet", "offset", "records", "holdings", "categories", *affected.SHOWN)
_PLACE: Final = ("evidence", "path", "sheet", "offset")


def made(case: Path) -> list[dict[str, Any]]:
    """Return the versions written so far, oldest first."""
    path = case / results.LISTS / FILE
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def noted(case: Path, batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the parts of an unmasked list as they are, and write each into the file of the next version."""
    import pyarrow.parquet as pq

    path = _file(case, len(made(case)) + 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer: pq.ParquetWriter | None = None
    try:
        for batch in batches:
            shape = _shape(batch)
            writer = writer or pq.ParquetWriter(path, shape.schema, compression="zstd")
            writer.write_table(shape)
            yield batch
    finally:
        if writer is not None:
            writer.close()


def _file(case: Path, number: int) -> Path:
    return case / results.LISTS / f"v{number:04d}.parquet"


def _shape(batch: pa.Table) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    from kyumei.scope.digest import digests

    columns = {name: batch[name] for name in _SHAPE}
    for name in affected.SHOWN:
        texts = pa.concat_arrays([*batch[name].chunks, pa.array([], pa.string())])
        columns[name] = pa.array(digests(texts, name).view(np.int64), pa.int64())
    return pa.table(columns)


def enter(case: Path, out: Path, people: int, *, who: str, form: str, full: bool) -> dict[str, Any]:
    """Enter a list that was written out as the next version, here and in the custody ledger."""
    now, number = clock.now(), len(made(case)) + 1
    changes = byhand.read(case)
    facts = {"version": number, "format": form, "full": full, "people": people, "changes": len(changes)}
    facts |= {"removed_by_hand": byhand.removed(changes), "sha256": documents.digest(out)}
    facts |= {"rows_sha256": documents.digest(_file(case, number))}
    with (case / results.LISTS / FILE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(facts | {"at": now.isoformat(timespec="seconds"), "who": who}, sort_keys=True) + "\n")
    Ledger(case / LEDGER).append("affected.listed", at=now, who=who, facts=facts)
    results.reseal(case, who=who, why="affected persons listed")
    return facts


def difference(case: Path, one: int, two: int) -> Iterator[dict[str, Any]]:
    """Yield who was added, removed or changed between two versions, in the order of evidence, with the reason.

    Raises:
        UserError: a version was not made, or its file is no longer what was made.
    """
    from kyumei.store.connect import connect, text

    known = {v["version"]: v for v in made(case)}
    for number in (one, two):
        if number not in known:
            raise UserError(f"there is no version {number}", hint=f"there are {len(known)}; kyumei affected list makes one")
        if documents.digest(_file(case, number)) != known[number]["rows_sha256"]:
            raise UserError(f"version {number} is no longer what was made", hint="restore it from a copy of the case")
    con = connect(folders=[case])
    same = " and ".join(f'a."{c}" = b."{c}"' for c in _PLACE)
    odd = ", ".join(f'case when a."{c}" is distinct from b."{c}" then \'{c}\' end' for c in _SHAPE[4:])
    shown = ", ".join(f'coalesce(a."{c}", b."{c}") as "{c}"' for c in _PLACE)
    a, b = (f"read_parquet({text(str(_file(case, n).resolve()))})" for n in (one, two))
    sql = (
        f"select {shown}, a.evidence is null, b.evidence is null, list_filter([{odd}], lambda x: x is not null)"
        f" from {a} a full join {b} b on {same} where a.evidence is null or b.evidence is null or len(list_filter([{odd}],"
        " lambda x: x is not null)) > 0 order by all"
    )
    low, high = sorted((known[one]["changes"], known[two]["changes"]))
    between = range(low + 1, high + 1)
    why = f"changes by hand {between[0]}-{between[-1]}, or evidence and diagnosis" if between else "evidence or diagnosis"
    try:
        found = con.execute(sql)
        while rows := found.fetchmany(10_000):
            for *place, new, gone, fields in rows:
                what: dict[str, Any] = {"what": "added" if new else "removed" if gone else "changed"}
                what |= dict(zip(_PLACE, place, strict=True))
                yield what | ({} if new or gone else {"fields": fields}) | {"because": why}
    finally:
        con.close()
