from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.store.timeline import Filter, Shape, batches
from tests.store.cases import opened, write_events

if TYPE_CHECKING:
    from pathlib import Path

    from kyumei.store.query import Store

EVENTS: list[dict[str, Any]] = [
    {
        "ts": 3_000_000,
        "host": "FS01.example.com",
        "account": r"EXAMPLE\suzuki",
        "action": "login.failed",
        "message": "失敗しました",
    },
    {"ts": None, "host": "fs02", "account": "tanaka", "object": r"\\*\share\顧客.xlsx", "fields": {"ShareName": "Share"}},
    {"ts": 1_000_000, "src_ip": "203.0.113.7", "action": "file.opened", "fields": {"Path": "100%_sure.txt"}},
    {"ts": 2_000_000, "dst": "a@example.com; b@example.org", "action": "mail.sent", "account": "suzuki@example.com"},
    {"ts": 2_000_000, "src_ip": "2001:db8::7", "action": "login.succeeded"},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    case = tmp_path_factory.mktemp("case")
    write_events(case, "test.one", "a.log", EVENTS)
    write_events(case, "test.two", "b.log", [{"ts": 1_500_000, "host": "fs01", "rec": 100, "fields": {"文": "日本語 ABC"}}])
    return opened(case)


def found(store: Store, wanted: Filter, shape: Shape | None = None) -> list[int]:
    return [rec for batch in batches(store, wanted, shape or Shape()) for rec in batch["rec"].to_pylist()]


def test_events_come_in_order_of_time_and_those_without_last(store: Store) -> None:
    assert found(store, Filter()) == [2, 100, 3, 4, 0, 1]


@pytest.mark.parametrize(
    ("wanted", "recs"),
    [
        (Filter(start=1_500_000, end=3_000_000), [100, 3, 4]),
        (Filter(hosts=("fs01",)), [100, 0]),
        (Filter(hosts=("FS0?",)), [100, 0, 1]),
        (Filter(hosts=("fs01", "FS02")), [100, 0, 1]),
        (Filter(accounts=("Suzuki",)), [3, 0]),
        (Filter(accounts=(r"example\suzuki",)), [0]),
        (Filter(addresses=("203.0.113.0/24",)), [2]),
        (Filter(addresses=("::FFFF:203.0.113.7",)), [2]),
        (Filter(addresses=("2001:DB8::/32", "B@example.org")), [3, 4]),
        (Filter(sources=("test.t*",)), [100]),
        (Filter(actions=("login.*",)), [4, 0]),
        (Filter(texts=("顧客",)), [1]),
        (Filter(texts=("日本語 abc",)), [100]),
        (Filter(texts=("100%_S",)), [2]),
        (Filter(texts=("失敗", "ShareNothing")), [0]),
        (Filter(texts=("share",), hosts=("fs02",)), [1]),
        (Filter(texts=("share",), hosts=("fs01",)), []),
    ],
)
def test_a_filter_lets_through_what_it_names(store: Store, wanted: Filter, recs: list[int]) -> None:
    assert found(store, wanted) == recs


@given(text=st.text(max_size=20))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_text_in_a_filter_is_a_value_and_never_sql(store: Store, text: str) -> None:
    text = f"no such thing'; drop table events; -- {text}"
    for wanted in (Filter(hosts=(text,)), Filter(accounts=(text,)), Filter(addresses=(text,)), Filter(texts=(text,))):
        assert found(store, wanted) == []


def test_a_limit_gives_the_earliest(store: Store) -> None:
    assert found(store, Filter(), Shape(limit=2)) == [2, 100]


def test_the_sources_own_fields_come_as_one_json_object(store: Store) -> None:
    fields = [f for batch in batches(store, Filter(), Shape(native=True)) for f in batch["fields"].to_pylist()]
    assert fields == ['{"Path#native":"100%_sure.txt"}', '{"文":"日本語 ABC"}', "{}", "{}", "{}", '{"ShareName":"Share"}']


def test_a_case_without_events_gives_one_empty_batch_with_the_columns(tmp_path: Path) -> None:
    for shape in (Shape(), Shape(native=True)):
        (batch,) = batches(opened(tmp_path), Filter(texts=("x",)), shape)
        assert batch.num_rows == 0
        assert "path" in batch.schema.names
