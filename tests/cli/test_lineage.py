"""`kyumei lineage` on files."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kyumei.cli.lineage import command
from kyumei.replay.catalogue import replays, write
from kyumei.replay.incidents.query_2025.reads import by_pages
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


@pytest.mark.case
@pytest.mark.parametrize("variant", replays()["query-2025"].variants)
def test_the_replay_of_a_reading_account_is_exact_and_with_one_backup_missing_inside(variant: str, tmp_path: Path) -> None:
    write("query-2025", tmp_path, seed=3, variant=variant)
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    given = [str(tmp_path / "evidence"), "--account", *truth["accounts"]]
    said = json.loads(CliRunner().invoke(command, given, standalone_mode=False).stdout)
    counted = [*(read["people"] for read in said["reads"]), said["people_by_reach"]["accessed"]]
    wanted = [*(statement["people"] for statement in truth["statements"]), truth["people"]["best"]]
    assert [c["low"] <= n <= c["high"] for c, n in zip(counted, wanted, strict=True)] == [True] * 38
    assert ([c["low"] == c["high"] for c in counted] == [True] * 38) is not variant.endswith("-gap")
    assert said["people_by_reach"]["taken"]["low"] <= truth["people_taken"] <= said["people_by_reach"]["taken"]["high"]
