"""SigmaHQ's regression data: each log was made to fire one rule."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.model.source import Source
from kyumei.readers.registry import READERS
from kyumei.readers.run import run
from kyumei.store.columns import from_table
from tests.conftest import lines, members

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


@pytest.fixture(scope="module")
def engine(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("rules")
    with tarfile.open(shared_data / "rules_sigma.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    rules, _ = parse_rules([folder])
    return Engine.build(rules, folder / "cache")


@pytest.mark.slow
def test_every_regression_log_fires_its_rule(shared_data: Path, engine: Engine) -> None:
    logs = dict(members(shared_data / "sigma_regression.tar.xz"))
    wanted = [json.loads(line) for line in lines(shared_data / "truth" / "sigma_regression.jsonl.xz")]
    found = {row["rule_id"]: _count(engine, logs[row["evtx"]], row["rule_id"]) for row in wanted}
    assert len(wanted) == 126
    assert [row["title"] for row in wanted if found[row["rule_id"]] < (row["match_count"] or 1)] == []


def _count(engine: Engine, log: bytes, rule: str) -> int:
    tables: list[pa.Table] = []
    run(READERS.get("windows.evtx"), Source.memory(log), tables.append)
    return sum(len(engine.run(from_table(table)).of(rule)) for table in tables)
