"""Rows in are rows counted and faults, for every path; the other count is made by a means that shares no code with ours."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.replay.incidents.query_2025.shop import COLUMNS, DIALECTS
from kyumei.scope.documents.registry import recognise as document_of
from kyumei.scope.profile import Out, profile, recognise
from kyumei.scope.tables.registry import EXTRACTORS
from kyumei.scope.text import scan, tally
from tests.scope.documents.make import docx, ods
from tests.scope.lineage.shop import Shop
from tests.scope.people import CUSTOMERS, customer, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kyumei.replay.incidents.query_2025.shop import Dialect
    from kyumei.scope.profile import Profile

N = 3001
ROWS = [customer(n) for n in range(N)]


def counted(raw: bytes, name: str = "x") -> tuple[dict[str, int], Profile]:
    """Return table → records as it is written to the store, and the profile."""
    source = Source.memory(raw, name)
    extractor, _ = recognise(source)
    assert extractor is not None
    tables: Counter[str] = Counter()
    people: list[int] = []
    out = Out(
        lambda row: tables.update({str(row["name"]): int(str(row["records"]))}), lambda _: None, lambda t: people.append(len(t))
    )
    found = profile(source, extractor, out)
    assert found.records == sum(tables.values())
    return dict(tables), found


def of_xml(raw: bytes, member: str, tag: str) -> int:
    """Count the elements of a member of a ZIP by their beginnings."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return len(re.findall(f"<{tag}[ >]", packed.read(member).decode()))


def written_docx() -> bytes:
    cells = ["".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in (CUSTOMERS, *ROWS)]
    return docx("名簿", None, "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>")


PACKED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "table.xlsx": (lambda: workbook({"顧客": [CUSTOMERS, *ROWS]}), "xl/worksheets/sheet1.xml", "row"),
    "table.ods": (lambda: ods([CUSTOMERS, *ROWS], "顧客"), "content.xml", "table:table-row"),
    "table.docx": (written_docx, "word/document.xml", "w:tr"),
}


@pytest.mark.parametrize("extractor", sorted(PACKED))
def test_rows_of_packed_formats_are_those_that_the_xml_has(extractor: str) -> None:
    make, member, tag = PACKED[extractor]
    raw = make()
    tables, found = counted(raw)
    assert sum(tables.values()) + len(found.faults) == of_xml(raw, member, tag) - 1 == N


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_of_a_dump_are_those_that_the_database_has(dialect: Dialect) -> None:
    shop = Shop(71, dialect)
    tables, found = counted(shop.dump().encode(), "shop.sql")
    held = {table: shop.db.execute(f"select count(*) from {table}").fetchone()[0] for table in COLUMNS}
    assert {table.rsplit(".", 1)[-1].lower(): number for table, number in tables.items()} == held
    assert found.faults == []


def test_rows_of_a_database_file_are_those_that_it_counts_itself(tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "x.db")
    con.execute("create table a (" + ", ".join(f'"{c}" text' for c in CUSTOMERS) + ")")
    con.executemany("insert into a values (?, ?, ?, ?, ?)", ROWS)
    con.execute("delete from a where rowid % 7 = 0")
    con.commit()
    ((held,),) = con.execute("select count(*) from a").fetchall()
    con.close()
    assert counted((tmp_path / "x.db").read_bytes())[0] == {"a": held}


def test_lines_of_json_are_records_or_faults() -> None:
    lines = [json.dumps(dict(zip(CUSTOMERS, row, strict=True)), ensure_ascii=False) for row in ROWS]
    lines[100] = lines[100][:20]
    lines[2000] = "\ufffd" * 5
    tables, found = counted("\n".join(lines).encode(), "x.jsonl")
    readable = sum(1 for line in lines if line.startswith("{") and line.endswith("}"))
    assert (sum(tables.values()), len(found.faults)) == (readable, len(lines) - readable)


def test_every_path_of_tables_is_reconciled_here_or_in_another_test() -> None:
    here = {*PACKED, "table.sqldump", "table.sqlite", "table.json"}
    others = {"table.csv": "test_counted_twice.py", "table.xls": "test_conformance.py"}
    assert {e.name for e in EXTRACTORS.all()} == here | others.keys()


def test_values_in_text_are_counted_alike_one_by_one_all_at_once_and_by_a_pattern() -> None:
    lines = [f"電話 090-{2000 + n:04d}-{n % 10000:04d} の件、確認済み。" for n in range(5000)]
    source = Source.memory("\n".join(lines).encode(), "memo.txt")
    by_pattern = len(re.findall(r"090-\d{4}-\d{4}", "\n".join(lines)))
    assert document_of(source) is None
    assert sum(hit.category == "id.phone" for hit in scan(source)) == tally(source)["id.phone"] == by_pattern == len(lines)


@pytest.mark.slow
def test_chinook_has_the_rows_that_sqlite_counts_in_every_form(shared_data: Path, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(shared_data / "db.tar.xz") as tar:
        tar.extractall(tmp_path, filter="data")
    folder = tmp_path / "db_chinook" / "ChinookDatabase" / "DataSources"
    con = sqlite3.connect(folder / "Chinook_Sqlite.sqlite")
    names = [row[0] for row in con.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")]
    held = {name.lower(): con.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}
    con.close()
    for path in sorted(folder.iterdir()):
        tables, found = counted(path.read_bytes(), path.name)
        assert {name.replace("_", "").lower(): number for name, number in tables.items() if number} == held, path.name
        assert found.faults == []
