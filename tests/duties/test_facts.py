from __future__ import annotations

import pytest

from kyumei.duties.facts import Facts
from kyumei.duties.holdings import from_holding, from_holdings
from kyumei.duties.judge import judge
from kyumei.duties.values import Bounds, Members
from kyumei.model.count import Count
from kyumei.model.holding import Holding


def residence(total: Bounds | None, **places: int) -> Facts:
    values = {f"persons.by_residence.{place.replace('_', '-')}": Bounds(n, n) for place, n in places.items()}
    return Facts(values if total is None else {**values, "persons.total": total})


@pytest.mark.parametrize(
    ("facts", "place", "bounds"),
    [
        (residence(Bounds(100, 100), JP=100), "CN", Bounds(0, 0)),
        (residence(Bounds(100, 100), JP=90), "CN", Bounds(0, 10)),
        (residence(Bounds(100, 120), JP=90, KR=5), "CN", Bounds(0, 25)),
        (residence(None, JP=90), "CN", None),
        (residence(None, DE=3, FR=4), "EU", Bounds(7, None)),
        (residence(Bounds(10, 10), DE=3, FR=4, JP=2), "EU", Bounds(7, 8)),
        (residence(Bounds(10, 10), EU=4, JP=5), "DE", Bounds(0, 4)),
        (residence(Bounds(10, 10), EU=4, DE=3), "FR", Bounds(0, 1)),
        (residence(Bounds(10, 10), US=6, US_CA=2), "US-NY", Bounds(0, 4)),
        (residence(Bounds(10, 10), US_CA=2, JP=5), "US-NY", Bounds(0, 3)),
        (residence(Bounds(10, 10), US_CA=2, US_NY=3), "US", Bounds(5, 10)),
        (residence(Bounds(10, 10), US_CA=2, US_NY=3), "JP", Bounds(0, 5)),
        (residence(Bounds(10, 10), EU=4, DE=3, US=2), "JP", Bounds(0, 4)),
        (residence(Bounds(3, 3), JP=10), "JP", Bounds(10, 10)),
        (residence(Bounds(3, 3), JP=10), "CN", Bounds(0, 0)),
    ],
)
def test_who_lives_elsewhere_bounds_who_lives_here(facts: Facts, place: str, bounds: Bounds | None) -> None:
    assert facts.get(f"persons.by_residence.{place}") == bounds


def holding(
    party: str, people: Count, *, role: str = "own", tables: tuple[str, ...] = ("t",), category: str = "id.name"
) -> Holding:
    return Holding(
        party=party,
        role="own" if role == "own" else "entrusted",
        dataset="members",
        categories=((category, "confirmed"), ("id.dob", "suspected"), ("id.sex", "ruled_out")),
        records=people,
        people=people,
        access="exposed",
        tables=tables,
    )


def test_holding_gives_role_people_categories_and_names_its_client() -> None:
    found = from_holding(holding("A Gas", Count(5, 6, 7, "exact"), role="entrusted"), {"wrongful": True})
    assert (found.party, found.dataset, found.get("role")) == ("A Gas", "members", "processor")
    assert found.get("persons.total") == Bounds(5, 7)
    assert found.entries("persons.by_client") == (("A Gas", Bounds(5, 7)),)
    assert found.get("event.wrongful_purpose") is True
    assert found.get("data.is_personal_database") is True


def test_category_that_nobody_found_may_still_be_there_unless_the_incident_says_all_are_known() -> None:
    one = holding("A", Count.exact(5, "exact"))
    yes = frozenset({"id.name", "id.dob"})
    assert from_holding(one, {}).get("data.categories") == Members(yes, closed=False)
    assert from_holding(one, {"data.categories_complete": True}).get("data.categories") == Members(yes)
    listed = from_holding(one, {"categories": {"sens.health": "unknown", "id.name": "unknown"}})
    assert listed.get("data.categories") == Members(yes, frozenset({"sens.health"}))


def test_holding_without_tables_or_categories_leaves_them_unknown() -> None:
    bare = Holding("A", "own", "mails", (), Count.exact(1, ""), Count.exact(1, ""), "taken")
    found = from_holding(bare, {})
    assert found.get("data.is_personal_database") is None
    assert found.get("data.categories") is None


def test_holdings_of_one_party_count_together_because_the_incident_is_one() -> None:
    two = [
        holding("A", Count.exact(600, "exact")),
        holding("A", Count.exact(700, "exact")),
        holding("B", Count.exact(9, "exact")),
    ]
    found = from_holdings(two, {})
    assert [facts.get("persons.total") for facts in found] == [Bounds(700, 1300), Bounds(700, 1300), Bounds(9, 9)]


def test_my_number_in_a_holding_concerns_at_most_its_people() -> None:
    found = from_holding(holding("A", Count.exact(50, "exact"), category="id.mynumber"), {})
    assert found.get("persons.mynumber") == Bounds(0, 50)
    stated = from_holding(holding("A", Count.exact(50, "exact"), category="id.mynumber"), {"persons.mynumber": 3})
    assert stated.get("persons.mynumber") == Bounds(3, 3)


def test_tges_own_staff_is_reportable_and_each_client_is_to_be_told() -> None:
    holdings = [
        holding("A Gas", Count.exact(810, "exact"), role="entrusted"),
        holding("B Water", Count.exact(140, "exact"), role="entrusted"),
        holding("TGES", Count.exact(3090, "exact")),
    ]
    incident = {"t.aware": "2024-06-26", "event.status": "suspected", "event.kinds": ["leak"], "wrongful": True}
    found = [each for facts in from_holdings(holdings, incident) for each in judge(facts)]
    told = [each.to["ja"] for each in found if each.id == "jp.appi.processor_to_client" and each.verdict == "applies"]
    assert told == ["A Gas", "B Water"]
    final = {each.party: each for each in found if each.id == "jp.appi.ppc.final"}
    assert final["TGES"].due == "2024-08-26T23:59:59+09:00"
    assert "clients.all_notified" not in final["TGES"].undecided_by
    assert "clients.all_notified" in final["A Gas"].undecided_by
