"""Our engine beside pySigma's SQLite backend, rule by rule and event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real.sigma_agreement import UNEXPLAINED, on_made, on_real, unpacked, windows_rules

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.detect.sigma.engine import Engine
    from tests.real.sigma_sqlite import Query


@pytest.fixture(scope="module")
def rules(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, list[Query]]:
    assert shared_data.is_dir()
    return windows_rules(unpacked(tmp_path_factory.mktemp("rules"), "rules_sigma"))


@pytest.mark.slow
def test_rules_find_in_real_logs_what_their_queries_find_or_the_difference_is_explained(
    rules: tuple[Engine, list[Query]], tmp_path: Path
) -> None:
    compared = on_real(*rules, tmp_path)
    assert compared.agreed > 400
    assert [d.rule.title for d in compared.differences if UNEXPLAINED in d.classes] == []


@pytest.mark.slow
def test_rules_find_in_events_made_for_them_what_their_queries_find_or_the_difference_is_explained(
    rules: tuple[Engine, list[Query]],
) -> None:
    compared = on_made(*rules)
    assert compared.agreed > 2_700
    assert not compared.failed
    assert [d.rule.title for d in compared.differences if UNEXPLAINED in d.classes] == []
