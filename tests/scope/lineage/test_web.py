"""Requests that name rows lead to the people whose rows they are."""

from __future__ import annotations

import pytest

from kyumei.model.source import Source
from kyumei.readers import run as readers
from kyumei.scope import profile as scope
from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.web import asked, named_in, ranges
from kyumei.scope.survey import Survey
from tests.scope.lineage.shop import Shop


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/customers/123", [("customers", "123")]),
        ("/api/v2/customer/7/orders/88?full=1", [("customer", "7"), ("orders", "88"), ("full", "1")]),
        ("/shop/customer.php?id=12&x=a", [("customer", "12")]),
        ("/list?customer_id=5", [("customer_id", "5")]),
        ("/graphql?variables=%7B%22customerId%22%3A%2231%22%7D", [("customerId", "31")]),
        ("/about/us", []),
    ],
)
def test_identifiers_are_found_with_the_word_that_says_of_what(target: str, wanted: list[tuple[str, str]]) -> None:
    assert named_in(target) == wanted


def test_numbers_in_a_row_are_one_range() -> None:
    assert ranges(["3", "1", "2", "9", "M7"]) == ["1-3", "9", "M7"]


@pytest.mark.parametrize("seed", [41, 42])
def test_an_enumeration_counts_the_people_of_answered_requests_only(seed: int) -> None:
    shop = Shop(seed, "mysql")
    lines, truth, other = [], set(), set()
    for number in range(150, 230):  # beyond the last customer there is nothing
        there = number in shop.person["customers"]
        status, sent = ("200", 5120) if there and number % 7 else ("404" if not there else "403", 190)
        truth |= {shop.person["customers"][number]} if status == "200" else set()
        lines.append(_request("198.51.100.9", f"/customers/{number}", status, sent))
    for target, number in (
        ("/customer.php?id=4", 4),
        ("/graphql?variables=%7B%22customerId%22%3A5%7D", 5),
        ("/v1/customer/6/edit", 6),
    ):
        other.add(shop.person["customers"][number])
        lines.append(_request("192.0.2.8", target, "200", 900))
    with Survey() as survey:
        log = Source.memory("".join(lines).encode(), "web/access")
        reader, _ = readers.recognise(log)
        assert reader is not None
        readers.run(reader, log, survey.events(reader.name))
        dump = Source.memory(shop.dump().encode(), "dump.sql")
        extractor, _ = scope.recognise(dump)
        assert extractor is not None
        survey.add(dump, extractor)
        found, everyone = asked(survey.store(), [(dump, extractor)], Wanted())
    by_client = {each.client: each for each in found}
    assert by_client["198.51.100.9"].people.best == len(truth)
    assert by_client["198.51.100.9"].people.is_exact
    assert by_client["192.0.2.8"].people.best == len(other)
    assert everyone.best == len(truth | other)


def _request(client: str, target: str, status: str, sent: int) -> str:
    return f'{client} - - [16/May/2025:09:05:03 +0900] "GET {target} HTTP/1.1" {status} {sent} "-" "curl/8.0"\n'
