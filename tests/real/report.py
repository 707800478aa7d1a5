"""Write `docs/reference/real-evidence.md`: what triage read of the real evidence (`make real`)."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.store.query import Store
from tests.case.runs import ROOT, finished, kyumei
from tests.conftest import SHARED
from tests.real.conftest import unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PAGE: Final = ROOT / "docs" / "reference" / "real-evidence.md"
HEAD: Final = """# What is read of real evidence

Written by `make real`, which unpacks everything in `../shared/data` (public logs, event files, hives, mails and dumps, and
the published answers to them, none of which lie in this repository), runs `kyumei triage` on it once with an empty case
folder, and counts. `tests/real` compares the same run with the published answers; without the data both are skipped.
"""
ANSWERS: Final = """
## Compared with the answers of the evidence's authors

Each line is a test in `tests/real/test_truth.py`; `tests/real/test_accounts.py` checks that every file is one source, that
what was not read says why, that the counts of every source are those of its rows, that `kyumei verify` finds nothing, and
that a second run ends with the same bytes.

| evidence | answer | ours |
|---|---|---|
| 333 attack EVTX | records and event ids of each file (`evtx_attack`) | equal in all 333 |
| 3 damaged EVTX | 1,910, 1,774 and 270 records when resumed after errors | equal, and what is carved and lost beside it |
| 31 files of Windows events as JSON lines | lines | lines = events + faults in all 31 |
| Apache log | 10,000 lines | 10,000 events |
| mails | 69 | 69 events, one a mail (and 4 messages inside them) |
| utmp, syslog, IIS of plaso | 13 files with counts | equal; lines that plaso appends to the one before are faults here |
| Chinook as MySQL dump, PostgreSQL dump, SQLite | 59 customers, 8 employees | 59 and 8, 67 people, 15,607 rows from each |
| tables in CSV | rows of 8 files | equal |
"""
TABLES: Final = {
    "By status": """| status | sources | of them inside others |
|---|---:|---:|
select status, count(*), count(parent_file_id) from sources group by status order by status""",
    "By reader": """| reader | sources | events | carved or slack | faults |
|---|---:|---:|---:|---:|
select reader, count(*), sum(events - carved)::bigint, sum(carved)::bigint, sum(faults)::bigint from sources
where reader is not null group by reader order by reader""",
    "By extractor": """| extractor | sources | tables | rows | tables about persons |
|---|---:|---:|---:|---:|
select extractor, count(distinct s.file_id), count(*), sum(t.records)::bigint, count(*) filter (t.personal)
from sources s join tables t using (file_id) where extractor is not null group by extractor order by extractor""",
    "By opener": """| opener | containers | members |
|---|---:|---:|
select p.opener, count(distinct p.file_id), count(m.file_id) from sources p left join sources m
on m.parent_file_id = p.file_id where p.opener is not null group by p.opener order by p.opener""",
    "Faults": """| plug-in | reason | places | sources |
|---|---|---:|---:|
select plugin, reason, count(*), count(distinct file_id) from faults group by all order by plugin, count(*) desc, reason""",
    "Not read, by kind": """| kind | sources |
|---|---:|
select regexp_replace(reason, ': nothing here.*', ''), count(*) from sources
where status in ('unrecognised', 'unreadable') group by all order by count(*) desc, 1""",
    "Of unknown form, by collection": """| collection | sources |
|---|---:|
select split_part(path, '/', 1), count(*) from sources where reason like '% of unknown form%'
group by all order by count(*) desc, 1""",
}
"""Title → two lines of a table's head, then the question whose answer is its body."""


def page(work: Path) -> Iterator[str]:
    """Yield the parts of the page."""
    evidence = unpack(SHARED, work / "evidence")
    began = time.perf_counter()
    code, _, err = finished(kyumei("triage", evidence, "--case", work / "case"))
    seconds = time.perf_counter() - began
    if code not in {0, 4}:
        sys.exit(err)
    began = time.perf_counter()
    finished(kyumei("triage", evidence, "--case", work / "case"))
    again = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield HEAD
    store = Store.open(work / "case")
    ((files, size),) = store.rows("select count(*), sum(bytes)::bigint from sources where parent_file_id is null")
    yield f"\n{files:,} files, {size:,} bytes: {seconds:.0f} s on {os.cpu_count()} busy cores, a second run {again:.0f} s;"
    yield f" the largest process took {peak:.0f} MiB.\n"
    for title, table in TABLES.items():
        names, rule, sql = table.split("\n", 2)
        yield f"\n## {title}\n\n{names}\n{rule}\n"
        yield from lines(store.rows(sql))
    store.close()
    yield ANSWERS


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the rows of a Markdown table."""
    for row in rows:
        yield (
            "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else f"{cell}".replace("|", r"\|") for cell in row) + " |\n"
        )


if __name__ == "__main__":
    if not SHARED.is_dir():
        sys.exit("the real evidence is not there: ../shared/data beside the checkout")
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text("".join(page(Path(folder))), "utf-8")
