"""Time 100,000 individual notices, and the memory of a list of 35 million persons.

    PYTHONPATH=src python bench/bench_reports.py letters [--persons 100000] [--jobs 2]
    PYTHONPATH=src python bench/bench_reports.py merge [--persons 100000]
    PYTHONPATH=src python bench/bench_reports.py list [--persons 35000000] [--xlsx]

Everything is invented. Prints one JSON object; times mean little on a busy machine, memory and bytes do.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kyumei.engine import local
from kyumei.reports import persons
from kyumei.reports.documents.person_notice import notice
from kyumei.reports.matter import Matter, Phrases
from kyumei.reports.render import letters, sheets
from kyumei.reports.render.word import docx

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = 65_536
FAMILY = ("髙橋", "﨑山", "𠮷田", "鈴木", "渡邊", "佐藤", "田中", "山本")
GIVEN = ("花子", "太郎", "美咲", "健一", "陽菜", "翔太", "結衣", "大輔")


def matter() -> Matter:
    """Return an invented case."""
    count = {"low": 1, "best": 1, "high": 1}
    holding: dict[str, Any] = {"party": "例示大学", "role": "own", "dataset": "学籍.csv", "access": "taken", "records": count}
    holding |= {"people": count | {"method": "x"}, "categories": [{"id": "id.name", "status": "confirmed"}], "tables": []}
    hypothesis = {"id": "H1", "cause": "error.missent", "likelihood": "high", "window": {"first": "2024-05-16T11:50:04+09:00"}}
    case = {"name": "bench", "zone": "Asia/Tokyo", "aware": ["2024-06-07T10:00:00+09:00"]}
    diagnosis = {"case": case, "leak": {"status": "confirmed"}, "holdings": [holding], "hypotheses": [hypothesis]}
    return Matter(diagnosis, "ja", date(2024, 6, 10), {"org.name": "例示大学", "signer.name": "例示 太郎"}, version=1)


def name(n: int) -> str:
    """Return an invented name."""
    return f"{FAMILY[n % 8]} {GIVEN[n // 8 % 8]}{n:06d}"


def parts(size: int) -> Iterator[pa.Table]:
    """Yield an invented list, as `kyumei.case.affected` does."""
    for start in range(0, size, PART):
        rows = min(PART, size - start)
        numbers = np.arange(start, start + rows)
        texts = pc_names(numbers)
        columns: dict[str, Any] = {"person": pa.array(numbers + 1), "records": pa.repeat(pa.scalar(1, pa.int64()), rows)}
        columns["unsure"] = pa.repeat("", rows)
        columns |= {c: texts if c == "id.name" else pa.repeat("東京都千代田区紀尾井町7-1", rows) for c in persons.VALUES}
        columns |= {"categories": pa.repeat("id.address id.name", rows), "holdings": pa.repeat("0", rows)}
        columns |= {"evidence": pa.repeat("E-1", rows), "path": pa.repeat("dump.sql", rows), "sheet": pa.repeat("t", rows)}
        yield pa.table({**columns, "offset": pa.array(numbers)})


def pc_names(numbers: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """Return invented names, quickly."""
    import pyarrow.compute as pc

    family = pa.array(FAMILY).take(pa.array(numbers % 8))
    return pc.binary_join_element_wise(
        family, pa.array(GIVEN).take(pa.array(numbers // 8 % 8)), pa.array(numbers).cast("string"), " "
    )


def bench_letters(size: int, jobs: int, folder: Path) -> dict[str, Any]:
    """Write every letter as PDF in bundles."""
    m = matter()
    letter = notice(m, "letter", to=Phrases("documents/person_notice", "ja")("name_here"))
    people = (("〒102-0094", "東京都千代田区紀尾井町7-1", f"{name(n)} 様") for n in range(size))
    work = list(letters.bundles(letter, m, people, folder))
    files = list(local.run(letters.write, work, workers=jobs))
    return {"files": len(files), "bytes": sum(Path(f).stat().st_size for f in files)}


def bench_merge(size: int, folder: Path) -> dict[str, Any]:
    """Write one letter for a word processor and the data of every person."""
    m = matter()
    letter = notice(m, "letter", to="«氏名»")
    (folder / "letter.docx").write_bytes(docx(letter, m))
    rows = ((name(n), "102-0094", "東京都千代田区紀尾井町7-1") for n in range(size))
    made = sheets.listed(folder / "data.xlsx", ["氏名", "郵便番号", "住所"], rows)
    return {"files": 1 + len(made), "bytes": sum(p.stat().st_size for p in folder.iterdir())}


def bench_list(size: int, folder: Path, *, xlsx: bool) -> dict[str, Any]:
    """Write the list as CSV, or as workbooks."""
    m = matter()
    worded = (persons.worded(m, part) for part in parts(size))
    if xlsx:
        files = persons.write_xlsx(folder / "list.xlsx", persons.headings(m), worded)
    else:
        persons.write_csv(folder / "list.csv", persons.headings(m), worded)
        files = [folder / "list.csv"]
    return {"files": len(files), "bytes": sum(p.stat().st_size for p in files)}


def main() -> None:
    """Run one workload."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["letters", "merge", "list"])
    parser.add_argument("--persons", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    size = given.persons or (35_000_000 if given.what == "list" else 100_000)
    with tempfile.TemporaryDirectory() as temp:
        folder = given.keep or Path(temp)
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        if given.what == "letters":
            found = bench_letters(size, given.jobs, folder)
        elif given.what == "merge":
            found = bench_merge(size, folder)
        else:
            found = bench_list(size, folder, xlsx=given.xlsx)
        taken = time.perf_counter() - start
    peak = {w: resource.getrusage(getattr(resource, w)).ru_maxrss // 1024 for w in ("RUSAGE_SELF", "RUSAGE_CHILDREN")}
    spent = [resource.getrusage(getattr(resource, w)) for w in ("RUSAGE_SELF", "RUSAGE_CHILDREN")]
    cpu = round(sum(use.ru_utime + use.ru_stime for use in spent), 1)
    load = [round(n, 1) for n in os.getloadavg()]
    json.dump(
        {
            "what": given.what,
            "persons": size,
            "seconds": round(taken, 1),
            "cpu_seconds": cpu,
            "load": load,
            "peak_mib": peak,
            **found,
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
