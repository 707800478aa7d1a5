"""The workbook that goes out: the participants' list that was meant, and the master sheet that was forgotten in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.replay.writers.tables import Cell, Sheet, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.students import Student
    from kyumei.replay.writers.tables import State

_HEADS: Final = {
    "number": (("学籍番号", "学生番号", "学籍番号(7桁)", "学籍No."), ("Student ID", "Student No.", "ID Number")),
    "unit": (("所属学部・学科", "学部学科", "所属"), ("Faculty / Department", "Affiliation")),
    "faculty": (("所属学部", "学部", "学部・研究科"), ("Faculty", "School")),
    "department": (("所属学科", "学科", "学科・専攻"), ("Department", "Major")),
    "year": (("学年", "年次"), ("Year", "Grade")),
    "name": (("氏名", "学生氏名", "氏名(漢字)", "氏名 漢字"), ("Name", "Full Name", "Student Name")),
    "family": (("姓", "氏"), ("Family Name", "Last Name")),
    "given": (("名",), ("Given Name", "First Name")),
    "kana": (("フリガナ", "氏名カナ", "カナ氏名", "ふりがな"), ("Kana",)),
    "latin": (("ローマ字氏名", "英字氏名", "氏名(ローマ字)"), ("Name in Roman letters", "English Name")),
    "birth": (("生年月日", "生年月日(西暦)"), ("Date of Birth", "DOB", "Birth Date")),
    "country": (("国籍", "国籍・地域", "国籍名"), ("Nationality", "Citizenship")),
    "entered": (("入学年度",), ("Entrance Year",)),
    "status": (("在籍状況", "学籍状態"), ("Enrolment Status",)),
}
_MASTER_NAMES: Final = (
    "マスタ",
    "学生マスタ",
    "全学生",
    "Sheet2",
    "master",
    "元データ",
    "DATA",
    "学籍_0501",
    "貼付用",
    "在籍者一覧",
)
_LIST_NAMES: Final = ("参加者一覧", "List", "参加者リスト", "Participants", "Sheet1", "名簿", "Short-term 2024")
_CODE_NAMES: Final = ("コード表", "プルダウン", "リスト用", "学部コード")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the office keeps its lists; fixed by the seed."""

    tongue: str
    master_name: str
    list_name: str
    master_state: State
    master_first: bool
    codes: bool
    title_rows: int
    total_row: bool
    birth: str
    numeric: bool
    columns: tuple[str, ...]
    heads: dict[str, str]
    list_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook with what there is to know about it. `records` are the rows of people per sheet."""

    data: bytes
    sheets: tuple[Sheet, ...]
    records: tuple[int, ...]


def manner(dice: Dice) -> Manner:
    """Return how this seed's office keeps its lists."""
    tongue = dice.weighted(("ja", "en", "both"), (7, 2, 2))
    columns = ["number", *dice.pick((("unit",), ("faculty", "department"))), "year"]
    columns += ["family", "given"] if dice.chance(0.15) else ["name"]
    columns += [extra for extra in ("kana", "latin") if dice.chance(0.45)] + ["birth", "country"]
    columns += [extra for extra in ("entered", "status") if dice.chance(0.25)]
    state = dice.weighted(("visible", "hidden", "very_hidden"), (5, 3, 2))
    states: dict[str, State] = {"visible": "visible", "hidden": "hidden", "very_hidden": "very_hidden"}
    list_name = dice.pick(_LIST_NAMES)
    return Manner(
        tongue=tongue,
        master_name=dice.pick([name for name in _MASTER_NAMES if name != list_name]),
        list_name=list_name,
        master_state=states[state],
        master_first=state != "visible" and dice.chance(0.4),
        codes=dice.chance(0.4),
        title_rows=dice.weighted((0, 1, 2, 3), (4, 2, 2, 2)),
        total_row=dice.chance(0.2),
        birth=dice.pick(("cell", "slash", "dash", "kanji", "eight")),
        numeric=dice.chance(0.5),
        columns=tuple(columns),
        heads={key: _head(dice, key, tongue) for key in _HEADS},
        list_columns=("number", "name", *dice.pick((("latin",), ("latin", "unit"), ("faculty", "year"))), "year"),
    )


