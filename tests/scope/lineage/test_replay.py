"""A log replayed on restored tables shows exactly the people whom it showed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.readers import run as readers
from kyumei.replay.incidents.query_2025 import quietly_changed, taken
from kyumei.replay.incidents.query_2025.reads import everything
from kyumei.replay.incidents.query_2025.shop import DIALECTS
from kyumei.scope import profile as scope
from kyumei.scope.lineage.events import Wanted, from_store
from kyumei.scope.lineage.trace import trace
from kyumei.scope.survey import Survey
from tests.scope.lineage.shop import Shop

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.incidents.query_2025.shop import Dialect
    from kyumei.scope.lineage.trace import Trace

EACH = pytest.mark.parametrize("dialect", DIALECTS)


def dumped(shop: Shop, at: datetime | None = None) -> tuple[str, str]:
    """Return name and text of a dump; Oracle's says nothing of its instant but in its name."""
    return f"shop_{(at or shop.clock) + timedelta(hours=9):%Y%m%d_%H%M%S}.sql", shop.dump(at)


def traced(log: str, *dumps: str | tuple[str, str]) -> Trace:
    wanted = Wanted(accounts=frozenset({"report"}))
    objects = []
    with Survey() as survey:
        source = Source.memory(log.encode(), "logs/0001")
        reader, _ = readers.recognise(source)
        assert reader is not None
        assert readers.run(reader, source, survey.events(reader.name)).faults == []
        for number, dump in enumerate(dumps):
            name, text = dump if isinstance(dump, tuple) else (f"{number}.sql", dump)
            source = Source.memory(text.encode(), f"dumps/{name}")
            extractor, _ = scope.recognise(source)
            assert extractor is not None
            survey.add(source, extractor)
            objects.append((source, extractor))
        store = survey.store()
        return trace(from_store(store, wanted), objects, store, zone="Asia/Tokyo", wanted=wanted)


@EACH
@pytest.mark.parametrize("seed", range(1, 4))
def test_thirty_seven_statements_show_exactly_these_people(dialect: Dialect, seed: int) -> None:
    shop = Shop(seed, dialect)
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    dump = dumped(shop)
    everything(shop)
    found = traced(shop.log(), dump)
    wrong = [
        (s.reading.logged.text, s.people, s.reading.reasons, len(truth))
        for s, truth in zip(found.shown, shop.reads, strict=True)
        if not s.people.low == s.people.best == s.people.high == len(truth)
    ]
    assert wrong == []
    everyone = set().union(*shop.reads)
    assert (found.accessed.low, found.accessed.best, found.accessed.high) == (len(everyone),) * 3
    assert found.taken.best == len(taken(shop))
    assert found.skipped == []


def inside(found: Trace, shop: Shop) -> list[object]:
    """Return what of the truth lies outside the bounds."""
    pairs = [*zip(((s.people, s.reading.logged.text) for s in found.shown), shop.reads, strict=True)]
    wrong: list[object] = [(p, text, len(truth)) for (p, text), truth in pairs if not p.low <= len(truth) <= p.high]
    everyone = len(set().union(*shop.reads))
    return wrong if found.accessed.low <= everyone <= found.accessed.high else [*wrong, (found.accessed, everyone)]


@EACH
@pytest.mark.parametrize("seed", range(11, 13))
def test_the_truth_lies_inside_the_interval_when_a_backup_is_missing(dialect: Dialect, seed: int) -> None:
    shop = Shop(seed, dialect)
    older = dumped(shop)
    quietly_changed(shop)
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    newer = dumped(shop)
    everything(shop)
    later = dumped(shop, shop.clock + timedelta(seconds=5))
    everyone = len(set().union(*shop.reads))
    both = traced(shop.log(), older, newer)
    assert (both.accessed.low, both.accessed.high) == (everyone, everyone)
    assert [s.people.best for s in both.shown] == [len(truth) for truth in shop.reads]
    for dump in (older, later):
        found = traced(shop.log(), dump)
        assert inside(found, shop) == []
        assert found.accessed.low < found.accessed.high
        assert all(s.reading.reasons for s in found.shown if s.people.low < s.people.high)
