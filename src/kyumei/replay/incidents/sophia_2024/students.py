"""The regular students: invented, each with a number that nobody else has; some pairs share a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.people import JAPAN, birth_date, countries, from_abroad, japanese

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.people import Country, Name

PUBLISHED: Final = 13_949
"""Regular students, as published."""
_FACULTIES: Final = (
    ("文学部", "Humanities", ("哲学科", "史学科", "国文学科", "英文学科")),
    ("法学部", "Law", ("法律学科", "国際関係法学科")),
    ("経済学部", "Economics", ("経済学科", "経営学科")),
    ("外国語学部", "Foreign Studies", ("英語学科", "ドイツ語学科", "フランス語学科", "イスパニア語学科")),
    ("理工学部", "Science and Technology", ("機能創造理工学科", "物質生命理工学科", "情報理工学科")),
    ("総合人間科学部", "Human Sciences", ("教育学科", "心理学科", "社会学科", "看護学科")),
    ("国際教養学部", "Liberal Arts", ("国際教養学科",)),
    ("大学院", "Graduate School", ("人文科学研究科", "理工学研究科", "法学研究科")),
)


@dataclass(frozen=True, slots=True)
class Student:
    """One regular student."""

    number: str
    faculty: str
    faculty_en: str
    department: str
    year: int
    name: Name
    birth: date
    country: Country


def enrol(dice: Dice, number: int) -> list[Student]:
    """Return that many students in the order of their numbers."""
    shape = dice.pick(("letter", "eight", "dashed", "ten"))
    abroad = dice.between(6, 13) / 100
    weights = [30, 14, 9, 6, 4, 4, 4, 3, 3, 2, 2, 2, 2, 1]
    students = []
    for serial in range(number):
        faculty, faculty_en, departments = _FACULTIES[serial * len(_FACULTIES) // number]
        year = dice.between(1, 4)
        foreign = dice.chance(abroad)
        country = dice.weighted(countries(), weights) if foreign else JAPAN
        name = from_abroad(dice, country) if foreign and not dice.chance(0.06) else japanese(dice)
        birth = birth_date(dice, date(2005 - year, 4, 2), date(2006 - year, 4, 1))
        if dice.chance(0.12):  # entered later than most, or a graduate
            birth = birth_date(dice, date(1988, 1, 1), date(2003, 12, 31))
        code = _number(shape, serial, year)
        students.append(Student(code, faculty, faculty_en, dice.pick(departments), year, name, birth, country))
    return students


def _number(shape: str, serial: int, year: int) -> str:
    entered = 24 - year + 1
    match shape:
        case "letter":
            return f"{'ABCDEFGH'[serial % 8]}{entered}{serial:05d}"
        case "eight":
            return f"{entered}{serial * 7 + 100_003:06d}"
        case "dashed":
            return f"{entered}-{serial % 8 + 1}-{serial:05d}"
        case _:
            return f"20{entered}{serial * 3 + 10_001:06d}"
