from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.source import Source
from kyumei.scope.tables.delimited import accepts, extract
from tests.scope.people import CUSTOMERS, csv_text, customer

if TYPE_CHECKING:
    from kyumei.scope.tables.registry import Table

Rows = list[tuple[str | None, ...]]


def read(data: bytes, name: str = "x.csv") -> tuple[Table, list[int], Rows]:
    tables = extract(Source.memory(data, name))
    table = next(tables)
    recs: list[int] = []
    rows: Rows = []
    for batch in table.batches:
        recs += batch.recs.to_pylist()
        rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return table, recs, rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "iso2022_jp"])
def test_records_are_cited_by_their_first_byte_in_the_original(encoding: str) -> None:
    text = '学籍番号,氏名,備考\r\n1001,"佐藤, 健","一\r\n二"\r\n1002,鈴木愛,"""三"""\r\n1003,高橋,\r\n'
    raw = text.encode(encoding)
    table, recs, rows = read(raw)
    assert table.columns == ("学籍番号", "氏名", "備考")
    assert rows == [("1001", "佐藤, 健", "一\r\n二"), ("1002", "鈴木愛", '"三"'), ("1003", "高橋", None)]
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    assert [raw[rec:].decode(codec)[:4] for rec in recs] == ["1001", "1002", "1003"]


def test_title_lines_above_the_header_are_passed_over() -> None:
    raw = "顧客一覧,,,,\n出力日,2024-05-01,,,\n\n".encode() + csv_text(CUSTOMERS, [customer(1), customer(2)]).encode()
    table, _, rows = read(raw)
    assert table.columns == CUSTOMERS
    assert rows == [customer(1), customer(2)]


def test_a_table_without_header_keeps_its_first_row() -> None:
    table, _, rows = read("".join(",".join(customer(n)) + "\n" for n in range(5)).encode())
    assert table.columns == ("column 1", "column 2", "column 3", "column 4", "column 5")
    assert len(rows) == 5


def test_rows_too_short_or_too_long_are_records_with_a_flaw() -> None:
    table, _, rows = read(b"id,name,note\n1,a,x\n2,b\n3,c,y,z\n4,d,w\n5,e,v\n")
    assert rows[1:3] == [("2", "b", None), ("3", "c", "y,z")]
    assert [f.reason for f in table.flaws] == ["row of 2 cells", "row of 4 cells"]
    assert table.faults == []


def test_a_quote_that_is_never_closed_costs_one_record_at_most() -> None:
    table, _, rows = read(b'id,name,note\n1,a,x\n2,"b,y\n3,c,z\n4,d,w\n')
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [f.reason for f in table.flaws] == ["quote that is never closed"]


def test_a_quote_inside_a_cell_is_a_letter() -> None:
    assert read(b'id,size,note\n1,5" disk,x\n2,3" disk,y\n3,7" a "b,z\n')[2][0] == ("1", '5" disk', "x")


def test_undecodable_bytes_are_kept_as_escapes_and_noted() -> None:
    raw = "番号,氏名,区分\r\n1,佐藤,a\r\n".encode("cp932") + b"2,\xfd\xff,b\r\n3,\x97\xe9\x96\xd8,c\r\n"
    table, _, rows = read(raw + b"4,\x81,d\r\n")
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[3][1] == "\\x81"
    assert [f.reason for f in table.flaws] == ["bytes that are not cp932"]


def test_an_encoding_that_shows_late_is_found() -> None:
    raw = b"id,name,v\n" + b"".join(b"%d,abc,x\n" % n for n in range(20_000)) + "20000,佐藤健,y\n".encode("cp932")
    assert read(raw)[2][-1] == ("20000", "佐藤健", "y")


def test_rows_that_span_blocks_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kyumei.scope.tables.blocks.BLOCK_BYTES", 5_000)
    rows = [(str(n), "あ" * (n % 40), '"x\ny"' if n % 9 == 0 else "z") for n in range(2000)]
    raw = csv_text(("番号", "名称", "備考"), rows).encode("cp932")
    _, recs, found = read(raw)
    assert [row[0] for row in found] == [row[0] for row in rows]
    assert all(raw[rec:].startswith(row[0].encode() + b",") for rec, row in zip(recs, rows, strict=True))


REFUSED = {
    "prose": "The quick brown fox, it is said, jumps over the lazy dog.\nThat is all, more or less.\nNothing else.\n" * 5,
    "japanese": "お世話になっております。\n佐藤です。先日の件、承知しました。\nよろしくお願いいたします。\n" * 5,
    "python": "from a import b, c\n\ndef f(x, y):\n    return x, y\n\nprint(f(1, 2))\n" * 5,
    "json": '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n' * 5,
    "log": "2024-05-01 10:00:00,123 INFO started\n2024-05-01 10:00:01,456 INFO stopped\n" * 5,
    "syslog": "May  1 10:00:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2\n" * 5,
    "access": '192.0.2.1 - - [01/May/2024:10:00:00 +0900] "GET / HTTP/1.1" 200 5 "-" "X (KHTML, like Gecko)"\n' * 5,
    "stamped": "2024-05-01 10:00:00 host app: started, waiting\n2024-05-01 10:00:01 host app: stopped, done\n" * 5,
    "ini": "[a]\nx = 1, 2\ny = 3, 4\nz = 5, 6\n",
    "sql": "INSERT INTO t VALUES (1, 'a');\nINSERT INTO t VALUES (2, 'b');\n" * 5,
    "pairs": "date=2024-05-01,src=192.0.2.1,dst=192.0.2.2\ndate=2024-05-02,src=192.0.2.1,dst=192.0.2.3\n" * 5,
    "one word": "hello\n",
    "empty": "",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_text_that_is_no_table_is_refused(kind: str) -> None:
    assert accepts(Source.memory(REFUSED[kind].encode(), "x.txt")) == 0


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=10),
    separator=st.sampled_from(",\t;"),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_is_written_in_any_dialect_is_read_back(
    rows: list[list[str]], separator: str, encoding: str, quoting: int
) -> None:
    header = ["会員番号", "氏名", "電話番号"]
    target = io.StringIO()
    csv.writer(target, delimiter=separator, quoting=quoting).writerows([header, *rows])  # type: ignore[arg-type]  # stub wants a literal
    table, _, found = read(target.getvalue().encode(encoding))
    assert list(table.columns) == header
    assert found == [tuple(cell or None for cell in row) for row in rows if any(row)]


LINES = {
    "time then words": '2023/09/23 09:58:51 [error] 2#2: *1 FastCGI sent, client: 192.0.2.4, request: "GET /{n} HTTP/1.1"',
    "brackets": "[GIN] 2022/02/07 - 10:49:{n} | 401 | 505µs | 192.0.2.3 | POST",
    "mail check": "(N) 2024-11-26T01:26:58 - login {n} failed, attempt count: 1, username: a",
    "rules": "    - NewProcessName|endswith: 'tool{n}.exe'",
    "registry": '"VALUE {n}" = hex(3):62,69,20,64,61',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_lines_of_a_log_or_of_settings_are_no_table(line: str) -> None:
    text = "".join(line.replace("{n}", str(n)) + "\n" for n in range(10, 40))
    assert accepts(Source.memory(text.encode(), "x.log")) == 0


def test_a_table_whose_rows_begin_with_a_time_is_one() -> None:
    rows = "".join(f"2024-05-16 09:05:{n},{n},佐藤\n" for n in range(10, 40))
    for text in ("日時,番号,氏名\n" + rows, rows, rows.replace(",", "\t"), "[済] 日時,番号,氏名\n" + rows):
        assert accepts(Source.memory(text.encode(), "x"))
