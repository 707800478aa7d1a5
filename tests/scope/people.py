"""Invented people and the files that hold them, the same for each run."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAMES: Final = """
佐藤 サトウ 鈴木 スズキ 高橋 タカハシ 田中 タナカ 渡辺 ワタナベ 伊藤 イトウ 小林 コバヤシ 山本 ヤマモト 中村 ナカムラ
斎藤 サイトウ 太郎 タロウ 花子 ハナコ 一郎 イチロウ 恵子 ケイコ 翔太 ショウタ 美咲 ミサキ 健 ケン 陽子 ヨウコ
大輔 ダイスケ 愛 アイ 直樹 ナオキ 由美 ユミ
"""
KANA: Final = dict(zip(_NAMES.split()[::2], _NAMES.split()[1::2], strict=True))
SURNAMES: Final = list(KANA)[:10]
GIVEN: Final = list(KANA)[10:]


@dataclass(frozen=True)
class Person:
    """An invented person; each number gives another one."""

    n: int

    @property
    def name(self) -> str:
        return f"{SURNAMES[self.n % 10]} {GIVEN[self.n // 10 % 12]}"

    @property
    def kana(self) -> str:
        return " ".join(KANA[part] for part in self.name.split())

    @property
    def born(self) -> str:
        return f"{1950 + self.n * 7 % 50}-{1 + self.n % 12:02d}-{1 + self.n // 12 % 28:02d}"

    @property
    def phone(self) -> str:
        return f"090-{1000 + self.n // 10_000:04d}-{self.n % 10_000:04d}"

    @property
    def email(self) -> str:
        return f"p{self.n}@example.jp"

    @property
    def address(self) -> str:
        return f"東京都千代田区丸の内{1 + self.n // 1000}丁目{1 + self.n % 1000}番1号"


STUDENTS: Final = ("学籍番号", "氏名", "フリガナ", "生年月日", "国籍", "学部・学科", "入学年度")
CUSTOMERS: Final = ("お客様番号", "氏名", "住所", "電話番号", "メールアドレス")


def student(n: int) -> tuple[str, ...]:
    p = Person(n)
    return (f"A{n:07d}", p.name, p.kana, p.born, "日本", "文学部史学科", "2021")


def customer(n: int, number: int | None = None) -> tuple[str, ...]:
    p = Person(n)
    return (f"{700_000 + (n if number is None else number)}", p.name, p.address, p.phone, p.email)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows in CSV without quotes; the cells hold no commas."""
    return "".join(",".join(row) + "\r\n" for row in [header, *rows])


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], hidden: dict[str, str] | None = None) -> bytes:
    """Return a workbook of text cells; `hidden` says "hidden" or "very hidden" for some sheets."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        how = (hidden or {}).get(name, "")
        if how:
            (sheet.hide if how == "hidden" else sheet.very_hidden)()
    book.close()
    return target.getvalue()
