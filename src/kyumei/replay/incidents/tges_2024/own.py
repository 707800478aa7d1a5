"""The house's own personal data on the share: the staff list and the contacts at business partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kyumei.replay.calendar import at, clock
from kyumei.replay.incidents.tges_2024.folders import Filed
from kyumei.replay.people import japanese
from kyumei.replay.writers.tables import Sheet, table, workbook

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.incidents.tges_2024.house import House
    from kyumei.replay.phones import Phones
    from kyumei.replay.scene import Scene
    from kyumei.replay.writers.tables import Cell


@dataclass(frozen=True, slots=True)
class Own:
    """The tables of own data, and how many people are in each."""

    filed: tuple[Filed, ...]
    employees: int
    contacts: int


def own_data(scene: Scene, dice: Dice, house: House, phones: Phones, contacts: int) -> Own:
    """Write the staff list and the contacts; nobody is in both."""
    share = house.own_share.name
    staff = _staff_list(dice, house)
    made = at(date(2024, 4, 5), clock(13, 20))
    book = workbook([Sheet(dice.pick(("社員一覧", "Sheet1", "在籍者")), staff)], made, "soumu")
    folder, name = (
        dice.pick(("人事", "名簿", "社員情報")),
        dice.pick(("社員名簿_2024.xlsx", "従業員一覧(R6.4).xlsx", "社員連絡先.xlsx")),
    )
    first = _file(scene, (share, folder, name), book, len(staff) - 1)
    partners = _contacts(dice, phones, contacts)
    second = _file(
        scene,
        (share, "取引先", dice.pick(("取引先連絡先.csv", "業者担当者一覧.csv"))),
        table(partners, "cp932"),
        len(partners) - 1,
    )
    return Own((first, second), len(house.employees), contacts)


def _staff_list(dice: Dice, house: House) -> list[list[Cell]]:
    heads: list[Cell] = [
        "社員番号",
        "氏名",
        dice.pick(("フリガナ", "カナ")),
        "生年月日",
        "所属",
        "役職",
        "メールアドレス",
        "入社日",
    ]
    rows: list[list[Cell]] = [
        [p.number, f"{p.name.family} {p.name.given}", p.name.kana, p.birth, p.department, p.role, p.mail, p.joined]
        for p in house.employees
    ]
    return [heads, *rows]


def _contacts(dice: Dice, phones: Phones, number: int) -> list[list[Cell]]:
    rows: list[list[Cell]] = [["会社名", "部署", "担当者名", "電話番号", "メールアドレス"]]
    for serial in range(number):
        name = japanese(dice)
        firm = f"{japanese(dice).family}{dice.pick(('工業', '計装', '設備', '商事'))}"
        mail = f"{name.latin_family.lower()}{serial}@partner{dice.digits(3)}.example"
        rows.append([f"{firm}株式会社", dice.pick(("営業部", "工務部", "")), name.kanji, phones.mobile(), mail])
    return rows


def _file(scene: Scene, place: tuple[str, str, str], data: bytes, records: int) -> Filed:
    share, folder, name = place
    scene.write(f"share/{share}/{folder}/{name}", data, at(date(2024, 4, 5), clock(13, 20)))
    return Filed(f"share/{share}/{folder}/{name}", f"{folder}\\{name}", records, len(data))
