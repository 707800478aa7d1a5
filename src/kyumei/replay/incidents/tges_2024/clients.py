"""The 51 suppliers and their customers: who they are, how many, and how each one's tables look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kyumei.replay.people import japanese, places, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.replay.dice import Dice
    from kyumei.replay.people import Name, Place
    from kyumei.replay.phones import Phones
    from kyumei.replay.writers.tables import Encoding

CLIENTS: Final = 51
PUBLISHED: Final = 4_160_000
_KNOWN: Final = (810_000, 690_000, 224_000, 193_000, 14_000)
"""Published sizes of single suppliers; the last is the one whose data of 2018 should have been erased."""
Form = Literal["csv", "xlsx", "sql"]


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of one supplier. `bank` is empty for most."""

    number: str
    name: Name
    postal: str
    address: str
    phone: str
    meter: str
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How one supplier's tables look.

    Attributes:
        form: kind of file. encoding: of CSV files.
        numbered: whether a customer number is in the table; if not, one row is one customer.
        split: one table by district, or versions of different dates.
        phone: how telephone numbers are written.
        half_kana: readings in half-width letters.
        erased_not: the table of 2018 that should have been erased.
    """

    form: Form
    encoding: Encoding
    numbered: bool
    split: Literal["one", "districts", "versions"]
    phone: Literal["dashed", "digits", "brackets"]
    half_kana: bool
    prefecture: bool
    bank: bool
    erased_not: bool
    heads: dict[str, str]


@dataclass(frozen=True, slots=True)
class Client:
    """A supplier that entrusted its customers' data."""

    serial: int
    title: str
    folder: str
    trade: Literal["gas", "water"]
    place: Place
    cities: tuple[str, ...]
    people: int
    contact: str
    look: Look


_HEADS: Final = {
    "gas": {
        "number": ("お客さま番号", "お客様番号", "顧客番号", "使用者番号"),
        "meter": ("メーター番号", "供給地点番号", "ガスメーター番号"),
    },
    "water": {
        "number": ("お客様番号", "水栓番号", "使用者番号", "給水番号"),
        "meter": ("メーター番号", "量水器番号", "メータ番号"),
    },
}
_COMMON: Final = {
    "name": ("氏名", "お名前", "使用者氏名", "契約者名"),
    "kana": ("カナ", "フリガナ", "氏名カナ", "使用者カナ"),
    "postal": ("郵便番号", "〒"),
    "address": ("住所", "使用場所住所", "供給場所", "設置場所住所"),
    "phone": ("電話番号", "TEL", "連絡先電話番号", "電話"),
    "bank": ("口座番号", "引落口座番号"),
    "read": ("検針日", "前回検針日"),
    "use": ("使用量", "前月使用量(m3)"),
}


def clients(dice: Dice, total: int) -> list[Client]:
    """Return the suppliers of this seed; their people add up to `total`, or to three each where that is more."""
    sizes = _sizes(dice.child("sizes"), total)
    towns = _towns(dice.child("towns"))
    grounds = dice.sample(places(), 17)
    shape = dice.below(3)
    found = []
    for serial in range(CLIENTS):
        one = dice.child("client", serial)
        ground = grounds[serial % len(grounds)]
        trade: Literal["gas", "water"] = "gas" if one.chance(0.55) else "water"
        town, other = towns[serial * 2], towns[serial * 2 + 1]
        title = _title(one, trade, town, other)
        folder = (f"{serial + 1:03d}_{title}", f"C{serial + 1:02d}_{town}", f"{title}様")[shape]
        district = [towns[(serial % len(grounds)) * 2 + 102], towns[(serial % len(grounds)) * 2 + 103]]
        people, old = sizes[serial]
        look = _look(one, trade, people, old=old)
        contact = f"info@client{one.digits(4)}.example"
        cities = tuple(f"{name}{kind}" for name, kind in zip(district, ("市", "町"), strict=True))
        found.append(Client(serial + 1, title, folder, trade, ground, cities, people, contact, look))
    return found


