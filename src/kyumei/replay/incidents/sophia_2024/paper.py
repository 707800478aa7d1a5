"""Ordinary files of an office: budgets, memos, room lists, and the small lists of people that are sent with reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.replay.writers.eml import Attachment
from kyumei.replay.writers.tables import XLSX_KIND, Sheet, table, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.students import Student
    from kyumei.replay.writers.tables import Cell

_ITEMS = ("旅費", "消耗品費", "印刷製本費", "会議費", "委託費", "通信運搬費", "謝金")
_ROOMS = ("1号館", "2号館", "6号館", "10号館", "図書館")


def paper(dice: Dice, kind: str, students: Sequence[Student], when: datetime, author: str) -> tuple[Attachment, ...]:
    """Return the file of that kind as attachments, none for an empty kind; a kind of list may be left out."""
    match kind:
        case "budget":
            return (Attachment(f"予算執行状況_{when:%m%d}.xlsx", XLSX_KIND, workbook([budget(dice)], when, author)),)
        case "memo":
            return (Attachment(f"memo{when:%Y%m%d}.pdf", "application/pdf", memo(dice)),)
        case "rooms":
            return (Attachment("教室一覧.csv", "text/csv", table(rooms(dice), "cp932")),)
        case "nominees":
            data = workbook([nominees(dice, students)], when, author)
            return (Attachment(f"Nominations_{when:%Y%m%d}.xlsx", XLSX_KIND, data),)
        case "insured":
            return (Attachment(f"加入者リスト{when:%m%d}.csv", "text/csv", table(insured(dice, students), "cp932")),)
        case _:
            return ()


def budget(dice: Dice) -> Sheet:
    """Return a sheet of a budget: no people."""
    rows: list[list[Cell]] = [[item, dice.between(50, 900) * 1000, dice.between(10, 400) * 1000] for item in _ITEMS]
    return Sheet("執行状況", [["科目", "予算額", "執行額"], *rows])


def rooms(dice: Dice) -> list[list[Cell]]:
    """Return a list of class rooms: no people."""
    rows: list[list[Cell]] = [[f"{dice.pick(_ROOMS)}{dice.between(101, 512)}", dice.between(20, 300)] for _ in range(12)]
    return [["教室", "定員"], *rows]


def memo(dice: Dice) -> bytes:
    """Return a one-page PDF without text of interest."""
    text = f"BT /F1 12 Tf 72 720 Td (Memo {dice.digits(6)}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table_at = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table_at}\n%%EOF\n"
    return out.encode("ascii")


def nominees(dice: Dice, students: Sequence[Student]) -> Sheet:
    """Return a list of exchange students, which the partner university needs."""
    chosen = dice.sample_few(students, dice.between(2, 9))
    rows: list[list[Cell]] = [[n, s.name.latin, s.number, s.birth, s.country.english] for n, s in enumerate(chosen, 1)]
    return Sheet("Nominees", [["No.", "Name", "Student ID", "Date of Birth", "Nationality"], *rows])


def insured(dice: Dice, students: Sequence[Student]) -> list[list[Cell]]:
    """Return a list of travellers, which the insurer needs."""
    chosen = dice.sample_few(students, min(dice.between(25, 140), len(students) // 4 + 1))
    rows: list[list[Cell]] = [[s.name.kanji, s.name.kana, f"{s.birth:%Y/%m/%d}", s.number] for s in chosen]
    return [["氏名", "フリガナ", "生年月日", "学籍番号"], *rows]