def sent_book(dice: Dice, how: Manner, participants: Sequence[Student], everyone: Sequence[Student], made: datetime) -> Book:
    """Return the workbook as it went out: with the master sheet left in it."""
    small = list_sheet(how, participants)
    master = master_sheet(dice, how, everyone)
    sheets = [master, small] if how.master_first else [small, master]
    records = [len(everyone), len(participants)] if how.master_first else [len(participants), len(everyone)]
    if how.codes:
        sheets.append(_code_sheet(dice, everyone))
        records.append(0)
    return Book(workbook(sheets, made, "gec"), tuple(sheets), tuple(records))


def right_book(how: Manner, participants: Sequence[Student], made: datetime) -> Book:
    """Return a workbook as it should go out: the participants' list alone."""
    small = list_sheet(how, participants)
    return Book(workbook([small], made, "gec"), (small,), (len(participants),))


def list_sheet(how: Manner, participants: Sequence[Student]) -> Sheet:
    """Return the participants' list, numbered from 1."""
    columns = list(dict.fromkeys(how.list_columns))
    heads = ["No."] + [how.heads[column] for column in columns]
    rows: list[list[Cell]] = [[n, *(_cell(how, s, c) for c in columns)] for n, s in enumerate(participants, 1)]
    return Sheet(how.list_name, [list[Cell](heads), *rows])


def master_sheet(dice: Dice, how: Manner, everyone: Sequence[Student]) -> Sheet:
    """Return the master sheet: title rows, headings, all students, perhaps a row with the total."""
    heads: list[Cell] = [how.heads[column] for column in how.columns]
    titles = _titles(how.title_rows)
    rows: list[list[Cell]] = [[_cell(how, student, column) for column in how.columns] for student in everyone]
    for row in dice.sample(rows, dice.below(4)):  # a few birth dates are not known to the office
        row[how.columns.index("birth")] = None
    if how.total_row:
        rows.append(["合計" if how.tongue != "en" else "Total", f"{len(everyone)}名" if how.tongue != "en" else len(everyone)])
    return Sheet(how.master_name, [*titles, heads, *rows], how.master_state, len(titles))


def _titles(number: int) -> list[list[Cell]]:
    texts: list[list[Cell]] = [["在籍者マスタ(正規学生)"], ["2024年5月1日現在"], []]
    return {0: [], 1: texts[:1], 2: [texts[0], texts[2]], 3: texts}[number]


def _code_sheet(dice: Dice, everyone: Sequence[Student]) -> Sheet:
    names = sorted({student.faculty for student in everyone})
    rows: list[list[Cell]] = [[f"{n:02d}", name] for n, name in enumerate(names, 1)]
    return Sheet(dice.pick(_CODE_NAMES), [["コード", "名称"], *rows], dice.pick(("visible", "hidden")))


def _head(dice: Dice, key: str, tongue: str) -> str:
    japanese, english = _HEADS[key]
    ja, en = dice.pick(japanese), dice.pick(english)
    return {"ja": ja, "en": en, "both": f"{ja} / {en}"}[tongue]


def _cell(how: Manner, student: Student, column: str) -> Cell:
    if column in {"number", "birth"}:
        return _number(how, student) if column == "number" else _birth(how.birth, student.birth)
    english = how.tongue == "en"
    plain: dict[str, Cell] = {
        "unit": f"{student.faculty}{student.department}" if not english else f"{student.faculty_en} {student.department}",
        "faculty": student.faculty_en if english else student.faculty,
        "department": student.department,
        "year": student.year,
        "family": student.name.family,
        "given": student.name.given,
        "name": _written(student),
        "kana": student.name.kana,
        "latin": student.name.latin,
        "country": student.country.english if english else student.country.japanese,
        "entered": 2024 - student.year + 1,
        "status": "在学" if not english else "Enrolled",
    }
    return plain[column]


def _written(student: Student) -> str:
    name = student.name
    return f"{name.family} {name.given}" if name.kana else name.latin


def _number(how: Manner, student: Student) -> Cell:
    return int(student.number) if how.numeric and student.number.isdigit() else student.number


def _birth(shape: str, day: date) -> Cell:
    texts: dict[str, Cell] = {
        "cell": day,
        "slash": f"{day:%Y/%m/%d}",
        "dash": f"{day:%Y-%m-%d}",
        "kanji": f"{day.year}年{day.month}月{day.day}日",
        "eight": int(f"{day:%Y%m%d}"),
    }
    return texts[shape]
