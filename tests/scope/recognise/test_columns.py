"""Headers and cells nobody here has seen in a replay: what kind of data is it?"""

from __future__ import annotations

import pyarrow as pa
import pytest

from kyumei.model.categories import CATEGORIES
from kyumei.model.source import Source
from kyumei.scope.classify import classify
from kyumei.scope.clean import distinct
from kyumei.scope.recognise.official import my_number_valid
from kyumei.scope.recognise.registry import ordered
from kyumei.scope.recognise.words import patterns, plain
from tests.scope.people import Person, csv_text
from tests.scope.run import profiled

HEADERS = {
    "学籍番号": "student number", "学籍番号 / Student ID": "student number", "氏名（漢字）": "name",
    "氏\u3000名": "name", "お名前": "name", "full_name": "name", "CustomerName": "name", "口座名義": "name",
    "姓": "family name", "LastName": "family name", "名": "given name", "first name": "given name",
    "フリガナ": "kana", "氏名（カナ）": "kana", "ｼﾒｲ ｶﾅ": "kana", "セイ": "kana", "生年月日": "dob",
    "dob": "dob", "BirthDate": "dob", "国籍・地域": "nationality", "お客様番号": "customer number",
    "お客さま番号": "customer number", "会員ID": "customer number", "customer_id": "customer number",
    "社員番号": "employee number", "EMP_NO": "employee number", "電話番号（携帯）": "phone", "ph_no": "phone",
    "TEL": "phone", "e-mail": "email", "メール\nアドレス": "email", "zip": "postal", "〒": "postal",
    "ご住所": "address", "BillingAddress": "address", "都道府県": "place", "続柄": "relation", "性別": "sex",
    "個人番号": "my number", "カード番号": "card number", "セキュリティコード": "card security code",
    "口座番号": "bank account", "旅券番号": "passport", "運転免許証番号": "licence",
    "在留カード番号": "residence card", "基礎年金番号": "social insurance", "パスワード": "password hash",
    "既往歴": "health", "血液型": "health", "宗教": "creed", "入学年度": "enrolment", "役職": "personnel",
}  # fmt: skip
NOTHING = (
    "会社名", "取引先電話番号", "商品名", "ファイル名", "店舗住所", "company_name", "product_id", "hostname",
    "IPアドレス", "メール配信可否", "パスワード更新日", "登録日", "備考", "金額", "order_no", "件数", "Title",
    "メーター番号", "供給地点特定番号", "法人番号",
)  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_names_its_kind(header: str) -> None:
    assert profiled(_table(header, "")).kinds() == {" ".join(header.split()): HEADERS[header], "区分": None}


@pytest.mark.parametrize("header", NOTHING)
def test_a_header_about_something_else_names_nothing(header: str) -> None:
    assert profiled(_table(header, "")).kinds() == {header: None, "区分": None}


def _table(header: str, cell: str) -> Source:
    """Return a table with one column of interest and a dull one, its cells empty."""
    return Source.memory(f'"{header}",区分\n{cell},a\n{cell},b\n{cell},c\n'.encode(), "x.csv")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([Person(n).email for n in range(20)], "email"),
        ([Person(n).phone for n in range(20)], "phone"),
        ([Person(n).name for n in range(20)], "name"),
        ([Person(n).kana for n in range(20)], "kana"),
        ([Person(n).born for n in range(20)], "dob"),
        ([f"昭和{30 + n}年{1 + n % 12}月{1 + n}日" for n in range(20)], None),
        ([Person(n).address for n in range(20)], "address"),
        (["男", "女"] * 10, "sex"),
        (["長男", "妻", "本人", "母"] * 5, "relation"),
        (["4111111111111111", "5555555555554444", "378282246310005"] * 5, "card number"),
        (["123456789018"] * 9, "my number"),
        (["123456789012", "123456789013"] * 9, None),
        ([f"2024-05-{n + 1:02d}" for n in range(20)], None),
        ([f"2024-05-01 10:00:{n:02d}" for n in range(20)], None),
        ([str(n) for n in range(20)], None),
        ([f"{n:010d}" for n in range(1_000_000_000, 1_000_000_020)], None),
        (["東京都", "大阪府", "千葉県", "石川県"] * 5, None),
        (["山口店", "中野駅", "石川支店", "千葉市"] * 5, None),
        (["テレビ", "ラジオ", "パソコン", "カメラ"] * 5, None),
        (["株式会社山田", "田中商店有限会社", "佐藤工業株式会社"] * 5, None),
        (["7000012050002", "1010001112577"] * 5, None),
    ],
)
def test_cells_alone_tell_their_kind_where_they_can(cells: list[str], kind: str | None) -> None:
    rows = [(str(n), cell, "x") for n, cell in enumerate(cells)]
    found = profiled(Source.memory("".join(",".join(row) + "\n" for row in rows).encode(), "x.csv"))
    assert found.kinds() == {"column 1": None, "column 2": kind, "column 3": None}


def test_names_of_things_are_nobody_and_lists_of_companies_are_not_personal() -> None:
    artists = profiled(
        Source.memory(csv_text(("ArtistId", "Name"), [(str(n), f"Black Dog {n}") for n in range(9)]).encode(), "a")
    )
    assert [t["personal"] for t in artists.tables] == [False]
    rows = [("株式会社青空", "03-0000-1111", "info@example.co.jp"), ("有限会社海", "03-0000-2222", "mail@example.com")]
    firms = profiled(Source.memory(csv_text(("会社名", "電話番号", "メールアドレス"), rows).encode(), "f"))
    assert [t["personal"] for t in firms.tables] == [False]


def test_a_header_without_records_is_a_template_and_not_personal() -> None:
    assert [t["personal"] for t in profiled(Source.memory("氏名,住所,電話番号\n".encode(), "t.csv")).tables] == [False]


def test_counts_are_exact_over_all_rows() -> None:
    rows = [(Person(n).name, "x@example.jp" if n % 3 else "不明") for n in range(60_000)]
    found = profiled(Source.memory(csv_text(("氏名", "メール"), rows).encode("cp932"), "x.csv"))
    mail = next(c for c in found.columns if c["name"] == "メール")
    assert (mail["filled"], mail["matching"]) == (40_000, 40_000)


def test_one_random_number_in_ten_passes_the_check_digit_of_my_number() -> None:
    import numpy as np

    listed = np.random.default_rng(1).integers(0, 10, (100_000, 12))
    assert abs(my_number_valid(listed).mean() - 0.1) < 0.01


def test_every_recogniser_has_headers_and_a_known_category() -> None:
    for kind in ordered():
        patterns(kind.name)
        assert kind.category in CATEGORIES


def test_headers_are_compared_in_one_plain_form() -> None:
    assert plain("  Last　Name ") == plain("lastName") == plain("LAST_NAME") == "last_name"
    assert plain("氏 名") == "氏名"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("身份证号码", "11010519491231002X"), ("NRIC", "S1234567D"), ("cpf", "529.982.247-25"),
        ("codice_fiscale", "RSSMRA85T10A562S"),
        ("NI number", None), ("national_id", "900101-1234"), ("fin_code", None),
    ],
)  # fmt: skip
def test_a_foreign_identifier_needs_its_word_and_its_form(header: str, cell: str | None) -> None:
    samples = [distinct(pa.array([text] * 5)) for text in (cell or "done", "t@mail.example")]
    assert classify((header, "e-mail"), samples)[0].part == ("national id" if cell else "")
