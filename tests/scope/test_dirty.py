from __future__ import annotations

import pytest

from kyumei.model.source import Source
from kyumei.scope.count import link
from kyumei.scope.records import Stored
from kyumei.scope.survey import Survey
from tests.scope.dirty import measured

HEAD = "first_name,last_name,date_of_birth,city,zip,phone,email"
FATHER = "Hubert,Norton,1960-03-04,Ludlow,100-0001,080-1111-2222,hubert.n@taro.com"
SON = "Felix,Norton,1991-11-23,Ludlow,100-0001,080-1111-2222,felixx7@miko.com"
OTHERS = [
    f"{given},{family},19{55 + n}-0{1 + n % 9}-1{n % 9},Kelso,20{n}-0000,080-3{n}33-00{n}7,{given}{n}@host{n}.org"
    for n, (given, family) in enumerate(
        (g, f) for g in ("Agnes", "Clara", "Olga", "Silas") for f in ("Baker", "Yates", "Costa")
    )
]


def linked(*lines: str) -> tuple[int, int, int]:
    with Survey() as survey:
        found = survey.add(Source.memory("\n".join([HEAD, *OTHERS, *OTHERS, *lines]).encode() + b"\n", "a.csv"))
        assert found is not None
        said = link(Stored(survey.store(), [t["table_id"] for t in found.tables], likely=True))
    return tuple(n - len(OTHERS) for n in (said.lenient, said.standard, said.strict))  # type: ignore[return-value]  # three


def test_a_household_is_not_one_person_through_a_form_without_given_name() -> None:
    low, best, _ = linked(FATHER, SON, ",Norton,,Ludlow,100-0001,080-1111-2222,")
    assert low <= 2 <= best


def test_slips_in_several_fields_are_one_person() -> None:
    slipped = "Hbuert,Norton,1960-04-03,Ludloww,100-0001,080-1111-2223,hubert.n@taor.com"
    assert linked(FATHER, SON, slipped)[1] == 2


def test_exchanged_names_with_a_slip_are_one_person() -> None:
    assert linked(FATHER, SON, "Nortn,Hubert,1960-03-04,Ludlow,,,")[1] == 2


@pytest.mark.slow
@pytest.mark.parametrize("script", ["latin", "japanese"])
def test_the_truth_of_carelessly_filled_forms_lies_inside_the_interval(script: str) -> None:
    for errors in (8, 25):
        held, precision, recall, said = measured(11, script, errors=errors)
        assert held, said
        assert min(precision, recall) > 0.8, said
