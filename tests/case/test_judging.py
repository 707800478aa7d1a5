"""What holds for every case: more people, another kind of data, another holding, an answer that says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.case.answers import UNKNOWN, Answer, current
from kyumei.case.judging import judge
from kyumei.model.categories import CATEGORIES
from kyumei.model.count import Count
from kyumei.model.holding import Holding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.model.obligation import Obligation

AWARE = (datetime(2026, 10, 1, 3, tzinfo=UTC),)
NUMBERS = st.sampled_from([1, 100, 101, 999, 1000, 1001, 5_000_000])
STATUSES = st.sampled_from(["confirmed", "suspected"])
KINDS = st.dictionaries(st.sampled_from(sorted(CATEGORIES)), STATUSES, max_size=4).map(
    lambda found: tuple(sorted(found.items()))
)
COUNTS = st.tuples(NUMBERS, NUMBERS).map(lambda two: Count(min(two), min(two), max(two), "x"))
HOLDINGS = st.builds(
    lambda n, role, kinds, count: Holding(f"party {n}", role, f"set {n}", kinds, count, count, "taken", ()),
    st.integers(1, 3),
    st.sampled_from(["own", "entrusted"]),
    KINDS,
    COUNTS,
)
HELD = st.lists(HOLDINGS, min_size=1, max_size=3, unique_by=lambda held: held.party)
TRI = ("event.wrongful_purpose", "event.recovered_before_viewing", "data.encryption.strong", "event.internet_exposed")
FACTS = st.dictionaries(st.sampled_from(TRI), st.booleans(), max_size=3).map(lambda found: {"event.kinds": ["leak"], **found})
RUN = settings(derandomize=True, max_examples=60, deadline=None)


def judged(held: Sequence[Holding], facts: dict[str, Any], *answers: Answer) -> dict[tuple[str, str], Obligation]:
    found = judge(held, facts, AWARE, current(answers))
    return {(o.id, o.dataset): o for o in found if o.id.startswith("jp.")}


def verdicts(held: Sequence[Holding], facts: dict[str, Any], *answers: Answer) -> dict[tuple[str, str], str]:
    return {key: o.verdict for key, o in judged(held, facts, *answers).items()}


def answer(fact: str, value: object) -> Answer:
    return Answer("2026-10-02T09:00:00+09:00", "A", fact, value)


@given(HELD, FACTS, st.integers(1, 10_000_000))
@RUN
def test_more_people_in_one_holding_never_remove_a_duty_of_any(held: list[Holding], facts: dict[str, Any], more: int) -> None:
    of = held[0].people
    grown = [replace(held[0], people=Count(of.low + more, of.best + more, of.high + more, "x")), *held[1:]]
    after = verdicts(grown, facts)
    for key, verdict in verdicts(held, facts).items():
        if verdict == "applies":
            assert after[key] == "applies", key
        assert verdict != "undecided" or after[key] != "does_not", key


@given(HELD, FACTS, st.sampled_from(sorted(CATEGORIES)))
@RUN
def test_another_kind_of_data_never_removes_a_duty(held: list[Holding], facts: dict[str, Any], category: str) -> None:
    had = dict(held[0].categories) | {category: "confirmed"}
    after = verdicts([replace(held[0], categories=tuple(sorted(had.items()))), *held[1:]], facts)
    assert [k for k, v in verdicts(held, facts).items() if v == "applies" and after[k] != "applies"] == []


@given(HELD, HOLDINGS, FACTS)
@RUN
def test_another_holding_never_removes_a_duty(held: list[Holding], one: Holding, facts: dict[str, Any]) -> None:
    after = verdicts([*held, replace(one, party="party 9", dataset="set 9")], facts)
    assert [k for k, v in verdicts(held, facts).items() if v == "applies" and after[k] != "applies"] == []


@given(HELD, FACTS, st.sampled_from(TRI), st.booleans())
@RUN
def test_an_answer_that_is_withdrawn_leaves_what_was_judged_without_it(
    held: list[Holding],
    facts: dict[str, Any],
    fact: str,
    value: bool,  # noqa: FBT001  # a case
) -> None:
    before = judged(held, facts)
    assert judged(held, facts, answer(fact, value), answer(fact, UNKNOWN)) == before


@given(HELD, FACTS, st.sampled_from(TRI), st.booleans())
@RUN
def test_what_is_unknown_was_never_taken_for_a_no(
    held: list[Holding],
    facts: dict[str, Any],
    fact: str,
    value: bool,  # noqa: FBT001  # a case
) -> None:
    """An answer to what nobody knew decides or leaves open; it undoes no decision."""
    if fact in facts:
        return
    after = verdicts(held, facts, answer(fact, value))
    for key, found in judged(held, facts).items():
        if found.verdict == "does_not":
            assert after[key] == "does_not", (key, fact)
        if found.verdict == "applies":
            assert after[key] == "applies" or fact in found.undecided_by, (key, fact)
