"""What holds for all facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.duties.facts import Facts
from kyumei.duties.judge import judge
from kyumei.duties.load import facts_used, shipped
from kyumei.duties.values import Bounds, Instant, Members
from kyumei.model.categories import CATEGORIES

if TYPE_CHECKING:
    from kyumei.duties.laws import FactKind
    from kyumei.duties.values import Value
    from kyumei.model.obligation import Obligation

LAWS = shipped()
PLACES = ("EU", "GB", "JP", "KR", "CN", "US-CA", "US-NY", "AU")
ZONES = [timezone(timedelta(hours=h)) for h in (9, 0, -8)]
FIRST, LAST = datetime.fromisoformat("2013-01-01"), datetime.fromisoformat("2030-01-01")
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.sampled_from(ZONES))
INSTANTS = st.builds(Instant, MOMENTS, st.booleans())
NUMBERS = st.sampled_from([0, 1, 99, 100, 101, 499, 500, 501, 999, 1000, 1001, 999_999, 1_000_000, 5_000_000])
COUNTS = st.lists(NUMBERS, min_size=2, max_size=2).map(lambda two: Bounds(min(two), max(two)))
INFERRED = ("persons.total", "persons.by_residence")
"""Facts from which others are inferred: one of them can decide what another, which is asked for, would decide."""


def sets(values: frozenset[str]) -> st.SearchStrategy[Value]:
    some = st.frozensets(st.sampled_from(sorted(values)), max_size=4)
    return st.builds(Members, some, some, st.booleans())


def value(name: str, kind: FactKind) -> st.SearchStrategy[Value]:
    match kind.type:
        case "tri":
            return st.booleans()
        case "enum":
            return st.sampled_from(sorted(kind.values))
        case "set":
            return sets(frozenset(CATEGORIES) if name == "data.categories" else kind.values)
        case "instant":
            return INSTANTS
        case "text":
            return st.sampled_from(["none", "金融庁"])
        case _:
            return COUNTS


NAMES = {name: kind for name, kind in LAWS.facts.items() if kind.type != "map"}
NAMES |= {f"persons.by_residence.{place}": LAWS.facts["persons.by_residence"] for place in PLACES}
EACH = [st.tuples(st.just(name), value(name, kind)) for name, kind in NAMES.items()]
STATED = st.lists(st.one_of(EACH), max_size=12, unique_by=lambda one: one[0]).map(dict)
LIVE: dict[str, Value] = {  # everything that brings a duty about, so that random facts do not all end in "does not"
    "event.kinds": Members(frozenset({"leak"})),
    "event.status": "confirmed",
    "persons.total": Bounds(2_000_000, 2_000_000),
    "persons.mynumber": Bounds(200, 200),
    "data.categories": Members(frozenset({"id.mynumber", "sens.health", "comm.secrecy", "fin.card_number"})),
    "org.sectors": Members(frozenset(LAWS.facts["org.sectors"].values) - {"public_body_jp"}),
    "role": "controller",
    "risk.to_rights": "high",
    "t.aware": Instant(datetime.fromisoformat("2026-10-01T12:00+09:00")),
    "t.discovered": Instant(datetime.fromisoformat("2026-10-01T12:00+09:00")),
}


def mixed(live: bool, stated: dict[str, Value], dropped: frozenset[str], suspected: frozenset[str]) -> Facts:  # noqa: FBT001
    base = LIVE if live else {}
    return Facts({**{name: what for name, what in base.items() if name not in dropped}, **stated}, suspected)


SOME = st.frozensets(st.sampled_from(sorted(NAMES)), max_size=3)
ANY_FACTS = st.builds(mixed, st.booleans(), STATED, st.frozensets(st.sampled_from(sorted(LIVE))), SOME)
ONE = st.sampled_from(sorted(NAMES)).flatmap(lambda name: st.tuples(st.just(name), value(name, NAMES[name])))
RUN = settings(derandomize=True, max_examples=300, deadline=None)


def by_rule(facts: Facts) -> dict[str, Obligation]:
    return {found.id: found for found in judge(facts, laws=LAWS)}


def stating(facts: Facts, name: str, what: Value) -> Facts:
    return replace(facts, values={**facts.values, name: what}, suspected=facts.suspected - {name})


@given(ANY_FACTS)
@RUN
def test_due_never_precedes_awareness_and_the_aim_never_follows_it(facts: Facts) -> None:
    for found in judge(facts, laws=LAWS):
        rule = next(rule for rule in LAWS.rules if rule.id == found.id)
        starts = [facts.instant(deadline.start) for deadline in rule.deadlines]
        earliest = min((start.at - timedelta(days=1) for start in starts if start), default=None)
        for deadline in found.deadlines:
            if deadline.due:
                assert earliest is not None
                assert datetime.fromisoformat(deadline.due) > earliest
                assert deadline.target <= deadline.due


@given(ANY_FACTS, st.integers(0, 10_000_000))
@RUN
def test_more_people_never_remove_a_duty(facts: Facts, more: int) -> None:
    places = sum(name.startswith("persons.by_residence") for name in facts.values)
    grown: dict[str, Value] = {}
    for name, count in facts.values.items():
        if isinstance(count, Bounds):  # whoever is added somewhere is added to the total, and one more of unknown residence
            add = more * (places + 1) if name == "persons.total" else more
            grown[name] = Bounds(count.low + add, None if count.high is None else count.high + add)
    before, after = by_rule(facts), by_rule(replace(facts, values={**facts.values, **grown}))
    assert all(after[name].verdict == "applies" for name, found in before.items() if found.verdict == "applies")
    assert all(after[name].verdict != "does_not" for name, found in before.items() if found.verdict == "undecided")


@given(ANY_FACTS, st.sampled_from(sorted(CATEGORIES)))
@RUN
def test_another_category_never_removes_a_duty(facts: Facts, category: str) -> None:
    had = facts.values.get("data.categories")
    if not isinstance(had, Members):
        return
    after = by_rule(stating(facts, "data.categories", replace(had, yes=had.yes | {category})))
    for name, found in by_rule(facts).items():
        if found.verdict == "applies":
            assert after[name].verdict == "applies", name


def narrows(facts: Facts, name: str, what: Value) -> bool:
    """Return whether a number agrees with what was already inferred for it (a contradiction proves nothing)."""
    had = facts.get(name)
    if name == "persons.total" and isinstance(what, Bounds):
        lows = sum(count.low for _, count in facts.entries("persons.by_residence"))
        return what.high is not None and what.high >= lows
    if not (isinstance(had, Bounds) and isinstance(what, Bounds)):
        return had is None or not name.startswith("persons.by_residence")
    return what.low >= had.low and (had.high is None or (what.high is not None and what.high <= had.high))


@given(ANY_FACTS, ONE)
@RUN
def test_stating_an_unknown_fact_undoes_no_decision(facts: Facts, one: tuple[str, Value]) -> None:
    """Unknown is never taken for a no, and what applies is never undecided again."""
    name, what = one
    if name in facts.values or not narrows(facts, name, what):
        return
    after = by_rule(stating(facts, name, what))
    for rule, found in by_rule(facts).items():
        if found.verdict == "does_not":
            assert after[rule].verdict == "does_not", (rule, name)
        if found.verdict == "applies":
            assert after[rule].verdict != "undecided", (rule, name)


@given(ANY_FACTS, ONE)
@RUN
def test_a_fact_that_is_not_asked_for_changes_nothing(facts: Facts, one: tuple[str, Value]) -> None:
    name, what = one
    if name in facts.values or name.startswith(INFERRED):
        return
    after = by_rule(stating(facts, name, what))
    for rule, found in by_rule(facts).items():
        if name not in found.undecided_by:
            assert after[rule].verdict == found.verdict, (rule, name)


@given(ANY_FACTS)
@RUN
def test_undecided_says_by_what_and_asks_only_for_unknown_facts_of_its_rule(facts: Facts) -> None:
    used = {name: frozenset().union(*(facts_used(rule) for rule in LAWS.versions(name))) for name in LAWS.ids()}
    for found in judge(facts, laws=LAWS):
        assert found.verdict != "undecided" or found.undecided_by
        assert found.verdict != "does_not" or not found.undecided_by
        for name in found.undecided_by:
            assert name in used[found.id] | {"t.aware"}


@given(ANY_FACTS)
@RUN
def test_judging_twice_gives_the_same(facts: Facts) -> None:
    assert judge(facts, laws=LAWS) == judge(facts, laws=LAWS)


@given(ANY_FACTS)
@RUN
def test_every_obligation_speaks_both_languages(facts: Facts) -> None:
    for found in judge(facts, laws=LAWS):
        for lang in ("ja", "en"):
            words = found.as_json(lang)
            assert words["law"]
            assert words["to"]
            assert all(words["notes"] if isinstance(words["notes"], list) else [])
