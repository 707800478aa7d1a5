"""Linkage keys of invented people in any number, by a stateless generator: the same number gives the same person.

The mix is that of a Japanese company's five systems. 1.6 records a person (1, 2, 3 or 4 with .60, .25, .10, .05); customer
base 35 %, shop 30 %, call centre 12 %, card (Latin letters only) 8 %, old system 15 %, and 35 % of the people live with
another of the same surname, address and land line, of whom 10 % share mobile and e-mail too; twins. Later records: 12 % moved,
15 % new telephone, 30 % second e-mail, 3 % changed surname. Typing errors in 1.5 % of kanji names, .7 % of readings and birth
dates. Missing values by system. 15 % give
a land line, and 5 % of the records deviate. Names follow a Zipf law whose head is that of Japanese surnames (1.4 %).

Keys are digests as the profile of a table would write them: what is measured is the linking, not the folding of texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: Final = ("name", "reading", "given", "dob", "email", "phone", "address", "postal", "row")
SYSTEMS: Final = 5
_U = np.uint64
_MISSING: Final = np.array([
    [0.05, 0.45, 0.50, 0.60, 0.03],  # birth date, by system
    [0.02, 0.02, 0.50, 0.10, 0.05],  # postal code
    [0.06, 0.05, 0.01, 0.05, 0.15],  # telephone
    [0.25, 0.01, 0.90, 0.10, 0.85],  # e-mail
    [0.00, 0.00, 0.40, 0.00, 0.00],  # name
    [0.05, 0.00, 0.00, 1.00, 0.30],  # kana
    [0.00, 0.00, 0.40, 1.00, 0.00],  # address
])  # fmt: skip
_NAMES: Final = np.cumsum(1.0 / (np.arange(20_000) + 8.0))
_GIVEN: Final = np.cumsum(1.0 / (np.arange(30_000) + 30.0) ** 0.9)


@nb.njit(cache=True)
def _h(n: Any, salt: Any) -> Any:
    x = _U(n) * _U(0x9E3779B97F4A7C15) + _U(salt) * _U(0xD1B54A32D192ED03)
    x = (x ^ (x >> _U(32))) * _U(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> _U(29))) * _U(0x94D049BB133111EB)
    return x ^ (x >> _U(32))


@nb.njit(cache=True)
def _part(n: Any, salt: Any) -> Any:
    return (_h(n, salt) >> _U(11)) * (1.0 / 9007199254740992.0)


@nb.njit(cache=True)
def _picked(sums: Any, n: Any, salt: Any) -> Any:
    return np.searchsorted(sums, _part(n, salt) * sums[-1])


@nb.njit(cache=True)
def _code(kind: Any, value: Any) -> Any:
    return _h(value, kind + 1000) | _U(1)


@nb.njit(cache=True)
def _date(day: Any) -> Any:
    """Return a day (0 … 31,000) as three digests of 21 bits."""
    year, month, date = day // 372, day // 31 % 12, day % 31
    low = (_code(1, date) & _U(0x1FFFFF)) | _U(1)
    middle = (_code(2, month) & _U(0x1FFFFF)) | _U(1)
    high = (_code(3, year) & _U(0x1FFFFF)) | _U(1)
    return high | (middle << _U(21)) | (low << _U(42))


@nb.njit(cache=True)
def _records(person: Any) -> Any:
    part = _part(person, 1)
    return 1 + (part >= 0.6) + (part >= 0.85) + (part >= 0.95)


@nb.njit(cache=True)
def _system(person: Any, record: Any) -> Any:
    part = _part(person, 10 + record)
    return (part >= 0.35) + (part >= 0.65) + (part >= 0.77) + (part >= 0.85)


@nb.njit(cache=True)
def _write(out: Any, person: Any, record: Any, sums: Any) -> None:
    """Write one record: name, reading, given, dob, email, phone, address, postal, row."""
    names, givens, missing = sums
    system, unique = _system(person, record), person * 4 + record
    lives_with = _part(person, 2) < 0.35 and person > 0
    home = person - 1 if lives_with else person
    while home > 0 and _part(home, 2) < 0.35:
        home -= 1
    woman = _part(person, 3) < 0.5
    married = record > 0 and woman and _part(person, 4) < 0.06
    surname = _picked(names, person if married and record else home, 5 if not married else 6)
    given = _picked(givens, person, 7) * 2 + woman
    twin = lives_with and _part(person, 8) < 0.01
    day = np.int64(_part(home if twin else person, 9) * 31000)
    moved = record > 0 and _part(unique, 20) < 0.12
    place = home if not moved else 4_000_000_000 + unique
    shares = lives_with and _part(person, 21) < 0.1
    mobile = home if shares else person
    if record > 0 and _part(unique, 22) < 0.15:
        mobile = 4_000_000_000 + unique
    land_line = (_part(person, 23) < 0.15) != (_part(unique, 23) < 0.05)
    mail = home if shares else person
    if record > 0 and _part(unique, 24) < 0.3:
        mail = 4_000_000_000 + unique
    kanji, sur_kana, given_kana = surname * 100_000 + given, surname * 3 // 5, given * 2 // 11
    if _part(unique, 25) < 0.015:
        kanji = 3_000_000_000 + unique
    if _part(unique, 26) < 0.007:
        given_kana = 900_000 + unique % 5000
    if _part(unique, 27) < 0.007:
        day = day - day % 31 + (day + 1 + unique % 29) % 31
    lacks = np.empty(7, np.bool_)
    for n in range(7):
        lacks[n] = _part(unique, 30 + n) < missing[n, system]
    lacks[2] = lacks[2] and not (lacks[3] and lacks[4] and lacks[6])  # a row that tells nobody is not about a person
    latin = system == 3
    named = not lacks[4]
    out[0] = _code(11, kanji) if named and not latin else _U(0)
    has_reading = (named and not lacks[5]) or latin
    out[1] = _code(12, sur_kana * 1_000_000 + given_kana) if has_reading else _U(0)
    out[2] = _code(13, given_kana) if has_reading else _U(0)
    out[3] = _date(day) if not lacks[0] else _U(0)
    out[4] = _code(14, mail) if not lacks[3] else _U(0)
    out[5] = ((_code(15, home) & ~_U(2)) if land_line else (_code(16, mobile) | _U(2))) if not lacks[2] else _U(0)
    out[6] = _code(17, place) if not lacks[6] else _U(0)
    out[7] = _code(18, np.int64(_part(place, 40) * _part(place, 41) * 118_951)) if not lacks[1] else _U(0)
    row = _U(7)
    for n in range(8):
        row = _h(row ^ out[n], 99)
    out[8] = row | _U(1)


@nb.njit(cache=True)
def _fill(span: Any, tables: Any, counts: Any, truth: Any, sums: Any) -> None:
    for person in range(span[0], span[1]):
        for record in range(_records(person)):
            system = _system(person, record)
            at = counts[system]
            _write(tables[system, at], person, record, sums)
            truth[system, at] = person
            counts[system] = at + 1


def chunks(people: int, size: int = 500_000) -> Iterator[tuple[int, Any, Any]]:
    """Yield system, keys (uint64[n, 9], in the order of `KEYS`) and person of each record, shuffled within a chunk."""
    sums = (_NAMES, _GIVEN, _MISSING)
    for begin in range(0, people, size):
        end = min(begin + size, people)
        tables = np.zeros((SYSTEMS, size * 2, len(KEYS)), np.uint64)
        truth, counts = np.zeros((SYSTEMS, size * 2), np.int32), np.zeros(SYSTEMS, np.int64)
        _fill((begin, end), tables, counts, truth, sums)
        for system in range(SYSTEMS):
            order = np.random.default_rng(begin * SYSTEMS + system).permutation(counts[system])
            yield system, tables[system, : counts[system]][order], truth[system, : counts[system]][order]
