"""`kyumei lineage` on files."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from click.testing import CliRunner

from kyumei.cli.lineage import command
from tests.scope.lineage.reads import by_pages
from tests.scope.lineage.shop import Shop

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path) -> tuple[Shop, list[str]]:
    shop = Shop(51, "postgres")
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    (folder / "shop.sql").write_text(shop.dump(), "utf-8")
    by_pages(shop)
    (folder / "postgresql.log").write_text(shop.log(), "utf-8")
    return shop, [str(folder / "shop.sql"), "--log", str(folder / "postgresql.log"), "--account", "report"]


def test_json_has_each_statement_and_the_people_by_reach(tmp_path: Path) -> None:
    shop, given = files(tmp_path)
    ended = CliRunner().invoke(command, given, standalone_mode=False)
    said = json.loads(ended.stdout)
    assert said["schema"] == "kyumei.lineage/1"
    assert [r["people"]["best"] for r in said["reads"]] == [len(t) for t in shop.reads]
    assert said["people_by_reach"]["accessed"]["best"] == len(set().union(*shop.reads))
    assert ended.return_value == 0


def test_the_table_says_it_in_japanese_and_english(tmp_path: Path) -> None:
    _, given = files(tmp_path)
    for lang, word in (("ja", "閲覧された人数"), ("en", "people whose data was read")):
        ended = CliRunner().invoke(command, [*given, "--format", "table", "--lang", lang], standalone_mode=False)
        assert word in ended.stdout


def test_no_log_is_a_clear_error(tmp_path: Path) -> None:
    _, given = files(tmp_path)
    ended = CliRunner().invoke(command, given[:1], standalone_mode=False)
    assert "no database log" in str(ended.exception)
