"""The office's share: the workbook as it was made, earlier ones, the register, and ordinary files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kyumei.replay.calendar import at, clock, workdays
from kyumei.replay.incidents.sophia_2024.paper import budget, memo, rooms
from kyumei.replay.incidents.sophia_2024.sheets import master_sheet
from kyumei.replay.writers.tables import Sheet, table, workbook

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.sophia_2024.everyday import World
    from kyumei.replay.incidents.sophia_2024.mistake import Mistake
    from kyumei.replay.scene import Scene
    from kyumei.replay.writers.tables import Cell


def lay_out(scene: Scene, dice: Dice, world: World, wrong: Mistake) -> str:
    """Write the share; return the path below `evidence/` of the workbook that was sent."""
    root = f"share/{world.cast.center}"
    program = dice.pick(("03_短期プログラム", "短期研修", "short_program", "R6短期派遣"))
    original = f"{root}/{program}/2024年度/{wrong.file_name}"
    scene.write(original, wrong.letter.attachments[0].data, wrong.letter.sent - timedelta(minutes=dice.between(3, 40)))
    for letter in wrong.earlier:
        year = letter.sent.year if letter.sent.month > 3 else letter.sent.year - 1
        path = f"{root}/{program}/{year}年度/{letter.attachments[0].name}"
        scene.write(path, letter.attachments[0].data, letter.sent - timedelta(hours=1))
    if dice.chance(0.5):
        _register(scene, dice, world, wrong, root)
    _ordinary(scene, dice, world, root)
    return original


def _register(scene: Scene, dice: Dice, world: World, wrong: Mistake, root: str) -> None:
    """Write the register of all students, from which the forgotten sheet was copied."""
    made = at(date(2024, 5, 1), clock(9) + dice.below(20_000))
    sheet = master_sheet(dice, wrong.how, world.students)
    visible = Sheet(sheet.name, sheet.rows, "visible", sheet.heading)
    scene.write(f"{root}/学籍/在籍者_20240501.xlsx", workbook([visible], made, "kyomu"), made)


def _ordinary(scene: Scene, dice: Dice, world: World, root: str) -> None:
    partners: list[list[Cell]] = [
        [place.title, place.country, place.office, place.contact.name, place.contact.address] for place in world.cast.partners
    ]
    heads: list[Cell] = ["University", "Country", "Office", "Contact", "E-mail"]
    scene.write(
        f"{root}/協定校/協定校連絡先.xlsx", workbook([Sheet("partners", [heads, *partners])], _day(dice), "gec"), _day(dice)
    )
    scene.write(f"{root}/庶務/教室一覧.csv", table(rooms(dice), "cp932"), _day(dice))
    for month in (4, 5, 6):
        when = at(date(2024, month, 3), clock(17) + dice.below(3600))
        scene.write(f"{root}/庶務/予算執行状況_{month:02d}.xlsx", workbook([budget(dice)], when, "gec"), when)
    for number in range(dice.between(4, 12)):
        scene.write(f"{root}/会議/memo_{number:02d}.pdf", memo(dice), _day(dice))
    shifts: list[list[Cell]] = [
        [f"{day:%m/%d}", dice.pick(world.cast.office).name.family] for day in workdays(date(2024, 5, 1), date(2024, 5, 31))
    ]
    scene.write(f"{root}/庶務/窓口当番_5月.csv", table([["日付", "当番"], *shifts], "cp932"), _day(dice))


def _day(dice: Dice) -> datetime:
    return at(dice.pick(workdays(date(2024, 4, 1), date(2024, 6, 5))), dice.between(clock(9), clock(18)))
