"""The small makings of a replay: dice, names, numbers, days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.replay.dice import Dice
from kyumei.replay.duties import final_day, guideline_day
from kyumei.replay.people import countries, japanese, landline, mobile, places
from kyumei.replay.phones import Phones
from kyumei.replay.romaji import romaji


def test_dice_fall_the_same_way_on_every_machine() -> None:
    dice = Dice("name", 7)
    assert [dice.between(1, 6) for _ in range(12)] == [6, 5, 5, 3, 1, 3, 1, 6, 2, 4, 4, 5]


def test_a_child_stream_does_not_depend_on_what_was_drawn_before() -> None:
    one, two = Dice("a"), Dice("a")
    two.digits(100)
    assert one.child("b").hexadecimal(20) == two.child("b").hexadecimal(20)


@settings(derandomize=True)
@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(0, 40), st.integers())
def test_a_sample_has_different_items_of_the_list(items: list[int], number: int, seed: int) -> None:
    for drawn in (Dice(seed).sample(items, number), Dice(seed).sample_few(items, number)):
        assert len(set(drawn)) == len(drawn) == min(number, len(items))
        assert set(drawn) <= set(items)


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("サトウ", "sato"),
        ("ハットリ", "hattori"),
        ("シュン", "shun"),
        ("キョウコ", "kyoko"),
        ("ジュンイチロウ", "junichiro"),
        ("オオノ", "ono"),
    ],
)
def test_names_are_written_as_in_passports(kana: str, latin: str) -> None:
    assert romaji(kana) == latin


def test_every_name_part_can_be_written_in_latin_letters() -> None:
    dice = Dice("names")
    names = [japanese(dice) for _ in range(5000)]
    assert all(name.latin.replace(" ", "").isascii() and name.latin.replace(" ", "").isalpha() for name in names)
    assert len({name.kanji for name in names}) > 3000


def test_telephone_numbers_are_of_the_right_length_and_never_assigned() -> None:
    dice = Dice("phones")
    for place in places():
        area, exchange, _ = landline(dice, place.area).split("-")
        assert exchange.startswith("0")
        assert len(area + exchange) == 6
    assert all(mobile(dice).split("-")[1].startswith("0") for _ in range(50))


def test_no_telephone_number_is_handed_out_twice() -> None:
    phones = Phones(Dice("phones"))
    given_out = [phones.mobile() for _ in range(20_000)] + [phones.landline("045") for _ in range(20_000)]
    assert len(set(given_out)) == len(given_out)
    assert {len(number.replace("-", "")) for number in given_out} == {10, 11}


def test_days_are_counted_as_the_fact_sheets_count_them() -> None:
    assert (guideline_day(date(2024, 6, 7)), final_day(date(2024, 6, 7), wrongful=False)) == (
        date(2024, 6, 11),
        date(2024, 7, 8),
    )
    assert (guideline_day(date(2024, 6, 26)), final_day(date(2024, 6, 26), wrongful=True)) == (
        date(2024, 6, 30),
        date(2024, 8, 26),
    )


def test_countries_have_names_of_their_own() -> None:
    assert len({country.code for country in countries()}) == len(countries()) > 10
    assert all(country.families and country.givens for country in countries())
