"""The mistake itself, and the lists that had been sent rightly in earlier terms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from kyumei.replay.calendar import at, clock
from kyumei.replay.incidents.sophia_2024.everyday import compose
from kyumei.replay.incidents.sophia_2024.sheets import manner, right_book, sent_book
from kyumei.replay.writers.eml import Attachment
from kyumei.replay.writers.tables import XLSX_KIND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.cast import Cast
    from kyumei.replay.incidents.sophia_2024.everyday import World
    from kyumei.replay.incidents.sophia_2024.sheets import Book, Manner
    from kyumei.replay.incidents.sophia_2024.students import Student
    from kyumei.replay.writers.eml import Letter, Mailbox

SENT_ON: Final = date(2024, 5, 16)
_FILES: Final = (
    "Short-term_Program_2024_{0}.xlsx",
    "【短期プログラム】参加者リスト_{0}.xlsx",
    "{0}_短期研修参加者名簿.xlsx",
    "participants_{0}.xlsx",
    "短期P名簿({0})_提出用.xlsx",
)
_TERMS: Final = (("2023秋", date(2023, 11, 14)), ("2024春", date(2024, 2, 6)), ("2024春追加", date(2024, 4, 18)))
_SUBJECTS: Final = (
    "Participants of the Short-term Program ({0})",
    "List of participants / Short-term Program {0}",
    "{0} short programme: list of our students",
    "【{0}】Short-term program participant list",
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """The letter that held too much, and what surrounds it.

    Attributes:
        how: how the office keeps its lists.
        book: the workbook that went out.
        right: the workbook as it should have been.
        letter: the letter of 2024-05-16.
        inside: boxes at the university that also got it.
        earlier: letters with rightly made lists of earlier terms.
    """

    how: Manner
    book: Book
    right: Book
    file_name: str
    letter: Letter
    inside: tuple[Mailbox, ...]
    earlier: tuple[Letter, ...]


def mistake(dice: Dice, world: World) -> Mistake:
    """Return the mistake of this seed; the day and the number of recipients are always the same."""
    how = manner(dice.child("manner"))
    participants = _participants(dice, world)
    sent = at(SENT_ON, dice.between(clock(9, 20), clock(18, 40)))
    book = sent_book(dice.child("book"), how, participants, world.students, sent - timedelta(hours=3))
    term = dice.pick(("Summer", "夏", "2024夏", "Session-A"))
    name = dice.pick(_FILES).format(term)
    inside = (world.cast.shared_box,) if dice.chance(0.4) else ()
    letter = _letter(dice.child("letter"), world.cast, sent, _attached(name, book), term)
    return Mistake(
        how=how,
        book=book,
        right=right_book(how, participants, sent),
        file_name=name,
        letter=_addressed(dice, world.cast, letter, inside),
        inside=inside,
        earlier=_earlier(dice.child("earlier"), world, how),
    )


@cache
def texts() -> dict[str, Any]:
    """Return the texts of the letters about the mistake."""
    return tomllib.loads((files("kyumei.replay") / "data" / "mistake.toml").read_text("utf-8"))


def _participants(dice: Dice, world: World) -> Sequence[Student]:
    return dice.sample_few(world.students, min(dice.between(12, 38), len(world.students) // 2))


def _letter(dice: Dice, cast: Cast, sent: datetime, file: Attachment, term: str) -> Letter:
    me = cast.office[0]
    body = dice.pick(texts()["lists"]).format(
        me=f"{me.name.latin_given} {me.name.latin_family}", center=cast.center_en, univ=cast.university_en
    )
    to = [place.contact for place in cast.recipients]
    letter = compose(dice, me.box, me.style, sent=sent, to=to, text=(dice.pick(_SUBJECTS).format(term), body))
    return replace(letter, attachments=(file,))


def _addressed(dice: Dice, cast: Cast, letter: Letter, inside: tuple[Mailbox, ...]) -> Letter:
    """Return the letter with its recipients as To, as To and Cc, or as blind copies."""
    first, *others = letter.to
    match dice.weighted(("to", "cc", "bcc"), (6, 2, 2)):
        case "cc":
            return replace(letter, to=(first,), cc=(*others, *inside))
        case "bcc":
            return replace(letter, to=(cast.office[0].box,), cc=inside, bcc=letter.to)
        case _:
            return replace(letter, cc=inside)


def _earlier(dice: Dice, world: World, how: Manner) -> tuple[Letter, ...]:
    found = []
    for term, day in _TERMS:
        sent = at(day, dice.between(clock(10), clock(17)))
        book = right_book(how, _participants(dice, world), sent)
        name = dice.pick(_FILES).format(term)
        letter = _letter(dice.child(term), world.cast, sent, _attached(name, book), term)
        partners = dice.sample(world.cast.partners, 3)
        found.append(replace(letter, to=tuple(place.contact for place in partners)))
    return tuple(found)


def _attached(name: str, book: Book) -> Attachment:
    return Attachment(name, XLSX_KIND, book.data)
