"""How fast tables are read, profiled and counted: `python bench/bench_people.py [RECORDS]` (default 1,000,000).

`read` gives the cells, `columns` classifies the columns and counts their values exactly, `profile` makes the keys by which
people are told as well and stores them, `count` links the records.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.scope.people import Person

from kyumei.model.citation import EvidenceId
from kyumei.model.source import Source
from kyumei.scope import profile as profiles
from kyumei.scope.count import count
from kyumei.scope.profile import recognise
from kyumei.scope.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable

    from kyumei.scope.tables.registry import Extractor

HEADER = "お客様番号,氏名,フリガナ,生年月日,性別,郵便番号,住所,電話番号,メールアドレス,契約プラン,登録日"


def write(path: Path, records: int, encoding: str, form: str) -> None:
    """Write invented customers, one in ten of them twice, as CSV or as a MySQL dump."""
    with path.open("w", encoding=encoding, newline="") as target:
        target.write(HEADER + "\r\n" if form == "csv" else "-- MySQL dump\nINSERT INTO `customers` (" + HEADER + ") VALUES ")
        for n in range(records):
            p = Person(n - n // 10 if n % 10 == 0 else n)
            postal = f"{100 + p.n % 900}-{p.n % 10000:04d}"
            row = (
                str(n),
                p.name,
                p.kana,
                p.born,
                "男女"[n % 2],
                postal,
                p.address,
                p.phone,
                p.email,
                "基本",
                f"2020/1/{1 + n % 28}",
            )
            target.write(",".join(row) + "\r\n" if form == "csv" else ("," if n else "") + "('" + "','".join(row) + "')")
        target.write("" if form == "csv" else ";\n")


def timed(what: str, size: int, work: Callable[[], object]) -> None:
    """Run and print how long it took, with peak memory so far."""
    begun = time.perf_counter()
    result = work()
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<24}{took:8.2f} s {size / took / 1e6:8.1f} MB/s  peak {peak} MB  {result}")


def main(records: int) -> None:
    """Measure each form."""
    with tempfile.TemporaryDirectory() as folder:
        for form, encoding in (("csv", "utf-8"), ("csv", "cp932"), ("sql", "utf-8")):
            path = Path(folder) / f"x.{form}"
            write(path, records, encoding, form)
            measure(path, f"{form} {encoding}")


def _columns(source: Source, extractor: Extractor) -> int:
    """Classify the columns and count their values exactly, without keys by which people are told; return the records."""
    kept = profiles.is_about_persons
    profiles.is_about_persons = lambda _: False
    try:
        return profiles.profile(source, extractor, profiles.Out(lambda _: None, lambda _: None, lambda _: None)).records
    finally:
        profiles.is_about_persons = kept


def measure(path: Path, name: str) -> None:
    """Measure reading, profiling and counting one file."""
    size = path.stat().st_size
    source = Source(EvidenceId("E-000000000000"), path.name, size, lambda: path.open("rb"), local=path)
    extractor, _ = recognise(source)
    if extractor is None:
        msg = f"{path.name} was not recognised"
        raise ValueError(msg)
    timed(f"{name} read", size, lambda: sum(len(b.recs) for t in extractor.extract(source) for b in t.batches))
    timed(f"{name} columns", size, lambda: _columns(source, extractor))
    with Survey() as survey:
        timed(f"{name} profile", size, lambda: survey.add(source) is not None)
        store = survey.store()
        ids = [row[0] for row in store.rows("select table_id from tables")]
        timed(f"{name} count", size, lambda: count(store, ids)[1])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
