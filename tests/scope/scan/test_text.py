"""Values in running text: found with their rule, their place in the original bytes, and not where they are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.categories import CATEGORIES
from kyumei.model.source import Source
from kyumei.scope.scan.codes import STEP, TABLED, coded, transcode
from kyumei.scope.scan.find import all_rules
from kyumei.scope.text import scan, tally


def found(text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    raw = text.encode(encoding)
    return [(hit.rule, raw[hit.start : hit.end].decode(encoding)) for hit in scan(Source.memory(raw))]


FOUND = {
    "電話は090-1234-5678です": ("phone.mobile", "090-1234-5678"),
    "携帯０９０－１２３４－５６７８": ("phone.mobile", "０９０－１２３４－５６７８"),
    "TEL 03-3211-1234": ("phone.fixed", "03-3211-1234"),
    "TEL 03(3211)1234": ("phone.fixed", "03(3211)1234"),
    "tel: 0332111234": ("phone.bare", "0332111234"),
    "call +81-90-1234-5678": ("phone.international", "81-90-1234-5678"),
    "<taro.yamada@example.co.jp>": ("email", "taro.yamada@example.co.jp"),
    "生年月日：昭和60年3月12日": ("dob", "昭和60年3月12日"),
    "平成元年1月8日生まれ": ("dob", "平成元年1月8日"),
    "生年月日 S60.3.12": ("dob", "S60.3.12"),
    "birth=1985-03-12T00:00:00": ("dob", "1985-03-12"),
    "dob: 19850312": ("dob", "19850312"),
    "マイナンバー：1234 5678 9018": ("my_number", "1234 5678 9018"),
    "法人番号 7000012050002": ("corporate_number", "7000012050002"),
    "4111-1111-1111-1111": ("card.grouped", "4111-1111-1111-1111"),
    "カード番号:378282246310005": ("card", "378282246310005"),
    "CVV: 123": ("card.cvv", "123"),
    "普通 1234567": ("bank.account", "1234567"),
    "ゆうちょ銀行 記号 10010 番号 12345671": ("bank.yucho_labelled", "10010 番号 12345671"),
    "IBAN: DE89 3704 0044 0532 0130 00": ("bank.iban", "DE89 3704 0044 0532 0130 00"),
    "パスポート TK1234567": ("passport", "TK1234567"),
    "AB12345678CD": ("residence_card", "AB12345678CD"),
    "免許証番号 301234567810": ("licence", "301234567810"),
    "保険者番号 01130012": ("health_insurer", "01130012"),
    "基礎年金番号 1234-567890": ("pension", "1234-567890"),
    "〒100-0001": ("postal", "100-0001"),
    "東京都千代田区千代田1-1に住む": ("address", "東京都千代田区千代田1-1"),
    "横浜市西区みなとみらい二丁目2番1号": ("address", "横浜市西区みなとみらい二丁目2番1号"),
    "札幌市中央区北一条西二丁目に移転": ("address", "札幌市中央区北一条西二丁目"),
    "札幌市中央区北1条西2丁目の店": ("address", "札幌市中央区北1条西2丁目"),
    "京都市中京区寺町通御池上る上本能寺前町488番地": ("address", "京都市中京区寺町通御池上る上本能寺前町488番地"),
    "青森市大字石江字岡部三番地": ("address", "青森市大字石江字岡部三番地"),
    "埼玉県川口市𠮷田町1-2": ("address", "埼玉県川口市𠮷田町1-2"),
    "佐藤花子は言った": ("name", "佐藤花子"),
    "山田 太郎 様": ("name", "山田 太郎"),
    "氏名：グエン ヴァン": ("name.labelled", "グエン ヴァン"),
    "学籍番号: 22B1234": ("student_number", "22B1234"),
    "性別：男": ("sex", "男"),
    "国籍：ベトナム": ("nationality", "ベトナム"),
    "続柄：長男": ("relation", "長男"),
    "password: Passw0rd!x": ("password", "Passw0rd!x"),
    "userPassword: {SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY=": (
        "password_hash", "{SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY=",
    ),
    "患者は糖尿病": ("health", "糖尿病"),
    "緯度経度: 35.6812, 139.7671": ("location", "35.6812, 139.7671"),
    "client_ip=203.0.113.7": ("ip_address", "203.0.113.7"),
}  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_a_value_is_found_with_its_bounds(text: str) -> None:
    assert found(text) == [FOUND[text]]


NOTHING = (
    "123456789018",
    "1234567890123456 4111111111111111",
    "a0312345678901234",
    "550e8400-e29b-41d4-a716-446655440000",
    "build 090-1234-5678-9",
    "生年月日 1985-03-45",
    "株式会社 5年3月2日",
    "横浜市条例第一条第二号",
    "version 1.2.3.4",
    "2024-05-01 10:00:00",
    "password = get_password(user)",
    "糖尿病の歴史",
    "0120-123-456",
    "旅券番号 TK12345678",
    "card 4111111111111112",
    "マイナンバー 123456789012",
)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_value_is_none(text: str) -> None:
    assert found(text) == []


FOREIGN = {
    "us.ssn": ("SSN 536-90-4399", "SSN 000-12-3456"),
    "uk.nino": ("NINO: AA 12 34 56 C", "NINO: QQ123456C"),
    "uk.nhs": ("NHS number 943 476 5919", "NHS number 943 476 5918"),
    "fr.nir": ("NIR 2 55 08 14 168 025 38", "NIR 2 55 08 14 168 025 39"),
    "de.steuer_id": ("Steuer-ID 86095742719", "Steuer-ID 86095742718"),
    "it.codice_fiscale": ("codice fiscale RSSMRA85T10A562S", "codice fiscale RSSMRA85T10A562T"),
    "es.dni": ("DNI 12345678Z", "DNI 12345678A"),
    "nl.bsn": ("BSN 111222333", "BSN 111222334"),
    "pl.pesel": ("PESEL 44051401359", "PESEL 44051401358"),
    "be.national_number": ("rijksregisternummer 85.07.30-033.28", "rijksregisternummer 85.07.30-033.29"),
    "se.personnummer": ("personnummer 811218-9876", "personnummer 811218-9875"),
    "fi.hetu": ("henkilötunnus 131052-308T", "henkilötunnus 131052-308U"),
    "dk.cpr": ("CPR 070761-4285", "CPR 320761-4285"),
    "kr.rrn": ("주민등록번호 850312-1234567", "주민등록번호 851312-1234567"),
    "cn.resident_id": ("身份证号：11010519491231002X", "身份证号：110105194912310021"),
    "sg.nric": ("NRIC S1234567D", "NRIC S1234567E"),
    "tw.national_id": ("身分證字號 A123456789", "身分證字號 A123456788"),
    "hk.hkid": ("HKID A123456(3)", "HKID A123456(4)"),
    "in.aadhaar": ("Aadhaar 2341 2341 2346", "Aadhaar 2341 2341 2347"),
    "au.tfn": ("TFN 123 456 782", "TFN 123 456 783"),
    "au.medicare": ("Medicare 2123 45670 1", "Medicare 2123 45671 1"),
}


@pytest.mark.parametrize("rule", FOREIGN)
def test_a_foreign_number_needs_its_word_and_its_check(rule: str) -> None:
    right, wrong = FOREIGN[rule]
    assert [name for name, _ in found(right)] == [rule]
    assert found(wrong) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp", "utf-16", "iso2022_jp"])
def test_places_are_bytes_of_the_original_in_every_encoding(encoding: str) -> None:
    rare = "備考ﾃｽﾄ①\n" if encoding in {"utf-8", "cp932", "utf-16"} else ""
    raw = (rare + "氏名：山田 太郎 様\n電話 ０９０-1234-5678、佐藤花子さん\n" * 40).encode(encoding)
    hits = list(scan(Source.memory(raw)))
    assert len(hits) == 120
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    shown = {raw[hit.start : hit.end].decode(codec, "replace") for hit in hits}
    if encoding != "iso2022_jp":  # whose escapes stand between the characters
        assert shown == {"山田 太郎", "０９０-1234-5678", "佐藤花子"}


def test_damaged_bytes_do_not_shift_the_places_after_them() -> None:
    for encoding in ("utf-8", "cp932"):
        line = "氏名：山田 太郎 様です。住所不定のまま\n".encode(encoding)
        raw = line * 9 + b"\xff\xfd\x80" + line
        last = list(scan(Source.memory(raw)))[-1]
        assert raw[last.start : last.end].decode(encoding) == "山田 太郎"


@pytest.mark.parametrize("codec", TABLED)
def test_the_transcoder_agrees_with_the_codec_on_every_character(codec: str) -> None:
    text = "".join(char + "a" * (ord(char) % 11) for char in map(chr, range(0x20, 0x10000)) if _fits(char, codec))
    raw = np.frombuffer(text.encode(codec), np.uint8)
    out = np.empty(3 * len(raw) + 8, np.uint8)
    length, bad = transcode(raw, *coded(codec, folded=False), out, np.zeros((len(out) // STEP + 2, 2), np.int32))
    assert (out[:length].tobytes().decode(), bad) == (raw.tobytes().decode(codec), 0)


def _fits(char: str, codec: str) -> bool:
    try:
        return bool(char.encode(codec)) and not "\x80" <= char <= "\xa0" and char not in "\uf8f0\uf8f1\uf8f2\uf8f3"
    except UnicodeEncodeError:
        return False


def test_the_same_text_gives_the_same_hits_in_the_same_places_in_every_encoding() -> None:
    values = (
        "電話は０９０-{0:04d}-{1:04d}です", "mail u{0}@example.co.jp まで", "生年月日：昭和{2}年3月{3}日",
        "フリガナ：ヤマダ　ハナコ", "東京都千代田区丸の内{3}-{2}-1の佐藤花子様", "マイナンバー：1234 5678 9018",
        "log of worker {0}, nothing to do",
    )  # fmt: skip
    ends = ("。\n", "\r\n", " --- \n", "、詳細は別紙のとおり。\n")
    text = "".join(
        values[n * 5 % 7].format(n * 7919 % 10000, n * 613 % 10000, 30 + n % 33, 1 + n % 27) + ends[n * 3 % 4]
        for n in range(3000)
    )
    places = {}
    for encoding in ("utf-8", "cp932", "euc_jp", "utf-16-le", "iso2022_jp"):
        raw = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding)
        hits = list(scan(Source.memory(raw)))
        if encoding != "iso2022_jp":  # whose escapes stand between the characters
            shown = [raw[hit.start : hit.end].decode(encoding) for hit in hits]
            assert _in_order(text, shown), encoding
        places[encoding] = [(hit.rule, hit.value, hit.context, hit.detail) for hit in hits]
    assert len(places["utf-8"]) > 2000
    assert len({tuple(found) for found in places.values()}) == 1


def _in_order(text: str, shown: list[str]) -> bool:
    """Return whether the values stand in the text, one after the other."""
    at = 0
    for value in shown:
        at = text.find(value, at) + len(value)
        if at < len(value):
            return False
    return True


def test_a_value_across_the_bounds_of_two_blocks_is_found_once() -> None:
    line = b"x" * 99 + b"\n"
    raw = line * 41_943 + b"tel 090-1234-5678\n" * 3 + line * 10
    assert len(list(scan(Source.memory(raw)))) == 3


def test_hits_keep_the_validator_and_the_word_that_spoke_for_them() -> None:
    hit = next(scan(Source.memory("マイナンバーは123456789018".encode())))
    assert (hit.validator, hit.context, hit.sample_masked) == ("check digit", "マイナンバー", "**********18")


def test_the_tally_counts_what_the_scan_yields() -> None:
    source = Source.memory("".join(f"{text}\n\n\n" for text in FOUND).encode())
    counts: dict[str, int] = {}
    for hit in scan(source):
        counts[hit.category] = counts.get(hit.category, 0) + 1
    assert tally(source) == counts


def test_every_rule_has_a_known_category() -> None:
    assert {rule.category for rule in all_rules()} <= set(CATEGORIES)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([*(text.encode() for text in FOUND), b"\xff", b"\xe6", b"0", b"@", b"\0", b"\n", b"\xf0\x9f"])))
def test_any_bytes_give_ordered_hits_inside_them(parts: list[bytes]) -> None:
    raw = b"".join(parts)
    last = 0
    for hit in scan(Source.memory(raw)):
        assert last <= hit.start < hit.end <= len(raw)
        last = hit.end


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("カード番号:378282246310005", "American Express"),
        ("4111-1111-1111-1111", "Visa"),
        ("password: $2b$12$" + "a" * 53, "bcrypt, strong"),
    ],
)
def test_a_hit_says_which_brand_or_scheme(text: str, detail: str) -> None:
    (hit,) = [h for h in scan(Source.memory(text.encode())) if h.category in {"fin.card_number", "auth.password_hash"}]
    assert hit.detail == detail
    assert hit.as_json()["detail"] == detail


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_every_hit_stands_where_it_is_said_whatever_was_folded_before_it(encoding: str) -> None:
    lines = [f"電話：０９０－{n:04d}－５６７８、ﾃﾞﾝﾜ 090-{n:04d}-5678 と〜﨑\n" for n in range(2000, 2300)]
    raw = "".join(lines).encode(encoding, "replace")
    found = [raw[hit.start : hit.end].decode(encoding) for hit in scan(Source.memory(raw)) if hit.category == "id.phone"]
    wanted = [form for n in range(2000, 2300) for form in (f"０９０－{n:04d}－５６７８", f"090-{n:04d}-5678")]
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Birth: 2021-03-04 12:31:09.000 +0900", []),
        ("date of birth: 1985-03-04 00:00:00", ["dob"]),
        ("生年月日 1985-03-04 09時受付", ["dob"]),
        ("郵便番号:100-0001", ["postal"]),
        ("zip archives are written by another library, version 100-0001", []),
        ("口座番号 1234567", ["bank account"]),
        ("the account was closed; see the change with the number 1234567", []),
    ],
)
def test_a_word_speaks_for_a_number_only_near_it_and_for_a_birth_only_without_a_clock(text: str, kinds: list[str]) -> None:
    assert [hit.kind for hit in scan(Source.memory(text.encode()))] == kinds


@pytest.mark.parametrize("text", ["Date of birth: 12 March 1985", "Birthday: MAR 12, 1985", "born 1 september 1985"])
def test_english_months_are_read_in_any_letters(text: str) -> None:
    assert [hit.kind for hit in scan(Source.memory(text.encode()))] == ["dob"]


_BITS = [
    "性別",
    "男",
    "女性",
    "続柄",
    "長男",
    "IBAN",
    "生年月日",
    "birth",
    "Mar 3 1985",
    "cvv",
    "123",
    "口座名義",
    "カナ",
    "ヤマダ タロウ",
    "session",
    "cookie",
]
_BITS += [
    "password",
    "学籍番号",
    "A12345",
    ":",
    "=",
    " ",
    "は",
    "が",
    "「",
    "」",
    "\n",
    '"',
    "(",
    ")",
    "\t",
    "本籍",
    "東京都千代田区",
    "DE89370400440532013000",
]


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(_BITS), max_size=9).map("".join))
def test_values_after_labels_are_those_that_every_expression_finds_when_tried_everywhere(text: str) -> None:
    from kyumei.scope.scan import find

    raw = np.frombuffer((text + " ").encode(), np.uint8)
    quick = find.find(raw).rows.tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "_can_begin", lambda _: None)
        assert find.find(raw).rows.tolist() == quick
