from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kyumei.cli.timeline import command, instant
from kyumei.errors import UserError
from tests.store.cases import opened, write_events, write_sources

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

EVENTS: list[dict[str, Any]] = [
    {"ts": None, "host": "fs02", "message": "時刻なし"},
    {"ts": 1_715_820_000_000_000, "account": "suzuki", "action": "mail.sent", "object": "=cmd|'/c calc'!A1", "rec": 7},
    {"ts": 1_715_810_000_000_001, "message": "red \x1b[31m \u202efdp.exe", "fields": {"timestamp": "x", "Own": '引用"'}},
]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    write_events(tmp_path / "case", "test.reader", "logs/a.log", EVENTS)
    write_sources(tmp_path / "case", "logs/a.log")
    opened(tmp_path / "case").close()
    return tmp_path / "case"


def call(case: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--case", str(case), *arguments], catch_exceptions=False, standalone_mode=False)


def test_json_lines_carry_local_time_with_offset_and_the_place_in_evidence(case: Path) -> None:
    lines = [json.loads(line) for line in call(case, "--format", "jsonl").stdout.splitlines()]
    assert [line.get("ts") for line in lines] == ["2024-05-16T06:53:20.000001+09:00", "2024-05-16T09:40:00.000000+09:00", None]
    assert (lines[1]["evidence_id"], lines[1]["path"], lines[1]["rec"]) == ("E-000000000000", "logs/a.log", 7)


def test_the_summary_goes_to_stderr(case: Path) -> None:
    said = call(case, "--from", "2024-05-16", "--to", "2024-05-16").stderr
    assert "2 events, 0 of them without a time" in said
    assert "from 2024-05-16T06:53:20.000001+09:00 to 2024-05-16T09:40:00+09:00" in said


def test_csv_starts_no_formula_in_a_spreadsheet(case: Path) -> None:
    text = call(case, "--format", "csv", "--bom").stdout_bytes
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["object"] for row in rows] == ["", "'=cmd|'/c calc'!A1", ""]
    assert rows[2]["message"] == "時刻なし"


def test_csv_of_no_events_is_the_header(case: Path) -> None:
    lines = call(case, "--format", "csv", "--host", "nothing").stdout.splitlines()
    assert len(lines) == 1
    assert '"path"' in lines[0]


def test_timesketch_lines_have_its_keys_and_the_sources_own_fields(case: Path) -> None:
    result = call(case, "--format", "timesketch")
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["datetime"] == "2024-05-15T21:53:20.000001+00:00"
    assert first["timestamp"] == 1_715_810_000_000_001
    assert (first["data_type"], first["timestamp_desc"]) == ("kyumei:test.reader", "event")
    assert (first["timestamp#native"], first["Own"]) == ("x", '引用"')
    assert second["message"] == "=cmd|'/c calc'!A1"
    assert "were left out" in result.stderr


def test_a_table_shows_control_characters_instead_of_obeying_them(case: Path) -> None:
    text = call(case, "--format", "table").stdout
    assert "\x1b" not in text
    assert "\\x1b[31m \\u202efdp.exe" in text


def test_parquet_keeps_types(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    call(case, "--format", "parquet", "--native", "-o", str(out))
    table = pq.read_table(out)
    assert table.num_rows == 3
    assert str(table["ts"].type) == "timestamp[us, tz=UTC]"


def test_a_file_is_not_overwritten_unless_forced(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    with pytest.raises(UserError, match="exists"):
        call(case, "--format", "csv", "-o", str(out))
    assert out.read_text() == "mine"
    call(case, "--format", "csv", "-o", str(out), "--force")
    assert "時刻なし" in out.read_text("utf-8")
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".partial")] == []


@pytest.mark.parametrize(
    ("text", "zone", "micros"),
    [
        ("2024-05-16", "Asia/Tokyo", 1_715_785_200_000_000),
        ("2024/05/16 00:00", "Asia/Tokyo", 1_715_785_200_000_000),
        ("2024-05-15T15:00:00Z", "Asia/Tokyo", 1_715_785_200_000_000),
        ("2024-05-16T00:00:00.5+09:00", "UTC", 1_715_785_200_500_000),
    ],
)
def test_times_are_read_as_people_write_them(text: str, zone: str, micros: int) -> None:
    assert instant(text, zone) == micros


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    assert instant("2024-05-16", "UTC", end_of_day=True) - instant("2024-05-16", "UTC") == 86_400_000_000


@pytest.mark.parametrize(("option", "value"), [("--from", "yesterday"), ("--to", "2024-13-01"), ("--tz", "Asia/Nowhere")])
def test_a_bad_time_or_zone_is_the_users_error_with_a_hint(case: Path, option: str, value: str) -> None:
    with pytest.raises(UserError, match="time") as wrong:
        call(case, option, value)
    assert wrong.value.hint
