"""What every analytic promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kyumei.detect.registry import ANALYTICS, HEADINGS
from kyumei.detect.run import Settings, run
from kyumei.model.finding import Level
from tests.detect.case import Case
from tests.detect.office import fill

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.detect.registry import Analytic

ALL = pytest.mark.parametrize("analytic", ANALYTICS.all(), ids=lambda a: a.name)


@ALL
def test_the_page_has_every_heading_in_order(analytic: Analytic) -> None:
    assert re.findall(r"^    ([A-Z][a-z ]+):$", analytic.page, re.MULTILINE) == list(HEADINGS)
    assert set(analytic.title) == {"ja", "en"}


def test_an_empty_case_gives_nothing(tmp_path: Path) -> None:
    store = Case(tmp_path).open()
    assert [f for analytic in ANALYTICS.all() for f in analytic.find(store, Settings())] == []


def test_weeks_of_an_ordinary_office_give_nothing_grave(tmp_path: Path) -> None:
    case = Case(tmp_path)
    fill(case)
    found = run(case.open(), Settings())
    assert [f for f in found if f.level.rank >= Level.MEDIUM.rank] == []


@pytest.mark.parametrize("seed", [2, 3])
def test_other_offices_give_nothing_grave_either(tmp_path: Path, seed: int) -> None:
    case = Case(tmp_path)
    fill(case, seed)
    assert [f for f in run(case.open(), Settings()) if f.level.rank >= Level.HIGH.rank] == []


def test_the_order_of_findings_is_total_and_the_same_every_time(tmp_path: Path) -> None:
    case = Case(tmp_path)
    fill(case)
    store = case.open()
    run(store, Settings(zone="UTC"))
    first = run(store, Settings())
    ranks = [f.level.rank for f in first]
    assert ranks == sorted(ranks, reverse=True)
    assert len({f.id for f in first}) == len(first)
    assert run(store, Settings()) == first
