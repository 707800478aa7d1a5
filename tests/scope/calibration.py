"""How often the truth lies inside the interval: `python -m tests.scope.calibration [SEEDS]`.

A generator by itself: it writes texts, not keys, and errs in other ways than `bench/people_records.py`. Hospital, school and
club keep lists of the same town: digits misread (1/7, 3/8, 0/6), day and month exchanged, a kanji left out, readings in
hiragana or half-width, addresses with and without prefecture and building, families moving together, married names, parents'
telephones given for children, namesakes in one street, and double entries.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kyumei.model.source import Source
from tests.scope.run import counted, profiled

_FAMILIES: Final = (
    "青木 アオキ|石川 イシカワ|上田 ウエダ|遠藤 エンドウ|岡本 オカモト|加藤 カトウ|木村 キムラ|工藤 クドウ|"
    "小島 コジマ|坂本 サカモト|柴田 シバタ|杉山 スギヤマ|関 セキ|高田 タカダ|千葉 チバ|土屋 ツチヤ|"
    "手塚 テヅカ|戸田 トダ|内藤 ナイトウ|西村 ニシムラ|野口 ノグチ|長谷川 ハセガワ|平野 ヒラノ|福田 フクダ|"
    "本田 ホンダ|松井 マツイ|三浦 ミウラ|村上 ムラカミ|森 モリ|山崎 ヤマザキ|横山 ヨコヤマ|渡部 ワタベ"
)
FAMILIES: Final = _FAMILIES.split("|")
_GIVEN: Final = (
    "明 アキラ|郁子 イクコ|恵美 エミ|修 オサム|和也 カズヤ|久美子 クミコ|健太 ケンタ|幸子 サチコ|"
    "静香 シズカ|進 ススム|孝 タカシ|千尋 チヒロ|剛 ツヨシ|徹 トオル|奈々 ナナ|信夫 ノブオ|"
    "春香 ハルカ|裕之 ヒロユキ|文子 フミコ|誠 マコト|美穂 ミホ|康弘 ヤスヒロ|優斗 ユウト|陽菜 ヒナ|"
    "良子 リョウコ|蓮 レン|若菜 ワカナ|葵 アオイ|大翔 ヒロト|凛 リン"
)
GIVEN: Final = _GIVEN.split("|")
MISREAD: Final = str.maketrans("173806", "718360")


class Luck:
    """Numbers from a seed, the same everywhere (Lehmer's generator)."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 48271 + 11) % 2147483647 or 1

    def below(self, n: int) -> int:
        self._state = self._state * 48271 % 2147483647
        return self._state * n // 2147483647

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


@dataclass(frozen=True)
class Somebody:
    family: str
    given: str
    born: tuple[int, int, int]
    street: int
    house: int
    phone: str
    mail: str


def town(luck: Luck, homes: int) -> list[Somebody]:
    found: list[Somebody] = []
    for home in range(homes):
        family = FAMILIES[luck.below(len(FAMILIES))]
        street, house, line = luck.below(40), luck.below(60), f"03-{5000 + home:04d}-{luck.below(10000):04d}"
        for _ in range(1 + luck.below(4)):
            born = (1940 + luck.below(75), 1 + luck.below(12), 1 + luck.below(28))
            n = len(found)
            phone = line if luck.chance(40) else f"080-{2000 + n:04d}-{luck.below(10000):04d}"
            mail = f"m{n}.{luck.below(999)}@example.org" if luck.chance(60) else ""
            found.append(Somebody(family, GIVEN[luck.below(len(GIVEN))], born, street, house, phone, mail))
    return found


def later(one: Somebody, luck: Luck) -> Somebody:
    if luck.chance(8):
        one = replace(one, street=luck.below(40), house=luck.below(60))
    if luck.chance(4):
        one = replace(one, family=FAMILIES[luck.below(len(FAMILIES))])
    if luck.chance(10):
        one = replace(one, phone=f"090-{7000 + luck.below(3000)}-{luck.below(10000):04d}")
    if luck.chance(3) and one.born[2] < 13:
        one = replace(one, born=(one.born[0], one.born[2], one.born[1]))
    return one


def line(one: Somebody, luck: Luck) -> tuple[str, ...]:
    family, given = one.family.split(), one.given.split()
    name = family[0] + (" ", "　", "")[luck.below(3)] + (given[0][:-1] if luck.chance(1) and len(given[0]) > 1 else given[0])
    kana = "" if luck.chance(25) else f"{family[1]} {given[1]}"
    if kana and luck.chance(30):
        kana = "".join(chr(ord(ch) - 0x60) if "ァ" <= ch <= "ヶ" else ch for ch in kana)
    year, month, day = one.born
    born = (f"{year}/{month}/{day}", f"{year}年{month}月{day}日", f"{year}{month:02d}{day:02d}")[luck.below(3)]
    phone = one.phone.translate(MISREAD) if luck.chance(1) else one.phone
    tail = f"南町{1 + one.street % 5}丁目{1 + one.street}番{1 + one.house}号" + (" 南ハイツ201" if luck.chance(20) else "")
    place = ("東京都" if luck.chance(60) else "") + "調布市" + tail
    cells = (born if luck.chance(85) else "", phone if luck.chance(85) else "", one.mail if luck.chance(80) else "")
    return (name, kana, *cells, place if luck.chance(80) else "")


def holdings(seed: int) -> tuple[list[Source], int]:
    """Return three lists of one town, and how many people are in them."""
    luck = Luck(seed)
    people = town(luck, 120)
    listed: set[int] = set()
    sources = []
    for title, share in (("hospital", 55), ("school", 35), ("club", 40)):
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(("氏名", "フリガナ", "生年月日", "電話番号", "メールアドレス", "住所"))
        for n, one in enumerate(people):
            for _ in range(luck.chance(share) + luck.chance(share // 10)):
                listed.add(n)
                writer.writerow(line(later(one, luck) if title != "hospital" else one, luck))
        sources.append(Source.memory(text.getvalue().encode(), f"{title}.csv"))
    return sources, len(listed)


def inside(seed: int, folder: Path) -> tuple[bool, str]:
    """Return whether the truth of a seed lies inside the interval, and a line about it."""
    sources, truth = holdings(seed)
    records, people = counted(profiled(*sources), folder)
    held = people.low <= truth <= people.high
    said = f"seed {seed}: {records.best} records, {truth} people, {people.low} / {people.best} / {people.high}"
    return held, f"{said} ({people.best / truth - 1:+.1%}) {'inside' if held else 'OUTSIDE'}"


def main(seeds: int) -> None:
    """Print a line a seed and the share."""
    held = 0
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as name:
            good, said = inside(seed, Path(name))
        held += good
        sys.stdout.write(said + "\n")
    sys.stdout.write(f"truth inside the interval: {held} of {seeds} seeds\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
