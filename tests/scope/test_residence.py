from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from kyumei.model.places import name
from kyumei.scope.residence import code_of, numbers, residences

if TYPE_CHECKING:
    from collections.abc import Mapping

TELLS = [
    ({"address": "東京都千代田区丸の内1-1"}, "JP-13"),
    ({"address": "12 Elm St, Austin, TX 78701"}, "US-TX"),
    ({"address": "12 Elm St, Austin, TX 78701, USA"}, "US-TX"),
    ({"address": "5 Main St, Lebanon, TN 37087"}, "US-TN"),
    ({"address": "1 Peachtree St, Atlanta, Georgia"}, "US-GA"),
    ({"address": "Hauptstr. 1, 10115 Berlin, Germany"}, "DE"),
    ({"address": "1 Rue de la Paix, Paris, France"}, "FR"),
    ({"postal": "100-0005"}, "JP-13"),
    ({"place": "Fresno, CA", "country": "US"}, "US-CA"),
    ({"place": "Fresno, CA", "postal": "93650"}, "US-CA"),
    ({"place": "Perth, WA", "country": "AU"}, "AU"),
    ({"place": "Perth, WA", "postal": "6000"}, None),
    ({"country": "CA"}, "CA"),
    ({"place": "Toronto, ON", "country": "Canada"}, "CA"),
    ({"place": "Berlin", "country": "de"}, "DE"),
    ({"address": "大阪府大阪市北区1-1", "country": "JP"}, "JP-27"),
    ({"country": "ドイツ"}, "DE"),
    ({"country": "Atlantis"}, None),
    ({"address": "somewhere"}, None),
]


@pytest.mark.parametrize(("said", "code"), TELLS)
def test_a_record_tells_where_its_person_lives(said: Mapping[str, str], code: str | None) -> None:
    fields = {field: pa.array([said.get(field)], pa.string()) for field in ("address", "place", "postal", "country")}
    assert residences(fields).to_pylist() == [code]


def test_codes_survive_as_numbers() -> None:
    codes = ["JP-13", "US-CA", "DE", None]
    found = numbers(pa.array(codes, pa.string())).to_pylist()
    assert [None if n is None else code_of(n) for n in found] == codes


def test_places_have_names_in_both_languages() -> None:
    assert [name(code, "ja") for code in ("JP-13", "US-CA", "DE", "XX")] == ["東京都", "カリフォルニア州", "ドイツ", "XX"]
    assert [name(code, "en") for code in ("JP-13", "US-CA", "DE")] == ["Tokyo", "California", "Germany"]
