from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.cases import opened, write_events

EVENT = st.fixed_dictionaries(
    {"ts": st.none() | st.integers(0, 3 * 86_400_000_000), "action": st.sampled_from(["login.failed", "file.opened"])},
    optional={"host": st.sampled_from(["a", "b"]), "account": st.sampled_from(["x", "y"]), "outcome": st.just("failure")},
)


@pytest.mark.parametrize("unit", ["hour", "day"])
@given(events=st.lists(EVENT, max_size=40))
@settings(max_examples=10, derandomize=True, deadline=None)
def test_a_roll_up_counts_what_the_events_are(unit: str, events: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_events(Path(folder), "test.reader", "log", events)
        store = opened(Path(folder))
        by = "source, action, host, account, src_ip, outcome"
        raw = store.rows(f"select date_trunc('{unit}', ts), {by}, count(*) from events group by all order by all")
        rolled = store.rows(f"select date_trunc('{unit}', {unit}::timestamptz), {by}, events from events_{unit} order by all")
        store.close()
    assert rolled == raw
    assert sum(row[-1] for row in rolled) == len(events)


def test_a_moved_case_still_finds_its_native_fields(tmp_path: Path) -> None:
    write_events(tmp_path / "old", "test.reader", "log", [{"fields": {"Own": "x"}}])
    opened(tmp_path / "old").close()
    (tmp_path / "old").rename(tmp_path / "it's new")
    from kyumei.store.query import Store

    assert Store.open(tmp_path / "it's new").rows('select "Own" from "test.reader"') == [("x",)]
