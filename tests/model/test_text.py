from __future__ import annotations

import pytest

from kyumei.model.text import decode, encoding_of

SAMPLE = "顧客名簿,氏名,フリガナ\r\n山田太郎,ヤマダタロウ\r\n"


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp932", "cp932"),
        ("euc_jp", "euc_jp"),
        ("iso2022_jp", "iso2022_jp_3"),
        ("utf-16", "utf-16"),
    ],
)
def test_japanese_text_is_decoded_by_the_stated_rule(codec: str, expected: str) -> None:
    assert encoding_of(SAMPLE.encode(codec)) == expected
    assert decode(SAMPLE.encode(codec)).text == SAMPLE


def test_utf16_without_mark_is_seen_by_its_zeros() -> None:
    assert encoding_of(("id,name,mail\r\n" * 5).encode("utf-16-le")) == "utf-16-le"


def test_what_fits_nothing_is_escaped_and_counted() -> None:
    decoded = decode(b"ok \xff\xfe\xfd \x80 ok")
    assert "ok" in decoded.text
    assert decoded.bad > 0


def test_a_utf8_head_cut_inside_a_character_is_still_utf8() -> None:
    assert encoding_of("山田".encode()[:-1]) == "utf-8"


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp"])
def test_a_damaged_line_does_not_change_the_codec(codec: str) -> None:
    lines = [line.encode(codec) for line in SAMPLE.splitlines()] * 5
    assert encoding_of(b"\r\n".join([*lines, b"\x81\xff\xfe, damaged \x81", *lines])) == codec
