"""Names by analysis: those that no list has, at their place in the original bytes."""

from __future__ import annotations

import pytest

from kyumei.model.source import Source
from kyumei.scope.names import finder
from kyumei.scope.text import scan

pytest.importorskip("sudachipy")


def found(text: str, encoding: str = "utf-8") -> list[str]:
    raw = text.encode(encoding)
    hits = [h for h in scan(Source.memory(raw), names=finder()) if h.category == "id.name"]
    return [raw[h.start : h.end].decode(encoding) for h in hits]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("会議には佐藤と高橋が出た。", ["佐藤", "高橋"]),
        ("監督のサム・ダンが語った。", ["サム・ダン"]),
        ("佐藤花子様、電話 090-1234-5678", ["佐藤花子"]),
        ("松本市の会社", []),
        ("メール・サービスを使う", []),
        ("", []),
    ],
)
def test_names_are_found_without_a_label(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_places_are_those_of_the_original(encoding: str) -> None:
    assert found("一行目である。\r\n二行目に佐藤花子が来た。\r\n", encoding) == ["佐藤花子"]


def test_other_values_stay() -> None:
    rules = {h.rule for h in scan(Source.memory("佐藤花子様、電話 090-1234-5678".encode()), names=finder())}
    assert rules == {"name.analysed", "phone.mobile"}


def test_bytes_that_are_no_text_do_no_harm() -> None:
    raw = "会議には佐藤花子が出た。".encode() * 40 + b"\xff\xfe\x80" + "高橋一郎が来た。".encode()
    assert [h for h in scan(Source.memory(raw), names=finder()) if h.rule == "name.analysed"]
