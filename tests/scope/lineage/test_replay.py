"""A log replayed on restored tables shows exactly the people whom it showed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.readers import run as readers
from kyumei.scope import profile as scope
from kyumei.scope.lineage.events import Wanted, from_store
from kyumei.scope.lineage.trace import trace
from kyumei.scope.survey import Survey
from tests.scope.lineage.reads import everything
from tests.scope.lineage.shop import Shop

if TYPE_CHECKING:
    from kyumei.scope.lineage.trace import Trace
    from tests.scope.lineage.shop import Dialect

DIALECTS = pytest.mark.parametrize("dialect", ["mysql", "postgres"])


def traced(log: str, *dumps: str) -> Trace:
    wanted = Wanted(accounts=frozenset({"report"}))
    objects = []
    with Survey() as survey:
        source = Source.memory(log.encode(), "logs/0001")
        reader, _ = readers.recognise(source)
        assert reader is not None
        assert readers.run(reader, source, survey.events(reader.name)).faults == []
        for number, dump in enumerate(dumps):
            source = Source.memory(dump.encode(), f"dumps/{number}.sql")
            extractor, _ = scope.recognise(source)
            assert extractor is not None
            survey.add(source, extractor)
            objects.append((source, extractor))
        store = survey.store()
        return trace(from_store(store, wanted), objects, store, zone="Asia/Tokyo", wanted=wanted)


@DIALECTS
@pytest.mark.parametrize("seed", range(1, 4))
def test_thirty_seven_statements_show_exactly_these_people(dialect: Dialect, seed: int) -> None:
    shop = Shop(seed, dialect)
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    dump = shop.dump()
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
    assert found.taken.best == len(set().union(*shop.reads[-2:]))
    assert found.skipped == []


def quietly_changed(shop: Shop) -> None:
    """Change rows without a word in the log, over two days."""
    for _ in range(14):
        shop.insert("customers", shop.customer(person := shop.new_person()), person)
    for number in shop.dice.sample(range(1, 180), 12):
        shop.db.execute(
            "update customers set pref = ? where id = ?", (shop.dice.choice(("宮城県", "大阪府", "福岡県")), number)
        )
    for number in shop.dice.sample(range(150, 180), 5):
        shop.db.execute("delete from customers where id = ?", (number,))
    shop.clock += timedelta(days=2)


def inside(found: Trace, shop: Shop) -> list[object]:
    """Return what of the truth lies outside the bounds."""
    pairs = [*zip(((s.people, s.reading.logged.text) for s in found.shown), shop.reads, strict=True)]
    wrong: list[object] = [(p, text, len(truth)) for (p, text), truth in pairs if not p.low <= len(truth) <= p.high]
    everyone = len(set().union(*shop.reads))
    return wrong if found.accessed.low <= everyone <= found.accessed.high else [*wrong, (found.accessed, everyone)]


@DIALECTS
@pytest.mark.parametrize("seed", range(11, 13))
def test_the_truth_lies_inside_the_interval_when_a_backup_is_missing(dialect: Dialect, seed: int) -> None:
    shop = Shop(seed, dialect)
    older = shop.dump()
    quietly_changed(shop)
    shop.say(12, "app", "SELECT 1")
    shop.clock += timedelta(seconds=1)
    newer = shop.dump()
    everything(shop)
    later = shop.dump(shop.clock + timedelta(seconds=5))
    everyone = len(set().union(*shop.reads))
    both = traced(shop.log(), older, newer)
    assert (both.accessed.low, both.accessed.high) == (everyone, everyone)
    assert [s.people.best for s in both.shown] == [len(truth) for truth in shop.reads]
    for dump in (older, later):
        found = traced(shop.log(), dump)
        assert inside(found, shop) == []
        assert found.accessed.low < found.accessed.high
        assert all(s.reading.reasons for s in found.shown if s.people.low < s.people.high)
