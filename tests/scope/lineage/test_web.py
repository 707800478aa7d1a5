"""Requests that name rows lead to the people whose rows they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kyumei.model.source import Source
from kyumei.readers import run as readers
from kyumei.scope import profile as scope
from kyumei.scope.lineage.events import Wanted
from kyumei.scope.lineage.named import named_in
from kyumei.scope.lineage.web import asked, ranges
from kyumei.scope.survey import Survey
from tests.scope.lineage.shop import Shop

if TYPE_CHECKING:
    from kyumei.model.count import Count
    from kyumei.scope.lineage.web import Asked

AT = datetime(2025, 5, 16, 0, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/customers/123", [("customers", "123")]),
        ("/api/v2/customer/7/orders/88?full=1", [("customer", "7"), ("orders", "88"), ("full", "1")]),
        ("/shop/customer.php?id=12&x=a", [("customer", "12")]),
        ("/list?customer_id=5", [("customer_id", "5")]),
        ("/graphql?variables=%7B%22customerId%22%3A%2231%22%7D", [("customerId", "31")]),
        ("/about/us", []),
        ("/graphql?query=%7Bcustomer(id%3A9)%7Bname%7D%7D", [("customer", "9")]),
    ],
)
def test_identifiers_are_found_with_the_word_that_says_of_what(target: str, wanted: list[tuple[str, str]]) -> None:
    assert named_in(target) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("customer_id=12&x=a", [("customer_id", "12")]),
        (r"{\x22customerId\x22:7}", [("customerId", "7")]),
        ('{"query":"query($id: ID!){customer(id: $id){name phone}}","variables":{"id":"31"}}', [("customer", "31")]),
        ('{"query":"{a: customer(id: 1){name} b: customer(id: 2){name}}"}', [("customer", "1"), ("customer", "2")]),
        ('{"query":"{customers(ids: [4, 5]){name}}"}', [("customers", "4"), ("customers", "5")]),
        ('{"query":"{node(id: \\"Q3VzdG9tZXI6NQ==\\"){... on Customer{name}}}"}', [("Customer", "5")]),
        ('{"name":"山田","age":5}', [("age", "5")]),
        ("", []),
    ],
)
def test_identifiers_are_found_in_what_was_sent(body: str, wanted: list[tuple[str, str]]) -> None:
    assert named_in("/graphql", body) == wanted


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
    found, everyone = answered("".join(lines), dumped(shop))
    by_client = {each.client: each for each in found}
    assert by_client["198.51.100.9"].people.best == len(truth)
    assert by_client["198.51.100.9"].people.is_exact
    assert by_client["192.0.2.8"].people.best == len(other)
    assert everyone.best == len(truth | other)


def dumped(shop: Shop) -> tuple[str, str]:
    return f"shop_{shop.clock + timedelta(hours=9):%Y%m%d_%H%M%S}.sql", shop.dump()


def answered(log: str, *dumps: tuple[str, str]) -> tuple[list[Asked], Count]:
    objects = []
    with Survey() as survey:
        source = Source.memory(log.encode(), "web/access", zone="Asia/Tokyo")
        reader, _ = readers.recognise(source)
        assert reader is not None
        readers.run(reader, source, survey.events(reader.name))
        for name, text in dumps:
            dump = Source.memory(text.encode(), name, zone="Asia/Tokyo")
            extractor, _ = scope.recognise(dump)
            assert extractor is not None
            survey.add(dump, extractor)
            objects.append((dump, extractor))
        return asked(survey.store(), objects, Wanted())


def test_a_request_is_judged_on_the_rows_that_were_there_at_its_instant() -> None:
    shop = Shop(43, "mysql")
    older = dumped(shop)
    shop.clock += timedelta(days=1)
    before = _request("198.51.100.9", "/customers/7", "200", 900, shop.clock)  # removed before the next backup
    new = shop.insert("customers", shop.customer(person := shop.new_person()), person)
    before += _request("198.51.100.9", "/graphql", "200", 900, shop.clock, f"{{\\x22id\\x22:{new},\\x22x\\x22:1}}")
    before += _request("198.51.100.9", f"/customers/{new}", "200", 900, shop.clock)  # not in the older backup yet
    shop.db.execute("delete from customers where id = 7")
    shop.clock += timedelta(days=1)
    newer = dumped(shop)
    shop.clock += timedelta(days=1)
    after = _request("198.51.100.9", "/customers/7", "200", 900, shop.clock)
    ((both,), everyone) = answered(before, older, newer)
    assert (both.people.low, both.people.high, len(both.rows)) == (2, 2, 2)
    assert everyone.best == 2
    ((late,), _) = answered(after, newer)
    assert (late.people.low, late.people.best, late.people.high) == (0, 0, 1)


def _request(client: str, target: str, status: str, sent: int, at: datetime = AT, body: str = "") -> str:
    stamp = f"{at:%d/%b/%Y:%H:%M:%S} +0000"
    more = f' "{body}"' if body else ""
    return f'{client} - - [{stamp}] "GET {target} HTTP/1.1" {status} {sent} "-" "curl/8.0"{more}\n'