def customers(dice: Dice, client: Client, phones: Phones, known: Sequence[Customer]) -> tuple[list[Customer], int]:
    """Return a supplier's customers, and how many of them are also `known`, i.e. another supplier's customers nearby.

    No two of them have the same name at the same street number: where a supplier gives no customer number, nobody could
    tell such namesakes from one customer with two meters, and the truth would be a guess.
    """
    shape = dice.below(3)
    numbers = dice.between(10, 80) * 10_000
    both = min(len(known), client.people // 10, dice.below(2 + client.people // 60)) if dice.chance(0.6) else 0
    found = []
    for serial, same in enumerate(dice.sample_few(known, both)):
        number, meter = _numbers(dice, shape, numbers + serial * 7)
        found.append(Customer(number, same.name, same.postal, same.address, same.phone, meter))
    taken = {(c.name.kana, _block(c.address)) for c in found}
    for serial in range(both, client.people):
        number, meter = _numbers(dice, shape, numbers + serial * 7)
        phone = phones.mobile() if dice.chance(0.6) else phones.landline(client.place.area)
        bank = dice.digits(7) if client.look.bank and dice.chance(0.08) else ""
        postal = f"{client.place.postal}-{dice.digits(4)}"
        who, where = japanese(dice), _address(dice, client)
        while (who.kana, _block(where)) in taken:
            who = japanese(dice)
        taken.add((who.kana, _block(where)))
        found.append(Customer(number, who, postal, where, phone, meter, bank))
    return dice.shuffled(found), both


def _sizes(dice: Dice, total: int) -> list[tuple[int, bool]]:
    """Return (people, whether it is the data of 2018) for each supplier, in a drawn order."""
    rest = [round(1000 * 2.718281828 ** (dice.fraction() * 3.2)) for _ in range(CLIENTS - len(_KNOWN))]
    left = PUBLISHED - sum(_KNOWN)
    weights = [*_KNOWN, *(weight * left // sum(rest) for weight in rest)]
    sizes = [max(3, total * weight // sum(weights)) for weight in weights]
    sizes[0] += max(0, total - sum(sizes))
    return dice.shuffled([(size, place == len(_KNOWN) - 1) for place, size in enumerate(sizes)])


def _towns(dice: Dice) -> list[str]:
    first, second, real = (row[0] for row in table("towns_ja.csv"))
    return dice.shuffled([town for a in first for b in second if (town := a + b) not in real.split()])


def _title(dice: Dice, trade: str, town: str, other: str) -> str:
    if trade == "gas":
        return dice.pick((f"{town}ガス株式会社", f"{town}瓦斯株式会社", f"{town}都市ガス株式会社", f"{town}市ガス局"))
    return dice.pick((f"{town}市水道局", f"{town}市上下水道部", f"{town}・{other}水道企業団", f"{town}町水道課"))


def _look(dice: Dice, trade: str, people: int, *, old: bool) -> Look:
    form: Form = dice.weighted(("csv", "xlsx"), (8, 0 if people > 50_000 else 3))
    encoding: Encoding = dice.weighted(("cp932", "utf-8-sig", "utf-8"), (7, 2, 1))
    split: Literal["one", "districts", "versions"] = dice.weighted(("one", "districts", "versions"), (3, 2, 4))
    phone: Literal["dashed", "digits", "brackets"] = dice.weighted(("dashed", "digits", "brackets"), (6, 3, 1))
    if old:
        form, split = ("sql" if dice.chance(0.4) else "csv"), "one"
    heads = {key: dice.pick(words) for key, words in {**_HEADS[trade], **_COMMON}.items()}
    return Look(
        form=form,
        encoding="cp932" if old else encoding,
        numbered=old or dice.chance(0.8),
        split=split,
        phone=phone,
        half_kana=dice.chance(0.25),
        prefecture=dice.chance(0.75),
        bank=not old and dice.chance(0.08),
        erased_not=old,
        heads=heads,
    )


def _numbers(dice: Dice, shape: int, serial: int) -> tuple[str, str]:
    """Return customer number and meter number; both are unique within the supplier, as `serial` is."""
    number = (f"{serial:08d}", f"{serial:07d}-{serial % 7}", f"1{serial:010d}")[shape]
    return number, f"{dice.between(10, 24)}{dice.letters(1, 'ABCDEFGH')}{serial:08d}"


def _block(address: str) -> str:
    return address.split(" ", 1)[0]


def _address(dice: Dice, client: Client) -> str:
    street = dice.pick(("本町", "栄町", "緑町", "旭町", "幸町", "港町", "若葉台", "中央"))
    where = f"{dice.pick(client.cities)}{street}{dice.between(1, 6)}-{dice.between(1, 30)}-{dice.between(1, 25)}"
    flat = f" {dice.pick(('コーポ', 'ハイツ', 'メゾン'))}{street}{dice.between(101, 905)}" if dice.chance(0.3) else ""
    return f"{client.place.prefecture}{where}{flat}"
