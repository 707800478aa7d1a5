"""How well carelessly filled forms are linked: `python -m tests.scope.dirty [SEEDS]`.

A third generator, for near matches: people who register again and again, in Latin letters or in Japanese, and whoever types
their forms errs in most of them. Cells left empty, letters left out, doubled, exchanged or struck beside the right key, values
cut to the width of a field, initials, given and family name in each other's field, one digit off in dates, telephone numbers
and postal codes, day and month exchanged, years off by one or ten, a second e-mail address, moved households, siblings.
Errors are independent of each other and none is bound to a person.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kyumei.model.source import Source
from kyumei.scope.survey import Survey
from tests.scope.calibration import FAMILIES, GIVEN, Luck

if TYPE_CHECKING:
    from collections.abc import Iterable

_LATIN_FAMILIES: Final = (
    "Abbott Baker Carlson Delgado Erickson Fleming Garrison Hawkins Ingram Jarvis Kendall Lambert Maddox Norton Osborne Pruitt "
    "Quinn Ramsey Sheridan Tucker Underwood Vargas Whitaker Yates Zimmerman Bauer Costa Dubois Engel Ferrari Gruber Horvat"
)
_LATIN_GIVEN: Final = (
    "Agnes Bernard Clara Dennis Edith Felix Greta Hubert Ingrid Jerome Klara Leonard Marion Nathan Olga Patrick Renate Silas "
    "Tamara Ulrich Vera Walter Yvonne Anton Beatrix Conrad Dorothy Ernest Frieda Gustav"
)
_LATIN_TOWNS: Final = "Ashford Brampton Colwyn Dunmore Elmsted Farnley Grantham Holbeach Ilminster Kelso Ludlow Malton"
_JAPANESE_TOWNS: Final = "調布市 府中市 三鷹市 狛江市 稲城市 多摩市 日野市 立川市 国立市 小平市"
_TOWNS: Final = {"latin": _LATIN_TOWNS.split(), "japanese": _JAPANESE_TOWNS.split()}
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_HEADS: Final = {
    "latin": ("first_name", "last_name", "date_of_birth", "city", "zip", "phone", "email"),
    "japanese": ("名", "姓", "生年月日", "市区町村", "郵便番号", "電話番号", "メールアドレス"),
}


@dataclass(frozen=True)
class Registered:
    given: str
    family: str
    born: tuple[int, int, int]
    town: str
    postal: str
    phone: str
    email: str


def people(luck: Luck, count: int, script: str) -> list[Registered]:
    """Return that many people, a fifth of them at home with the one before."""
    families = _LATIN_FAMILIES.split() if script == "latin" else [name.split()[0] for name in FAMILIES]
    given = _LATIN_GIVEN.split() if script == "latin" else [name.split()[0] for name in GIVEN]
    towns = _TOWNS[script]
    found: list[Registered] = []
    for n in range(count):
        born = (1935 + luck.below(80), 1 + luck.below(12), 1 + luck.below(28))
        phone, mail = (
            f"080-{1000 + luck.below(9000)}-{luck.below(10000):04d}",
            f"{_word(luck)}{luck.below(100)}@{_word(luck)}.com",
        )
        one = Registered(
            given[luck.below(len(given))],
            families[luck.below(len(families))],
            born,
            towns[luck.below(len(towns))],
            f"{100 + luck.below(900)}-{luck.below(10000):04d}",
            phone,
            mail,
        )
        if n and luck.chance(20):
            before = found[-1]
            one = replace(one, family=before.family, town=before.town, postal=before.postal)
            one = replace(one, phone=before.phone) if luck.chance(30) else one
        found.append(one)
    return found


def _word(luck: Luck) -> str:
    return "".join(("bcdfghjklmnprstvz"[luck.below(17)] + "aeiou"[luck.below(5)]) for _ in range(3 + luck.below(2)))


def slipped(text: str, luck: Luck) -> str:
    """Return the text with one slip of the fingers or of the eye."""
    if len(text) < 2:
        return text
    at, kind = luck.below(len(text) - 1), luck.below(5)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at + 1] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 3 and len(text) > 6:
        return text[: 6 + luck.below(len(text) - 5)]
    row = next((row for row in _ROWS if text[at].lower() in row), None)
    return text if row is None else text[:at] + row[(row.index(text[at].lower()) + 1) % len(row)] + text[at + 1 :]


def mistaken(born: tuple[int, int, int], luck: Luck) -> tuple[int, int, int]:
    """Return a date with one mistake."""
    year, month, day = born
    kind = luck.below(6)
    if kind == 0 and day < 13:
        return year, day, month
    if kind == 1:
        return year + (1, -1, 10, -10)[luck.below(4)], month, day
    if kind == 2:
        return year, 1 + month % 12, day
    if kind == 3:
        return year, month, 1 + (day + 9) % 28
    if kind == 4:
        return year, month, 1 + day % 28
    return year, 1, 1


def form(one: Registered, luck: Luck, errors: int) -> tuple[str, ...]:
    """Return one form; `errors` is how often a cell is wrong, in percent."""
    given = one.given[0] + "." if one.given.isascii() and luck.chance(errors // 4) else one.given
    given = slipped(given, luck) if luck.chance(errors) else given
    family = slipped(one.family, luck) if luck.chance(errors) else one.family
    if luck.chance(errors // 2):
        given, family = family, given
    year, month, day = mistaken(one.born, luck) if luck.chance(errors) else one.born
    town = slipped(one.town, luck) if luck.chance(errors) else one.town
    postal = slipped(one.postal, luck) if luck.chance(errors // 2) else one.postal
    phone = slipped(one.phone, luck) if luck.chance(errors) else one.phone
    mail = f"{_word(luck)}@{_word(luck)}.org" if luck.chance(errors // 2) else one.email
    mail = slipped(mail, luck) if luck.chance(errors) else mail
    cells = (given, family, f"{year}-{month:02d}-{day:02d}", town, postal, phone, mail)
    return tuple("" if luck.chance(18) else cell for cell in cells)


def registrations(seed: int, script: str, *, fields: int = 7, errors: int = 25) -> tuple[Source, dict[int, int]]:
    """Return a list of forms, and the person of each by the byte where it begins; `fields`: how many columns it has."""
    luck = Luck(seed)
    lines: list[tuple[int, tuple[str, ...]]] = []
    for n, one in enumerate(people(luck, 250, script)):
        now = one
        for _ in range(1 + luck.below(6)):
            if luck.chance(5):
                now = replace(now, town=_TOWNS[script][luck.below(10)], postal="")
            cells = form(now, luck, errors)
            if sum(map(bool, cells[:fields])) > 1:
                lines.append((n, cells[:fields]))
    lines.sort(key=lambda _: luck.below(1 << 30))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADS[script][:fields])
    truth = {}
    for n, cells in lines:
        truth[len(text.getvalue().encode())] = n
        writer.writerow(cells)
    return Source.memory(text.getvalue().encode(), f"{script}.csv"), truth


def pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def measured(seed: int, script: str, **kinds: int) -> tuple[bool, float, float, str]:
    """Return whether the truth lies inside, precision and recall over pairs, and a line about it."""
    from kyumei.scope.count import link
    from kyumei.scope.records import Stored

    source, truth = registrations(seed, script, **kinds)
    with Survey() as survey:
        found = survey.add(source)
        assert found is not None
        records = Stored(survey.store(), [t["table_id"] for t in found.tables if t["personal"]], likely=True)
        linked, (_, rec) = link(records), records.places()
    told = {int(r): int(person) for r, person in zip(rec, linked.label, strict=True)}
    ours, answers = [told.get(at, -1 - at) for at in truth], [*truth.values()]
    both, mine, true = (pairs(Counter(x).values()) for x in (list(zip(ours, answers, strict=True)), ours, answers))
    low, best, high = min(linked.standard, linked.lenient), linked.standard, max(linked.standard, linked.strict)
    real = len({person for at, person in truth.items() if at in told})
    held, precision, recall = low <= real <= high, both / max(1, mine), both / true
    said = f"seed {seed} {script:<8} {kinds}: {len(truth)} records, {real} people, {low} / {best} / {high}"
    said = f"{said} ({best / real - 1:+.1%}) P {precision:.3f} R {recall:.3f}"
    return held, precision, recall, f"{said} {'inside' if held else 'OUTSIDE'}"


def main(seeds: int) -> None:
    """Print a line a list and the sums."""
    held, lists, precision, recall = 0, 0, 0.0, 0.0
    for seed in range(1, seeds + 1):
        for script in _HEADS:
            for kinds in ({}, {"fields": 4}, {"errors": 8}, {"errors": 40}):
                good, p, r, said = measured(seed, script, **kinds)
                held, lists, precision, recall = held + good, lists + 1, precision + p, recall + r
                sys.stdout.write(said + "\n")
    sys.stdout.write(f"truth inside {held} of {lists}; mean P {precision / lists:.4f}, R {recall / lists:.4f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
