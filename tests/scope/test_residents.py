from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.duties.holdings import from_holding
from kyumei.duties.values import Bounds
from kyumei.model.count import Count
from kyumei.model.holding import Holding
from kyumei.model.source import Source
from kyumei.scope.count import counted
from tests.scope.people import Person, csv_text
from tests.scope.run import personal, profiled, stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ACCOUNTS = ("account", "full_name", "birthday", "email", "city", "state", "country")


def _csv(rows: Sequence[Sequence[str]], name: str) -> Source:
    return Source.memory(csv_text(ACCOUNTS, rows).encode(), name)


def _account(n: int, city: str, state: str, country: str) -> tuple[str, ...]:
    p = Person(n)
    return (f"u{n}", p.name, p.born, p.email, city, state, country)


def test_persons_count_once_in_each_place_that_their_records_name(tmp_path: Path) -> None:
    here = [_account(n, "Fresno", "CA", "US") for n in range(4)] + [_account(n, "Berlin", "", "DE") for n in range(4, 7)]
    moved = [_account(0, "Austin", "TX", "US"), _account(1, "Fresno", "CA", "US")]
    found = profiled(_csv(here, "a.csv"), _csv(moved, "b.csv"))
    with stored(found, tmp_path) as store:
        said = counted(store, personal(found))
    assert said.people.best == 7
    assert {place: c.best for place, c in said.residents.items()} == {"DE": 3, "US-CA": 4, "US-TX": 1}
    assert all(c.low == c.best == c.high for c in said.residents.values())


def test_who_is_in_no_known_place_could_be_in_any(tmp_path: Path) -> None:
    rows = [_account(n, "Fresno", "CA", "US") for n in range(4)] + [_account(n, "Springfield", "", "") for n in range(4, 6)]
    found = profiled(_csv(rows, "a.csv"))
    with stored(found, tmp_path) as store:
        said = counted(store, personal(found))
    assert {place: (c.low, c.best, c.high) for place, c in said.residents.items()} == {"US-CA": (4, 4, 6)}


def test_tables_without_places_say_nothing(tmp_path: Path) -> None:
    found = profiled(
        Source.memory(csv_text(("氏名", "生年月日"), [(Person(n).name, Person(n).born) for n in range(9)]).encode(), "a.csv")
    )
    with stored(found, tmp_path) as store:
        assert counted(store, personal(found)).residents == {}


def _holding(dataset: str, residents: dict[str, int]) -> Holding:
    places = tuple((place, Count.exact(n, "test")) for place, n in residents.items())
    return Holding("A", "own", dataset, (), Count.exact(9, "rows"), Count.exact(9, "x"), "taken", residents=places)


def test_the_law_is_told_where_people_live_over_all_holdings_of_a_party() -> None:
    held = [_holding("x", {"US-CA": 4}), _holding("y", {"US-CA": 3, "DE": 1})]
    facts = from_holding(held[0], {}, among=held)
    assert facts.get("persons.by_residence.US-CA") == Bounds(4, 7)
    assert facts.get("persons.by_residence.DE") == Bounds(1, 1)


def test_what_people_state_about_residence_is_left_as_it_is() -> None:
    held = [_holding("x", {"US-CA": 4})]
    facts = from_holding(held[0], {"persons.by_residence.US-CA": 600}, among=held)
    assert facts.get("persons.by_residence.US-CA") == Bounds(600, 600)
