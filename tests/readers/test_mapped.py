"""Mappings: what they make of records, that nothing is lost, and that a wrong one is refused with a hint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.cli.map import command
from kyumei.errors import UserError
from kyumei.model.source import Source
from kyumei.readers.mapped.mapping import parse
from kyumei.readers.mapped.register import _SHIPPED, accepted, as_reader
from kyumei.readers.mapped.suggest import suggestion
from kyumei.readers.run import recognise, run
from kyumei.scope.profile import recognise as recognise_table
from tests.readers.samples import strict_run

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

OWN = """
name: user.door
format: csv
accepts: [日時, 社員番号, 操作, ファイル名]
time: {fields: [日時], form: "%Y/%m/%d %H:%M:%S", zone: Asia/Tokyo}
columns:
  account: [社員番号]
  object: ["{フォルダー}/{ファイル名}", ファイル名]
  bytes: [サイズ]
  src_ip: [IP]
action:
  rules: [{if: {操作: コピー, フォルダー: {matches: "^E:"}}, then: file.copied}]
  field: 操作
  values: {コピー: file.written, 印刷: page.printed}
  default: record.written
outcome: {rules: [{if: {サイズ: {above: 100}}, then: success}], default: unknown}
"""
ROWS = (
    "出力日,2024/06/01\r\n"
    "日時,社員番号,操作,フォルダー,ファイル名,サイズ,IP\r\n"
    '2024/06/07 09:30:00,1001,コピー,E:/,"名簿,\n完成.xlsx",120,::ffff:192.0.2.1\r\n'
    "2024/06/07 09:31:00,1002,印刷,,案内.pdf,5,\r\n"
    "いつか,1003,閲覧,C:/,x,,\r\n"
)


def read(mapping: str, data: bytes) -> tuple[list[dict[str, Any]], int]:
    found: list[pa.Table] = []
    done = run(as_reader(parse(mapping, "own")), Source.memory(data), found.append)
    return [row for table in found for row in table.to_pylist()], len(done.faults)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_rows_of_a_japanese_export_become_events_whatever_the_encoding(encoding: str) -> None:
    rows, faults = read(OWN, ROWS.encode(encoding))
    assert faults == 0
    assert [row["action"] for row in rows] == ["file.copied", "page.printed", "record.written"]
    assert [row["account"] for row in rows] == ["1001", "1002", "1003"]
    assert rows[0]["object"] == "E://名簿,\n完成.xlsx"
    assert rows[1]["object"] == "案内.pdf"
    assert rows[0]["src_ip"] == "192.0.2.1"
    assert [row["outcome"] for row in rows] == ["success", "unknown", "unknown"]
    assert rows[0]["ts"].isoformat() == "2024-06-07T00:30:00+00:00"
    assert rows[2]["ts"] is None
    assert rows[2]["日時"] == "いつか"


def test_every_row_cites_the_byte_at_which_it_begins() -> None:
    data = ROWS.encode("cp932")
    rows, _ = read(OWN, data)
    assert [data[row["rec"] :].split(b",")[1] for row in rows] == [b"1001", b"1002", b"1003"]


def test_a_row_whose_quotes_do_not_close_is_a_fault_and_the_rest_is_read() -> None:
    rows, faults = read(OWN, (ROWS + '2024/06/07 09:40:00,1004,"印刷,,x,,\r\n2024/06/07 09:41:00,1005,印刷,,y,,\r\n').encode())
    assert faults == 1
    assert [row["account"] for row in rows] == ["1001", "1002", "1003", "1005"]


def test_cells_beyond_the_header_are_kept() -> None:
    rows, _ = read(OWN, (ROWS + "2024/06/07 09:40:00,1004,印刷,,x,,,more\r\n").encode())
    assert rows[-1]["column 8"] == "more"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("name: Door", "name is 'Door'"),
        ("format: xml", "format is 'xml'"),
        ("columns: {who: [a]}", "who is no column"),
        ("action: {default: file.eaten}", "action file.eaten is not known"),
        ("colour: red", "colour is not known"),
        ("action: {rules: [{if: {a: {like: b}}, then: file.copied}]}", "condition on a"),
    ],
)
def test_a_mapping_that_is_not_understood_is_refused_with_a_hint(change: str, message: str) -> None:
    lines = {line.split(":")[0]: line for line in ["name: user.x", "format: csv", "accepts: [a]", change]}
    with pytest.raises(UserError, match=message) as wrong:
        parse("\n".join(lines.values()), "own")
    assert wrong.value.hint


def test_every_shipped_mapping_is_understood_and_names_where_its_format_is_described() -> None:
    files = sorted(_SHIPPED.glob("*.yaml"))
    assert files
    for file in files:
        mapping = parse(file.read_text("utf-8"), file.name)
        assert mapping.spec.startswith("https://"), file.name
        assert mapping.time.fields, file.name
        assert mapping.patterns or len(mapping.accepts) + len(mapping.any) >= 2, file.name


def test_a_proposal_is_understood_and_accepts_the_file_it_was_made_from() -> None:
    for data in (ROWS.partition("いつか")[0].encode("cp932"), b"".join(json.dumps(row).encode() + b"\n" for row in RECORDS)):
        source = Source.memory(data)
        mapping = parse(suggestion(source), "proposal")
        assert accepted(mapping, source)
        assert mapping.time.fields
        assert "account" in dict(mapping.columns)


RECORDS = [
    {"when": f"2024-06-07T09:3{n}:00Z", "actor": {"email": f"u{n}@example.jp"}, "ip": "192.0.2.1", "event": "DOWNLOAD", "n": n}
    for n in range(5)
]


def test_a_proposal_tells_the_meaning_of_values() -> None:
    mapping = parse(suggestion(Source.memory(json.dumps(RECORDS).encode())), "proposal")
    assert dict(mapping.action.values) == {"download": "file.downloaded"}
    assert dict(mapping.columns)["src_ip"] == ("ip",)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_behind_a_header_are_rows_or_faults(noise: bytes) -> None:
    header = "日時,社員番号,操作,ファイル名\n".encode()
    source = Source.memory(header + noise)
    done = run(as_reader(parse(OWN, "own")), source, lambda _: None)
    assert all("reader failed" not in fault.reason for fault in done.faults)


def test_check_shows_what_a_mapping_makes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(OWN, "utf-8")
    (tmp_path / "log.csv").write_bytes(ROWS.encode("cp932"))
    done = CliRunner().invoke(command, ["check", str(tmp_path / "m.yaml"), str(tmp_path / "log.csv")])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1]) == {"read": 3, "faulted": 0}


LINES = """
name: user.door
format: lines
patterns: ['^(?P<time>\\S+) card=(?P<card>\\d+) (?P<pairs>.*)$']
skip: '^#'
time: {fields: [time]}
columns: {account: [card], object: [door]}
action: {rules: [{if: {result: denied}, then: login.failed}], default: login.succeeded}
outcome: {rules: [{if: {result: denied}, then: failure}], default: success}
"""


def test_text_lines_go_by_patterns_and_what_fits_none_is_kept() -> None:
    data = (
        "# header\n2024-06-07T09:30:00Z card=7 door=A result=ok\n続きの行\n2024-06-07T09:31:00Z card=8 result=denied door=B\n"
    )
    rows, faults = read(LINES, data.encode())
    assert faults == 0
    assert [(row["account"], row["object"], row["action"], row["outcome"]) for row in rows] == [
        ("7", "A", "login.succeeded", "success"),
        (None, None, "record.written", None),
        ("8", "B", "login.failed", "failure"),
    ]
    assert rows[1]["message"] == "続きの行"
    assert [data.encode()[row["rec"] :][:4] for row in rows] == [b"2024", "続".encode() + b"\xe3", b"2024"]


def test_a_log_of_cloudtrail_is_recognised_among_other_json() -> None:
    record = {
        "eventVersion": "1.08",
        "eventTime": "2024-06-07T00:30:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "ap-northeast-1",
        "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "IAMUser", "userName": "kai"},
        "requestParameters": {"bucketName": "b", "key": "k.csv"},
        "additionalEventData": {"bytesTransferredOut": 1234.0},
    }
    source = Source.memory(json.dumps({"Records": [record]}).encode())
    reader, _ = recognise(source)
    assert reader is not None
    assert reader.name == "cloud.aws_cloudtrail"
    found: list[pa.Table] = []
    run(reader, source, found.append)
    row = found[0].to_pylist()[0]
    assert (row["action"], row["object"], row["account"], row["outcome"]) == ("file.downloaded", "b/k.csv", "kai", "success")


ASSETS = {
    "date and clock apart": (
        "日付,時刻,端末機名,ログオンユーザー名,ログ種別,操作,ファイルパス,移動/コピー先\n"
        "2024/06/17,09:12:33,PC-0123,yamada,ファイル操作,コピー,C:\\顧客名簿.xlsx,E:\\顧客名簿.xlsx\n"
    ),
    "Japanese words in the time": (
        "発生日時,コンピュータ名,ユーザID,IPアドレス,イベント種別,イベント詳細\n"
        "2024年06月17日 09時12分33秒,PC-0123,yamada,192.0.2.10,書き込み,顧客名簿.xlsx\n"
    ),
    "preamble and units": (
        "#操作ログ\nログ日時,デバイス名,ログインユーザー,操作内容,ファイル元パス,ファイルサイズ(KB)\n"
        "2024/06/17 09:12:33,PC-0123,yamada,ファイルコピー,C:\\顧客名簿.xlsx,2\n"
    ),
    "tabs": (
        "管理番号\t端末名\t利用者名\tログオンID\t開始日時\tログ種類\t添付ファイル\n"
        "A001\tPC-0123\t山田 太郎\tyamada\t2024/6/17 9:12:33\tメール添付\t顧客名簿.xlsx\n"
    ),
}


@pytest.mark.parametrize("table", ASSETS.values(), ids=list(ASSETS))
def test_a_log_of_asset_management_that_nobody_described_is_read_all_the_same(table: str) -> None:
    source = Source.memory((table + table.splitlines()[-1] + "\n").encode("cp932"), "evidence/0001")
    reader, sure = recognise(source)
    assert reader is not None
    assert (reader.name, sure > recognise_table(source)[1]) == ("text.csv_events", True)
    _, tables = strict_run(reader, source)
    row = tables[0].to_pylist()[0]
    assert (row["ts"].isoformat(), row["host"], row["account"]) == ("2024-06-17T00:12:33+00:00", "PC-0123", "yamada")
    assert row["action"] in {"file.copied", "file.uploaded"}
    assert row.get("bytes") in {None, 2048}


@pytest.mark.parametrize(
    "table",
    [
        "登録日時,氏名,住所,電話番号,状態\n2024/06/17 09:12:33,山田太郎,東京都港区1-1,03-0000-0000,変更\n",
        "更新日,担当,商品名,数量\n2024/06/17,山田,りんご,3\n",
        "日時,氏名,種別\n2024/06/17 09:12:33,山田太郎,一般\n",
    ],
)
def test_a_table_of_persons_or_things_is_no_log(table: str) -> None:
    reader, _ = recognise(Source.memory((table + table.splitlines()[-1] + "\n").encode("cp932"), "evidence/0001"))
    assert reader is None or reader.name != "text.csv_events"


def test_a_clock_is_no_address() -> None:
    columns = dict(parse(suggestion(Source.memory(ASSETS["date and clock apart"].encode())), "proposal").columns)
    assert "src_ip" not in columns
