from __future__ import annotations

from typing import TYPE_CHECKING

from kyumei.model.count import Count
from kyumei.model.source import Source
from tests.scope.people import CUSTOMERS, STUDENTS, csv_text, customer, student, workbook
from tests.scope.run import counted, profiled

if TYPE_CHECKING:
    from pathlib import Path


def test_students_of_a_list_and_a_forgotten_master_sheet_are_counted_once(tmp_path: Path) -> None:
    listed = [("短期プログラム参加者",), (), ("学籍番号", "氏名"), *(student(n)[:2] for n in range(0, 300, 7))]
    master = [STUDENTS, *(student(n) for n in range(1000))]
    book = workbook({"List": listed, "マスタ": master}, {"マスタ": "very hidden"})
    records, people = counted(profiled(Source.memory(book, "list.xlsx")), tmp_path)
    assert records.best == 1000 + len(range(0, 300, 7))
    assert people == Count(1000, 1000, 1000, "exact: one number a person")


def test_a_list_without_numbers_joins_its_master_by_name_and_birth_date(tmp_path: Path) -> None:
    listed = [("氏名", "生年月日"), *((student(n)[1], student(n)[3]) for n in range(0, 300, 7))]
    master = [STUDENTS, *(student(n) for n in range(1000))]
    _, people = counted(profiled(Source.memory(workbook({"List": listed, "M": master}), "list.xlsx")), tmp_path)
    assert (people.low, people.best, people.high) == (1000, 1000, 1000)


def test_customers_of_two_clients_are_counted_for_each_and_once_overall(tmp_path: Path) -> None:
    first = Source.memory(csv_text(CUSTOMERS, (customer(n) for n in range(500))).encode("cp932"), "a.csv")
    second = Source.memory(csv_text(CUSTOMERS, (customer(n, n - 400) for n in range(400, 900))).encode(), "b.csv")
    found = profiled(first, second)
    assert counted(found, tmp_path / "all")[1].best == 900
    assert counted(profiled(first), tmp_path / "a")[1] == Count(500, 500, 500, "exact: one number a person")
    assert counted(profiled(second), tmp_path / "b")[1] == Count(500, 500, 500, "exact: one number a person")


def test_totals_examples_and_notes_are_nobody(tmp_path: Path) -> None:
    rows = [
        ("(例)", "山田 太郎", "東京都千代田区丸の内1-1", "090-0000-0000", "example@example.jp"),
        *(customer(n) for n in range(50)),
        ("合計", "50名", "", "", ""),
        ("※住所は登録時のもの", "", "", "", ""),
    ]
    source = Source.memory(csv_text(CUSTOMERS, rows).encode(), "a.csv")
    assert counted(profiled(source), tmp_path)[1].best == 50


def test_equal_names_with_other_birth_dates_are_other_people(tmp_path: Path) -> None:
    rows = [("佐藤 健", "1980-01-02"), ("佐藤 健", "1991-07-08"), ("佐藤　健", "昭和55年1月2日")]
    source = Source.memory(csv_text(("氏名", "生年月日"), rows).encode(), "a.csv")
    assert counted(profiled(source), tmp_path)[1].best == 2


def test_one_number_under_two_names_gives_an_interval(tmp_path: Path) -> None:
    rows = [
        *(student(n) for n in range(20)),
        ("A0000003", "別人 次郎", "ベツジン ジロウ", "1999-09-09", "日本", "法学部", "2022"),
    ]
    _, people = counted(profiled(Source.memory(csv_text(STUDENTS, rows).encode(), "a.csv")), tmp_path)
    assert (people.low, people.best, people.high) == (20, 21, 21)


def test_a_namesake_with_a_number_of_their_own_is_somebody_without_a_birth_date_too(tmp_path: Path) -> None:
    rows = [
        *(student(n) for n in range(20)),
        ("B0000001", "同名 花子", "ドウメイ ハナコ", "1999-09-09", "日本", "法学部", "2022"),
        ("B0000002", "同名 花子", "ドウメイ ハナコ", "2001-01-01", "日本", "文学部", "2022"),
        ("B0000003", "同名 花子", "ドウメイ ハナコ", "", "日本", "文学部", "2022"),
    ]
    _, people = counted(profiled(Source.memory(csv_text(STUDENTS, rows).encode(), "a.csv")), tmp_path)
    assert (people.low, people.best, people.high) == (23, 23, 23)


def test_a_record_without_surname_and_given_name_does_not_move_the_others(tmp_path: Path) -> None:
    rows = [
        (f"C{n:04d}", *(("", "") if n % 7 == 3 else student(n)[1].split()), f"p{n}@example.jp", student(n)[3])
        for n in range(50)
    ]
    source = Source.memory(csv_text(("会員番号", "姓", "名", "メール", "生年月日"), rows).encode(), "a.csv")
    found = profiled(source)
    assert not found.profiles[0].faults
    records, people = counted(found, tmp_path)
    assert (records.best, people.best) == (50, 50)
