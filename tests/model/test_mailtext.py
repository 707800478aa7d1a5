from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.model.mailtext import addresses, charset_text, header_text, instant, parameters


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"=?UTF-8?B?5ZCN57C/?=", "名簿"),
        (b"=?utf-8?Q?=E5=90=8D?=\r\n =?UTF-8?Q?=E7=B0=BF_1?= end", "名簿 1 end"),
        (b"=?utf-8?Q?=E5=90?= =?utf-8?Q?=8D?=", "名"),  # one character in two words
        (b"=?UTF-8*ja?B?5ZCN?= and =?iso-2022-jp?B?GyRCTD4bKEI=?=", "名 and 名"),
        (b"=?Shift_JIS?B?" + base64.b64encode("名簿 3日".encode("cp932")) + b"?=", "名簿 3日"),
        ("名簿".encode("iso-2022-jp"), "名簿"),
        ("名簿".encode("cp932"), "名簿"),
        ("名簿".encode(), "名簿"),
        (b"=?ISO-2022-JP?B?GyRCLSEtahsoQg==?=", "①㈱"),  # NEC row 13, refused by Python's codec
        (b"\x1b(I1\x1b(B", "ｱ"),
        (b"=?unknown?B?5ZCN?=", "名"),
        (b"=?utf-8?B?5ZCN57C?=", "名\\xe7\\xb0"),
        (b"a =?broken", "a =?broken"),
    ],
)
def test_header_text_is_read_as_mailers_write_it(raw: bytes, text: str) -> None:
    assert header_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'text/csv; name="a.csv"', "a.csv"),
        (b"text/csv; NAME=a b.csv", "a b.csv"),
        (b"text/csv; name*=UTF-8''%E5%90%8D.csv", "名.csv"),
        (b"text/csv; name*1*=%8D.csv; name*0*=utf-8'ja'%E5%90", "名.csv"),
        (b'text/csv; name*0="long "; name*1="name.csv"', "long name.csv"),
        (b"text/csv; name=x; name*=utf-8''%E5%90%8D", "名"),
        (b'text/csv; name="=?UTF-8?B?5ZCN57C/?=.csv"', "名簿.csv"),
        (b'text/csv; name="' + '表 \\"1\\".csv'.encode("cp932") + b'"', '表 "1".csv'),
        (b'text/csv; name="' + '一覧";,表.csv'.replace('"', "").encode("iso-2022-jp") + b'"; charset=x', "一覧;,表.csv"),
        (b'text/csv;\r\n\tname="folded\r\n name.csv"', "folded name.csv"),
        (b'text/csv; name="not closed.csv', "not closed.csv"),
        (b'text/csv name="no semicolon.csv"', "no semicolon.csv"),
    ],
)
def test_names_in_parameters_are_read(raw: bytes, name: str) -> None:
    kind, told = parameters(raw)
    assert (kind, told["name"]) == ("text/csv", name)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"a@x.example", ["a@x.example"]),
        (b'"Doe, J." <j@x.example>, (note, x) k@x.example', ["j@x.example", "k@x.example"]),
        (b"=?utf-8?Q?Doe,_J=2E?= <j@x.example>;m@x.example", ["j@x.example", "m@x.example"]),
        ("ながい".encode("iso-2022-jp") + b" <n@x.example>", ["n@x.example"]),  # one of its bytes is a comma
        (b"Team: a@x.example, b@x.example;, c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        (b"undisclosed-recipients:;", []),
        (b"<@relay.example:a@x.example>", ["a@x.example"]),
        (b"=?UTF-8?B?5ZCN57C/?=", ["名簿"]),
        (b'"john doe"@x.example', ['"john doe"@x.example']),
        (b"J Doe j@x.example", ["j@x.example"]),
        (b"", []),
    ],
)
def test_addresses_are_found(raw: bytes, found: list[str]) -> None:
    assert addresses([raw]) == found


@pytest.mark.parametrize(
    ("raw", "seconds", "assumed"),
    [
        (b"Thu, 16 May 2024 18:30:10 +0900", 1_715_851_810, False),
        (b"Thu, 16 May 2024 18:30:10 +0900 (JST)", 1_715_851_810, False),
        (b"16 May 2024 18:30:10 JST", 1_715_851_810, False),
        (b"16 May 24 09:30:10 GMT", 1_715_851_810, False),
        (b"16 May 2024 18:30:10", 1_715_851_810, True),
        (b"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880_127_706, False),
        (b"31 Feb 2024 00:00:00 +0000", None, False),
        (b"16 May 3024 18:30:10 +0900", None, False),
        (b"yesterday", None, False),
    ],
)
def test_dates_are_read(raw: bytes, seconds: int | None, *, assumed: bool) -> None:
    assert instant(raw, "Asia/Tokyo") == (None if seconds is None else seconds * 1_000_000, assumed)


@given(st.binary(max_size=200))
@settings(derandomize=True)
def test_any_bytes_give_text(data: bytes) -> None:
    assert isinstance(header_text(data), str)
    assert isinstance(parameters(b"text/plain; " + data), tuple)
    assert isinstance(addresses([data]), list)
    assert len(instant(data, "Asia/Tokyo")) == 2
    assert isinstance(charset_text(data, "iso-2022-jp"), str)


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=["C"]), max_size=60))
@settings(derandomize=True)
def test_an_encoded_header_comes_back(text: str) -> None:
    from email.header import Header

    raw = Header(text, "utf-8", maxlinelen=60).encode().encode()
    assert header_text(raw) == text.strip(" ")
