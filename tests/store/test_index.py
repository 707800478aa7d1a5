from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from kyumei.errors import UserError
from kyumei.model.source import Source
from kyumei.store.connect import connect
from kyumei.store.index import build
from kyumei.store.query import Store
from kyumei.store.rows import Rows
from kyumei.store.write import Part
from tests.store.cases import opened, write_events

if TYPE_CHECKING:
    from pathlib import Path


def test_events_are_found_with_their_native_fields(tmp_path: Path) -> None:
    part = Part(tmp_path / "events" / "test.reader", "stem")
    rows = Rows(Source.memory(b"x"), "test.reader", part.add)
    rows.add(rec=7, ts=1_000_000, action="login.failed", fields={"TargetUserName": "suzuki"}, account="suzuki")
    rows.flush()
    part.close()
    build(tmp_path)
    store = Store.open(tmp_path)
    assert store.rows("select epoch_us(ts), rec, account from events order by rec") == [(1_000_000, 7, "suzuki")]
    assert store.rows('select "TargetUserName" from "test.reader" where rec = ?', 7) == [("suzuki",)]
    assert "TargetUserName" in store.fields("test.reader")


def test_what_a_killed_run_left_behind_does_no_harm(tmp_path: Path) -> None:
    for name in (".index.duckdb.partial", ".index.duckdb.partial.wal"):
        (tmp_path / name).write_bytes(b"half written")
    build(tmp_path)
    assert Store.open(tmp_path).rows("select count(*) from events") == [(0,)]
    assert [p.name for p in tmp_path.iterdir()] == ["index.duckdb"]


def test_fields_whose_names_differ_only_in_case_lose_nothing(tmp_path: Path) -> None:
    write_events(tmp_path, "test.reader", "a", [{"fields": {"BinaryData": "1"}}])
    write_events(tmp_path, "test.reader", "b", [{"fields": {"Binarydata": "2", "BinaryData": "3"}}])
    found = opened(tmp_path).rows("select columns('(?i)binary.*') from \"test.reader\"")
    assert {value for row in found for value in row if value} == {"1", "2", "3"}


def test_an_empty_case_has_empty_tables(tmp_path: Path) -> None:
    build(tmp_path)
    assert Store.open(tmp_path).rows("select count(*) from sources") == [(0,)]


def test_a_folder_without_index_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no index"):
        Store.open(tmp_path)


def test_sql_reads_nothing_outside_the_case(tmp_path: Path) -> None:
    con = connect(folders=[tmp_path])
    with pytest.raises(duckdb.PermissionException):
        con.execute("select * from read_text('/etc/passwd')")
    settings = dict(
        con.execute(
            "select name, value from duckdb_settings() where name like '%extensions' or name like '%external%'"
        ).fetchall()
    )
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["autoload_known_extensions"] == "false"
    assert settings["enable_external_access"] == "false"
