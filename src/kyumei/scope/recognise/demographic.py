"""Sex, nationality and family relation."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import full
from kyumei.scope.scan.rules import always, labelled

if TYPE_CHECKING:
    import pyarrow as pa


_SEX: Final = (
    r"(?i:男|女|男性|女性|男子|女子|その他|不明|無回答|回答しない|おとこ|おんな|m|f|x|male|female|other|unknown|man|woman|[0129]|"
    r"남|여|남성|여성)"
)


def _said(values: pa.StringArray) -> pa.BooleanArray:
    return full(values, r"(?i:男|女|男性|女性|男子|女子|male|female|남|여|남성|여성)")


@recogniser(
    "sex", "id.sex", order=70, proof=_said, threshold=0.9,
)  # fmt: skip
def sex(values: pa.StringArray) -> pa.BooleanArray:
    """Tell the words and codes for sex (JIS X 0303 and ISO/IEC 5218 among them)."""
    return full(values, _SEX)


@cache
def _countries() -> tuple[str, ...]:
    text = Path(__file__).with_name("countries.txt").read_text("utf-8")
    return tuple(sorted({word.strip().casefold() for line in text.splitlines() for word in line.split("|") if word.strip()}))


@recogniser(
    "nationality", "id.nationality", order=80, needs="header",
)  # fmt: skip
def nationality(values: pa.StringArray) -> pa.BooleanArray:
    """Tell countries by name in Japanese and English, nationality adjectives and ISO 3166 codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(pc.utf8_lower(values), pa.array(_countries()))


def _kin(values: pa.StringArray) -> pa.BooleanArray:
    return full(values, r"本人|世帯主|夫|妻|父|母|子|長男|長女|次男|二男|次女|二女|三男|三女|兄|弟|姉|妹|祖父|祖母|孫|配偶者")


@recogniser(
    "relation", "id.family", order=85, threshold=0.9, proof=_kin,
)  # fmt: skip
def relation(values: pa.StringArray) -> pa.BooleanArray:
    """Tell words for family relations."""
    return full(
        values,
        r"(?i:本人|世帯主|夫|妻|父|母|子|長男|長女|次男|二男|次女|二女|三男|三女|四男|四女|兄|弟|姉|妹|祖父|祖母|孫|義父|義母|"
        r"叔父|叔母|伯父|伯母|甥|姪|配偶者|同居人|保護者|親|その他|父親|母親|養子|養女|self|husband|wife|father|mother|son|daughter|"
        r"brother|sister|spouse|child|parent|guardian|grandfather|grandmother|single|married|divorced|未婚|既婚|有|無|[0-9]{1,2})",
    )


labelled(
    "sex",
    "sex",
    "id.sex",
    "sex",
    r"(?P<v>男性|女性|男|女|male|female|Male|Female|MALE|FEMALE|M|F|남성|여성|남|여)(?![A-Za-z一-鿿])",
    order=70,
)(always)


def _is_country(value: str) -> bool:
    return value.casefold() in _countries()


labelled("nationality", "nationality", "id.nationality", "nationality", r"(?P<v>[^\s,、。;:()\"'<>|]{2,24})", order=80)(
    _is_country
)
labelled(
    "relation", "relation", "id.family", "family",
    r"(?P<v>本人|世帯主|夫|妻|父|母|子|長男|長女|次男|二男|次女|二女|三男|三女|兄|弟|姉|妹|祖父|祖母|孫|配偶者|"
    r"husband|wife|father|mother|son|daughter|spouse)(?![A-Za-z一-鿿])", order=85,
)(always)  # fmt: skip
