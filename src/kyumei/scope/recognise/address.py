"""Addresses and their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.model.places import names
from kyumei.scope.recognise.forms import is_municipal, is_postal
from kyumei.scope.recognise.registry import recogniser
from kyumei.scope.recognise.shapes import anything, both, found, full, where, with_digit
from kyumei.scope.scan.rules import always, labelled, text_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from kyumei.scope.scan.rules import Bools, Tokens

PREFECTURES: Final = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|"
    "山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|"
    "香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)


def _proven(values: pa.StringArray) -> pa.BooleanArray:
    """Tell addresses that begin with a prefecture, or name a municipality and end in numbers."""
    return found(
        values,
        rf"^(?:〒? ?[0-9]{{3}}-?[0-9]{{4}} ?)?(?:{PREFECTURES})..|^.{{1,5}}(?:市|区|郡|町|村).+[0-9一二三四五六七八九十]",
    )


@recogniser(
    "address", "id.address", order=110, threshold=0.7, proof=_proven,
)  # fmt: skip
def address(values: pa.StringArray) -> pa.BooleanArray:
    """Tell addresses: a prefecture or municipality mark, or for foreign ones letters and a number."""
    return where(is_municipal(values), values, _written_otherwise)


def _written_otherwise(values: pa.StringArray) -> pa.BooleanArray:
    japanese = found(values, rf"^(?:{PREFECTURES})|[市区町村郡]|[0-9]+(?:-[0-9]+)+$|丁目|番地")
    return where(japanese, values, lambda rest: both(with_digit(rest), found(rest, r"[\p{L}]{2,}")))


@recogniser(
    "postal", "id.address", order=105, needs="header",
)  # fmt: skip
def postal(values: pa.StringArray) -> pa.BooleanArray:
    """Tell postal codes: seven digits in Japan, three to ten letters and digits elsewhere."""
    return where(is_postal(values), values, lambda rest: full(rest, r"〒? ?[0-9]{3}-?[0-9]{4}|[A-Z0-9][A-Z0-9 -]{2,9}"))


@recogniser(
    "place", "id.address", order=115, needs="header",
)  # fmt: skip
def place(values: pa.StringArray) -> pa.BooleanArray:
    """Tell nothing of the value: any text may be the name of a place."""
    return anything(values)


@recogniser(
    "country", "id.address", order=112, needs="header",
)  # fmt: skip
def country(values: pa.StringArray) -> pa.BooleanArray:
    """Tell countries by name in Japanese and English, and by ISO 3166 code."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = sorted({word.lower() for code, words in names("countries").items() for word in (code, *words)})
    return pc.is_in(pc.utf8_lower(values), pa.array(known))


@text_rule("address", "address", "id.address", "address", validator="gazetteer", order=110)
def address_in_text(tokens: Tokens) -> Bools:
    """Accept prefecture and municipality, or a municipality of the postal service and a number."""
    return tokens.value >= 0


@text_rule("postal", "postal", "id.address", "3-4", validator="postal code", context="postal", near=36, order=105)
def postal_in_text(tokens: Tokens) -> Bools:
    """Accept existing postal codes after 〒 or a word for them."""
    from kyumei.scope.scan.lists import postal_codes

    return tokens.free() & tokens.separated_by("-") & tokens.context & postal_codes()[tokens.number(7)]


@text_rule(
    "postal.bare", "postal", "id.address", "7", validator="postal code", context="postal", needs=True, near=24, order=106
)
def bare_postal_in_text(tokens: Tokens) -> Bools:
    """Accept seven digits that are an existing code after a word for it."""
    from kyumei.scope.scan.lists import postal_codes

    return tokens.free() & postal_codes()[tokens.number(7)]


labelled(
    "domicile",
    "social status",
    "sens.social_status",
    "domicile",
    r"(?P<v>[^\s,、。:]{2,40}[都道府県市区町村郡][^\s,、。]{0,40})",
    order=60,
)(always)
