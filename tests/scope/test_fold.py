from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyumei.scope import fold
from kyumei.scope.clean import coded, distinct
from kyumei.scope.digest import digests

if TYPE_CHECKING:
    from collections.abc import Callable


def folded(form: Callable[[pa.StringArray], pa.StringArray], *values: str | None) -> list[str | None]:
    found: list[str | None] = form(pa.array(values, pa.string())).to_pylist()
    return found


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (fold.names, ("髙橋 太郎", "高橋太郎", "高橋・太郎")),
        (fold.names, ("渡邊一", "渡邉 一", "渡辺一")),
        (fold.names, ("濵﨑驒", "濱崎驒", "浜崎騨")),
        (fold.names, ("醫王壹岐", "医王壱岐")),
        (fold.readings, ("タカハシ タロウ", "たかはし たろう", "Taro Takahashi", "TAKAHASHI, Taro", "タロウ タカハシ")),
        (fold.readings, ("コウヘイ サトウ", "Kohei Sato", "KOUHEI SATOU")),
        (fold.readings, ("ジュンイチ オオノ", "Junichi Ono", "Zyuniti Ohno".replace("Ohno", "Oono"))),
        (fold.readings, ("Luís Gonçalves", "LUIS GONCALVES")),
        (fold.given, ("Taro Sato", "SATO Taro", "Sato, Taro", "サトウ タロウ")),
        (fold.phones, ("03-1234-5678", "(03) 1234-5678", "+81 3 1234 5678", "0312345678 内線 12")),
        (fold.addresses, ("東京都千代田区丸の内一丁目2番3号", "千代田区丸の内1-2-3", "千代田区丸の内1丁目2の3 ビル5F")),
        (fold.numbers, ("00123-4", "1234", "12 34")),
        (fold.emails, ("A.B@Example.JP", "a.b@example.jp")),
    ],
)
def test_ways_of_writing_one_thing_become_one_text(
    form: Callable[[pa.StringArray], pa.StringArray], values: tuple[str, ...]
) -> None:
    found = folded(form, *values)
    assert found[0] is not None
    assert set(found) == {found[0]}


def test_other_people_stay_other_people() -> None:
    assert len(set(folded(fold.names, "佐藤一郎", "佐藤二郎", "佐藤太郎", "左藤太郎"))) == 4
    assert len(set(folded(fold.readings, "サトウ ケン", "サトウ ケイ", "サイトウ ケン"))) == 3
    assert folded(fold.names, "Taro Sato", None) == [None, None]
    assert folded(fold.readings, "佐藤太郎", None) == [None, None]


@pytest.mark.parametrize(
    "text", ["1989-01-08", "1989/1/8", "平成元年1月8日", "H1.1.8", "19890108", "1989年1月8日", "1989-01-08 00:00:00"]
)
def test_dates_are_read_in_every_way_of_writing(text: str) -> None:
    assert fold.dates([text]) == [(1989, 1, 8)]


def test_what_is_no_date_is_none() -> None:
    assert fold.dates(["2024-13-01", "0", "不明", None, "12345678", "1989-01"]) == [None] * 6


@settings(max_examples=100, derandomize=True, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_folding_any_text_keeps_its_place(values: list[str | None]) -> None:
    clean = [None if v is None else v.encode("utf-8", "replace").decode() for v in values]
    for form in (fold.names, fold.readings, fold.given, fold.phones, fold.addresses, fold.numbers, fold.emails):
        whole = folded(form, *clean)
        assert whole == [folded(form, value)[0] for value in clean]
    assert len(fold.dates(clean)) == len(clean)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=20)), max_size=12))
def test_digests_are_equal_where_texts_are(values: list[str | None]) -> None:
    found = digests(pa.array(values, pa.string()), "x").tolist()
    assert [d == 0 for d in found] == [v is None for v in values]
    assert len(set(found)) == len(set(values))


@pytest.mark.parametrize(
    ("written", "folded_"),
    [
        ("〒100-0001 東京都千代田区丸の内一丁目2番3号 ビル5F", "千代田区丸の内1-2-3"),
        ("1000001神奈川県横浜市中区1の2ノ3ー4", "横浜市中区1-2-3-4"),
        ("和歌山県和歌山市七番丁23番地", "和歌山市七-丁23"),
        ("霞ヶ関1--2#3", "霞ケ関1-2-3"),
        ("北海道札幌市中央区北1条西2丁目3-4", "札幌市中央区北1条西2-3-4"),
        ("札幌市中央区北一条西二丁目3番地4", "札幌市中央区北1条西2-3-4"),
        ("札幌市中央区南十二条西二十一丁目", "札幌市中央区南12条西21"),
        ("旭川市四条通十丁目左1号", "旭川市4条通10"),
        ("京都府京都市中京区寺町通御池上る上本能寺前町488番地", "京都市中京区上本能寺前町488"),
        ("京都市中京区上本能寺前町488", "京都市中京区上本能寺前町488"),
        ("京都市下京区烏丸通七条下ル東塩小路町721-1", "京都市下京区東塩小路町721-1"),
        ("京都市上京区今出川通烏丸東入ル601", "京都市上京区今出川通烏丸東入ル601"),
        ("青森県北津軽郡板柳町大字福野田字実田30番地5", "北津軽郡板柳町福野田実田30-5"),
        ("北津軽郡板柳町福野田実田30-5", "北津軽郡板柳町福野田実田30-5"),
        ("京都市左京区大文字町1番地の2", "京都市左京区大文字町1-2"),
        ("堺市堺区南瓦町三丁1番", "堺市堺区南瓦町3-1"),
        ("千代田区一番町十番地", "千代田区一-町10"),
        ("新潟県三条市旭町二丁目3番1号", "三条市旭町2-3-1"),
        ("中央区八丁堀二丁目二十番八号", "中央区八丁堀2-20-8"),
        ("Via Roma, 5/A", "viaroma,5"),
        ("12 Main St", "12mainst"),
        ("-", None),
    ],
)
def test_an_address_ends_with_its_house_number(written: str, folded_: str | None) -> None:
    assert folded(fold.addresses, written) == [folded_]


def test_a_column_that_does_not_repeat_itself_has_the_same_cells() -> None:
    values = [*(f"{n:05d} なし" for n in range(5000)), "不明", None, " ＡＢ ", "該当なし"]
    one, other = distinct(pa.array(values, pa.string())), coded(pa.array(values, pa.string()))
    assert one.dictionary.take(one.indices) == other.dictionary.take(other.indices)
    assert other.dictionary.take(other.indices).to_pylist()[-4:] == [None, None, "AB", None]
