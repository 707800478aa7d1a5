"""What a case says of how far people's data was reached."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kyumei.case.triage import Options, triage
from kyumei.replay.incidents.query_2025.reads import between_changes, by_key
from tests.scope.lineage.shop import Shop

if TYPE_CHECKING:
    from pathlib import Path


def test_a_case_with_a_dump_and_its_log_says_whom_each_account_read(tmp_path: Path) -> None:
    shop = Shop(31, "mysql")
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "shop.sql").write_text(shop.dump(), "utf-8")
    by_key(shop)
    between_changes(shop)
    (evidence / "general.log").write_text(shop.log(), "utf-8")
    document = triage([evidence], tmp_path / "case", Options(workers=1), lambda _: None)
    said = document["people_by_reach"]["database"]
    accounts = {a["account"]: (a["people"]["low"], a["people"]["high"]) for a in said["accounts"]}
    everyone = len(set().union(*shop.reads))
    assert accounts == {"report": (everyone, everyone)}
    assert said["not_certain"] == 0
    assert document["people_by_reach"]["accessed"]["best"] == 0  # no hypothesis names the account
